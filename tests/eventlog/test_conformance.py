"""The `eventsourcing` library's own recorder cases, all five, on the real log.

The aggregate case expects no ids from inserting and the application case expects them. Their streams start at 0 here,
except in the one case of the process recorder that has its versions written out from 1.
"""

from collections.abc import Iterator

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from eventsourcing.tests import persistence as cases

from salesapi.embedded.postgresql import DatabaseUrls
from tests.eventlog.facade import RecorderFacade


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """A loop in a thread of its own, for callers that are not async."""
    with start_blocking_portal() as portal:
        yield portal


class OnTheRealLog:
    """Gives each case a fresh database and ends its connections."""

    RETURNS_IDS = True
    STARTS_AT_ONE: tuple[str, ...] = ()

    @pytest.fixture(autouse=True)
    def _facade(self, migrated: DatabaseUrls, portal: BlockingPortal, request: pytest.FixtureRequest) -> Iterator[None]:
        first_version = 1 if request.node.name in self.STARTS_AT_ONE else 0
        self.facade = RecorderFacade(
            portal, migrated.application_url, first_version=first_version, returns_ids=self.RETURNS_IDS
        )
        yield
        self.facade.close()

    def create_recorder(self) -> RecorderFacade:
        return self.facade


class TestAggregateRecorder(OnTheRealLog, cases.AggregateRecorderTestCase):
    INITIAL_VERSION = 0
    RETURNS_IDS = False


class TestApplicationRecorder(OnTheRealLog, cases.ApplicationRecorderTestCase[RecorderFacade]):
    INITIAL_VERSION = 0

    def test_insert_subscribe(self) -> None:
        """The case that a recorder with subscriptions opts into."""
        self.optional_test_insert_subscribe()


@pytest.mark.breaks_log
class TestTrackingRecorder(OnTheRealLog, cases.TrackingRecorderTestCase):
    pass


@pytest.mark.breaks_log
class TestProcessRecorder(OnTheRealLog, cases.ProcessRecorderTestCase):
    STARTS_AT_ONE = ("test_insert_select",)


class TestNonInterleavingNotificationIDs(OnTheRealLog, cases.NonInterleavingNotificationIDsBaseCase):
    pass
