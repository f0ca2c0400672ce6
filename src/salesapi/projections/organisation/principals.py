"""Principals as they are now, one row a principal: whom an actor's id names, also where it is disabled since."""

from typing import Final

from salesapi.domain.organisation.principals import evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("principal", evolve, version=1, indexes=("(name)", "(member_id)"))
