"""All lists and single things, in the order in which the doors document them."""

from typing import Any, Final

from salesapi.api.reads import facts, pay, sales
from salesapi.api.reads.declaration import ItemRead, ListRead, refuse_repeated

LISTS: Final[tuple[ListRead[Any, Any, Any], ...]] = (*sales.LISTS, *facts.LISTS, *pay.LISTS)
ITEMS: Final[tuple[ItemRead[Any], ...]] = (*sales.ITEMS, *facts.ITEMS, *pay.ITEMS)
READS: Final[tuple[ListRead[Any, Any, Any] | ItemRead[Any], ...]] = (*LISTS, *ITEMS)

refuse_repeated(READS)
