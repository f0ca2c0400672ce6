"""A small company with its read models, made by commands and followed by the engine, for all tests of reads."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio
from fastapi import FastAPI

from salesapi.access.principals import Scope
from salesapi.api.authentication import Authenticator
from salesapi.api.http import read_sources
from salesapi.api.rest.answers import add_problem_handlers
from salesapi.api.rest.questions import QuestionRoutes
from salesapi.cli.following import running_followers
from salesapi.domain.shared.kernel import natural_id
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.positions import wait_until
from tests.service import Service, deal, found_company, running_service, team_pool

PATIENCE_SECONDS = 30.0
NAMES = [projection.name for projection in PROJECTIONS]
AMOUNTS = (500, 300, 300, None, 9_000)


@dataclass
class Reads:
    """The company, its ids by name, and the doors to read it."""

    service: Service
    client: httpx2.AsyncClient
    ids: dict[str, UUID] = field(default_factory=dict)

    @property
    def pool(self) -> Any:
        """The application's connections."""
        return self.service.core.pool

    def scope(self, *names: str) -> Scope:
        """The scope of these members."""
        return Scope(member_ids=frozenset(self.ids[name] for name in names))

    async def command(self, path: str, **values: Any) -> UUID:
        """A command of the admin that is not refused; the id of its thing."""
        return UUID((await self.service.must(path, values))["id"])

    async def settled(self) -> int:
        """Waits until all read models reflect everything; the position."""
        head = await self.service.core.log.head()
        return await wait_until(self.pool, NAMES, head, PATIENCE_SECONDS)

    async def get(self, path: str, role: str = "admin", **params: Any) -> httpx2.Response:
        """A read by REST."""
        headers = {"authorization": f"Bearer {self.service.keys[role]}"}
        return await self.client.get(path, params=params or None, headers=headers)

    async def shown(self, path: str, role: str = "admin", **params: Any) -> dict[str, Any]:
        """A read that is answered."""
        answer = await self.get(path, role, **params)
        assert answer.status_code == 200, answer.text
        values: dict[str, Any] = answer.json()
        return values


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reads(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Reads]:
    """The company. Tests do not write to it."""
    urls = await postgresql.create_database("reads")
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(running_service(urls, tmp_path_factory.mktemp("reads")))
        await found_company(service)
        core = service.core
        await stack.enter_async_context(running_followers(core))
        client = await stack.enter_async_context(
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=_reading_app(service)), base_url="http://reads")
        )
        made = Reads(service=service, client=client, ids=service.ids)
        await _sell(made)
        await _agree(made)
        await _forecast(made)
        await _targets(made)
        await _pay(made)
        await _renew_plan(made)
        await _judge(made)
        await _reference(made)
        await made.settled()
        yield made
    await postgresql.drop_database(urls.name)


def _reading_app(service: Service) -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)
    core = service.core
    authenticator = Authenticator(core.api_keys, core.scopes, core.clock)
    QuestionRoutes(authenticator, read_sources(core)).add_to(app)
    return app


async def _sell(made: Reads) -> None:
    """Deals, leads, activities and receipts around the customer of the rep, and some of the other rep."""
    ids = made.ids
    rep, other = str(ids["rep"]), str(ids["other rep"])
    customer = str(ids["customer"])
    await made.command(f"/v1/customers/{customer}/assign", owner_id=rep)
    await made.command(f"/v1/customers/{customer}/add-contact", name="Maria", phone="+49 1", role="buyer")
    ids["pool customer"] = await made.command("/v1/customers", name="Initech")
    ids["other customer"] = await made.command("/v1/customers", name="Umbrella", owner_id=other)
    for number, amount in enumerate(AMOUNTS):
        valued = {} if amount is None else {"amount_minor": amount, "currency": "CNY"}
        values = deal(made.service, title=f"Deal 10{number}%", customer_id=customer, stage="engaging", **valued)
        lines = [{"product_id": str(ids["product"]), "quantity": "2"}] if number == 0 else []
        ids[f"deal {number}"] = await made.command(
            "/v1/deals", **values, lines=lines, occurred_at=f"2026-01-0{number + 1}"
        )
    ids["other deal"] = await made.command(
        "/v1/deals",
        **{**deal(made.service, title="Foreign"), "owner_id": other},
        customer_id=customer,
        occurred_at=None,
    )
    won = ids["deal 4"]
    await made.command(f"/v1/deals/{won}/change-stage", stage_to="proposal", occurred_at="2026-01-20")
    await made.command(f"/v1/deals/{won}/win", occurred_at="2026-02-01")
    ids["voided deal"] = await made.command("/v1/deals", **deal(made.service, title="Mistake"))
    await made.command(f"/v1/deals/{ids['voided deal']}/void", reason="entered twice")
    ids["lead"] = await made.command("/v1/leads", name="Li Na", source="fair", owner_id=rep, occurred_at="2026-01-02")
    ids["pool lead"] = await made.command("/v1/leads", company="Hooli", source="web_form", occurred_at=None)
    touch = f"/v1/leads/{ids['lead']}/record-attribution-touch"
    await made.command(touch, kind="campaign", campaign="spring", weight="0.50", occurred_at="2026-01-03")
    await made.command(touch, kind="meeting", member_id=other, occurred_at=None)
    await made.command(f"/v1/leads/{ids['lead']}/qualify", criteria=["budget"])
    await made.command(f"/v1/leads/{ids['lead']}/convert", customer_id=customer)
    about = {"kind": "deal", "id": str(won)}
    ids["task"] = await made.command("/v1/activities", kind="task", about=about, owner_id=rep, due_on="2026-03-01")
    ids["call"] = await made.command(
        "/v1/activities/log-follow-up",
        about=about,
        channel="call",
        owner_id=rep,
        content="They are happy.",
        occurred_at="2026-02-03",
    )
    await made.command(
        f"/v1/customers/{customer}/record-satisfaction",
        kind="nps",
        score=9,
        deal_id=str(won),
        comment="Fast.",
        occurred_at="2026-02-04",
    )
    await made.command(f"/v1/customers/{customer}/record-satisfaction", kind="csat", score=4, occurred_at=None)
    ids["receipt"] = await made.command(
        "/v1/receipts", amount_minor=5_000, currency="CNY", customer_id=customer, occurred_at="2026-02-10"
    )
    await made.command(f"/v1/receipts/{ids['receipt']}/allocate", deal_id=str(won), amount_minor=4_000)


async def _agree(made: Reads) -> None:
    """A signed agreement with the rep's customer, with an invoice that is paid in part; a draft with the other rep's."""
    ids = made.ids
    agreement = ids["agreement"] = await made.command(
        "/v1/agreements", title="Rollout 100%", customer_id=str(ids["customer"]), currency="CNY", legal_entity="North"
    )
    seats = {"key": "seats", "quantity": "10", "amount_minor": 10_000, "tax_minor": 600, "recurring": True}
    lines = [
        {**seats, "product_id": str(ids["product"])},
        {"key": "setup", "amount_minor": 2_000, "cost_minor": 900},
    ]
    plan = [{"key": "all", "due_on": "2026-05-01", "amount_minor": 12_600}]
    term = {"starts_on": "2026-03-01", "ends_on": "2027-02-28", "payment_days": 30}
    path = f"/v1/agreements/{agreement}"
    await made.command(f"{path}/sign", lines=lines, instalments=plan, **term, occurred_at="2026-02-20")
    await made.command(f"{path}/report-fulfilment", line_key="seats", step="delivered", quantity="4")
    await made.command(f"{path}/report-fulfilment", line_key="seats", step="live", quantity="3")
    ids["invoice"] = await made.command(
        "/v1/invoices",
        number="2026-1",
        currency="CNY",
        amount_minor=5_000,
        tax_minor=500,
        agreement_id=str(agreement),
        due_on="2026-04-01",
        occurred_at="2026-03-02",
    )
    await made.command(f"/v1/receipts/{ids['receipt']}/allocate", invoice_id=str(ids["invoice"]), amount_minor=1_000)
    ids["other agreement"] = await made.command(
        "/v1/agreements", title="Foreign", customer_id=str(ids["other customer"]), currency="CNY"
    )
    ids["loose invoice"] = await made.command("/v1/invoices", number="7", currency="CNY", amount_minor=700)


async def _forecast(made: Reads) -> None:
    """A forecast of the rep, submitted and adjusted, and one of the other rep."""
    ids = made.ids
    for name, deal_id in (("rep", ids["deal 0"]), ("other rep", ids["other deal"])):
        ids[f"sheet of {name}"] = await made.command(
            "/v1/forecast-sheets/take-snapshot",
            owner_id=str(ids[name]),
            period="2026-03",
            currency="CNY",
            entries=[{"deal_id": str(deal_id), "amount_minor": 700, "category": "commit", "confidence": "mid"}],
            occurred_at="2026-03-01",
        )
    path = f"/v1/forecast-sheets/{ids['sheet of rep']}"
    await made.command(f"{path}/submit", note="Careful.", occurred_at="2026-03-02")
    await made.command(f"{path}/adjust", delta_minor=-200, reason="The buyer is on leave")
    await made.command(f"{path}/freeze", occurred_at="2026-03-02")


async def _targets(made: Reads) -> None:
    """A target of the manager's team, split to the manager and the rep; that of the rep is adjusted and closed."""
    ids = made.ids
    rep, manager, whole = str(ids["rep"]), str(ids["manager"]), {"floor": 100, "challenge": 200, "stretch": 300}
    money = {"measure": "won_amount", "period": "2026Q1", "currency": "CNY"}
    ids["team target"] = await made.command(
        "/v1/targets",
        owner_id=manager,
        team_id=str(ids["north"]),
        basis=[{"name": "last_quarter", "value": "180.50"}],
        occurred_at="2026-01-02",
        **money,
        **whole,
    )
    half = {"floor": 50, "challenge": 100, "stretch": 100}
    await made.command(
        f"/v1/targets/{ids['team target']}/split",
        children=[{"owner_id": rep, **half}, {"owner_id": manager, "period": "2026-03", **half}],
        gap={"floor": 0, "challenge": 0, "stretch": 100},
    )
    ids["target"] = natural_id("target", "member", rep, "won_amount", "2026Q1", "", "")
    less = {**half, "floor": 40, "reason": "One less", "effective_on": "2026-02-01"}
    await made.command(f"/v1/targets/{ids['target']}/adjust", **less)
    await made.command(f"/v1/targets/{ids['target']}/close", result=95, occurred_at="2026-04-01")


async def _pay(made: Reads) -> None:
    """A plan for the rep, and a payout run with its statement issued."""
    ids = made.ids
    plan = ids["plan"] = await made.command("/v1/compensation-plans", key="reps", name="Reps", currency="CNY")
    base = {"key": "base", "name": "Base", "credit": "direct", "rate": {"kind": "flat", "rate_percent": "5"}}
    await made.command(
        f"/v1/compensation-plans/{plan}/publish-version",
        period="month",
        components=[base],
        rounding={"scope": "line", "mode": "half_up"},
        awards=[team_pool("base")],
        reason="start",
    )
    await made.command("/v1/enrolments", member_id=str(ids["rep"]), plan_id=str(plan))
    run = ids["run"] = await made.command("/v1/payout-runs", plan_id=str(plan), period="2026-02")
    await made.command(f"/v1/payout-runs/{run}/calculate")
    await made.command(f"/v1/payout-runs/{run}/issue-statements")
    given: dict[str, Any] = {"plan_id": str(plan), "award_key": "pool", "owner_id": str(ids["manager"])}
    given |= {"shares": [{"member_id": str(ids["rep"]), "points": "2.5"}]}
    for name, period in (("pool shares", "2026-03"), ("open pool shares", "2026-04")):
        shares = await made.service.must("/v1/pool-shares/state", {**given, "period": period}, role="finance")
        ids[name] = UUID(shares["id"])
    await made.command(f"/v1/pool-shares/{ids['pool shares']}/approve")
    ids["open run"] = await made.command("/v1/payout-runs", plan_id=str(plan), period="2026-03")


async def _renew_plan(made: Reads) -> None:
    """A plan in its third version, which is not in force yet. One participant acknowledged the first, one left."""
    plan = made.ids["renewed plan"] = await made.command(
        "/v1/compensation-plans", key="renewed", name="Renewed", currency="CNY", notice_days=30
    )
    for rate, effective_from in (("5", None), ("4", "2025-01-01"), ("3", "2099-01-01")):
        base = {
            "key": "base",
            "name": "Base",
            "credit": "direct",
            "rate": {"kind": "flat", "rate_percent": rate},
            "override_percent_max": "10",
        }
        await made.command(
            f"/v1/compensation-plans/{plan}/publish-version",
            period="month",
            components=[base],
            rounding={"scope": "line", "mode": "half_up"},
            effective_from=effective_from,
            reason="agreed",
        )
    agreed = [{"component_key": "base", "rate_percent": "3.30"}]
    for name, version, overrides in (("other rep", 1, []), ("manager", 2, agreed)):
        mine = {"member_id": str(made.ids[name]), "plan_id": str(plan)}
        await made.command("/v1/enrolments", **mine, overrides=overrides)
        seen = {**mine, "plan_version": version, "occurred_at": "2025-02-01"}
        await made.service.must("/v1/enrolments/acknowledge-compensation-plan", seen, role=name)
    gone = {"member_id": str(made.ids["manager"]), "left_on": "2025-12-31", "leaving": "retirement"}
    await made.command("/v1/enrolments/record-participant-left", **gone)


async def _reference(made: Reads) -> None:
    """Sets up the cost of a product, two rate tables with a correction, a calendar, a campaign with two costs."""
    ids = made.ids
    dollars = {"cost": {"amount": "6.25", "currency": "CNY"}, "effective_from": "2026-01-01"}
    await made.command(f"/v1/products/{ids['product']}/set-cost", **dollars)
    for key in ("central", "bank"):
        ids[f"{key} rates"] = await made.command("/v1/rate-tables", key=key, name=key.title(), source="PBOC")
    table = f"/v1/rate-tables/{ids['central rates']}"
    usd = {"from_currency": "USD", "to_currency": "CNY", "rate": "7.1012"}
    eur = {"from_currency": "EUR", "to_currency": "CNY", "rate": "7.70"}
    await made.command(f"{table}/publish-rates", on="2026-02-27", pairs=[usd, eur])
    await made.command(f"{table}/publish-rates", on="2026-03-02", pairs=[{**usd, "rate": "7.2"}])
    right = {"on": "2026-02-27", "pairs": [{**usd, "rate": "7.0"}], "reason": "misprint"}
    await made.command(f"{table}/correct-rates", **right)
    week = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    calendar = {"key": "china", "name": "China", "zone": "Asia/Shanghai", "weekdays": week}
    ids["calendar"] = await made.command("/v1/calendars", **calendar)
    days = [{"on": "2026-10-10", "name": "调休", "is_worked": True}, {"on": "2026-10-01", "name": "国庆节"}]
    await made.command(f"/v1/calendars/{ids['calendar']}/declare-holidays", days=days)
    await made.command(f"/v1/calendars/{ids['calendar']}/define-fiscal-periods", kind="quarter", first_month=4)
    ids["campaign"] = await made.command("/v1/campaigns", key="spring", name="Spring fair", currency="CNY")
    for amount_minor, reason in ((1_000, "Stand"), (-100, "Discount")):
        cost = {"amount_minor": amount_minor, "reason": reason, "occurred_at": "2026-03-03"}
        await made.command(f"/v1/campaigns/{ids['campaign']}/book-cost", **cost)


async def _judge(made: Reads) -> None:
    """An overdue approval in two steps, two objections of the rep, points with a redemption, and a spiff to be approved."""
    service, ids = made.service, made.ids
    rep, manager = str(ids["rep"]), str(ids["manager"])
    steps = [{"member_ids": [manager]}, {"member_ids": [str(ids["other rep"])]}]
    about = {"kind": "deal", "id": str(ids["deal 0"])}
    asked = {"subject": about, "steps": steps, "due_on": "2026-01-09", "reason": "12 percent off"}
    ids["approval"] = UUID((await service.must("/v1/approvals", asked, role="rep"))["id"])
    step = {"subject": {"kind": "process_step", "id": str(ids["pipeline"]), "key": "proposal"}, "member_id": rep}
    for name, claim, day in (("objection", "Too many fields", "2026-03-02"), ("answered objection", "Why", None)):
        raised = {**step, "claim": claim, **({"occurred_at": day} if day else {})}
        ids[name] = UUID((await service.must("/v1/objections", raised, role="rep"))["id"])
    answer = {"answer": "Because."}
    await service.must(f"/v1/objections/{ids['answered objection']}/answer", answer, role="manager")
    points = {"member_id": rep, "kind": "points", "points": 40, "reason": "Follow-ups on time"}
    ids["award"] = UUID((await service.must("/v1/awards", points, role="finance"))["id"])
    await made.command(f"/v1/awards/{ids['award']}/approve")
    await service.must(f"/v1/points/{rep}/redeem", {"points": 25, "reason": "Day off"}, role="rep")
    spiff = {"member_id": rep, "kind": "spiff", "amount_minor": 500, "currency": "CNY", "period": "2026-04"}
    spiff |= {"reason": "Launch", "plan_id": str(ids["plan"])}
    ids["spiff"] = UUID((await service.must("/v1/awards", spiff, role="finance"))["id"])
