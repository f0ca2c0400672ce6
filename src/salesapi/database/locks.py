"""All advisory locks of a salesapi database: each number has one meaning, and each meaning one number.

PostgreSQL keeps two spaces of keys apart: one number of 64 bits, and two of 32. Locks of single things stand in the first;
locks of named things in the second, as (number, `hashtext(name)`), so that `pg_locks` shows the number as `classid`. 7732 was
the lead of a follower, which is a lease in a table now (`subscriptions/leadership.py`).
"""

from typing import Final

MIGRATE: Final = 7730
"""One number. The process that applies migrations."""
APPEND: Final = 7731
"""One number. The transaction that gives out positions; taken by the function `log.append` (migration 0001)."""
ROTATE: Final = 7736
"""One number. The process that rotates the key-encryption key."""
REBUILD: Final = 7733
"""With a read model's name. The process that rebuilds it."""
IMPORT: Final = 7740
"""With a source's name. The process that imports from it."""

ONE_NUMBER: Final = (MIGRATE, APPEND, ROTATE)
WITH_A_NAME: Final = (REBUILD, IMPORT)

TRY_NAMED: Final = "SELECT pg_try_advisory_lock($1::integer, hashtext($2))"
"""Takes the lock of a named thing for the session, if nobody has it."""
RELEASE_NAMED: Final = "SELECT pg_advisory_unlock($1::integer, hashtext($2))"
