"""Commands per second over HTTP at 32 clients and one worker, beside a plain FastAPI service that only inserts a row.

`salesapi serve` runs as a process of its own, first alone, then with `salesapi work` beside it, which follows every event on
the same cores. Each request authenticates, validates, decides on folded state, stores the event and the key, and answers a
receipt. Same load generator, same durability.
"""

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from typing import Final

from salesapi.app import running_core
from salesapi.demo.company import reps
from salesapi.demo.loading import load_foundation
from salesapi.domain.kernel import natural_id
from salesapi.eventlog.codec import encode_meta

from bench.deal_stories import META
from bench.equal_table import make_equal_table
from bench.ground import Database, Ground
from bench.measuring import Effort, Line, Measure
from bench.processes import ended, running, serving

CLIENTS: Final = 32
TARGET: Final = 1.0
PATH: Final = "/v1/deals"
BASELINE: Final = "FastAPI + asyncpg pool, prepared INSERT"
