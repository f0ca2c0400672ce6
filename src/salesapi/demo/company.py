"""The demo company's own facts: people, teams, products, the sales process, pay. Invented; no real person is in it.

All ids follow from external ids of the system `demo`, so that everything can refer to everything before it is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final, Literal, TypeAlias
from uuid import UUID

from salesapi.domain.organisation.members import JoinMember
from salesapi.domain.organisation.teams import AppointTeamLeader, ChangeTeamMembership, FormTeam
from salesapi.domain.pay.plans.compensation_plans import DraftCompensationPlan, PublishCompensationPlanVersion
from salesapi.domain.pay.plans.enrolments import EnrolParticipant, SetQuota
from salesapi.domain.pay.plans.plan_components import Component, Release, Rounding
from salesapi.domain.pay.plans.plan_rates import FlatRate
from salesapi.domain.pay.rules.release import PaymentRelease
from salesapi.domain.pay.rules.tables import AppliesTo, Tier, TierAxis, TierTable
from salesapi.domain.reference.products import ListProduct, SetProductPrice
from salesapi.domain.selling.pipelines import DefinePipeline, PublishPipelineVersion, Stage, Transition
from salesapi.domain.shared.attributes import DefineAttribute
from salesapi.domain.shared.kernel import ExternalId, natural_id
from salesapi.domain.shared.money import UnitPrice

SYSTEM: Final = "demo"
CURRENCY: Final = "CNY"
YEAR: Final = 2025
ZONE: Final = "Asia/Shanghai"
FIRST_DAY: Final = date(YEAR, 1, 1)
QUARTERS: Final = tuple(f"{YEAR}Q{number}" for number in (1, 2, 3, 4))
QUOTA_MINOR: Final = 30_000_000
"""Each rep's quarterly quota, in fen."""

FAMILY_NAMES: Final = "陈李王张刘杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN_NAMES: Final = "静伟敏强丽磊洋艳勇杰娟涛明超兰霞平刚英华鹏玲辉丹斌梅峰云浩雪"
"""One character each, as the family names; the people have them in this order."""
TEAMS: Final = (("north", "华北一部", "华北"), ("east", "华东一部", "华东"), ("south", "华南一部", "华南"))
REPS_PER_TEAM: Final = 8
PRODUCTS: Final = (
    ("cloud-basic", "云客服基础版", "云服务", Decimal(9_800)),
    ("cloud-pro", "云客服专业版", "云服务", Decimal(36_000)),
    ("analytics", "经营分析", "云服务", Decimal(58_000)),
    ("terminal", "智能终端", "硬件", Decimal(2_600)),
    ("rollout", "实施服务", "服务", Decimal(80_000)),
)

DemoKind: TypeAlias = Literal["compensation_plan", "lead", "member", "pipeline", "product", "receipt", "team"]


def ref(kind: DemoKind, id: str) -> UUID:
    """The id of a demo thing."""
    return natural_id(kind, SYSTEM, id)


def external(id: str) -> ExternalId:
    """Its external id."""
    return ExternalId(system=SYSTEM, id=id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the 30: a director, three managers, 24 reps, one person of finance, one assistant."""

    key: str
    name: str
    team: str | None

    @property
    def id(self) -> UUID:
        """The member's id."""
        return ref("member", self.key)


def people() -> tuple[Person, ...]:
    """Everybody, in a fixed order: first the director, finance and the assistant, then each team with its manager first."""
    roles: list[tuple[str, str | None]] = [("director", None), ("finance", None), ("assistant", None)]
    for team, _, _ in TEAMS:
        roles += [
            (f"{team}-manager", team),
            *((f"{team}-rep-{number}", team) for number in range(1, REPS_PER_TEAM + 1)),
        ]
    names = [family + given for family, given in zip(FAMILY_NAMES, GIVEN_NAMES, strict=True)]
    return tuple(Person(key=key, name=name, team=team) for (key, team), name in zip(roles, names, strict=True))


def reps() -> tuple[Person, ...]:
    """Those who sell."""
    return tuple(person for person in people() if "-rep-" in person.key)


def joining() -> Iterator[object]:
    """The commands by which everybody comes to the company."""
    for person in people():
        yield JoinMember(name=person.name, employee_number=person.key, external_id=external(person.key))


def foundation() -> Iterator[object]:
    """The commands that found the company, in their order, once its people are there."""
    yield FormTeam(name="销售部", external_id=external("sales"))
    yield AppointTeamLeader(team_id=ref("team", "sales"), member_id=ref("member", "director"))
    for team, name, region in TEAMS:
        yield FormTeam(name=name, parent_id=ref("team", "sales"), region=region, external_id=external(team))
        yield AppointTeamLeader(team_id=ref("team", team), member_id=ref("member", f"{team}-manager"))
    for person in people():
        if person.team:
            yield ChangeTeamMembership(team_id=ref("team", person.team), member_id=person.id)
    for code, name, category, price in PRODUCTS:
        yield ListProduct(name=name, code=code, category=category, external_id=external(code))
        yield SetProductPrice(product_id=ref("product", code), price=UnitPrice(amount=price, currency=CURRENCY))
    yield DefineAttribute(of="customer", key="industry", name="行业", value_type="text")
    yield from _process()
    yield from _pay()


def _process() -> Iterator[object]:
    stages = (
        Stage(key="intent", name="意向初探", is_entry=True),
        Stage(key="needs", name="需求确认"),
        Stage(key="demo", name="方案演示", required_fields=("amount_minor",)),
        Stage(key="quote", name="报价谈判", required_fields=("amount_minor", "expected_close_on")),
        Stage(key="won", name="成交", category="won", required_fields=("customer_id",)),
        Stage(key="lost", name="流失", category="lost", required_fields=("reason",)),
    )
    order = ("intent", "needs", "demo", "quote", "won")
    ways = [*pairwise(order), ("intent", "demo"), ("demo", "needs"), ("quote", "demo")]
    ways += [(stage, "lost") for stage in order[:-1]]
    transitions = tuple(Transition(stage_from=stage_from, stage_to=stage_to) for stage_from, stage_to in ways)
    pipeline_id = ref("pipeline", "standard")
    yield DefinePipeline(key="standard", name="标准销售流程", external_id=external("standard"))
    yield PublishPipelineVersion(pipeline_id=pipeline_id, stages=stages, transitions=transitions)


def tiers(axis: TierAxis, applies_to: AppliesTo, *bounds_and_rates: tuple[int, int | None, str]) -> TierTable:
    """A table of rates from one bound to another."""
    made = (
        Tier(
            lower=Decimal(lower),
            upper=None if upper is None else Decimal(upper),
            rate_percent=Decimal(rate),
            applies_to=applies_to,
        )
        for lower, upper, rate in bounds_and_rates
    )
    return TierTable(axis=axis, boundary="lower_inclusive", tiers=tuple(made))


def _pay() -> Iterator[object]:
    """Two plans: a flat one, paid as the cash comes in, with the manager's override; and marginal tiers by quarter."""
    with_the_cash = Release(
        on="payment",
        payment=PaymentRelease(bank_fee="counts_as_paid", prepayment="releases_on_receipt", nothing_due="release_all"),
        order="pro_rata",
    )
    flat = (
        Component(
            key="base", name="回款提成", credit="direct", rate=FlatRate(rate_percent=Decimal(3)), release=with_the_cash
        ),
        Component(
            key="override", name="管理提成", credit="manager_override", rate=FlatRate(rate_percent=Decimal("0.5"))
        ),
    )
    rates = tiers("amount", "new", (0, 20_000_000, "1"), (20_000_000, 40_000_000, "2"), (40_000_000, None, "4"))
    ladder = (Component(key="ladder", name="阶梯提成", credit="direct", rate=rates),)
    for key, name, components in (("flat", "基本提成方案", flat), ("ladder", "超额累进方案", ladder)):
        plan_id = ref("compensation_plan", key)
        yield DraftCompensationPlan(key=key, name=name, currency=CURRENCY, external_id=external(key))
        yield PublishCompensationPlanVersion(
            plan_id=plan_id,
            period="quarter",
            components=components,
            rounding=Rounding(scope="line", mode="half_up"),
            effective_from=FIRST_DAY,
            reason="年初方案",
        )
        for person in people():
            if person.team and (key == "flat" or "-rep-" in person.key):
                yield EnrolParticipant(member_id=person.id, plan_id=plan_id, effective_from=FIRST_DAY)
    for person in reps():
        for quarter in QUARTERS:
            yield SetQuota(
                member_id=person.id,
                measure="credited_amount",
                period=quarter,
                amount_minor=QUOTA_MINOR,
                currency=CURRENCY,
            )
