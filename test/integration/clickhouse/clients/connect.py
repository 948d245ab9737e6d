"""Uses the server as an analyst's notebook does. Arguments: port and the passwords of admin, ingest and query."""
import datetime
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

port, admin, ingest, query = sys.argv[1:]


def connect(user, password, **more):
    return clickhouse_connect.get_client(host="127.0.0.1", port=int(port), username=user, password=password, **more)


def code_of(action):
    try:
        action()
    except DatabaseError as error:
        return str(error).split("code: ")[1].split(",")[0]
    return "none"


for user, password in (("admin", admin), ("query", query), ("ingest", ingest)):
    client = connect(user, password)
    rows = [(n, float(d)) for n, d in client.query("SELECT number, toDecimal64(number, 4) FROM numbers(3)").result_rows]
    bound = client.query("SELECT {a:Int32} + 1", parameters={"a": 5}).first_row[0]
    with client.query_row_block_stream("SELECT number FROM numbers(1000000)") as stream:
        streamed = sum(len(block) for block in stream)
    print(user, "rows", rows, "bound", bound, "streamed", streamed, "error", code_of(lambda: client.query("SELECT * FROM nothing")))

rows = [[n, f"s{n}", datetime.datetime(2026, 1, 1)] for n in range(1000)]
for compress in (False, "gzip", "zstd", "lz4"):
    connect("ingest", ingest, compress=compress).insert("default.python", rows, column_names=["a", "s", "t"])
print("inserted", connect("query", query).command("SELECT count() FROM default.python"))
print("query may not insert:", code_of(lambda: connect("query", query).insert("default.python", rows, column_names=["a", "s", "t"])))
