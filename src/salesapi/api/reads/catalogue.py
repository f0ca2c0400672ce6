"""All lists and single things, by context, in the order in which the doors document them."""

from typing import Any, Final

from salesapi.api.reads.cash import lists as cash
from salesapi.api.reads.customers import lists as customers
from salesapi.api.reads.declaration import ItemRead, ListRead, refuse_repeated
from salesapi.api.reads.organisation import lists as organisation
from salesapi.api.reads.pay import lists as pay
from salesapi.api.reads.reference import lists as reference
from salesapi.api.reads.selling import lists as selling

LISTS: Final[tuple[ListRead[Any, Any, Any], ...]] = (
    *selling.LISTS,
    *customers.LISTS,
    *cash.LISTS,
    *pay.LISTS,
    *reference.LISTS,
    *organisation.LISTS,
)
ITEMS: Final[tuple[ItemRead[Any], ...]] = (
    *selling.ITEMS,
    *customers.ITEMS,
    *cash.ITEMS,
    *pay.ITEMS,
    *reference.ITEMS,
    *organisation.ITEMS,
)
READS: Final[tuple[ListRead[Any, Any, Any] | ItemRead[Any], ...]] = (*LISTS, *ITEMS)

refuse_repeated(READS)
