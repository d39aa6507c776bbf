"""The house: who may import whom, no cycles, no airflow outside dags, one codebook."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from analysis.fact import Fact
from scrapers.posting import Posting, codebook

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
    for top in ("scrapers", "analysis", "dags")
    for p in sorted((ROOT / top).rglob("*.py"))
}
RUNTIME_ONLY = ast.If


def imports(path: Path) -> set[str]:
    """Modules that a file imports when it runs; what stands under TYPE_CHECKING ties nothing at run time."""
    found: set[str] = set()
    skipped: set[ast.AST] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            skipped.update(n for part in node.body for n in ast.walk(part))
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found.update(
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in FILES else node.module for a in node.names
            )
    return found


def ours(module: str) -> set[str]:
    return {m for m in imports(FILES[module]) if m in FILES}


def test_analysis_reads_scrapers_only_through_the_record_and_the_store() -> None:
    for module in (m for m in FILES if m.startswith("analysis")):
        allowed = {"scrapers.escapes", "scrapers.posting", "scrapers.report", "scrapers.sightings", "scrapers.store"}
        if module in (
            *("analysis.cli", "analysis.facts_cli", "analysis.insight_cli", "analysis.model_cli"),
            *("analysis.posting_cli", "analysis.quality_cli"),
        ):
            allowed |= {"scrapers.cli", "scrapers.corpora", "scrapers"}
        assert {m for m in ours(module) if m.startswith("scrapers")} <= allowed, module


def test_scrapers_import_nothing_of_analysis_or_dags() -> None:
    for module in (m for m in FILES if m.startswith("scrapers")):
        assert not {m for m in ours(module) if m.startswith(("analysis", "dags"))}, module


LAYERS = {
    "analysis.publishing": 6,
    "analysis.report": 5,
    "analysis.quality": 4,
    "analysis.draw": 3,
    "analysis.learn": 3,
    "analysis.measure": 2,
    "analysis.link": 1,
    "analysis.classify": 1,
}


def layer(module: str) -> int | None:
    return next((n for prefix, n in LAYERS.items() if module == prefix or module.startswith(prefix + ".")), None)


def test_inside_analysis_data_flows_one_way() -> None:
    for module in FILES:
        mine = layer(module)
        for other in ours(module):
            theirs = layer(other)
            if mine is not None and theirs is not None and module.split(".")[1] != other.split(".")[1]:
                assert theirs < mine, f"{module} imports {other}"


def test_there_is_no_import_cycle() -> None:
    list(TopologicalSorter({m: ours(m) - {m} for m in FILES}).static_order())


def test_only_dags_import_airflow() -> None:
    for module, path in FILES.items():
        if not module.startswith("dags"):
            assert not {m for m in imports(path) if m.split(".")[0] in ("airflow", "dags")}, module


def test_analysis_touches_neither_network_nor_clock() -> None:
    forbidden = {"requests", "urllib3", "socket", "http", "datetime", "time"}
    for module in (m for m in FILES if m.startswith("analysis") and m != "analysis.cli"):
        assert not {m.split(".")[0] for m in imports(FILES[module])} & forbidden, module


def test_everything_imports_where_airflow_is_not_installed() -> None:
    """An import hook that refuses airflow stands for a machine without it; the extras may be installed here."""
    modules = [m for m in FILES if not m.startswith("dags")]
    code = (
        "import sys, importlib\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] == 'airflow':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
        f"for name in {modules!r}:\n"
        "    importlib.import_module(name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120)


def test_packages_import_nothing_heavy() -> None:
    heavy = ("pandas", "pyarrow", "matplotlib", "duckdb")
    code = f"import scrapers, analysis, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    assert out.strip() == "[]"


def test_the_command_line_starts_without_what_only_some_commands_need() -> None:
    heavy = ("sklearn", "skops", "matplotlib", "statsmodels", "pandas", "duckdb", "scipy", "requests")
    code = f"import analysis.cli, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    assert out.strip() == "[]"


def test_the_status_is_read_without_the_libraries_of_models_and_figures() -> None:
    heavy = ("sklearn", "skops", "matplotlib", "statsmodels")
    code = f"import analysis.status, sys; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True).stdout
    assert out.strip() == "[]"


@pytest.mark.parametrize("record", [Posting, Fact])
def test_the_codebook_in_the_data_card_is_the_records(record: type) -> None:
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    match = re.search(rf"<!-- codebook {record.__name__} -->\n(.*?)\n<!-- end -->", card, re.S)
    assert match, "the card has no place for this codebook"
    assert match[1].strip() == codebook(record), "rebuild the snapshot, or call analysis.card.update"
