"""The commands of `salesapi`. Each stands in the module of what it does, loaded only when it is called."""

from typing import Final

import cyclopts

app: Final = cyclopts.App(name="salesapi", help="A headless, event-sourced sales API.", version="0.1.0")
keys: Final = cyclopts.App(name="keys", help="API keys: make and revoke them.")

app.command("salesapi.cli.developing:dev")
app.command("salesapi.cli.serving_apart:migrate")
app.command("salesapi.cli.serving_apart:serve")
app.command("salesapi.cli.serving_apart:work")
app.command("salesapi.cli.importing:import_", name="import")
app.command("salesapi.cli.auditing:export")
app.command("salesapi.cli.auditing:verify")
app.command("salesapi.cli.auditing:rebuild")
app.command("salesapi.cli.contracts:contracts")
app.command(keys)
keys.command("salesapi.cli.keys:create")
keys.command("salesapi.cli.keys:revoke")
