"""Report: the measured part of benchmarks/README.md, written from the results between two markers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.plot import words_of

BEGIN: Final = "<!-- measured: written by make bench -->"
END: Final = "<!-- end -->"


def update_readme(results: Mapping[str, Any], path: Path) -> None:
    """Replace what stands between the markers; raises ValueError when the file has lost them."""
    text = path.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} has no markers {BEGIN} and {END}: put them back")
    path.write_text(f"{before}{BEGIN}\n{markdown(results)}\n{END}{after}", encoding="utf-8")


def markdown(results: Mapping[str, Any]) -> str:
    """Return the measured part: what was measured on, speeds, growth, aims."""
    parts = (
        _setting(results),
        "![Speed relative to the stdlib trie regex](speed.png)",
        _table(
            "contender|speed|least-greatest|wall speed|probes right|precision|recall|agreement: precision|recall",
            [_contender_row(r) for r in sorted(results["contenders"], key=lambda r: -r["speed"]["median"])],
        ),
        "### Growth and memory",
        _table(
            "processes|postings|time|wall time|peak memory",
            [_growth_row(r, results["growth"][0]) for r in results["growth"]],
        ),
        "### Aims",
        _table("aim|bound|measured|", [_aim_row(a) for a in results["aims"]]),
        f"Footnote: the yardstick read {results['yardstick_megabytes_per_second']:g} MB/s on this machine, this once.",
    )
    return "\n\n".join(parts)


def _setting(results: Mapping[str, Any]) -> str:
    texts, machine = results["texts"], results["machine"]
    kind = "invented postings (seeded recombination of the bundled sample)" if texts["is_invented"] else "real postings"
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    return (
        f"Measured {results['date']} on {texts['n']:,} {kind}, {texts['n_bytes'] / 1e6:.1f} MB, of which "
        f"{texts['korean_rate']:.0%} in Korean postings; {results['n_names']:,} names; {results['n_rounds']} rounds; "
        f"{machine['n_cores']} cores, {machine['system']} {machine['architecture']}, Python "
        f"{machine['python']}; {packages}."
    )


def _table(head: str, rows: Sequence[Sequence[str]]) -> str:
    names = head.split("|")
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _contender_row(record: Mapping[str, Any]) -> list[str]:
    name = f"**{record['name']}**" if record["name"].startswith("ours") else record["name"]
    speed = record["speed"]
    cells = [
        name + (" (a twentieth of the postings)" if record["is_slow"] else ""),
        words_of(speed),
        f"{speed['low']:.3g}-{speed['high']:.3g}",
        words_of(record["wall_speed"]),
    ]
    if "probes" not in record:
        return [*cells, "-", "-", "-", "-", "-"]
    probes, agreement = record["probes"], record["agreement"]
    right = f"{probes['n_right']} of {probes['n_texts']}"
    return [*cells, right, *(_rate(part[key]) for part in (probes, agreement) for key in ("precision", "recall"))]


def _growth_row(record: Mapping[str, Any], least: Mapping[str, Any]) -> list[str]:
    return [
        str(record["workers"]),
        f"{record['n'] / least['n']:.0f}x",
        f"{record['cpu'] / least['cpu']:.2f}x",
        f"{record['wall'] / least['wall']:.2f}x",
        f"{record['peak_bytes'] / 2**20:,.0f} MiB",
    ]


def _aim_row(aim: Mapping[str, Any]) -> list[str]:
    return [aim["name"], aim["aim"], f"{aim['value']:g}", "pass" if aim["is_met"] else "**fail**"]


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
