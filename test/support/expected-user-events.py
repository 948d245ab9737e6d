"""What the tables of user_events must hold, computed straight from the records that were produced.

Independent on purpose: none of Tidemark's code; the rules are those of the product's description. DuckDB does the sums.

    python expected-user-events.py RECORDS [--delivered JSON] [--tidemarks JSON]

RECORDS is NDJSON, one Kafka record per line: {"partition", "offset", "timestamp" (of the record, milliseconds since
1970), and "value" as text, or "value_base64" where it is no text, or neither for a tombstone}.
--delivered {"0": 1200, ...}: only the records below these offsets; by default all.
--tidemarks [{"0": 500, ...}, ...]: of each snapshot, oldest first; by default none, everything is hot.

Prints JSON. Each table is a sorted list of lines, its columns joined by tabs.
"""

import argparse
import base64
import json
import re
from datetime import datetime, timedelta, timezone

import duckdb

HORIZON_MS = 7 * 24 * 3_600_000
DAY_MS = 24 * 3_600_000
YEAR_2000_MS = 946_684_800_000

# How a well-made event is written by our producer; all else goes through `judge`, one by one.
WELL_MADE = (
    r'^\{"event_id":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","user_id":(\d{1,9}),'
    r'"event_type":"(login|click|purchase|logout)","page":"([!#-\[\]-~]{1,200})",'
    r'"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3})Z","source":"(web|mobile)"\}$'
)
FIELDS = {
    "event_id": str,
    "user_id": int,
    "event_type": str,
    "page": str,
    "timestamp": str,
    "source": str,
}
VALUES = {"event_type": {"login", "click", "purchase", "logout"}, "source": {"web", "mobile"}}

MINUTE = "strftime(date_trunc('minute', happened_at), '%Y-%m-%d %H:%M:%S')"
MINUTE_END = "strftime(date_trunc('minute', happened_at) + INTERVAL 1 MINUTE, '%Y-%m-%d %H:%M:%S')"
DAY = "strftime(happened_at, '%Y-%m-%d')"
FIRST = "strftime(min(happened_at), '%Y-%m-%d %H:%M:%S.%g')"
LAST = "strftime(max(happened_at), '%Y-%m-%d %H:%M:%S.%g')"
EACH_TYPE = ", ".join(f"count(*) FILTER (event_type = '{name}')" for name in ("login", "click", "purchase", "logout"))
PURCHASES = "count(*) FILTER (event_type = 'purchase')"
BUYERS = "count(DISTINCT user_id) FILTER (event_type = 'purchase')"
USERS = "count(DISTINCT user_id)"

# Name of each table: what it selects from the events that count, and its keys.
TABLES = {
    "events_per_minute": ([MINUTE, MINUTE_END, "event_type", "count(*)"], "true", 3),
    "logins_per_source": ([MINUTE, MINUTE_END, "source", "count(*)"], "event_type = 'login'", 3),
    "purchases_per_minute": ([MINUTE, MINUTE_END, "count(*)"], "event_type = 'purchase'", 2),
    "daily_active_users": ([DAY, USERS], "true", 1),
    "conversion_rate_daily": (
        [DAY, f"floor(({BUYERS})::DOUBLE / {USERS} * 1e9)::BIGINT", PURCHASES, USERS, BUYERS],
        "true",
        1,
    ),
    "events_per_source_daily": ([DAY, "source", "count(*)"], "true", 2),
    "purchases_per_page_daily": ([DAY, "page", "count(*)"], "event_type = 'purchase'", 2),
    "dim_users": (["user_id", FIRST, LAST, f"count(DISTINCT {DAY})", "count(*)", EACH_TYPE], "true", 1),
    "dim_pages": (["page", FIRST, LAST, "count(*)", PURCHASES], "true", 1),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("records")
    parser.add_argument("--delivered", type=json.loads)
    parser.add_argument("--tidemarks", type=json.loads, default=[])
    arguments = parser.parse_args()
    database = duckdb.connect()
    read_records(database, arguments.records, arguments.delivered)
    rejected = judge_records(database)
    count_once(database, arguments.tidemarks)
    print(json.dumps(expect(database, rejected)))


def read_records(database, path: str, delivered) -> None:
    database.execute(
        """CREATE TABLE records AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = {
             partition: 'INTEGER', "offset": 'BIGINT', timestamp: 'BIGINT', value: 'VARCHAR', value_base64: 'VARCHAR'})""",
        [path],
    )
    for partition, end in (delivered or {}).items():
        database.execute('DELETE FROM records WHERE partition = ? AND "offset" >= ?', [int(partition), end])
    (twice,) = database.execute(
        'SELECT count(*) - count(DISTINCT (partition, "offset")) FROM records'
    ).fetchone()
    if twice:
        raise SystemExit(f"{twice} positions stand twice in {path}")


def judge_records(database) -> dict:
    """Makes the table `valid` of the records that are events, and counts the others by reason."""
    names = "['event_id', 'user_id', 'event_type', 'page', 'timestamp', 'source']"
    database.execute(
        f"""CREATE TABLE read_fast AS
            SELECT partition, "offset", timestamp AS recorded_at, regexp_extract(value, ?, {names}) AS event
            FROM records WHERE value IS NOT NULL""",
        [WELL_MADE],
    )
    database.execute(
        """CREATE TABLE valid AS
           SELECT partition, "offset", recorded_at, event.event_id AS event_id, try_cast(event.user_id AS BIGINT) AS user_id,
             event.event_type AS event_type, event.page AS page,
             try_cast(replace(event.timestamp, 'T', ' ') AS TIMESTAMP) AS happened_at, event.source AS source
           FROM read_fast WHERE event.event_id <> ''"""
    )
    database.execute(
        f"DELETE FROM valid WHERE happened_at IS NULL OR epoch_ms(happened_at) < {YEAR_2000_MS} OR epoch_ms(happened_at) > recorded_at + {DAY_MS}"
    )
    others = database.execute(
        """SELECT partition, "offset", timestamp, value, value_base64 FROM records
           ANTI JOIN valid USING (partition, "offset")"""
    ).fetchall()
    rejected = {}
    for partition, offset, recorded_at, text, text_base64 in others:
        value = text.encode() if text is not None else text_base64 and base64.b64decode(text_base64)
        outcome = judge(value, recorded_at)
        if isinstance(outcome, str):
            rejected[outcome] = rejected.get(outcome, 0) + 1
            continue
        database.execute("INSERT INTO valid VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [partition, offset, recorded_at, *outcome])
    return dict(sorted(rejected.items()))


def judge(value, recorded_at: int):
    """The reason why the value is no event, or its fields."""
    if value is None:
        return "null_value"
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return "invalid_unicode"
    long_numbers = []
    try:
        event = json.loads(
            text,
            parse_int=lambda digits: read_number(digits, long_numbers),
            parse_float=lambda digits: read_number(digits, long_numbers),
            parse_constant=refuse_constant,
        )
    except ValueError:
        return "invalid_json"
    if not isinstance(event, dict):
        return "not_an_object"
    if long_numbers:
        return "number_precision"
    if any(field not in event for field in FIELDS):
        return "missing_field"
    for field, kind in FIELDS.items():
        if type(event[field]) is not kind:
            return "wrong_type"
    if any(event[field] not in known for field, known in VALUES.items()):
        return "unknown_value"
    if not 0 <= event["user_id"] <= 2_147_483_647 or not 1 <= len(event["page"]) <= 1024:
        return "out_of_range"
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", event["event_id"]):
        return "invalid_format"
    at = read_time(event["timestamp"])
    if at is None:
        return "invalid_format"
    at_ms = (at - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    if at_ms < YEAR_2000_MS or at_ms > recorded_at + DAY_MS:
        return "event_time_out_of_range"
    return [event["event_id"].lower(), event["user_id"], event["event_type"], event["page"], at, event["source"]]


def read_number(digits: str, long_numbers: list):
    significant = re.sub(r"[eE].*|[-.]", "", digits).strip("0")
    if len(significant) > 15:
        long_numbers.append(digits)
    return float(digits) if re.search(r"[.eE]", digits) else int(digits)


def refuse_constant(name: str):
    raise ValueError(name)


def read_time(text: str):
    """A moment of ISO 8601; without a zone it is UTC."""
    if not re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d", text):
        return None
    try:
        at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    at = at.astimezone(timezone.utc).replace(tzinfo=None) if at.tzinfo else at
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def count_once(database, tidemarks: list) -> None:
    """Makes the table `events`: of the copies of an id the first in the lake, else the smallest (timestamp, position)."""
    (span,) = database.execute("SELECT coalesce(max(timestamp) - min(timestamp), 0) FROM records").fetchone()
    if span >= HORIZON_MS:
        raise SystemExit("records of more than a week: an id may count twice, and that is not computed here")
    database.execute("CREATE TABLE ends (snapshot INTEGER, partition INTEGER, until BIGINT)")
    for snapshot, tidemark in enumerate(tidemarks):
        for partition, until in tidemark.items():
            database.execute("INSERT INTO ends VALUES (?, ?, ?)", [snapshot, int(partition), until])
    database.execute(
        """CREATE TABLE ranges AS SELECT snapshot, partition, until,
             coalesce(lag(until) OVER (PARTITION BY partition ORDER BY snapshot), 0) AS begin FROM ends"""
    )
    database.execute(
        """CREATE TABLE copies AS
           SELECT valid.*, coalesce(snapshot, 1000000000) AS snapshot,
             row_number() OVER (
               PARTITION BY event_id
               ORDER BY coalesce(snapshot, 1000000000), recorded_at, valid.partition, "offset") AS number
           FROM valid LEFT JOIN ranges
           ON ranges.partition = valid.partition AND "offset" >= ranges.begin AND "offset" < ranges.until"""
    )
    database.execute("CREATE TABLE events AS SELECT * FROM copies WHERE number = 1")


def expect(database, rejected: dict) -> dict:
    (records,) = database.execute("SELECT count(*) FROM records").fetchone()
    (valid,) = database.execute("SELECT count(*) FROM valid").fetchone()
    (conflicts,) = database.execute(
        """SELECT count(*) FROM copies JOIN events USING (event_id)
           WHERE copies.number > 1 AND (copies.user_id, copies.event_type, copies.page, copies.happened_at, copies.source)
             IS DISTINCT FROM (events.user_id, events.event_type, events.page, events.happened_at, events.source)"""
    ).fetchone()
    silver = database.execute(
        """SELECT sum(count(event_id)) OVER (ORDER BY snapshots.snapshot)::BIGINT
           FROM (SELECT DISTINCT snapshot FROM ends) AS snapshots LEFT JOIN events USING (snapshot)
           GROUP BY snapshots.snapshot ORDER BY snapshots.snapshot"""
    ).fetchall()
    (bronze,) = database.execute(
        'SELECT coalesce(sum(until - begin), 0)::BIGINT FROM ranges'
    ).fetchone()
    (events, checksum) = database.execute(
        f"""SELECT count(*), coalesce(sum(('0x' || substr(md5(concat_ws(chr(9), event_id, {DAY}, user_id, page,
              event_type, source, strftime(happened_at, '%Y-%m-%d %H:%M:%S.%g'))), 1, 16))::UBIGINT), 0) FROM events"""
    ).fetchone()
    return {
        "records": records,
        "valid": valid,
        "rejected": rejected,
        "repeats": valid - events,
        "conflicts": conflicts,
        "bronze": bronze,
        "silver_by_snapshot": [count for (count,) in silver],
        "fact_events": {"count": events, "checksum": str(int(checksum) % 2**64)},
        "updated_at_range": {
            day: [earliest, latest]
            for day, earliest, latest in database.execute(
                f"""SELECT {DAY}, max(first_copy), max(last_copy) FROM (
                      SELECT events.happened_at, min(copies.recorded_at) AS first_copy, max(copies.recorded_at) AS last_copy
                      FROM events JOIN copies USING (event_id) GROUP BY event_id, events.happened_at)
                    GROUP BY 1 ORDER BY 1"""
            ).fetchall()
        },
        "tables": {name: select_lines(database, *table) for name, table in TABLES.items()} | {"dim_date": list_dates(database)},
    }


def select_lines(database, columns: list, condition: str, key_count: int) -> list:
    keys = ", ".join(columns[:key_count])
    line = f"concat_ws(chr(9), {', '.join(columns)})"
    rows = database.execute(f"SELECT {line} FROM events WHERE {condition} GROUP BY {keys}").fetchall()
    return sorted(row[0] for row in rows)


def list_dates(database) -> list:
    """Every day of the years that have events."""
    (first, last) = database.execute("SELECT min(year(happened_at)), max(year(happened_at)) FROM events").fetchone()
    if first is None:
        return []
    day = datetime(first, 1, 1)
    lines = []
    while day.year <= last:
        parts = [day.year, (day.month + 2) // 3, day.month, f"{day:%B}", day.isocalendar()[1], day.day, day.isoweekday()]
        lines.append("\t".join(map(str, [f"{day:%Y-%m-%d}", *parts, f"{day:%A}", int(day.isoweekday() > 5)])))
        day += timedelta(days=1)
    return lines


if __name__ == "__main__":
    main()
