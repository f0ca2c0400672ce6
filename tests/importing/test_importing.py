"""Imports of the generated CRM files on PostgreSQL: what comes in, what a second, changed or interrupted import adds."""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from salesapi.app import Core, running_core
from salesapi.cli.importing import import_parts, rehearsal_parts
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.selling.deals import DealOpened, DealReopened, DealWon
from salesapi.domain.shared.kernel import natural_id
from salesapi.embedded.postgresql import DatabaseUrls
from salesapi.importing.import_job import import_principal, run_import
from salesapi.importing.jobs import ImportRunning
from salesapi.importing.mapping_reading import read_mapping
from salesapi.importing.results import Summary
from salesapi.settings import Settings
from tests.connections import value_of
from tests.importing.generated_crm import GeneratedCrm, generated_crm
from tests.importing.reading_back import EXAMPLE, Importing, content, deals, events, imported, stages_and_won_minor

Crm = Importing[GeneratedCrm]


async def test_all_rows_come_in_with_their_stages_values_and_unknowns(crm: Crm) -> None:
    summary = await crm.run()

    assert summary.rejections == []
    found = await deals(crm.core)
    assert stages_and_won_minor(found) == (crm.made.stages(), crm.made.won_value_cents())
    assert sum(1 for deal in found.values() if deal.customer_id is None) == crm.made.without_account()
    opened = [event for event in await events(crm.core) if isinstance(event.event, DealOpened)]
    assert sum(1 for event in opened if event.recorded.occurred is None) == crm.made.undated()


async def test_misspelt_words_of_the_files_arrive_corrected(crm: Crm) -> None:
    await crm.run()

    stored = " ".join(event.stored.payload for event in await events(crm.core))

    assert "technology" in stored
    assert "Philippines" in stored
    assert "technolgy" not in stored
    assert "Philipines" not in stored
    products = {event.stored.stream.id for event in await events(crm.core) if event.stored.type == "product.listed"}
    assert {line.product_id for deal in (await deals(crm.core)).values() for line in deal.lines} <= products


async def test_names_of_persons_stand_nowhere_in_clear(crm: Crm, database: DatabaseUrls) -> None:
    await crm.run()

    stored = await crm.stored_text()
    kept = str(await value_of(database.owner_url, "SELECT string_agg(r::text, ' ') FROM importing.row r"))

    names = {row[column] for row in crm.made.teams for column in ("sales_agent", "manager")}
    assert [name for name in names if f'"{name}"' in stored or name in kept] == []


async def test_teams_have_their_leader_region_and_members_always(crm: Crm) -> None:
    await crm.run()

    teams = await crm.core.states.state(TREE)

    assert isinstance(teams, Teams)
    assert {team.name for team in teams.by_id.values()} == {"Central 1", "Central 2", "East 1", "West 1"}
    east = natural_id("team", "maven_crm", "East 1")
    assert teams.region_of(east, None) == "East"
    assert teams.leader_of(east, None) is not None
    assert len(teams.by_member) == 12


async def test_events_say_that_they_were_imported_and_by_whom(crm: Crm) -> None:
    await crm.run()

    first = (await events(crm.core))[0]

    assert '"origin":"import:maven_crm"' in first.stored.meta
    assert first.recorded.actor_id == import_principal("maven_crm").id


async def test_the_same_files_again_add_nothing_in_any_order(crm: Crm) -> None:
    await crm.run()
    head = await crm.core.log.head()

    again = await crm.run()
    for rows in crm.tables.values():
        rows.reverse()
    resorted = await crm.run()

    assert await crm.core.log.head() == head
    assert (again.events, again.rejected, resorted.events, resorted.rejected) == (0, 0, 0, 0)


def _correct_value(crm: GeneratedCrm) -> None:
    crm.first("Won")["close_value"] = "1"


CHANGES: dict[str, tuple[Callable[[GeneratedCrm], None], dict[str, int]]] = {
    "is won": (
        lambda crm: crm.first("Engaging").update(deal_stage="Won", close_date="2017-12-01", close_value="777"),
        {"deal.won": 1},
    ),
    "account is known": (
        lambda crm: crm.first("Engaging", has_account=False).update(account="Account 3"),
        {"deal.customer_linked": 1},
    ),
    "owner changes": (lambda crm: crm.first("Engaging").update(sales_agent="Agent 11"), {"deal.reassigned": 1}),
    "is engaged": (
        lambda crm: crm.first("Prospecting").update(deal_stage="Engaging", engage_date="2017-06-01"),
        {"deal.stage_changed": 1},
    ),
    "is engaged and lost": (
        lambda crm: crm.first("Prospecting").update(
            deal_stage="Lost", engage_date="2017-06-01", close_date="2017-06-09", close_value="0"
        ),
        {"deal.stage_changed": 1, "deal.lost": 1},
    ),
    "value is corrected": (_correct_value, {"deal.reopened": 1, "deal.won": 1}),
    "is lost after all": (
        lambda crm: crm.first("Won").update(deal_stage="Lost", close_value="0"),
        {"deal.reopened": 1, "deal.lost": 1},
    ),
    "is won after all": (
        lambda crm: crm.first("Lost").update(deal_stage="Won", close_value="5"),
        {"deal.reopened": 1, "deal.won": 1},
    ),
    "price rises": (lambda crm: crm.products[0].update(sales_price="600"), {"product.price_set": 1}),
    "parent is gone": (lambda crm: crm.accounts[0].update(subsidiary_of=""), {"customer.parent_changed": 1}),
    "is new": (
        lambda crm: crm.deals.append({**crm.first("Won"), "opportunity_id": "NEW"}),
        {"deal.opened": 1, "deal.won": 1},
    ),
}


async def test_a_changed_row_adds_only_its_change(crm: Crm) -> None:
    await crm.run()

    for name, (change, expected) in CHANGES.items():
        change(crm.made)
        assert (name, await crm.added()) == (name, expected)

    found = await deals(crm.core)
    assert stages_and_won_minor(found) == (crm.made.stages(), crm.made.won_value_cents())


async def test_a_corrected_win_keeps_the_date_of_the_source_and_an_undated_reopening(crm: Crm) -> None:
    await crm.run()
    _correct_value(crm.made)
    await crm.run()

    reopened, won = (await events(crm.core))[-2:]

    assert isinstance(reopened.event, DealReopened)
    assert reopened.recorded.occurred is None
    assert isinstance(won.event, DealWon)
    assert won.event.amount_minor == 100
    assert won.recorded.occurred is not None
    assert won.recorded.occurred.on.isoformat() == crm.made.first("Won")["close_date"]


async def test_a_change_that_the_mapping_does_not_know_is_rejected_and_the_others_go_on(crm: Crm) -> None:
    await crm.run()
    engaged = crm.made.first("Engaging")
    engaged["engage_date"] = "2017-12-24"
    crm.made.first("Engaging", has_account=False)["account"] = "Account 7"

    summary = await crm.run()

    assert crm.results.rejected() == [(engaged["opportunity_id"], "import.change_not_mapped")]
    assert summary.events == 1


async def test_a_rejected_row_comes_in_once_its_cause_is_gone(crm: Crm) -> None:
    row = crm.made.first("Won")
    known, row["sales_agent"] = row["sales_agent"], "Nobody"
    await crm.run()
    assert crm.results.rejected() == [(row["opportunity_id"], "not_found")]

    row["sales_agent"] = known
    summary = await crm.run()

    assert (summary.events, summary.rejected) == (2, 0)


async def test_the_second_row_with_the_same_identity_is_rejected(crm: Crm) -> None:
    crm.made.deals.append(copy.copy(crm.made.deals[0]))

    await crm.run()

    assert crm.results.rejected() == [(crm.made.deals[0]["opportunity_id"], "import.row_repeated")]
    assert "sales_pipeline.csv:2" in crm.results.rows[-1].message
    assert crm.results.rows[-1].line == len(crm.made.deals) + 1


@asynccontextmanager
async def import_reaching(
    core: Core, files: list[Path], table: str, rows: int
) -> AsyncIterator["asyncio.Task[Summary]"]:
    """An import that has come so far in this table; its end is waited for with the block's."""
    reached = asyncio.Event()

    def watch(at: str, done: int, total: int) -> None:
        if at == table and done >= rows:
            reached.set()

    mapping = read_mapping(EXAMPLE, core.catalogue)
    work = asyncio.create_task(run_import(import_parts(core), mapping, files, watcher=watch))
    await reached.wait()
    yield work
    await asyncio.gather(work, return_exceptions=True)


async def assert_completed(settings: Settings, undisturbed: Settings, files: list[Path]) -> None:
    """Run again, the import ends as one that nothing disturbed; once more, it adds nothing."""
    async with running_core(settings) as core, running_core(undisturbed) as other:
        await imported(core, files)
        await imported(other, files)
        assert await content(core) == await content(other)
        assert (await imported(core, files)).events == 0


@pytest.mark.parametrize("stopped_in", ["setup", "agents", "accounts", "opportunities"])
async def test_an_import_killed_in_the_middle_ends_the_same_when_it_is_run_again(
    settings: Settings, other_settings: Settings, tmp_path: Path, stopped_in: str
) -> None:
    files = generated_crm().write(tmp_path / "files")
    async with running_core(settings) as core:
        async with import_reaching(core, files, stopped_in, 3) as work:
            work.cancel()
        assert work.cancelled()
    await assert_completed(settings, other_settings, files)


async def test_an_import_goes_on_over_lost_connections_of_the_log(
    settings: Settings, other_settings: Settings, database: DatabaseUrls, tmp_path: Path
) -> None:
    files = generated_crm().write(tmp_path / "files")
    async with running_core(settings) as core, import_reaching(core, files, "opportunities", 0):
        await value_of(
            database.application_url,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    await assert_completed(settings, other_settings, files)


async def test_a_dry_run_decides_every_row_and_stores_nothing(crm: Crm, database: DatabaseUrls) -> None:
    wrong = crm.made.first("Won")
    wrong["sales_agent"] = "Nobody"
    files = crm.files()
    mapping = read_mapping(EXAMPLE, crm.core.catalogue)

    rehearsed = await run_import(rehearsal_parts(crm.core), mapping, files, results=crm.results.rows.append)

    assert crm.results.rejected() == [(wrong["opportunity_id"], "not_found")]
    assert await crm.core.log.head() == 0
    for table in ("importing.job", "importing.row", "privacy.subject_key", "log.request"):
        assert await value_of(database.owner_url, f"SELECT count(*) FROM {table}") == 0
    real = await imported(crm.core, files)
    assert [table.counts() for table in rehearsed.tables] == [table.counts() for table in real.tables]


async def test_a_dry_run_over_an_imported_log_sees_only_the_change(crm: Crm) -> None:
    await crm.run()
    head = await crm.core.log.head()
    _correct_value(crm.made)
    mapping = read_mapping(EXAMPLE, crm.core.catalogue)

    rehearsed = await run_import(rehearsal_parts(crm.core), mapping, crm.files())

    assert (rehearsed.events, rehearsed.rejected) == (2, 0)
    assert await crm.core.log.head() == head


async def test_two_imports_of_one_source_do_not_run_at_the_same_time(crm: Crm) -> None:
    files = crm.files()

    both = await asyncio.gather(imported(crm.core, files), imported(crm.core, files), return_exceptions=True)

    assert sum(isinstance(each, ImportRunning) for each in both) == 1


async def test_a_job_remembers_its_files_and_what_became_of_them(crm: Crm, database: DatabaseUrls) -> None:
    await crm.run()

    job = await value_of(
        database.owner_url,
        "SELECT (source, jsonb_array_length(files), finished_at IS NOT NULL, summary->'opportunities'->>'imported') "
        "FROM importing.job",
    )
    # The accounts and the teams are two tables of one file each.
    assert job == ("maven_crm", 6, True, "300")
