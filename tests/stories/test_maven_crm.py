"""The published sales pipeline, imported and read over REST, against figures that others made with other tools.

Amounts are cents of USD; days are calendar days. The files are not in the repository.
"""

from typing import Any

import pytest

from tests.stories.conftest import Answers, Company, Item

COMPANY = "maven_crm"


def won_minor(group: Item) -> int:
    """The won value; there is one currency."""
    assert [value["currency"] for value in group["values"]] in ([], ["USD"])
    return sum(value["won_amount_minor"] for value in group["values"])


def number(text: str | None) -> float | None:
    """A decimal string as the answer key has it."""
    return None if text is None else float(text)


def stage_counts(group: Item) -> dict[str, int]:
    return {stage["stage"].capitalize(): stage["deals"] for stage in group["stages"]}


def as_published(group: Item) -> dict[str, Any]:
    """A group in the form of the answer key."""
    stages = stage_counts(group)
    return {
        "opportunities": group["deals"],
        "prospecting": stages.get("Prospecting", 0),
        "engaging": stages.get("Engaging", 0),
        "won": group["won"],
        "lost": group["lost"],
        "win_rate": number(group["win_rate"]),
        "won_value_cents": won_minor(group),
        "median_won_cycle_days": number(group["won_cycle"]["median_days"]),
    }


async def test_the_whole_pipeline_is_as_published(published: Company, answers: Answers) -> None:
    (group,) = (await published.groups()).values()
    assert stage_counts(group) == answers["by_stage"]
    assert group["deals"] == answers["rows"]["opportunities"]
    assert number(group["win_rate"]) == answers["win_rate"] == 0.631501
    assert group["undated"] == answers["no_engage_date"] == 500
    (values,) = group["values"]
    assert values["won_amount_minor"] == answers["won_value_cents"]
    assert number(values["won_mean_minor"]) == answers["mean_won_value_cents"]
    assert number(values["won_median_minor"]) == answers["median_won_value_cents"]
    cycles = {state: group[f"{state}_cycle"] for state in ("won", "lost", "closed")}
    assert {state: number(cycle["median_days"]) for state, cycle in cycles.items()} == answers["median_cycle_days"]
    assert {state: number(cycles[state]["mean_days"]) for state in ("won", "lost")} == answers["mean_cycle_days"]
    assert cycles["closed"]["max_days"] == answers["max_cycle_days"]
    assert cycles["closed"]["min_days"] == answers["min_cycle_days"]
    assert cycles["closed"]["undated"] == 0


@pytest.mark.parametrize(
    ("grouping", "key"),
    [
        ("owner", "by_agent"),
        ("manager", "by_manager"),
        ("region", "by_region"),
        ("product", "by_product"),
        ("product_category", "by_series"),
        ("attribute:sector", "by_sector"),
    ],
)
async def test_the_figures_of_each_group_are_as_published(
    published: Company, answers: Answers, grouping: str, key: str
) -> None:
    groups = await published.groups(groupBy=grouping)
    found = {name: as_published(group) for (name,), group in groups.items() if name is not None}
    assert found == {name: figures for name, figures in answers[key].items() if name != "(none)"}


async def test_deals_without_a_customer_are_a_group_of_their_own(published: Company, answers: Answers) -> None:
    groups = await published.groups(groupBy="attribute:sector")
    assert stage_counts(groups[(None,)]) == answers["by_stage_and_no_account"]
    assert groups[(None,)]["deals"] == answers["no_account"]


async def test_wins_and_losses_of_each_quarter_are_as_published(published: Company, answers: Answers) -> None:
    groups = await published.groups(groupBy="closed_quarter", status=["won", "lost"])
    assert {
        quarter: {"won": group["won"], "won_value_cents": won_minor(group)} for (quarter,), group in groups.items()
    } == answers["won_by_close_quarter"]
    assert {quarter: group["lost"] for (quarter,), group in groups.items()} == answers["lost_by_close_quarter"]


async def test_the_won_value_of_each_month_is_as_published(published: Company, answers: Answers) -> None:
    groups = await published.groups(groupBy="closed_month", status="won")
    found = {month: won_minor(group) for (month,), group in groups.items()}
    assert found == answers["won_value_cents_by_close_month"]


@pytest.mark.parametrize(
    ("grouping", "key"),
    [("owner", "won_value_cents_by_agent_quarter"), ("manager", "won_value_cents_by_manager_quarter")],
)
async def test_the_won_value_of_each_person_and_quarter_is_as_published(
    published: Company, answers: Answers, grouping: str, key: str
) -> None:
    groups = await published.groups(groupBy=f"{grouping},closed_quarter", status="won")
    expected = {
        (name, quarter): value for name, quarters in answers[key].items() for quarter, value in quarters.items()
    }
    assert {key: won_minor(group) for key, group in groups.items()} == {k: v for k, v in expected.items() if v}


async def test_the_best_customers_are_as_published(published: Company, answers: Answers) -> None:
    groups = await published.groups(groupBy="customer", status="won")
    found = {name: won_minor(group) for (name,), group in groups.items()}
    assert found == answers["won_value_cents_by_account"]
    best = sorted(found.items(), key=lambda pair: -pair[1])[:10]
    expected = [(each["account"], each["won_value_cents"]) for each in answers["top_10_accounts_by_won_value"]]
    assert best == expected


@pytest.mark.parametrize("day", ["2016-12-31", "2017-03-31", "2017-06-30", "2017-09-30", "2017-12-31"])
async def test_the_pipeline_of_a_past_day_is_as_published(published: Company, answers: Answers, day: str) -> None:
    expected = answers["as_of"][day]
    report = await published.report("deals", asOf=day)
    (group,) = report["groups"]
    assert report["as_of"] == day
    assert {
        "engaged_by_then": group["deals"],
        "open_engaging": group["open"],
        "won": group["won"],
        "lost": group["lost"],
        "won_value_cents": won_minor(group),
    } == expected
    assert stage_counts(group).get("Engaging", 0) == expected["open_engaging"]
    assert group["undated"] == 500
    assert day != "2017-06-30" or group["open"] == 1_686


async def test_the_ages_of_open_deals_are_as_published(published: Company, answers: Answers) -> None:
    report = await published.report("stage-velocity", asOf="2017-12-31")
    (group,) = report["groups"]
    engaging = next(stage for stage in group["stages"] if stage["stage"] == "engaging")
    bands = {
        f"{band['days_from']}-{band['days_to']}" if band["days_to"] else "over_120": band["visits"]
        for band in engaging["censored"]["ages"]
    }
    expected = answers["open_engaging_age_days_at_2017-12-31"]
    assert {**bands, "max": engaging["censored"]["max_days"]} == expected
    assert engaging["visits"] == answers["by_stage"]["Won"] + answers["by_stage"]["Lost"]
    assert number(engaging["median_days"]) == answers["median_cycle_days"]["closed"]
    prospecting = next(stage for stage in group["stages"] if stage["stage"] == "prospecting")
    assert (prospecting["visits"], prospecting["undated"]) == (0, 500)


async def test_the_funnel_of_a_quarter_is_as_published(published: Company, answers: Answers) -> None:
    window = {"from": "2017-04-01", "to": "2017-06-30", "asOf": "2017-06-30"}
    snapshot = await published.report("funnel", **window)
    (group,) = snapshot["groups"]
    engaging = next(stage for stage in group["stages"] if stage["stage"] == "engaging")
    won, lost = answers["won_by_close_quarter"]["2017Q2"]["won"], answers["lost_by_close_quarter"]["2017Q2"]
    assert (engaging["deals"], engaging["exits_forward"], engaging["exits_lost"]) == (1_686, won, lost)
    assert number(engaging["conversion"]) == round(won / (won + lost), 6)
    cohort = await published.report("funnel", mode="cohort", **window)
    (group,) = cohort["groups"]
    engaging = next(stage for stage in group["stages"] if stage["stage"] == "engaging")
    before, after = answers["as_of"]["2017-03-31"], answers["as_of"]["2017-06-30"]
    assert engaging["entered"] == after["engaged_by_then"] - before["engaged_by_then"]
    assert engaging["entered"] == engaging["won"] + engaging["lost"] + engaging["still_open"]
    assert engaging["reached_next"] == engaging["passed"] == engaging["won"]
