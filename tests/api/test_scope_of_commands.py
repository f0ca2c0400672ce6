"""S6, writes: nobody changes, takes over or refers to what it does not see, nor is told that it is there.

Every command of the catalogue is tried, and every field that names a thing; a new command or field fails here until it is
decided. The roles are those of the catalogue: a command without any is open to nobody.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

import httpx2
import pytest

from salesapi.domain.catalogue import route
from salesapi.domain.shared.declarations import AnyCommand
from tests.api.graphql_client import CATALOGUE, mutate
from tests.api.parity.request import LOCKED_AWAY
from tests.api.parity.requests import REQUESTS
from tests.api.scope_company import Company
from tests.api.test_scope import NOBODY, faceless

KEYS = {"rep": "rep", "manager": "manager"}
"""The roles that do not see everything, by the key that has it."""
OF_REPS = ("lead", "customer", "deal", "agreement", "approval", "objection", "award", "target")
FOREIGN = {
    **{kind: f"{kind} of other rep" for kind in OF_REPS},
    **{"activity": "task of other rep", "forecast_sheet": "sheet of other rep", "points": "other rep"},
    "pool_shares": "pool shares of other manager",
}
OWN = {kind: name.replace("other ", "") for kind, name in FOREIGN.items()} | {"lead": "ready of rep"}
REFERENCES = {
    **{f"{kind}_id": kind for kind in ("customer", "lead", "deal", "activity", "agreement", "invoice", "award")},
    **{"parent_id": "customer", "entries/deal_id": "deal", "parent_target_id": "target", "renewed_by": "agreement"},
    **{"owner_id": "owner", "children/owner_id": "owner", "objection_id": "objection", "contact_id": "part"},
    **{"about/id": "about", "subject/id": "subject", "correction/id": "correction", "records/id": "subject"},
    **dict.fromkeys(("subject/contact_id", "records/contact_id"), "part"),
    **dict.fromkeys(("member_id", "member_ids", "shares/member_id", "steps/member_ids", "team_id"), "public"),
    **dict.fromkeys(("awards/team_pool/share_points/member_id", "assumed_quotas/member_id"), "public"),
    **dict.fromkeys(("assumed_deals/owner_id", "children/team_id", "pipeline_id", "deal/pipeline_id"), "public"),
    **dict.fromkeys(("product_id", "lines/product_id", "plan_id", "principal_id"), "public"),
    **dict.fromkeys(("currencies/rate_table_id", "quotas/calendar_id"), "public"),
}
"""What each field of a command names. Public things everybody sees; a part is found in its thing only."""
NEVER_OWNED = {
    *("attribute_definition", "pipeline", "member", "team", "product", "invoice", "receipt", "rate_table"),
    *("calendar", "compensation_plan", "payout_run", "campaign", "principal", "api_key", "person", "retention_rule"),
}
"""Kinds whose commands are for roles that see everything."""
SEEN_WITH_CUSTOMER = {"agreement"}
"""Kinds without an owner of their own, whose sellers' commands ask for the customer: who sees it may give them."""
INSTEAD: dict[str, dict[str, Any]] = {
    "ConvertLead": {"customer_id": NOBODY, "with_contact": False},
    "ExtendExpiry": {"plan_id": "$plan both", "deal_id": "$talk", "days": 30, "reason": "Fire"},
    **LOCKED_AWAY,
}
COMMANDS = sorted(CATALOGUE.commands)


@pytest.mark.complete
def test_every_command_is_for_named_roles_and_every_owned_stream_says_by_whom() -> None:
    for stream, kind in CATALOGUE.commands.values():
        assert kind.roles, f"{kind.command.__name__} is for nobody"
        if kind.roles & set(KEYS):
            is_decided = stream.owner is not None or stream.kind in SEEN_WITH_CUSTOMER
            assert is_decided, f"a seller may give {kind.command.__name__}: whose is a {stream.kind}?"
        assert stream.owner is not None or stream.kind in NEVER_OWNED | SEEN_WITH_CUSTOMER, stream.kind


@pytest.mark.complete
def test_every_field_that_names_a_thing_is_decided() -> None:
    named = {path for _, kind in CATALOGUE.commands.values() for path in references(kind)}
    assert named <= set(REFERENCES), "say in REFERENCES what these name"


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_is_for_its_roles_only(company: Company, command: str) -> None:
    _, kind = CATALOGUE.command(command)
    for role in {"rep", "manager", "finance", "auditor", "admin", "integration"} - kind.roles:
        answer = await send(company, command, sample(company, command), role)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.role_forbidden"), role
        by_graphql = await mutate(company.service, command, sample(company, command), role=role)
        assert by_graphql["error"]["extensions"]["code"] == "access.role_forbidden", role


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_foreign_thing_takes_commands_as_one_that_does_not_exist(company: Company, command: str) -> None:
    stream, kind = CATALOGUE.command(command)
    if kind.target is None or stream.kind not in FOREIGN:
        return
    for role in kind.roles & set(KEYS):
        values = sample(company, command)
        for foreign in [thing for thing in company.of(stream.kind) if not company.sees(role, thing)][:2]:
            touched = await send(company, command, {**values, kind.target: foreign.id}, role)
            missing = await send(company, command, {**values, kind.target: NOBODY}, role)
            assert touched.status_code == missing.status_code == 404, (role, touched.text)
            assert faceless(touched.text, foreign) == faceless(missing.text)
            by_graphql = await mutate(company.service, command, {**values, kind.target: foreign.id}, role=role)
            assert by_graphql["error"]["extensions"]["code"] == "not_found"
        own = await send(company, command, values, role)
        assert own.json().get("code") not in ("not_found", "access.role_forbidden"), own.text


@pytest.mark.parametrize("command", COMMANDS)
async def test_nothing_is_made_for_or_handed_to_somebody_out_of_scope(company: Company, command: str) -> None:
    _, kind = CATALOGUE.command(command)
    if "owner_id" not in references(kind):
        return
    for role in kind.roles & set(KEYS):
        values = {**sample(company, command), "owner_id": company["other rep"]}
        answer = await send(company, command, values, role)
        assert (answer.status_code, answer.json()["code"]) == (403, "access.owner_out_of_scope"), role


@pytest.mark.parametrize("command", COMMANDS)
async def test_a_command_refers_only_to_what_its_principal_sees(company: Company, command: str) -> None:
    _, kind = CATALOGUE.command(command)
    for path in references(kind):
        for thing in ("lead", "customer", "deal") if REFERENCES[path] == "about" else (REFERENCES[path],):
            for role in kind.roles & set(KEYS) if thing in FOREIGN else ():
                await refuse_reference(company, command, path, thing, role)


async def refuse_reference(company: Company, command: str, path: str, thing: str, role: str) -> None:
    """A foreign thing is refused as one that does not exist; an own one, and one in the pool, is not."""
    values = sample(company, command)
    (foreign,) = [each for each in company.of(thing) if each.id == company[FOREIGN[thing]]]
    touched = await send(company, command, put(values, path, thing, foreign.id), role)
    missing = await send(company, command, put(values, path, thing, NOBODY), role)
    assert touched.status_code == missing.status_code == 404, (role, path, touched.text)
    assert faceless(touched.text, foreign) == faceless(missing.text)
    seen = [company[OWN[thing]], *([company[f"pool {thing}"]] if thing in ("lead", "customer") else [])]
    for id in seen:
        answer = await send(company, command, put(values, path, thing, id), role)
        about_itself = ("customer.parent_is_itself", "agreement.renewal_foreign")
        assert answer.json().get("code") in (None, *about_itself), (role, path, answer.text)


@pytest.mark.parametrize("role", sorted(KEYS))
@pytest.mark.parametrize("kind", ["deal", "customer", "award"])
async def test_nobody_puts_up_for_approval_what_they_do_not_see(company: Company, role: str, kind: str) -> None:
    steps = [{"member_ids": [company["other manager"]]}]
    for id, is_seen in ((company[OWN[kind]], True), (company[FOREIGN[kind]], False), (NOBODY, False)):
        asked = {"subject": {"kind": kind, "id": id}, "steps": steps}
        answer = await send(company, "RequestApproval", asked, role)
        assert answer.status_code == (200 if is_seen else 404), answer.text
        assert is_seen or answer.json()["pointer"] == "/subject/id"
    for kind, id in (("compensation_plan", company["plan both"]), ("payout_run", company["run both"])):
        asked = {"subject": {"kind": kind, "id": id}, "steps": steps}
        assert (await send(company, "RequestApproval", asked, role)).status_code == 404
        assert (await send(company, "RequestApproval", asked, "finance")).status_code == 200


async def test_a_member_objects_to_no_statement_and_no_rule_of_others(company: Company) -> None:
    for subject in (
        {"kind": "statement_line", "id": company["run other"], "line": 1},
        {"kind": "rule", "id": company["plan other"], "key": "other"},
    ):
        values = {"subject": subject, "member_id": company["rep"], "claim": "Mine"}
        touched = await send(company, "RaiseObjection", values, "rep")
        missing = await send(company, "RaiseObjection", {**values, "subject": {**subject, "id": NOBODY}}, "rep")
        assert touched.status_code == missing.status_code == 404
        assert touched.text.replace(str(subject["id"]), "*") == missing.text.replace(NOBODY, "*")
    own = {"subject": {"kind": "rule", "id": company["plan rep"], "key": "rep"}, "member_id": company["rep"]}
    assert (await send(company, "RaiseObjection", {**own, "claim": "Mine"}, "rep")).status_code == 200


async def test_nobody_is_told_who_takes_part_in_a_plan(company: Company) -> None:
    plan = {"plan_id": company["plan both"], "plan_version": 1}
    for participant in ("other rep", "other manager"):
        answer = await send(company, "AcknowledgeCompensationPlan", {**plan, "member_id": company[participant]}, "rep")
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem.get("pointer")) == (404, "not_found", None), participant
        assert problem["detail"].startswith("There is no enrolment")
    own = await send(company, "AcknowledgeCompensationPlan", {**plan, "member_id": company["rep"]}, "rep")
    assert own.status_code == 200
    of_the_team = await send(company, "AcknowledgeCompensationPlan", {**plan, "member_id": company["rep"]}, "manager")
    assert of_the_team.json()["code"] == "enrolment.not_yours"


async def test_a_manager_grants_awards_to_the_own_team_only(company: Company) -> None:
    values = {"kind": "recognition", "reason": "Star"}
    for member, status in (("rep", 200), ("manager", 200), ("other rep", 403)):
        answer = await send(company, "GrantAward", {**values, "member_id": company[member]}, "manager")
        assert answer.status_code == status, answer.text
    assert answer.json()["code"] == "access.owner_out_of_scope"


async def test_a_manager_asks_for_no_extension_of_a_foreign_deal(company: Company) -> None:
    values = {"plan_id": company["plan both"], "days": 30, "reason": "Fire"}
    for seller, code in (("rep", None), ("other rep", "not_found")):
        answer = await send(company, "ExtendExpiry", {**values, "deal_id": company[f"won of {seller}"]}, "manager")
        assert answer.json().get("code") == code, answer.text


async def test_a_lead_is_not_converted_into_a_foreign_customer_nor_its_contact_added_there(company: Company) -> None:
    lead, customer = company["ready of rep"], company["customer of other rep"]
    for with_contact in (True, False):
        values = {"lead_id": lead, "customer_id": customer, "with_contact": with_contact}
        answer = await send(company, "ConvertLead", values, "rep")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert answer.json()["pointer"] == "/customer_id"


async def test_a_target_is_not_split_to_somebody_out_of_scope(company: Company) -> None:
    lines = {"floor": 100, "challenge": 100, "stretch": 100}
    values = {"target_id": company["target of rep"], "gap": {"floor": 0, "challenge": 0, "stretch": 0}}
    for owner, code in (("other rep", "access.owner_out_of_scope"), ("manager", None)):
        children = [{"owner_id": company[owner], **lines}]
        answer = await send(company, "SplitTarget", {**values, "children": children}, "manager")
        assert answer.json().get("code") == code, answer.text


async def test_a_bulk_reaches_no_further_than_its_commands(company: Company) -> None:
    item = {"command": "WinDeal", "values": {"deal_id": company["deal of other rep"]}}
    for atomic in (True, False):
        answer = await company.service.post("/v1/bulk", {"atomic": atomic, "commands": [item]}, role="rep")
        content = answer.json()
        assert (content if atomic else content["results"][0]["problem"])["code"] == "not_found"


async def send(company: Company, command: str, values: dict[str, Any], role: str) -> httpx2.Response:
    """The command by REST, as a dry run."""
    stream, kind = CATALOGUE.command(command)
    path, body = route(stream, kind), dict(values)
    if kind.target is not None:
        path = path.format(**{kind.target: body.pop(kind.target)})
    return await company.service.post(f"{path}?dryRun=true", body, role=role)


def sample(company: Company, command: str) -> dict[str, Any]:
    """Values that are well-formed, about own and public things."""
    stream, kind = CATALOGUE.command(command)
    values = INSTEAD.get(command) or next(sent.values for sent in REQUESTS if sent.command == command and not sent.code)
    made: dict[str, Any] = own(company, values)
    made.pop("attributes", None)
    if "customer_id" in made and stream.kind != "receipt":
        made["customer_id"] = company[OWN["customer"]]
    if kind.target is not None:
        made[kind.target] = company[OWN[stream.kind]] if stream.kind in OWN else NOBODY
    return made


def own(company: Company, value: Any) -> Any:
    """The values with the company's ids in place of the names of other requests."""
    if isinstance(value, dict):
        return {key: own(company, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [own(company, inner) for inner in value]
    if not (isinstance(value, str) and value.startswith("$")):
        return value
    name = {"talk": OWN["deal"], "paid": OWN["deal"], "next": OWN["agreement"]}.get(value[1:], value[1:])
    return company[name] if name in company.service.ids else NOBODY


def put(values: dict[str, Any], path: str, thing: str, id: str) -> dict[str, Any]:
    """The values with this id in the field."""
    if path == "entries/deal_id":
        return {**values, "entries": [{**values["entries"][0], "deal_id": id}]}
    return {**values, "about": {"kind": thing, "id": id}} if path == "about/id" else {**values, path: id}


def references(kind: AnyCommand) -> list[str]:
    """The fields of a command that hold ids, beside that of the thing which it changes."""
    return [path for path in _ids(kind.command, "") if path != kind.target]


def _ids(record: Any, prefix: str) -> Iterator[str]:
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        for kind in _plain(hints[field.name]):
            if kind is UUID:
                yield f"{prefix}{field.name}"
            elif is_dataclass(kind):
                yield from _ids(kind, f"{prefix}{field.name}/")


def _plain(hint: Any) -> Iterator[Any]:
    """All types in a hint."""
    if get_origin(hint) is Annotated:
        yield from _plain(get_args(hint)[0])
    elif get_args(hint):
        for part in get_args(hint):
            yield from _plain(part)
    else:
        yield hint
