# DuckDB over files of JSON lines: reads SQL on standard input, prints the rows of its last statement, comma-separated.
import sys

import duckdb

for row in duckdb.sql(sys.stdin.read()).fetchall():
    print(",".join("" if value is None else str(value) for value in row))
