"""Teams as they stand on a day, folded from the log; everybody who has a key sees them."""

from datetime import date
from typing import Annotated, Final

from salesapi.api.reads.question import InRest, PageOf, Question, Reading
from salesapi.domain.organisation.teams import TREE, Teams
from salesapi.domain.shared.kernel import About, record
from salesapi.queries.organisation.teams import teams_on
from salesapi.queries.paging import Page, PageRequest
from salesapi.schemas.organisation.teams import Team


@record
class TeamsOn:
    """The day for which the teams are asked, and the page of them."""

    on: Annotated[date | None, About("The day on which the teams are shown; without it today (UTC).")] = None
    page: PageRequest


async def _teams(reading: Reading, given: TeamsOn) -> Page[Team]:
    tree = await reading.shared.states.state(TREE)
    day = given.on or reading.shared.clock.now().date()
    return teams_on(tree if isinstance(tree, Teams) else Teams(), day, given.page)


QUESTIONS: Final = (
    Question(
        name="teams",
        answers=PageOf(Team),
        arguments=TeamsOn,
        answer=_teams,
        summary="Teams as they stand on a day",
        reads=(),
        rest=InRest(path="/v1/teams"),
    ),
)
