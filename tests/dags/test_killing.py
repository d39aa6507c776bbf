"""Killing: which changes of a root are counted, and before which of them a run dies."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.dags.airflow_process import ROOT
from tests.dags.killing import moments, tree

STEPS = """
import shutil, sys
from pathlib import Path
from types import SimpleNamespace
from tests.dags.killing import Fate

root, n = Path(sys.argv[1]), int(sys.argv[2])
fate = Fate(root, "write", n)
sys.addaudithook(fate.see)
task = SimpleNamespace(task_id="write")
fate.arm(SimpleNamespace(tasks=[task]))
(root / "before").write_text("")
task.on_execute_callback[0]({})
(root / "before").read_text()
(root.parent / "elsewhere").write_text("")
(root / "a").write_text("1")
(root / "a").rename(root / "b")
(root / "folder").mkdir()
(root / "folder" / "c").write_text("3")
shutil.rmtree(root / "folder")
task.on_success_callback[0]({})
"""
LEFT = [["before"], ["a", "before"], ["b", "before"], ["b", "before"], ["b", "before", "folder/c"], ["b", "before"]]


def test_it_dies_right_before_each_change_of_the_root_and_at_the_end(tmp_path: Path) -> None:
    for n in range(1, 8):
        root = tmp_path / str(n)
        root.mkdir()
        died = subprocess.run([sys.executable, "-c", STEPS, root, str(n)], cwd=ROOT, start_new_session=True)
        assert died.returncode == -signal.SIGKILL
        # The fifth change removes a file, the sixth its folder, and no seventh comes.
        assert sorted(tree(root)) == LEFT[min(n - 1, 5)]
        assert (root / "folder").exists() == (n in (4, 5, 6))


def test_moments_are_spread_over_all_changes() -> None:
    assert moments(0, 3) == [1]
    assert moments(4, 9) == [1, 2, 3, 4]
    assert moments(179, 3) == [30, 90, 150]
