"""Work in several processes: in order, and from a program that may not be loaded twice."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import operator
from analysis.pool import map_in_order

if __name__ != "__main__":
    raise SystemExit("loaded twice")
print(list(map_in_order(operator.neg, iter(range(20)), 2)))
"""


def test_processes_work_in_order_for_a_program_that_may_not_be_loaded_twice(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    root = Path(__file__).resolve().parents[2]
    words = [sys.executable, str(program)]
    done = subprocess.run(words, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == (f"{[-n for n in range(20)]}\n", "")
