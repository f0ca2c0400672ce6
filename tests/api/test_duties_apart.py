"""Duties through the doors: one person with several keys, or with one bulk, is one person; a rehearsal is no way around."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from salesapi.cli.importing import rehearsal_parts
from salesapi.commands.command_reading import CommandReader
from salesapi.commands.key_issuing import own_envelope
from salesapi.domain.pay.plans.plan_proposals import CompensationPlanApprovalNeeded
from salesapi.embedded.postgresql import EmbeddedPostgreSQL
from salesapi.importing.import_job import import_principal
from tests.api.companies import flat, version_of
from tests.api.scope_company import Company, scoped_company


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(postgresql: EmbeddedPostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    async with scoped_company(postgresql, tmp_path_factory.mktemp("duties"), "duties") as made:
        yield made


async def test_one_person_does_not_submit_and_approve_in_one_bulk_or_with_a_second_key(company: Company) -> None:
    service, run = company.service, company["run open"]
    await service.must(f"/v1/payout-runs/{run}/calculate", {}, role="finance")
    both = [{"command": name, "values": {"payout_run_id": run}} for name in ("SubmitPayoutRun", "ApprovePayoutRun")]
    answer = await service.post("/v1/bulk", {"atomic": True, "commands": both}, role="finance")
    assert (answer.status_code, answer.json()["code"]) == (409, "duty.not_apart")
    await service.must(f"/v1/payout-runs/{run}/submit", {}, role="finance")

    await service.make_key("second key", ["finance"], service.ids["Fay"])
    await service.make_key("nobody's key", ["finance"])
    refused = [
        await service.post(f"/v1/payout-runs/{run}/approve", {}, role=f"{each} key") for each in ("second", "nobody's")
    ]

    assert [each.json()["code"] for each in refused] == ["duty.not_apart", "duty.person_unknown"]
    await service.must(f"/v1/payout-runs/{run}/approve", {})


async def test_a_rehearsal_refuses_a_version_at_short_notice_as_the_import_does(company: Company) -> None:
    core = company.service.core
    values = {**version_of(flat("9")), "plan_id": company["plan both"]}
    request = CommandReader(core.catalogue, core.clock, "UTC").read("PublishCompensationPlanVersion", values)
    for handling in (core.handling, rehearsal_parts(core).handling):
        with pytest.raises(CompensationPlanApprovalNeeded):
            await handling.handle(request, own_envelope(import_principal("crm"), "import:crm"))
