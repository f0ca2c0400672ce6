"""Names of the followers that are no read models. A read model is followed under its table's name, such as `read.deals_v1_g3`."""

from typing import Final

SEALER: Final = "sealer"
RELAY: Final = "relay"
AUDITOR: Final = "stream_auditor"


def always_followed(*, has_nats: bool) -> tuple[str, ...]:
    """Those that some process must run beside the read models."""
    return (SEALER, RELAY, AUDITOR) if has_nats else (SEALER,)
