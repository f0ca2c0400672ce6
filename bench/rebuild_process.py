"""Rebuilds one read model in a process of its own and prints the most memory that it held, as one JSON object."""

import json
import resource
import sys

import uvloop

from salesapi.app import Core, running_core
from salesapi.cli.cli_settings import owner_url
from salesapi.cli.running import collect_seldom
from salesapi.projections.catalogue import PROJECTIONS
from salesapi.projections.projection import Projection
from salesapi.projections.rebuilding import rebuild
from salesapi.settings import Settings

KILOBYTE = 1_024
"""Linux tells the peak in units of this."""


async def rebuilt(url: str, core: Core, projection: Projection) -> str:
    """Rebuilds a read model without telling of it; the name of its table."""
    return await rebuild(
        url, projection, log=core.log, codec=core.codec, pool=core.pool, on_progress=lambda progress: None
    )


async def main(name: str) -> None:
    settings = Settings()
    projection = next(projection for projection in PROJECTIONS if projection.name == name)
    async with running_core(settings) as core:
        await rebuilt(owner_url(settings), core, projection)
    print(json.dumps({"peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE}))


if __name__ == "__main__":
    collect_seldom()
    uvloop.run(main(sys.argv[1]))
