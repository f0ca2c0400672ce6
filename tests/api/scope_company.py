"""A company of two teams in which every kind of thing is owned by a member of each, or by nobody, for the tests of scope.

Each seller has a customer with a contact, a lead, deals, activities, receipts and pay of its own; beside them there are things
that cross the border: a deal at a foreign customer, an activity about a foreign thing, a lead that became a foreign customer.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from salesapi.domain.shared.kernel import natural_id
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from tests.api.companies import flat, followed_company, lock, settled, version_of
from tests.service import Service, deal, expiring, team_pool

SELLERS = ("rep", "other rep")
ROLES = ("rep", "other rep", "manager", "other manager", "finance", "auditor", "admin", "integration")
REACHED: dict[str, tuple[str, ...] | None] = {
    "rep": ("rep",),
    "other rep": ("other rep",),
    "manager": ("rep", "manager"),
    "other manager": ("other rep", "other manager"),
    "finance": None,
    "auditor": None,
    "admin": None,
    "integration": None,
}
"""The members whose things a key reaches; None is everybody."""
PAY_REACHED: dict[str, tuple[str, ...] | None] = {**REACHED, "integration": ()}
POOL = None
"""The owner of what is in the pool."""
EVERYBODY = "everybody"
"""The owner of what every key sees: products, pipelines, members, teams."""


@dataclass(frozen=True)
class Thing:
    """A thing with those who own it; a statement, plan or run belongs to all whom it pays."""

    kind: str
    id: str
    owners: tuple[str | None, ...]
    name: str = ""
    """A text that stands in nothing else, where the thing has one."""


@dataclass
class Company:
    """The service with its things."""

    service: Service
    things: list[Thing] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        """The id of a thing by the name that it was made under."""
        return str(self.service.ids[name])

    async def make(self, name: str, kind: str, path: str, owner: str | None, /, **values: Any) -> str:
        """Makes a thing and remembers whose it is."""
        receipt = await self.service.must(path, values)
        self.service.ids[name] = UUID(receipt["id"])
        shown = next((values[key] for key in ("title", "name", "company", "content") if key in values), "")
        self.things.append(Thing(kind, receipt["id"], (owner,), shown))
        return str(receipt["id"])

    def of(self, kind: str) -> list[Thing]:
        """All things of a kind."""
        return [thing for thing in self.things if thing.kind == kind]

    def sees(self, role: str, thing: Thing) -> bool:
        """Tells whether a key reaches the thing: the policy, in one place."""
        if EVERYBODY in thing.owners:
            return True
        reached = (PAY_REACHED if thing.kind in PAY_KINDS else REACHED)[role]
        if reached is None or (POOL in thing.owners and thing.kind in POOLED):
            return True
        return any(owner in reached for owner in thing.owners)

    async def settled(self) -> None:
        """Waits until all read models reflect everything."""
        await settled(self.service)

    async def get(self, path: str, role: str, **params: Any) -> httpx2.Response:
        """A read by REST."""
        return await self.service.get(path, role=role, **params)


PAY_KINDS = {
    *("plan", "enrolment", "run", "statement", "credit", "objection", "award", "points", "points_entry"),
    "pool_shares",
}
POOLED = {"lead", "customer", "agreement", "satisfaction", "touch", "person"}


@asynccontextmanager
async def scoped_company(postgresql: EmbeddedPostgreSQL, folder: Path, name: str) -> AsyncIterator[Company]:
    """The company while the block runs, with its followers."""
    async with followed_company(postgresql, folder, name) as service:
        made = Company(service)
        await _second_manager(made)
        sector = {"of": "customer", "key": "sector", "name": "Sector"}
        await service.must("/v1/attribute-definitions", sector)
        for seller in SELLERS:
            await _selling(made, seller)
        await _pool(made)
        await _crossings(made)
        await _pay(made)
        await _judged(made)
        await _reference(made)
        _public(made)
        await made.settled()
        yield made


async def _second_manager(made: Company) -> None:
    service = made.service
    receipt = await service.must("/v1/members", {"name": "other manager"})
    service.ids["other manager"] = UUID(receipt["id"])
    await service.must(f"/v1/teams/{made['south']}/appoint-leader", {"member_id": made["other manager"]})
    await service.make_key("other manager", ["manager"], service.ids["other manager"])
    for number, name in enumerate(("rep", "other rep", "manager", "other manager")):
        contact = {"email": f"{number}@example.com", "employee_number": f"E{number}"}
        await service.must(f"/v1/members/{made[name]}/change", contact)


async def _selling(made: Company, seller: str) -> None:
    """A customer with a contact, a lead, an open and a won deal, activities and a receipt."""
    owner = made[seller]
    values: dict[str, Any] = {"name": f"Firm of {seller}", "owner_id": owner}
    values["attributes"] = [{"key": "sector", "value": f"Sector of {seller}"}]
    customer = await made.make(f"customer of {seller}", "customer", "/v1/customers", seller, **values)
    made.things.append(Thing("attribute", f"{customer}/sector", (seller,), f"Sector of {seller}"))
    contact = {"name": f"Contact of {seller}", "phone": f"+86 {seller}", "email": f"{seller[:5].strip()}@example.com"}
    added = await made.service.must(f"/v1/customers/{customer}/add-contact", contact)
    made.things += [Thing("contact", added["id"] + "/contact", (seller,), text) for text in contact.values()]
    await made.make(f"lead of {seller}", "lead", "/v1/leads", seller, company=f"Lead of {seller}", owner_id=owner)
    ready = await made.make(
        f"ready of {seller}", "lead", "/v1/leads", seller, company=f"Ready {seller}", owner_id=owner
    )
    await made.service.must(f"/v1/leads/{ready}/qualify", {"criteria": ["budget"]})
    await _touched(made, ready, seller, kind="campaign", campaign=f"Campaign for {seller}")
    values = {**deal(made.service, title=f"Open of {seller}"), "owner_id": owner, "customer_id": customer}
    expected = {"amount_minor": 700, "currency": "CNY", "expected_close_on": "2026-02-20"}
    await made.make(f"deal of {seller}", "deal", "/v1/deals", seller, **values, **expected)
    won = {**values, "title": f"Won of {seller}", "stage": "engaging", "amount_minor": 9_000, "currency": "CNY"}
    won_id = await made.make(f"won of {seller}", "deal", "/v1/deals", seller, **won, occurred_at="2026-01-02")
    await made.service.must(f"/v1/deals/{won_id}/change-stage", {"stage_to": "proposal", "occurred_at": "2026-01-20"})
    await made.service.must(f"/v1/deals/{won_id}/win", {"occurred_at": "2026-02-01"})
    for about, id in (("deal", won_id), ("customer", customer), ("lead", made[f"lead of {seller}"])):
        content = f"Call about the {about} of {seller}"
        await _called(made, f"call about {about} of {seller}", seller, kind=about, id=id, content=content)
    answer = {"kind": "nps", "score": 9, "deal_id": won_id, "comment": f"Comment to {seller}"}
    await _answered(made, customer, seller, **answer)
    task = {"kind": "task", "about": {"kind": "deal", "id": won_id}, "owner_id": owner, "due_on": "2026-04-01"}
    await made.make(f"task of {seller}", "activity", "/v1/activities", seller, **task)
    entries = [{"deal_id": made[f"deal of {seller}"], "amount_minor": 700, "category": "commit"}]
    snapshot = {"period": "2026-03", "currency": "CNY", "entries": entries}
    sheet = await made.make(
        f"sheet of {seller}", "forecast_sheet", "/v1/forecast-sheets/take-snapshot", seller, owner_id=owner, **snapshot
    )
    lines = {"floor": 100, "challenge": 100, "stretch": 100, "measure": "won_amount", "currency": "CNY"}
    await made.make(f"target of {seller}", "target", "/v1/targets", seller, owner_id=owner, period="2026", **lines)
    note = f"Note of {seller}"
    await made.service.must(f"/v1/forecast-sheets/{sheet}/submit", {"note": note})
    made.things.append(Thing("note", f"{sheet}/note", (seller,), note))
    money = {"amount_minor": 5_000, "currency": "CNY", "customer_id": customer, "occurred_at": "2026-02-10"}
    receipt = await made.make(f"receipt of {seller}", "receipt", "/v1/receipts", seller, **money)
    known = {"subject": {"kind": "lead", "id": made[f"lead of {seller}"]}, "purpose": "news"}
    await made.make(f"person of {seller}", "person", "/v1/persons/record-consent", seller, **known)
    await made.service.must(f"/v1/receipts/{receipt}/allocate", {"deal_id": won_id, "amount_minor": 4_000})
    await _agreed(made, customer, seller, deal_id=won_id)
    paid = {"invoice_id": made[f"invoice of {seller}"], "amount_minor": 200}
    await made.service.must(f"/v1/receipts/{receipt}/allocate", paid)


async def _called(made: Company, name: str, owner: str, *, kind: str, id: str, content: str) -> None:
    """A follow-up about a thing, which may be another's."""
    values = {"about": {"kind": kind, "id": id}, "channel": "call", "owner_id": made[owner], "content": content}
    await made.make(name, "activity", "/v1/activities/log-follow-up", owner, **values)


async def _agreed(made: Company, customer: str, owner: str | None, **values: Any) -> None:
    """A signed agreement with a customer, and an invoice on it. They are of those who see the customer."""
    name = owner or "nobody"
    values |= {"title": f"Agreement of {name}", "customer_id": customer, "currency": "CNY"}
    agreement = await made.make(f"agreement of {name}", "agreement", "/v1/agreements", owner, **values)
    line = {"key": "all", "amount_minor": 9_000}
    year = {"starts_on": "2026-02-01", "ends_on": "2027-01-31"}
    await made.service.must(f"/v1/agreements/{agreement}/sign", {"lines": [line], **year})
    invoice = {"number": f"Invoice of {name}", "currency": "CNY", "amount_minor": 500, "agreement_id": agreement}
    await made.make(f"invoice of {name}", "invoice", "/v1/invoices", owner, **invoice, occurred_at="2026-02-10")


async def _answered(made: Company, customer: str, owner: str | None, **answer: Any) -> None:
    """An answer of a customer about its satisfaction; its id follows from its place in the customer's stream."""
    receipt = await made.service.must(f"/v1/customers/{customer}/record-satisfaction", answer)
    id = natural_id("satisfaction", customer, str(receipt["version"]))
    made.things.append(Thing("satisfaction", str(id), (owner,), answer["comment"]))


async def _touched(made: Company, lead: str, *owners: str | None, **touch: Any) -> None:
    """A touch of a lead: of those who see the lead, and of the member who touched it."""
    receipt = await made.service.must(f"/v1/leads/{lead}/record-attribution-touch", touch)
    id = natural_id("attribution_touch", lead, str(receipt["version"]))
    made.things.append(Thing("touch", str(id), owners, touch.get("campaign", "")))


async def _pool(made: Company) -> None:
    """Makes what nobody owns. A receipt or invoice of a customer in the pool is still no seller's."""
    customer = await made.make("pool customer", "customer", "/v1/customers", POOL, name="Firm of nobody")
    await _answered(made, customer, POOL, kind="csat", score=4, comment="Comment to nobody")
    await made.make("pool lead", "lead", "/v1/leads", POOL, company="Lead of nobody")
    await _touched(made, made["pool lead"], POOL, kind="content", campaign="Content for nobody")
    money = {"amount_minor": 777, "currency": "CNY"}
    await made.make("pool receipt", "receipt", "/v1/receipts", POOL, **money, customer_id=customer)
    await _agreed(made, customer, POOL)
    await made.make("loose invoice", "invoice", "/v1/invoices", POOL, **money, number="1", occurred_at="2026-02-10")
    await made.make("loose receipt", "receipt", "/v1/receipts", POOL, **money)


async def _crossings(made: Company) -> None:
    """Each seller's things at and about the other's customer and the one in the pool."""
    for seller, other in (SELLERS, SELLERS[::-1]):
        owner = made[seller]
        for place, customer in (("other's", made[f"customer of {other}"]), ("pool", made["pool customer"])):
            title = f"At the {place} by {seller}"
            values = {**deal(made.service, title=title), "owner_id": owner, "customer_id": customer}
            await made.make(f"{place} deal of {seller}", "deal", "/v1/deals", seller, **values)
            name, content = f"{place} call of {seller}", f"Call at the {place} by {seller}"
            await _called(made, name, seller, kind="customer", id=customer, content=content)
        name, content = f"call of {seller} about the other's deal", f"Call of {seller} about the other's deal"
        await _called(made, name, seller, kind="deal", id=made[f"deal of {other}"], content=content)
        draft = {"title": f"Draft of {seller}", "customer_id": made[f"customer of {seller}"], "currency": "CNY"}
        other_deal = made[f"won of {other}"]
        await made.make(f"draft of {seller}", "agreement", "/v1/agreements", seller, **draft, deal_id=other_deal)
        lead = await made.make(
            f"converted of {seller}", "lead", "/v1/leads", seller, company=f"Converted of {seller}", owner_id=owner
        )
        await made.service.must(f"/v1/leads/{lead}/qualify", {"criteria": ["budget"]})
        await _touched(made, lead, seller, other, kind="meeting", member_id=made[other])
        conversion = {"customer_id": made[f"customer of {other}"], "with_contact": False}
        await made.service.must(f"/v1/leads/{lead}/convert", conversion)
        part = {"deal_id": made[f"won of {other}"], "amount_minor": 100}
        await made.service.must(f"/v1/receipts/{made[f'receipt of {seller}']}/allocate", part)


async def _pay(made: Company) -> None:
    """A plan of each seller and one of both; the run of both is locked, those of each have statements."""
    for key, sellers in (("rep", ("rep",)), ("other", ("other rep",)), ("both", SELLERS)):
        plan = await _plan(made, key, sellers)
        run = await made.make(f"run {key}", "run", "/v1/payout-runs", None, plan_id=plan, period="2026-02")
        made.things[-1] = Thing("run", run, sellers)
        for step in ("calculate", "issue-statements"):
            await made.service.must(f"/v1/payout-runs/{run}/{step}", {}, role="finance")
        made.things += [Thing("statement", f"{run}/{made[seller]}", (seller,)) for seller in sellers]
        if key == "both":
            await _locked(made, run)
            await _pooled(made, plan)
    plan = await _plan(made, "nobody", ())
    await made.make("run open", "run", "/v1/payout-runs", None, plan_id=plan, period="2026-03")
    made.things[-1] = Thing("run", made["run open"], ())


async def _pooled(made: Company, plan: str) -> None:
    """States what each leader gives the own seller of the pool of the own team."""
    for seller, leader in zip(SELLERS, ("manager", "other manager"), strict=True):
        given = {"plan_id": plan, "award_key": "pool", "period": "2026-03", "owner_id": made[leader]}
        shares = [{"member_id": made[seller], "points": "1"}]
        path = "/v1/pool-shares/state"
        await made.make(f"pool shares of {leader}", "pool_shares", path, leader, **given, shares=shares)


async def _plan(made: Company, key: str, sellers: tuple[str, ...]) -> str:
    plan = await made.make(f"plan {key}", "plan", "/v1/compensation-plans", None, key=key, name=key, currency="CNY")
    made.things[-1] = Thing("plan", plan, sellers)
    late = {**flat("1", key="late"), "credit": "overlay"}
    version = version_of(flat("5", key=key), expiring(late), awards=[team_pool(key)])
    await made.service.must(f"/v1/compensation-plans/{plan}/publish-version", version)
    for seller in sellers:
        await made.service.must("/v1/enrolments", {"member_id": made[seller], "plan_id": plan})
        seen = {"member_id": made[seller], "plan_id": plan, "plan_version": 1}
        await made.service.must("/v1/enrolments/acknowledge-compensation-plan", seen, role=seller)
        quota = {"measure": "credited_amount", "period": "2026-02", "amount_minor": 100_000, "currency": "CNY"}
        await made.service.must("/v1/enrolments/set-quota", {"member_id": made[seller], **quota})
        made.things.append(Thing("enrolment", str(natural_id("enrolment", made[seller], plan)), (seller,)))
    return plan


async def _locked(made: Company, run: str) -> None:
    await made.service.must(f"/v1/payout-runs/{run}/submit", {}, role="finance")
    await made.service.must(f"/v1/payout-runs/{run}/approve", {})
    await lock(made.service, run)


async def _reference(made: Company) -> None:
    """A rate table with a rate, a calendar, a campaign, and the cost of the product: they are nobody's."""
    central = {"key": "central", "name": "Central parity", "source": "PBOC"}
    table = await made.make("rate table", "rate_table", "/v1/rate-tables", EVERYBODY, **central)
    dollar = {"from_currency": "USD", "to_currency": "CNY", "rate": "7.1"}
    await made.service.must(f"/v1/rate-tables/{table}/publish-rates", {"on": "2026-03-02", "pairs": [dollar]})
    rate = natural_id("currency_rate", table, "USD", "CNY", "2026-03-02")
    made.things.append(Thing("currency_rate", str(rate), (EVERYBODY,)))
    china = {"key": "china", "name": "China", "zone": "Asia/Shanghai", "weekdays": ["monday"]}
    calendar = await made.make("calendar", "calendar", "/v1/calendars", EVERYBODY, **china)
    made_up = {"on": "2026-10-10", "name": "Made up", "is_worked": True}
    await made.service.must(f"/v1/calendars/{calendar}/declare-holidays", {"days": [made_up]})
    await made.service.must(f"/v1/calendars/{calendar}/define-fiscal-periods", {"kind": "quarter", "first_month": 4})
    cost = {"cost": {"amount": "6.25", "currency": "CNY"}}
    await made.service.must(f"/v1/products/{made['product']}/set-cost", cost)
    spring = {"key": "spring", "name": "Spring fair", "currency": "EUR"}
    await made.make("campaign", "campaign", "/v1/campaigns", EVERYBODY, **spring)


async def _judged(made: Company) -> None:
    """An objection, awards, points and an approval of each seller, and approvals that concern several."""
    for seller, manager in zip(SELLERS, ("manager", "other manager"), strict=True):
        member, to = made[seller], f"/v1/points/{made[seller]}"
        line = {"kind": "statement_line", "id": made["run both"], "line": 1}
        claim = {"subject": line, "member_id": member, "claim": f"Claim of {seller}"}
        await _by(made, seller, f"objection of {seller}", "objection", "/v1/objections", (seller,), **claim)
        stars = {"member_id": member, "kind": "recognition", "reason": f"Star {seller}"}
        await _by(made, "finance", f"award of {seller}", "award", "/v1/awards", (seller,), **stars)
        fire = {
            "plan_id": made["plan both"],
            "deal_id": made[f"won of {seller}"],
            "days": 30,
            "reason": f"Fire {seller}",
        }
        path = "/v1/awards/extend-expiry"
        await _by(made, "finance", f"extension of {seller}", "award", path, (seller,), **fire)
        points = {"member_id": member, "kind": "points", "points": 10, "reason": f"Points of {seller}"}
        credited = await _by(made, "finance", f"points of {seller}", "award", "/v1/awards", (seller,), **points)
        await made.service.must(f"/v1/awards/{credited}/approve", {})
        await made.service.must(f"{to}/redeem", {"points": 4, "reason": f"Mug of {seller}"}, role=seller)
        made.things.append(Thing("points", member, (seller,)))
        for number, text in ((1, ""), (2, f"Mug of {seller}")):
            made.things.append(Thing("points_entry", f"{member}/{number}", (seller,), text))
        about = {"kind": "deal", "id": made[f"deal of {seller}"]}
        asked = {"subject": about, "steps": [{"member_ids": [made[manager]]}], "reason": f"Discount of {seller}"}
        name = f"approval of {seller}"
        await _by(made, seller, name, "approval", "/v1/approvals", (seller, manager), **asked)
    steps = [{"member_ids": [made["other rep"]]}, {"member_ids": [made["manager"]]}]
    crossing = {"subject": {"kind": "deal", "id": made["deal of rep"]}, "steps": steps, "reason": "Across"}
    owners = ("rep", "other rep", "manager")
    await _by(made, "rep", "approval across", "approval", "/v1/approvals", owners, **crossing)
    star = {"subject": {"kind": "award", "id": made["award of rep"]}, "steps": steps[1:], "reason": "A star"}
    await _by(made, "finance", "approval of the award", "approval", "/v1/approvals", ("manager",), **star)


async def _by(
    made: Company, role: str, name: str, kind: str, path: str, owners: tuple[str, ...], /, **values: Any
) -> str:
    """Makes a thing with another key than the admin's."""
    receipt = await made.service.must(path, values, role=role)
    made.service.ids[name] = UUID(receipt["id"])
    text = str(values.get("claim") or values["reason"])
    made.things.append(Thing(kind, receipt["id"], owners, text))
    return str(receipt["id"])


def _public(made: Company) -> None:
    """Adds what every key sees; and the credit of each deal, which is its owner's."""
    for each in made.of("deal"):
        made.things.append(Thing("credit", f"{each.id}/{made[str(each.owners[0])]}", each.owners))
    for name, kind in (("product", "product"), ("pipeline", "pipeline"), ("north", "team"), ("south", "team")):
        made.things.append(Thing(kind, made[name], (EVERYBODY,)))
    for name in ("Ada", "Fay"):
        made.things.append(Thing("member", made[name], (EVERYBODY,)))
    for name in ("rep", "other rep", "manager", "other manager"):
        made.things.append(Thing("member", made[name], (EVERYBODY,)))
        made.things.append(Thing("principal", str(natural_id("principal", name)), (EVERYBODY,)))
    made.things.append(Thing("customer", made["customer"], (POOL,), "Cancity"))
