"""The requests that parity is shown with: every command accepted at least once, and refusals of every kind.

A request names its results, and later ones refer to them as `$name`; the ids differ between the doors, their places do not.
"""

from tests.api.parity import cash, judged, pay, refused, selling, setting

REQUESTS = (
    *setting.SETTING,
    *cash.CUSTOMERS,
    *selling.LEADS,
    *selling.DEALS,
    *selling.ACTIVITIES,
    *selling.FORECASTS,
    *selling.TARGETS,
    *cash.AGREEMENTS,
    *pay.PAY,
    *judged.JUDGED,
    *refused.REFUSED,
)
