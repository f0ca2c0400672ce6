"""Personal values and API keys sent through every path: none is found in the log, the stream, an engine's files or an output.

The read models hold personal values in clear by design, so the schema `read` and PostgreSQL's data files are left out.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest_asyncio

from salesapi.embedded.helper_user import PASSAGE_MODE
from salesapi.embedded.nats import EmbeddedNats
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.eventlog.postgresql import PostgreSQLEventLog
from tests.deployments import Deployment, Server, caught_up
from tests.programs import programs_in, until
from tests.streaming.stream_comparison import compare_stream_with_log

CONTROL = "Control-4411"
"""Not personal, in the same commands: where it is not found, the search looks in the wrong place."""
TABLES = """
    SELECT format('SELECT t::text FROM %I.%I t', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('read', 'pg_catalog', 'information_schema')
"""
NOBODY = "0190a000-0000-7000-8000-0000000000c1"


@dataclass
class Canaries:
    """Makes values that stand nowhere else, and remembers them."""

    made: list[str] = field(default_factory=list)

    def new(self, what: str) -> str:
        """One more."""
        self.made.append(f"Canary-{what}-{7_000 + len(self.made)}-Zhang")
        return self.made[-1]

    def email(self) -> str:
        """One that can be an address."""
        return f"{self.new('mail')}@example.com"

    def phone(self) -> str:
        """One of digits."""
        number = f"+8613966{len(self.made):06d}"
        self.made.append(number)
        return number

    def found_in(self, text: bytes) -> list[str]:
        """Those that stand in the text."""
        return [value for value in self.made if value.encode() in text]


@dataclass
class Site:
    """Engines of its own, a server and a worker."""

    postgresql: EmbeddedPostgreSQL
    nats: EmbeddedNats
    deployment: Deployment
    server: Server
    canaries: Canaries
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def send(self, path: str, values: dict[str, Any], status: int = 201) -> dict[str, Any]:
        """One command with this outcome."""
        answer = await self.server.post(path, values, f"request/{next(self.numbers)}")
        assert answer.status_code == status, (path, answer.text)
        content: dict[str, Any] = answer.json()
        return content


@pytest_asyncio.fixture
async def site(reachable_folder: Path) -> AsyncIterator[Site]:
    """The site; its engines and processes are ended whatever happens."""
    folder = reachable_folder / "site"
    folder.mkdir(mode=PASSAGE_MODE)
    folder.chmod(PASSAGE_MODE)
    postgresql = await EmbeddedPostgreSQL.start(folder / "postgresql", fast_unsafe=True)
    nats = await EmbeddedNats.start(folder / "nats")
    try:
        with programs_in(folder) as programs:
            deployment = Deployment(programs, postgresql.urls("salesapi"), folder / "key-encryption.key", nats.url)
            await deployment.found()
            _, server = await asyncio.gather(deployment.work(), deployment.serve())
            yield Site(postgresql, nats, deployment, server, Canaries())
    finally:
        await nats.stop()
        await postgresql.stop()


async def _accepted(site: Site) -> dict[str, str]:
    """Every personal field, in commands that are stored; the ids of the things."""
    new = site.canaries
    member = {"name": new.new("member"), "email": new.email(), "employee_number": CONTROL}
    ids = {"member": (await site.send("/v1/members", member))["id"]}
    await site.send("/v1/customers", {"name": new.new("person"), "kind": "person"})
    ids["customer"] = (await site.send("/v1/customers", {"name": CONTROL, "kind": "company"}))["id"]
    reachable = {"phone": new.phone(), "email": new.email(), "wechat": new.new("wechat")}
    await site.send(f"/v1/customers/{ids['customer']}/add-contact", {"name": new.new("contact"), **reachable}, 200)
    reachable = {"phone": new.phone(), "email": new.email(), "wechat": new.new("wechat")}
    owner = {"owner_id": ids["member"]}
    lead = {"source": "call", "name": new.new("lead"), "note": new.new("note"), **reachable, **owner}
    ids["lead"] = (await site.send("/v1/leads", lead))["id"]
    about = {"about": {"kind": "lead", "id": ids["lead"]}}
    said = {"content": new.new("content"), "next_step": new.new("step")}
    await site.send("/v1/activities/log-follow-up", {**about, **owner, "channel": "call", **said})
    task = {"kind": "task", "due_on": "2026-03-02", "next_step": new.new("task")}
    activity = (await site.send("/v1/activities", {**about, **owner, **task}))["id"]
    await site.send(f"/v1/activities/{activity}/complete", {"content": new.new("done")}, 200)
    await site.send("/v1/receipts", {"amount_minor": 100, "currency": "CNY", "note": new.new("receipt")})
    answer = {"kind": "nps", "score": 9, "comment": new.new("comment")}
    await site.send(f"/v1/customers/{ids['customer']}/record-satisfaction", answer, 200)
    snapshot = {**owner, "period": "2026-03", "currency": "CNY", "entries": []}
    sheet = (await site.send("/v1/forecast-sheets/take-snapshot", snapshot))["id"]
    await site.send(f"/v1/forecast-sheets/{sheet}/submit", {"note": new.new("forecast")}, 200)
    return ids


async def _refused(site: Site, ids: dict[str, str]) -> None:
    """The same kinds of values in requests that are refused, each for another reason."""
    new, client = site.canaries, site.server.client
    contact = {"name": new.new("contact"), "email": new.email(), "phone": new.phone()}
    await site.send(f"/v1/customers/{NOBODY}/add-contact", contact, 404)
    await site.send(f"/v1/members/{NOBODY}/change", {"name": new.new("member")}, 404)
    await site.send("/v1/leads", {"source": "call", "name": [new.new("list")]}, 422)
    await site.send("/v1/leads", {"source": "call", "name": new.new("long") * 1_000}, 422)
    await site.send("/v1/leads", {"source": "call", "name": new.new("zero") + "\0"}, 422)
    await site.send("/v1/leads", {"source": "call", new.new("field"): 1}, 422)
    await site.send("/v1/leads", {"source": "call", "name": "A", "owner_id": new.new("owner")}, 422)
    await site.send("/v1/bulk", {"atomic": False, "commands": [{"command": new.new("command"), "values": {}}]}, 200)
    await site.send("/v1/receipts", {"amount_minor": new.new("amount"), "currency": "CNY"}, 422)
    for body in (f'{{"name": "{new.new("cut")}', f'{{"name": "{new.new("half")}\\ud800"}}', f'"{new.new("text")}"'):
        headers = {"idempotency-key": "malformed", "content-type": "application/json"}
        answer = await client.post("/v1/leads", content=body, headers=headers)
        assert answer.status_code in (400, 422), answer.text
    for path in (f"/v1/leads/{new.new('path')}", f"/v1/{new.new('route')}", f"/v1/leads?order={new.new('order')}"):
        assert (await client.get(path)).status_code in (404, 422)
    for name in ("x-request-id", "x-correlation-id", "if-match"):
        headers = {"idempotency-key": f"header/{name}", name: f"{new.new('header')} x"}
        answer = await client.post(f"/v1/members/{ids['member']}/change", json={}, headers=headers)
        assert answer.status_code < 500, answer.text
    for document in (f'{{ deal(id: "{new.new("id")}") {{ id }} }}', f"{{ {new.new('selection')} }}", new.new("query")):
        answer = await client.post("/graphql", json={"query": document, "variables": {"a": new.new("variable")}})
        assert answer.status_code in (200, 400), answer.text
    for bearer in (f"Bearer sk_00000000_{new.new('key')}", f"Basic {new.new('basic')}", new.new("scheme")):
        assert (await client.get("/v1/leads", headers={"authorization": bearer})).status_code == 401


async def _failing(site: Site) -> None:
    """Requests that meet a fault of ours: the database refuses what it never should."""
    new, client = site.canaries, site.server.client
    owner = await asyncpg.connect(site.deployment.urls.owner_url)
    try:
        await owner.execute("ALTER TABLE privacy.subject_key RENAME TO away")
        answer = await site.server.post("/v1/members", {"name": new.new("member"), "email": new.email()}, "failing")
        assert answer.status_code == 500, answer.text
        assert answer.json()["code"] == "internal"
        await owner.execute("ALTER TABLE privacy.away RENAME TO subject_key")
        await owner.execute("ALTER VIEW read.lead RENAME TO away")
        answer = await client.get("/v1/leads", params={"source": new.new("source")})
        assert answer.status_code == 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        await owner.execute("ALTER VIEW read.away RENAME TO lead")
    finally:
        await owner.close()


async def _dump(url: str) -> bytes:
    """Every row of every table but the read models', as text."""
    connection = await asyncpg.connect(url)
    try:
        statements = [row[0] for row in await connection.fetch(TABLES)]
        rows = [str(row[0]) for statement in statements for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    return "\n".join(rows).encode()


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_no_personal_value_and_no_key_is_found_where_it_does_not_belong(site: Site) -> None:
    ids = await _accepted(site)
    await _refused(site, ids)
    await _failing(site)
    site.canaries.made.append(site.deployment.keys["admin"])
    assert len(site.canaries.made) == 52
    await caught_up(site.server)
    log = await PostgreSQLEventLog.connect(site.deployment.urls.application_url)

    async def is_relayed() -> bool:
        return await compare_stream_with_log(log, site.nats.url) is None

    await until(is_relayed, "the stream is the log")
    await log.close()
    clear = await site.server.client.get("/v1/leads")
    assert site.canaries.found_in(clear.content), "the canaries never went in"

    dump = await _dump(site.postgresql.superuser_url.replace("/postgres?", "/salesapi?"))
    stream = _files(site.nats.folder / "store")
    assert CONTROL.encode() in dump
    assert CONTROL.encode() in stream
    assert site.canaries.found_in(dump) == []
    assert site.canaries.found_in(stream) == []
    assert site.canaries.found_in((site.postgresql.folder / "postgresql.log").read_bytes()) == []
    assert site.canaries.found_in((site.nats.folder / "nats.log").read_bytes()) == []
    written = {program.output.name: program.output.read_text() for program in site.deployment.programs.started}
    key = site.deployment.keys["admin"]
    assert [name for name, text in written.items() if key in text] == ["2-keys.out"], "it is shown once, to its maker"
    for name, text in written.items():
        assert site.canaries.found_in(text.replace(key, "").encode()) == [], name
    for program in site.deployment.programs.started:
        errors = program.errors.read_text()
        assert site.canaries.found_in(errors.encode()) == [], program.errors.name
        assert all("at" in json.loads(line) for line in errors.splitlines())
    served = site.server.program.errors.read_text()
    assert served.count('"error": "UndefinedTableError"') == 2, served
