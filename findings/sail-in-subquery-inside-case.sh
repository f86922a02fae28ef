#!/usr/bin/env bash
# Sail (a Spark Connect server in Rust) plans `x not in (select …)` in a WHERE, and not
# inside a CASE, although both are Spark SQL. A model that runs on Spark's own server, and
# passes its tests for each clause, may thus fail on Sail for where its condition stands.
#
# Seen with pysail 0.7.2 and pyspark-client 4.1.3 on Python 3.11:
#   where:     [1]
#   case when: error, "Physical plan does not support logical expression InSubquery"
#   left join: [(1, 'free'), (2, None)]
# What to do: join the list and ask whether the joined column is null.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pysail==0.7.2 pyspark-client==4.1.3
cat >"$folder/seen.py" <<'PY'
from pyspark.sql import SparkSession
from pysail.spark import SparkConnectServer

server = SparkConnectServer("127.0.0.1", 0)
server.start()
_, port = server.listening_address
spark = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").getOrCreate()
spark.createDataFrame([(1,), (2,)], "number bigint").createOrReplaceTempView("record")
spark.createDataFrame([(2,)], "number bigint").createOrReplaceTempView("listed")

INSIDE = "not in (select number from listed)"
where = spark.sql(f"select number from record where number {INSIDE}").collect()
assert [row.number for row in where] == [1], where
print("where:    ", [row.number for row in where])

try:
    spark.sql(f"select case when number {INSIDE} then 'free' end from record").collect()
except Exception as error:
    assert "InSubquery" in str(error), error
    print("case when: error, InSubquery is not supported")
else:
    raise SystemExit("changed: a subquery inside of a CASE is planned now")

joined = spark.sql(
    "select record.number, case when listed.number is null then 'free' end as state "
    "from record left join listed on record.number = listed.number order by 1"
).collect()
assert [tuple(row) for row in joined] == [(1, "free"), (2, None)], joined
print("left join:", [tuple(row) for row in joined])
spark.stop()
server.stop()
PY
"$folder/venv/bin/python" "$folder/seen.py"
