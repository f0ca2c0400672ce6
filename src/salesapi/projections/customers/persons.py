"""Persons as they are now, one row a person: consents, legal holds and erasure. Nothing personal stands here."""

from typing import Final

from salesapi.domain.customers.persons import STATE_VERSION, evolve
from salesapi.projections.declaring import current

PROJECTION: Final = current("person", evolve, version=STATE_VERSION, indexes=("(position)", "(subject_id)"))
