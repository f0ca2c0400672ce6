"""All lists and single things, in the order in which the doors document them."""

from typing import Final

from salesapi.api.reads import facts, pay, sales

LISTS: Final = (*sales.LISTS, *facts.LISTS, *pay.LISTS)
ITEMS: Final = (*sales.ITEMS, *facts.ITEMS, *pay.ITEMS)
