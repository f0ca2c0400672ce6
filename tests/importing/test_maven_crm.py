"""The whole of the real CRM files, imported by the example mapping."""

import json
from pathlib import Path

from salesapi.app import Core
from tests.importing.reading_back import counts, deals, imported, stages_and_won_minor

FILES = ("accounts.csv", "products.csv", "sales_pipeline.csv", "sales_teams.csv")


async def test_the_real_crm_files_are_imported_whole_and_a_second_time_add_nothing(
    core: Core, shared_data: Path
) -> None:
    folder = shared_data / "maven_crm"
    answers = json.loads((folder / "answers.json").read_text())

    summary = await imported(core, [folder / name for name in FILES])
    print(f"{summary.rows / summary.seconds:,.0f} rows/s, {summary.events} events in {summary.seconds:.1f} s")  # noqa: T201

    assert summary.rejections == []
    assert summary.events == sum((await counts(core)).values())
    found = await deals(core)
    assert stages_and_won_minor(found) == (answers["by_stage"], answers["won_value_cents"])
    assert sum(1 for deal in found.values() if deal.customer_id is None) == answers["no_account"]
    assert dict(await counts(core)) == {
        "attribute_definition.defined": 5,
        "pipeline.defined": 1,
        "pipeline.version_published": 1,
        "compensation_plan.drafted": 2,
        "compensation_plan.version_published": 2,
        "member.joined": 35 + 6,
        "team.formed": 6,
        "team.leader_appointed": 6,
        "team.membership_changed": 35,
        "enrolment.begun": 2 * 35 + 6,
        "customer.registered": 85,
        "customer.parent_changed": 15,
        "product.listed": 7,
        "product.price_set": 7,
        "deal.opened": 8_800,
        "deal.won": 4_238,
        "deal.lost": 2_473,
    }

    again = await imported(core, [folder / name for name in FILES])

    assert (again.events, again.rejected) == (0, 0)
    assert [table.unchanged for table in again.tables] == [table.rows for table in summary.tables]
