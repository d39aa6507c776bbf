"""The list of boards and the outcome of a check as text: a table for a terminal, CSV or JSON."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from scrapers.board_check import Checked, is_other_company
from scrapers.board_history import GONE_DAYS, Standing, standings
from scrapers.boards import Board, read_boards
from scrapers.escapes import escape_cell, escape_controls
from scrapers.report import OUTCOMES
from scrapers.store import Store

COLUMNS: Final = ("target", "label", "country", "outcome", "n", "polled_at", "is_retired", "wrong_company", "note")


def rows(store: Store) -> list[dict[str, Any]]:
    """Return one row of `COLUMNS` per board in the order of the list; n is None before a run read it to its end.

    `wrong_company` is the employer that a board's own postings named where it is unlike the label, else "".
    """
    boards = read_boards(store)
    known = standings(store, boards)
    return [_row(board, known.get(target, Standing())) for target, board in boards.items()]


def _row(board: Board, standing: Standing) -> dict[str, Any]:
    return {
        "target": board.target,
        "label": board.label,
        "country": board.country,
        "outcome": standing.outcome,
        "n": standing.n,
        "polled_at": standing.polled_at,
        "is_retired": standing.is_retired,
        "wrong_company": standing.company if is_other_company(board, standing.company) else "",
        "note": board.note,
    }


def to_text(found: Sequence[Mapping[str, Any]], form: Literal["table", "csv", "json"]) -> str:
    """Return the rows as text that ends with a line break."""
    if form == "json":
        return json.dumps(list(found), ensure_ascii=False, indent=1) + "\n"
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([escape_cell(_cell(row[column])) for column in COLUMNS] for row in found)
        return out.getvalue()
    return _grid(found) + f"{len(found):,} boards, {sum(row['is_retired'] for row in found):,} retired\n"


def _grid(found: Sequence[Mapping[str, Any]]) -> str:
    shown = [COLUMNS, *([escape_controls(_cell(row[column])) for column in COLUMNS] for row in found)]
    # Columns that say nothing yet are left out.
    filled = [i for i in range(len(COLUMNS)) if any(line[i] for line in shown[1:])]
    widths = {i: max(len(line[i]) for line in shown) for i in filled}
    lines = ("  ".join(line[i].ljust(widths[i]) for i in filled).rstrip() for line in shown)
    return "".join(f"{line}\n" for line in lines)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)


def summary(found: Sequence[Checked], before: Mapping[str, Standing], after: Mapping[str, Standing]) -> list[str]:
    """Return what a check found, in lines: boards without answer, retired ones, those taken back, odd companies."""
    lines = []
    for checked in found:
        target, result = checked.board.target, checked.result
        was, now = before.get(target, Standing()), after.get(target, Standing())
        if result.outcome in ("gone", "failed", "truncated"):
            days = f"  (gone on {len(now.gone_on)} of {GONE_DAYS} days)" if result.outcome == "gone" else ""
            lines.append(f"{target}  {result.outcome}  {result.reason}{days}")
        if now.is_retired != was.is_retired:
            lines.append(f"{target}  {'retired' if now.is_retired else 'taken back'}")
        if checked.is_other_company:
            lines.append(f"{target}  wrong company? listed as {checked.board.label}, its own name is {checked.company}")
    counts = Counter(checked.result.outcome for checked in found)
    sums = ", ".join(f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome])
    n_retired = sum(after.get(checked.board.target, Standing()).is_retired for checked in found)
    return [*map(escape_controls, lines), f"{len(found)} boards asked: {sums or 'none'}; {n_retired} retired"]
