"""The commands of `salesapi`, each with the line that its help shows; its parameters are explained where it stands.

A command's module is loaded only when it is called: `salesapi --help` answers at once, and `verify` loads no door.
"""

from functools import partial
from importlib.metadata import version
from typing import Final

import cyclopts

app: Final = cyclopts.App(
    name="salesapi", help="A headless, event-sourced sales API.", version=partial(version, "salesapi")
)
keys: Final = cyclopts.App(name="keys", help="API keys: make, list, rotate and revoke them.")
encryption_keys: Final = cyclopts.App(
    name="encryption-keys", help="Key-encryption keys: the key file of a database, shown and rotated."
)

app.command(
    "salesapi.cli.developing:dev",
    help="Starts the engines from their wheels in a data folder, loads a demo company once, and serves everything.",
)
app.command(
    "salesapi.cli.serving_apart:migrate",
    help="Brings the database to this version, with the owner's role (SALESAPI_MIGRATION_URL).",
)
app.command(
    "salesapi.cli.serving_apart:serve",
    help="Serves REST and GraphQL (SALESAPI_DATABASE_URL, SALESAPI_HOST, SALESAPI_PORT). Any number may run.",
)
app.command(
    "salesapi.cli.serving_apart:work",
    help="Runs the followers: projections, sealer, relay. Any number may run; each follower is led by one at a time.",
)
app.command(
    "salesapi.cli.importing:import_",
    name="import",
    help="Imports CSV or XLSX files by a mapping; the same rows again add nothing. Ends with 1 when rows were rejected.",
)
app.command(
    "salesapi.cli.auditing:export",
    help="Writes the log as JSON lines, one stored event a line, with the tree's root in the last one.",
)
app.command(
    "salesapi.cli.auditing:verify",
    help="Recomputes the tree and every locked statement. Ends with 0: proven, 1: refuted, 2: not enough evidence.",
)
app.command(
    "salesapi.cli.auditing:rebuild",
    help="Folds a read model anew from the log, beside the one that is served, and swaps them.",
)
app.command(
    "salesapi.cli.restoring:restored",
    help="Tells the log that its database was restored from a backup: a new epoch, and what followers have to do.",
)
app.command(
    "salesapi.cli.restoring:restore",
    help="Restores the log from an export into an empty database, byte for byte, wholly or not at all.",
)
app.command(
    "salesapi.cli.contracts:contracts",
    help="Writes openapi/ anew: REST, GraphQL, the stream, events, plans, read models, refusals, names.",
)
app.command(keys)
keys.command("salesapi.cli.keys:create", help="Makes an API key and prints it; it is not shown again.")
keys.command(
    "salesapi.cli.keys:list_",
    name="list",
    help="Lists the keys: whose they are, until when they open something, and the day on which each was used last.",
)
keys.command(
    "salesapi.cli.keys:rotate",
    help="Makes a key in the place of another one and prints it; the old one goes on for the overlap.",
)
keys.command(
    "salesapi.cli.keys:revoke",
    help="Revokes the key with this prefix, the middle part of `sk_<prefix>_...`, and ends what it opened.",
)
app.command(encryption_keys)
encryption_keys.command(
    "salesapi.cli.encryption_keys:show",
    help="Names the keys of the file and those that the database needs; ends with 3 where these are not all in the file.",
)
encryption_keys.command(
    "salesapi.cli.encryption_keys:rotate",
    help="Makes a new key-encryption key, wraps every subject's key by it, and removes the old one from the file.",
)
