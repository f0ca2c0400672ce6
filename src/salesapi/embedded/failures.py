"""What the embedded engines refuse: each message says what happened, in which folder, and what to do."""


class EngineNotStarted(RuntimeError):
    """An engine could not be started; nothing of it is left running."""


class NoRunningEngines(RuntimeError):
    """No `salesapi dev` runs on the folder."""
