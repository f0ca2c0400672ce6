"""A row with a day that cannot be meant is rejected by itself, with its bounds; all other rows come in."""

import pytest

from tests.importing.generated_crm import GeneratedCrm
from tests.importing.reading_back import Importing, deals

Crm = Importing[GeneratedCrm]


@pytest.mark.parametrize(
    ("day", "code"), [("9999-12-31", "occurred_at.in_future"), ("0001-01-01", "occurred_at.before_first_day")]
)
async def test_a_row_of_such_a_day_is_rejected_alone(crm: Crm, day: str, code: str) -> None:
    crm.made.first("Won")["close_date"] = day
    summary = await crm.run()
    (rejection,) = summary.rejections
    assert rejection.code == code
    assert len(await deals(crm.core)) == len(crm.made.deals) - 1
