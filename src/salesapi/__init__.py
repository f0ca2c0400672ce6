"""salesapi: a headless, event-sourced sales API. Read `docs/` and the README for the picture of the flow."""
