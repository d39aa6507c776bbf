"""The example's own work, without Airflow: three small sources of a bakery's sales, and a warehouse of one row per day,
channel and product."""

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import duckdb

PRICES: Final = {"baguette": 4200, "croissant": 3800, "red bean bun": 2500, "rye bread": 6900, "salt bread": 3200}
"""Won for one piece, by product."""
KOREAN: Final = {
    "바게트": "baguette",
    "크루아상": "croissant",
    "단팥빵": "red bean bun",
    "호밀빵": "rye bread",
    "소금빵": "salt bread",
}
COMMISSION: Final = 0.15
COLUMNS: Final = ("day", "channel", "product", "quantity", "revenue")


@dataclass(frozen=True, slots=True, order=True)
class Sale:
    """What one channel sold of one product; `revenue` in won, after discounts and commission."""

    product: str
    quantity: int
    revenue: int


def extract(channel: str, day: date, folder: Path) -> int:
    """Keep what a channel answers for a day, unedited, as `raw/<day>/<channel>`; return its number of records."""
    text, n_records = CHANNELS[channel].answer(Random(f"{channel} {day}"))
    _write(_raw(folder, day, channel), text)
    return n_records


def transform(day: date, folder: Path) -> int:
    """Bring the channels of a day into one table, `clean/<day>.csv`; return its number of rows.

    Raises ValueError for a product that is not sold here or a row without a positive quantity.
    """
    rows = []
    for name, channel in CHANNELS.items():
        quantity, revenue = Counter[str](), Counter[str]()
        for sale in channel.read(_raw(folder, day, name).read_text(encoding="utf-8")):
            if sale.product not in PRICES or sale.quantity < 1:
                raise ValueError(f"{name} {day}: no such sale: {sale.quantity} x {sale.product!r}")
            quantity[sale.product] += sale.quantity
            revenue[sale.product] += sale.revenue
        rows += [(str(day), name, product, quantity[product], revenue[product]) for product in sorted(quantity)]
    _write(_clean(folder, day), _table(COLUMNS, rows))
    return len(rows)


def load(day: date, folder: Path) -> dict[str, int]:
    """Put a day into the warehouse in place of what it had of that day; return its rows and its revenue in won.

    A day that is there already as it should be is left alone.
    """
    with _clean(folder, day).open(encoding="utf-8", newline="") as file:
        rows = [
            (r["day"], r["channel"], r["product"], int(r["quantity"]), int(r["revenue"])) for r in csv.DictReader(file)
        ]
    with open_warehouse(folder) as warehouse:
        if _rows(warehouse, "WHERE day = ?", [day]) != rows:
            warehouse.begin()
            warehouse.execute("DELETE FROM sales WHERE day = ?", [day])
            warehouse.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?)", rows)
            warehouse.commit()
    return {"rows": len(rows), "revenue": sum(row[4] for row in rows)}


def dump(folder: Path) -> str:
    """Return the whole warehouse as CSV, in order of day, channel and product."""
    with open_warehouse(folder) as warehouse:
        return _table(COLUMNS, _rows(warehouse))


def open_warehouse(folder: Path) -> "duckdb.DuckDBPyConnection":
    """Open `warehouse.duckdb` with its one table."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    warehouse = duckdb.connect(folder / "warehouse.duckdb")
    if not warehouse.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'sales'").fetchall():
        warehouse.execute(
            "CREATE TABLE sales (day DATE, channel VARCHAR, product VARCHAR, quantity BIGINT, revenue BIGINT,"
            " PRIMARY KEY (day, channel, product))"
        )
    return warehouse


def _rows(
    warehouse: "duckdb.DuckDBPyConnection", where: str = "", values: Iterable[object] = ()
) -> list[tuple[Any, ...]]:
    found = warehouse.execute(f"SELECT * FROM sales {where} ORDER BY day, channel, product", list(values)).fetchall()
    return [(str(row[0]), *row[1:]) for row in found]


def _till(random: Random) -> tuple[str, int]:
    """Receipts of the shop's tills, one line per product."""
    lines = []
    for receipt in range(1, random.randint(60, 90)):
        product, n = random.choice(sorted(PRICES)), random.randint(1, 4)
        lines.append(
            (
                f"R{receipt:04}",
                f"{random.randint(8, 20):02}:{random.randint(0, 59):02}",
                product,
                n,
                n * PRICES[product],
            )
        )
    return _table(("receipt", "time", "item", "quantity", "paid"), lines), len(lines)


def _read_till(text: str) -> Iterator[Sale]:
    for row in csv.DictReader(StringIO(text)):
        yield Sale(row["item"], int(row["quantity"]), int(row["paid"]))


def _shop(random: Random) -> tuple[str, int]:
    """Orders of the online shop, each a basket with a discount, one JSON object per line."""
    orders = []
    for number in range(1, random.randint(25, 45)):
        basket = [
            {"sku": sku, "n": random.randint(1, 3)} for sku in random.sample(sorted(PRICES), random.randint(1, 3))
        ]
        orders.append({"order": f"W{number:04}", "basket": basket, "discount_percent": random.choice([0, 0, 0, 10])})
    return "".join(json.dumps(order) + "\n" for order in orders), len(orders)


def _read_shop(text: str) -> Iterator[Sale]:
    for order in map(json.loads, text.splitlines()):
        for line in order["basket"]:
            full = line["n"] * PRICES.get(line["sku"], 0)
            yield Sale(line["sku"], line["n"], full * (100 - order["discount_percent"]) // 100)


def _partner(random: Random) -> tuple[str, int]:
    """A delivery partner's settlement: one line per product, Korean, with semicolons, before its commission."""
    lines = [(name, n := random.randint(5, 40), n * PRICES[product]) for name, product in KOREAN.items()]
    return _table(("상품", "수량", "금액"), lines, delimiter=";"), len(lines)


def _read_partner(text: str) -> Iterator[Sale]:
    for row in csv.DictReader(StringIO(text), delimiter=";"):
        yield Sale(KOREAN.get(row["상품"], row["상품"]), int(row["수량"]), round(int(row["금액"]) * (1 - COMMISSION)))


@dataclass(frozen=True, slots=True)
class Channel:
    """A source: how it answers for a day, drawn from the day's own random numbers, and how its answer is read."""

    answer: Callable[[Random], tuple[str, int]]
    read: Callable[[str], Iterator[Sale]]


CHANNELS: Final = {
    "online_shop": Channel(_shop, _read_shop),
    "partner_channel": Channel(_partner, _read_partner),
    "point_of_sale": Channel(_till, _read_till),
}


def _table(columns: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def _raw(folder: Path, day: date, channel: str) -> Path:
    return folder / "raw" / str(day) / channel


def _clean(folder: Path, day: date) -> Path:
    return folder / "clean" / f"{day}.csv"


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
