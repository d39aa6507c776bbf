"""The pages that the code writes about itself are those that it would write now, and what they print can be run."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
import yaml

from analysis import citation, columns, pages
from analysis.cli import app
from analysis.loading import load

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    p for p in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")) if p.name != "CHANGELOG.md"
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def place(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", text, re.S)
    assert found, f"no place for {name}"
    return found[1]


def test_the_list_of_commands_is_that_of_the_command_line() -> None:
    assert read("docs/cli.md") == pages.command_page(), "run: make docs"


def test_the_list_of_figures_is_that_of_the_figures() -> None:
    assert read("docs/figures.md") == pages.figure_page(), "run: make docs"


def test_the_numbers_of_the_method_are_those_of_the_code_and_the_data() -> None:
    page = read("docs/methodology.md")
    for name, content in pages.method_parts(load(only_from="snapshot")).items():
        assert place(page, name) == content, "run: make docs"


def test_the_codebook_of_results_is_that_of_their_columns() -> None:
    assert place(read("data/README.md"), "codebook results") == columns.codebook(), "run: make docs"


def test_the_machine_readable_schema_is_that_of_the_facts() -> None:
    assert read("data/snapshot/datapackage.json") == pages.data_package(), "run: make docs"
    (facts,) = json.loads(pages.data_package())["resources"]
    assert [field["name"] for field in facts["schema"]["fields"]] == pq.read_schema(
        ROOT / "data/snapshot/facts.parquet"
    ).names
    kinds = {field["name"]: field["type"] for field in facts["schema"]["fields"]}
    assert (kinds["skills"], kinds["near_hash"], kinds["is_survivor"]) == ("array", "integer", "boolean")
    assert (kinds["role_confidence"], kinds["country"]) == ("number", "string")


def test_the_citation_is_one_everywhere() -> None:
    cff = yaml.safe_load(read("CITATION.cff"))
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert cff["title"] == citation.TITLE
    assert cff["version"] == project["version"]
    assert [author["name"] for author in cff["authors"]] == [citation.AUTHOR]
    assert citation.LICENCE.replace(" ", "-").startswith("CC-BY")
    assert "CC-BY-4.0" in cff["license"]
    changed = read("CHANGELOG.md")
    assert f"## [{project['version']}] - {cff['date-released']}" in changed


def options_of(command: Any) -> set[str]:
    context = command.make_context("x", [], resilient_parsing=True)
    records = [p.get_help_record(context) for p in command.get_params(context)]
    return {word for record in records if record for word in re.findall(r"--?[a-z][a-z-]*", record[0])}


def printed(page: Path) -> list[str]:
    blocks = re.findall(r"```(?:console|sh)\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    joined = [block.replace("\\\n", " ") for block in blocks]
    lines = [line.removeprefix("$ ") for block in joined for line in block.splitlines() if line.startswith("$ ")]
    return [line.split("  #")[0].split(" # ")[0] for line in lines]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_printed_exists_with_its_options(page: Path) -> None:
    for line in printed(page):
        words = line.split()
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", read("Makefile"), re.M), line
        if words[0] != "airflow-demand":
            continue
        command: Any = typer.main.get_command(app)
        rest = words[1:]
        while rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest.pop(0)]
        assert not getattr(command, "commands", {}) or not rest or rest[0].startswith("-"), f"{line}: no such command"
        asked = {word.partition("=")[0] for word in rest if re.fullmatch(r"--[a-z-]+(=.*)?", word)}
        assert asked <= options_of(command) | {"--help", "-h"}, line


def test_pages_without_commands_would_be_noticed() -> None:
    assert len(printed(ROOT / "README.md")) > 10
    assert len(printed(ROOT / "docs" / "cli.md")) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_python_of_the_readme_runs(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AIRFLOW_DEMAND_DATA", str(tmp_path / "root"))
    blocks = re.findall(r"```python\n(.*?)```", read(name), re.S)
    assert blocks
    known: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, name, "exec"), known)


def notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_notebooks_are_numbered_without_a_gap() -> None:
    assert [path.name[:2] for path in notebooks()] == [f"{i:02}" for i in range(1, len(notebooks()) + 1)]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_notebooks_hold_no_outputs_and_stay_thin(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert not [c for c in code if c["outputs"] or c["execution_count"] is not None]
    assert max("".join(c["source"]).count("\n") for c in code) < 25
    assert re.search("[가-힣]", "".join(cells[0]["source"])), "a notebook opens with its summary in Korean too"
    assert [c["id"] for c in cells] == [f"cell-{i}" for i in range(len(cells))]
