"""A value that stands nowhere else is planted in every personal field; after the erasure it is nowhere, and the log is proven.

Looked through: all tables (bytes too), JetStream's files, logs of programs and engines, both doors, CSV, exports, rebuilt read
models. Two servers run, so that one erases what the other has in memory.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest_asyncio

from salesapi.eventlog.postgresql import PostgreSQLEventLog
from tests.deployments import Server, caught_up
from tests.programs import until
from tests.service import STAGES, WAYS
from tests.stories import test_canaries
from tests.stories.test_canaries import Site
from tests.streaming.stream_comparison import compare_stream_with_log

site = test_canaries.site
TABLES = """
    SELECT format('SELECT t::text FROM %I.%I t', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""
LISTS = ("members", "customers", "leads", "activities", "receipts", "satisfactions", "forecast-sheets", "approvals")
DOCUMENT = """{
    members(first: 50) { edges { node { name email isErased } } }
    leads(first: 50) { edges { node { name phone email wechat note } } }
    customers(first: 50) { edges { node { name contacts { name phone email wechat } } } }
    activities(first: 50) { edges { node { content nextStep } } }
    satisfactions(first: 50) { edges { node { comment } } }
}"""
REBUILT = ("member", "customer", "lead", "activity", "satisfaction", "forecast_sheet", "approval", "objection")


@dataclass
class Known:
    """The things of the story by name, and the site that they are on."""

    site: Site
    other: Server
    ids: dict[str, str] = field(default_factory=dict)

    async def send(
        self, path: str, values: dict[str, Any], *, status: int | None = None, role: str = "admin"
    ) -> dict[str, Any]:
        """One command by a role, with this outcome, or accepted."""
        headers = {
            "idempotency-key": f"story/{next(self.site.numbers)}",
            "authorization": f"Bearer {self.site.deployment.keys[role]}",
        }
        answer = await self.site.server.client.post(path, json=values, headers=headers)
        assert answer.status_code in ((200, 201) if status is None else (status,)), (path, answer.text)
        content: dict[str, Any] = answer.json()
        return content

    async def make(self, name: str, path: str, values: dict[str, Any]) -> str:
        """Makes a thing."""
        self.ids[name] = (await self.send(path, values))["id"]
        return self.ids[name]

    def record(self, name: str, kind: str, contact: str | None = None) -> dict[str, str | None]:
        """A thing as an erasure names it."""
        return {"kind": kind, "id": self.ids[name], "contact_id": None if contact is None else self.ids[contact]}


@pytest_asyncio.fixture
async def known(site: Site) -> AsyncIterator[Known]:
    await site.deployment.make_key("finance", "finance")
    other = await site.deployment.serve()
    made = Known(site, other)
    await _planted(made)
    yield made
    await other.client.aclose()


async def _planted(known: Known) -> None:
    """Every personal field of every event, but those of objections and approvals, which `_judged` plants."""
    new = known.site.canaries
    member = await known.make("member", "/v1/members", {"name": new.new("member"), "email": new.email()})
    await known.send(f"/v1/members/{member}/change", {"name": new.new("member"), "email": new.email()})
    await known.make("person", "/v1/customers", {"name": new.new("person"), "kind": "person"})
    await known.send(f"/v1/customers/{known.ids['person']}/change", {"name": new.new("person")})
    company = await known.make("company", "/v1/customers", {"name": "Acme"})
    reach = {"phone": new.phone(), "email": new.email(), "wechat": new.new("wechat")}
    added = await known.send(f"/v1/customers/{company}/add-contact", {"name": new.new("contact"), **reach})
    known.ids["contact"] = await _only_contact(known, company)
    assert added["events"][0]["type"] == "customer.contact_added"
    changed = {"contact_id": known.ids["contact"], "name": new.new("contact"), "phone": new.phone()}
    await known.send(f"/v1/customers/{company}/change-contact", changed)
    answer = {"kind": "nps", "score": 9, "comment": new.new("comment")}
    await known.send(f"/v1/customers/{company}/record-satisfaction", answer)
    reach = {"phone": new.phone(), "email": new.email(), "wechat": new.new("wechat"), "note": new.new("note")}
    owner = {"owner_id": member}
    lead = await known.make("lead", "/v1/leads", {"source": "call", "name": new.new("lead"), **reach, **owner})
    about = {"about": {"kind": "lead", "id": lead}, **owner}
    said = {"content": new.new("content"), "next_step": new.new("step"), "channel": "call"}
    await known.make("call", "/v1/activities/log-follow-up", {**about, **said})
    await known.send(
        f"/v1/activities/{known.ids['call']}/correct-follow-up", {"content": new.new("content"), "reason": "Typo"}
    )
    task = {"kind": "task", "due_on": "2026-03-02", "next_step": new.new("task")}
    await known.make("task", "/v1/activities", {**about, **task})
    await known.send(f"/v1/activities/{known.ids['task']}/complete", {"content": new.new("done")})
    money = {"amount_minor": 100, "currency": "CNY", "note": new.new("receipt")}
    await known.make("receipt", "/v1/receipts", money)
    sheet = {**owner, "period": "2026-03", "currency": "CNY", "entries": []}
    await known.make("sheet", "/v1/forecast-sheets/take-snapshot", sheet)
    await known.send(f"/v1/forecast-sheets/{known.ids['sheet']}/submit", {"note": new.new("forecast")})
    await _judged(known, member)


async def _judged(known: Known, member: str) -> None:
    """A lost deal, an approval and an objection with what was said to them."""
    new = known.site.canaries
    await known.site.deployment.make_key("manager", "manager", "--member", member)
    pipeline = await known.make("pipeline", "/v1/pipelines", {"key": "standard", "name": "Standard"})
    ways = [{"stage_from": stage_from, "stage_to": stage_to} for stage_from, stage_to in WAYS]
    await known.send(f"/v1/pipelines/{pipeline}/publish-version", {"stages": STAGES, "transitions": ways})
    opened = {"title": "Pilot", "pipeline_id": pipeline, "owner_id": member, "stage": "engaging"}
    deal = await known.make("deal", "/v1/deals", opened)
    await known.send(f"/v1/deals/{deal}/lose", {"reason": "price", "note": new.new("lost")})
    asked = {"subject": {"kind": "deal", "id": deal}, "steps": [{"member_ids": [member]}]}
    colleague = await known.make("colleague", "/v1/members", {"name": "Colleague"})
    await known.site.deployment.make_key("asker", "finance", "--member", colleague)
    confirmer = await known.make("confirmer", "/v1/members", {"name": "Confirmer"})
    await known.site.deployment.make_key("confirmer", "finance", "--member", confirmer)
    approval = known.ids["approval"] = (await known.send("/v1/approvals", asked, role="asker"))["id"]
    decided = {"step": 1, "decision": "approve", "note": new.new("approval")}
    await known.send(f"/v1/approvals/{approval}/decide-step", decided, role="manager")
    claim = {"claim": new.new("claim"), "evidence": new.new("evidence")}
    step = {"subject": {"kind": "process_step", "id": pipeline, "key": "engaging"}, "member_id": member}
    objection = await known.send("/v1/objections", {**step, **claim}, role="manager")
    known.ids["objection"] = objection["id"]
    await known.send(f"/v1/objections/{objection['id']}/answer", {"answer": new.new("answer")}, role="asker")


async def _only_contact(known: Known, customer: str) -> str:
    await caught_up(known.site.server)
    item = (await known.site.server.client.get(f"/v1/customers/{customer}")).json()["item"]
    contact_id: str = item["contacts"][0]["contact_id"]
    return contact_id


def _erasure(known: Known) -> dict[str, Any]:
    records = (
        known.record("member", "member"),
        known.record("person", "customer"),
        known.record("company", "customer"),
        known.record("company", "customer", "contact"),
        *(known.record(name, "activity") for name in ("call", "task")),
        *(known.record(name, name) for name in ("receipt", "deal", "approval", "objection")),
        known.record("sheet", "forecast_sheet"),
    )
    subject = known.record("lead", "lead")
    return {"subject": subject, "records": records, "basis": "request_of_person", "reason": "Letter of March"}


async def _tables(known: Known) -> bytes:
    """Every row of every table as text; bytes stand in hexadecimal digits there, so these are looked for, too."""
    connection = await asyncpg.connect(known.site.postgresql.superuser_url.replace("/postgres?", "/salesapi?"))
    try:
        statements = [row[0] for row in await connection.fetch(TABLES)]
        rows = [str(row[0]) for statement in statements for row in await connection.fetch(statement)]
    finally:
        await connection.close()
    return "\n".join(rows).encode()


def _found(known: Known, text: bytes) -> list[str]:
    made = known.site.canaries.made
    return [value for value in made if value.encode() in text or value.encode().hex().encode() in text]


async def _shown(known: Known) -> bytes:
    """All that both doors and CSV answer."""
    client = known.site.server.client
    answers: list[httpx2.Response] = []
    for name in (*LISTS, "objections", "deals", "persons"):
        answers.append(await client.get(f"/v1/{name}", params={"first": 50}))
        answers.append(await client.get(f"/v1/{name}", params={"first": 50}, headers={"accept": "text/csv"}))
    answers.append(await client.get(f"/v1/customers/{known.ids['company']}/profile"))
    answers.append(await client.get(f"/v1/customers/{known.ids['company']}/timeline"))
    answers.append(await client.get("/v1/events"))
    answers.append(await client.post("/graphql", json={"query": DOCUMENT}))
    refused = [(answer.url, answer.text[:300]) for answer in answers if answer.status_code not in (200, 406)]
    assert refused == []
    assert b'"errors"' not in answers[-1].content, answers[-1].text
    return b"\n".join(answer.content for answer in answers)


async def _export(known: Known, file: Path) -> tuple[bytes, int, str]:
    """An export: its bytes, its size and its root."""
    run = known.site.deployment.programs.run
    status, output, errors = await run("export", str(file), **known.site.deployment.environment)
    assert (status, errors) == (0, "")
    told = re.search(r"(\d+) events written to .*; root ([0-9a-f]{64})", output)
    assert told is not None, output
    return file.read_bytes(), int(told[1]), told[2]


async def _relayed(known: Known) -> None:
    log = await PostgreSQLEventLog.connect(known.site.deployment.urls.application_url)
    is_relayed = lambda: _is_same(log, known.site.nats.url)  # noqa: E731
    await until(is_relayed, "the stream is the log")
    await log.close()


async def _is_same(log: PostgreSQLEventLog, url: str) -> bool:
    return await compare_stream_with_log(log, url) is None


def _logs(known: Known) -> bytes:
    files = [known.site.postgresql.folder / "postgresql.log", known.site.nats.folder / "nats.log"]
    for program in known.site.deployment.programs.started:
        files += [program.output, program.errors]
    return b"\n".join(file.read_bytes() for file in files)


def _stream(known: Known) -> bytes:
    return b"".join(
        path.read_bytes() for path in sorted((known.site.nats.folder / "store").rglob("*")) if path.is_file()
    )


async def test_an_erased_person_is_nowhere_and_the_log_is_as_it_was(known: Known, reachable_folder: Path) -> None:
    run, environment = known.site.deployment.programs.run, known.site.deployment.owner_environment
    lead = known.ids["lead"]
    qualified = await known.other.post(f"/v1/leads/{lead}/qualify", {"criteria": ["budget"]}, "qualify")
    assert qualified.status_code == 200, "the other server has the lead in memory"
    await caught_up(known.site.server)
    assert _found(known, await _tables(known)), "the values never went in"
    assert len(_found(known, await _shown(known))) > 15
    before, size, root = await _export(known, reachable_folder / "before.jsonl")

    person = await known.send("/v1/persons/request-erasure", _erasure(known), role="asker")
    await known.send(f"/v1/persons/{person['id']}/erase", {}, status=409, role="asker")
    await known.send(f"/v1/persons/{person['id']}/erase", {}, status=403, role="finance")
    erased = await known.send(f"/v1/persons/{person['id']}/erase", {}, role="confirmer")

    assert [event["type"] for event in erased["events"]][:2] == ["person.erased", "lead.person_erased"]
    assert len(erased["events"]) == 13
    made = {"customer_name": "Acme 2", "with_contact": True}
    converted = await known.other.post(f"/v1/leads/{lead}/convert", made, "convert")
    assert converted.json()["code"] == "lead.name_unknown", "the other server knew the name still"
    await caught_up(known.site.server)
    await _relayed(known)
    after, _, _ = await _export(known, reachable_folder / "after.jsonl")
    shown = await _shown(known)
    assert b'"is_erased":true' in shown
    for name in REBUILT:
        status, _, errors = await run("rebuild", name, **environment)
        assert (status, errors) == (0, ""), name
    await caught_up(known.site.server)
    places = {
        "tables": await _tables(known),
        "stream": _stream(known),
        "logs": _logs(known),
        "doors": shown,
        "doors after a rebuild": await _shown(known),
        "export of before": before,
        "export of after": after,
    }
    assert [(place, _found(known, text)) for place, text in places.items() if _found(known, text)] == []
    assert after.splitlines()[:size] == before.splitlines()[:size]
    for arguments in (("--export", str(reachable_folder / "before.jsonl")), ("--root", root, "--size", str(size)), ()):
        status, output, errors = await run("verify", *arguments, **environment)
        assert status == 0, (arguments, output, errors)
