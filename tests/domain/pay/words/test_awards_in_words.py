"""How the awards of a plan read, in English and Chinese: each kind, and what cannot be changed alone in a version."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest

from salesapi.domain.pay.plans.plan_awards import (
    MemberSharePoints,
    PlanAward,
    PointsAward,
    RetentionOf,
    Scorecard,
    TeamPool,
    TouchAward,
)
from salesapi.domain.pay.rules.pools import PoolDivision
from salesapi.domain.pay.words.plan_in_words import plan_in_words
from tests.domain.pay.award_options import ACCURATE, GIVEN, POOL, RENEWAL, award, campaign, forecast, goal, retention
from tests.domain.pay.commission_stories import ANN
from tests.domain.pay.plan_options import paying
from tests.domain.pay.plans.examples import quarterly

EVENLY_EN = (
    "At 50 %: 50 % is paid.\nAt 100 %: 100 % is paid.\nBetween points it goes evenly.\n"
    "Beyond the last point it stays there.\n"
)
EVENLY_ZH = "达50%时:发放50%。\n达100%时:发放100%。\n各点之间匀速变化。\n超过最后一点后不再增加。\n"
POINTS = (MemberSharePoints(member_id=ANN, points=Decimal(3)),)
CARD = Scorecard(
    target_minor=100_000,
    goals=(
        goal("quota", "60", of="attainment", component="base"),
        goal("met", "40", of="touches", target_count=8, kinds=("meeting",)),
    ),
    missing="reweight",
)

SAID: list[tuple[PlanAward, str, str]] = [
    (
        award("spring", spiff=campaign(unit="deal", budget_minor=120_000, winners_max=9, member_awards_max=3)),
        "Spring: a campaign from 2026-03-01 to 2026-03-31, 500.00 USD for each deal of Base.\n"
        "A deal is one award, divided among those whom it is credited to; what claws its commission back takes the award "
        "back.\nIt pays at most 1,200.00 USD in all.\nA deal that needs more than is left gets what is left.\n"
        "Only the first 9 award(s) are paid.\nOn the day of the last of them the order of the deals decides.\n"
        "One member gets at most 3 award(s).\nA refund frees budget and place for later deals.\n"
        "It is paid beside the commission.\n",
        "Spring:2026-03-01至2026-03-31的专项活动,Base每单奖励500.00 USD。\n每单为一份奖励,由业绩归属人分享;"
        "提成被扣回时奖励一并扣回。\n活动总额最多1,200.00 USD。\n余额不足时,发放余额。\n仅限前9份。\n"
        "末位当日按订单先后确定。\n每人最多3份。\n退款释放额度与名额,供后续订单使用。\n奖励与提成同时发放。\n",
    ),
    (
        award(
            "double", spiff=campaign(unit_award_minor=None, commission_multiplier=Decimal("1.5"), stacking="instead")
        ),
        "1.5 times the commission of Base.\n",
        "奖励为Base提成的1.5倍。\n",
    ),
    (
        award("card", scorecard=CARD),
        "Card: 1,000.00 USD by weighted goals.\n"
        "quota, 60 %: what Base credits in percent of the period's quota, nothing below 50 %.\n"
        + EVENLY_EN
        + "met, 40 %: meetings in the period, of which 8 are 100 %, nothing below 50 %.\n"
        + EVENLY_EN
        + "The weight of a goal without a score goes to the others.\n"
        "Who is enrolled on the last day has the target of the whole period.\n",
        "Card:按加权目标考核,目标1,000.00 USD。\nquota,权重60%:Base业绩占本期指标的百分比,低于50%不发。\n"
        + EVENLY_ZH
        + "met,权重40%:本期会面次数,8次为100%,低于50%不发。\n"
        + EVENLY_ZH
        + "无得分目标的权重分摊到其他目标。\n期末在册者按整期目标计算。\n",
    ),
    (
        award(
            "pool",
            team_pool=TeamPool(
                terms=replace(POOL, division="share_points"),
                component="base",
                share_points=POINTS,
                qualified_from_percent=Decimal(80),
            ),
        ),
        "Pool: 2 % of what Base credits to a leader's team, divided among its members without the leader.\n"
        f"Divided by share points times days in the team.\n{ANN}: 3 share point(s).\n"
        "Who attains less than 80 % of the own quota gets nothing; that part goes to the others.\n"
        "The pool is rounded half up.\n",
        f"Pool:团队Base业绩的2%,在负责人以外的成员中分配。\n按分配点数乘以在团队天数分配。\n{ANN}:3点。\n"
        "本人指标完成率低于80%的不参与分配,其份额归其他成员。\n奖金池四舍五入取整。\n",
    ),
    (
        award("given", team_pool=TeamPool(terms=replace(POOL, division="leader"), component="base", leader=GIVEN)),
        "Given: 2 % of what Base credits to a leader's team, divided among its members without the leader.\n"
        "Divided by the share points that the leader gives for the period and somebody else approves.\n"
        "Each one's share lies from 10 to 70 % of all points.\n"
        "Until then the pool is held back; the first run after the approval pays it.\nThe pool is rounded half up.\n",
        "Given:团队Base业绩的2%,在负责人以外的成员中分配。\n由负责人按期给出分配点数,经他人批准后分配。\n"
        "每人份额为10%至70%。\n批准前奖金池暂留,由批准后的首次核算发放。\n奖金池四舍五入取整。\n",
    ),
    (
        award("kept", retention=retention("renewal_rate", renewal=RENEWAL)),
        "Kept: 1,000.00 USD by which of one's customers' agreements are renewed.\n"
        "One's customers are those of the first day of the period.\nEach agreement counts alike.\n"
        "A renewal counts from its signature on, at most 30 day(s) after the term; then the term is judged.\n"
        "Nothing is paid below 50 %.\n" + EVENLY_EN + "Where there is nothing to measure, nothing is paid.\n",
        "Kept:目标1,000.00 USD,按客户合同续约率。\n客户以期初首日负责的客户为准。\n按合同数量计算。\n"
        "续约以签署日为准,最迟为到期后30天,届时判定。\n低于50%不发。\n" + EVENLY_ZH + "无可计量时不发。\n",
    ),
    (
        award("foreseen", forecast=forecast(lead_days=-5)),
        "Foreseen: 300.00 USD for 2 period(s) in a row with a forecast off by at most 5 % of what Base credits.\n"
        "The last submission counts that is made by 5 day(s) after the period begins.\nWhat is committed is compared.\n"
        "A period without a forecast or a result breaks the run.\nAfter an award the run counts anew.\n",
        "Foreseen:连续2期预测与Base业绩的偏差不超过5%,奖励300.00 USD。\n以期初后5天内的最后一次提交为准。\n"
        "比较承诺金额。\n无预测或无业绩的期间使连续中断。\n获奖后重新计数。\n",
    ),
    (
        award("met", touches=TouchAward(kinds=("meeting", "referral"), amount_minor=5_000)),
        "Met: 50.00 USD for each of one's touches of leads that are meetings or referrals.\n",
        "Met:本人每次会面或转介绍触点奖励50.00 USD。\n",
    ),
    (
        award("diligent", points=PointsAward(each="touch", points=Decimal("2.5"))),
        "Diligent: 2.5 point(s) for each of one's touches of leads.\n"
        "Points are credited, never paid; what is known later corrects them.\n",
        "Diligent:本人每次线索触点计2.5积分。\n积分只记入积分账户,不发放现金;后续变更相应增减。\n",
    ),
    (
        award("busy", points=PointsAward(each="deal", points=Decimal(10), component="base")),
        "Busy: 10 point(s) for each deal that Base credits.\n",
        "Busy:Base每单业绩计10积分。\n",
    ),
]


def said(made: PlanAward, language: Any = "en") -> str:
    return "\n".join(plan_in_words(quarterly(paying("flat"), awards=(made,)), "USD", language))


@pytest.mark.parametrize(("made", "english", "chinese"), SAID, ids=[case[0].key for case in SAID])
def test_each_kind_of_award_is_said_in_both_languages(made: PlanAward, english: str, chinese: str) -> None:
    assert english in said(made)
    assert chinese in said(made, "zh")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_changes_only_together_with_another_thing_reads_otherwise_too(language: str) -> None:
    divided = [
        TeamPool(
            terms=replace(POOL, division=division),
            component="base",
            share_points=POINTS if division == "share_points" else (),
            leader=GIVEN if division == "leader" else None,
        )
        for division in get_args(PoolDivision)
    ]
    measured = [retention(each, renewal=RENEWAL if each == "renewal_rate" else None) for each in get_args(RetentionOf)]
    scores = [
        Scorecard(target_minor=1, goals=(goal("one", "100", **source),), missing="zero")
        for source in (
            {"of": "attainment", "component": "base"},
            {"of": "nps", "responses_min": 1},
            {"of": "csat", "responses_min": 1},
            {"of": "touches", "target_count": 1},
            {"of": "points", "target_count": 1},
        )
    ]
    for made in (
        [award("a", team_pool=each) for each in divided],
        [award("a", retention=each) for each in measured],
        [award("a", scorecard=each) for each in scores],
    ):
        told = {said(each, language) for each in made}
        assert len(told) == len(made)


def test_a_lead_of_no_days_is_before_the_period() -> None:
    assert ACCURATE.lead_days == 0
    assert "made 0 day(s) or more before the period begins" in said(award("foreseen", forecast=forecast()))
