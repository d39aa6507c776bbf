"""The example's sources, table and warehouse: the same day gives the same bytes, and nothing is counted twice."""

import csv
import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dags.examples.sales import CHANNELS, KOREAN, PRICES, dump, extract, load, transform

DAY = date(2026, 11, 22)


def run_day(day: date, folder: Path) -> dict[str, int]:
    for channel in CHANNELS:
        extract(channel, day, folder)
    transform(day, folder)
    return load(day, folder)


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(dump(folder))))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_day_that_is_run_twice_changes_no_byte(tmp_path: Path) -> None:
    first = run_day(DAY, tmp_path)
    before, table = bytes_of(tmp_path), dump(tmp_path)
    assert run_day(DAY, tmp_path) == first
    assert dump(tmp_path) == table
    assert bytes_of(tmp_path) == before


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 2), min_size=3, max_size=4))
def test_the_order_of_days_does_not_matter(order: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    here, there = tmp_path_factory.mktemp("mixed"), tmp_path_factory.mktemp("sorted")
    for n in order:
        run_day(DAY + timedelta(n), here)
    for n in sorted(set(order)):
        run_day(DAY + timedelta(n), there)
    assert dump(here) == dump(there)


def test_every_channel_counts_by_its_own_rules(tmp_path: Path) -> None:
    raw = tmp_path / "raw" / str(DAY)
    raw.mkdir(parents=True)
    till = "receipt,time,item,quantity,paid\nR1,09:00,rye bread,2,13800\nR2,10:00,rye bread,1,6900\n"
    (raw / "point_of_sale").write_text(till)
    order = {"order": "W1", "basket": [{"sku": "croissant", "n": 2}], "discount_percent": 10}
    (raw / "online_shop").write_text(json.dumps(order) + "\n")
    (raw / "partner_channel").write_text("상품;수량;금액\n단팥빵;4;10000\n", encoding="utf-8")
    assert transform(DAY, tmp_path) == 3
    assert load(DAY, tmp_path) == {"rows": 3, "revenue": 20_700 + 6_840 + 8_500}
    assert [(r["channel"], r["product"], r["quantity"], r["revenue"]) for r in rows(tmp_path)] == [
        ("online_shop", "croissant", "2", "6840"),
        ("partner_channel", "red bean bun", "4", "8500"),
        ("point_of_sale", "rye bread", "3", "20700"),
    ]


def test_a_correction_takes_the_place_of_what_the_day_had(tmp_path: Path) -> None:
    run_day(DAY, tmp_path)
    run_day(DAY + timedelta(1), tmp_path)
    kept = [r for r in rows(tmp_path) if r["day"] != str(DAY)]
    (tmp_path / "raw" / str(DAY) / "partner_channel").write_text("상품;수량;금액\n바게트;1;4200\n", encoding="utf-8")
    transform(DAY, tmp_path)
    load(DAY, tmp_path)
    after = rows(tmp_path)
    assert [r for r in after if r["day"] != str(DAY)] == kept
    assert [r["product"] for r in after if r["channel"] == "partner_channel" and r["day"] == str(DAY)] == ["baguette"]


@pytest.mark.parametrize("line", ["단팥빵;0;0", "솜사탕;2;5000"])
def test_a_sale_that_cannot_be_is_named_and_changes_nothing(line: str, tmp_path: Path) -> None:
    run_day(DAY, tmp_path)
    table, clean = dump(tmp_path), (tmp_path / "clean" / f"{DAY}.csv").read_bytes()
    (tmp_path / "raw" / str(DAY) / "partner_channel").write_text(f"상품;수량;금액\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"partner_channel 2026-11-22: no such sale"):
        transform(DAY, tmp_path)
    assert (dump(tmp_path), (tmp_path / "clean" / f"{DAY}.csv").read_bytes()) == (table, clean)


def test_the_days_differ_and_hold_every_channel_and_product(tmp_path: Path) -> None:
    run_day(DAY, tmp_path)
    run_day(DAY + timedelta(1), tmp_path)
    found = rows(tmp_path)
    assert {r["channel"] for r in found} == set(CHANNELS)
    assert {r["product"] for r in found} == set(PRICES) == set(KOREAN.values())
    one, two = ([r["revenue"] for r in found if r["day"] == str(DAY + timedelta(n))] for n in (0, 1))
    assert one != two
