"""What the Online Retail replay must come to, computed straight from the file.

Independent on purpose: Python's standard library only, none of Tidemark's code, money by `decimal`. It reads the
project's copy (`.csv.br`; unpacked by Node's zlib, because Python has no brotli), or any `.csv` or `.csv.gz`.

    python3 test/support/expected-online-retail.py [--limit N] [--file PATH]

Prints JSON. Money is text with four decimals; `daily` is ordered by date and transaction type.
"""

import argparse
import csv
import gzip
import io
import json
import subprocess
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import islice
from pathlib import Path

PROJECT_COPY = Path(__file__).parents[2] / "localstack/replay/online-retail/online_retail.csv.br"
UNPACK = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=int, help="only the first N rows")
    parser.add_argument("--file", type=Path, default=PROJECT_COPY)
    arguments = parser.parse_args()
    with io.StringIO(read_text(arguments.file), newline="") as text:
        expected = expect(islice(csv.DictReader(text), arguments.limit))
    print(json.dumps(expected, indent=2))


def read_text(path: Path) -> str:
    if path.suffix == ".br":
        with path.open("rb") as packed:
            return subprocess.run(["node", "-e", UNPACK], stdin=packed, capture_output=True, check=True).stdout.decode()
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes()).decode()
    return path.read_bytes().decode()


def expect(rows) -> dict:
    source = {"rows": 0, "sum_quantity": 0, "sum_amount": Decimal(0)}
    rejected = Counter()
    types = defaultdict(new_totals)
    days = defaultdict(new_totals)

    for row in rows:
        quantity = int(row["Quantity"])
        price = Decimal(row["UnitPrice"])
        source["rows"] += 1
        source["sum_quantity"] += quantity
        source["sum_amount"] += quantity * price

        if price < 0:
            rejected["out_of_range"] += 1
            continue
        is_return = quantity < 0 or row["InvoiceNo"].startswith("C")
        transaction_type = "RETURN" if is_return else "SALE"
        for totals in (types[transaction_type], days[row["InvoiceDate"][:10], transaction_type]):
            totals["transaction_count"] += 1
            totals["total_quantity"] += abs(quantity)
            totals["total_revenue"] += abs(quantity) * price

    return {
        "source": show(source),
        "stored": sum(totals["transaction_count"] for totals in types.values()),
        "rejected": rejected,
        "by_transaction_type": {name: show(totals) for name, totals in sorted(types.items())},
        "daily": [
            {"date": date, "transaction_type": transaction_type, **show(totals)}
            for (date, transaction_type), totals in sorted(days.items())
        ],
    }


def new_totals() -> dict:
    return {"transaction_count": 0, "total_quantity": 0, "total_revenue": Decimal(0)}


def show(totals: dict) -> dict:
    return {name: f"{value:.4f}" if isinstance(value, Decimal) else value for name, value in totals.items()}


if __name__ == "__main__":
    main()
