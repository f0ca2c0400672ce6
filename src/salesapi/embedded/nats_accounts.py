"""Who may do what at the NATS server: two accounts, as text of its configuration.

The stream and the relay are in the account SALES, and those who read in the account CONSUMERS. A permission alone did not do:
within one account a reader was seen to write (server 2.15.1). Between accounts only what is exported here crosses over.

Each user of CONSUMERS reads by one durable consumer, of its own name, what its subject covers. It cannot publish, change, delete
or purge, nor read by another's consumer. Its API begins with `SALES.API` instead of `$JS.API`. `compose.yaml` has the same text.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

RELAY: Final = "relay"
CONSUMER: Final = "consumer"
STREAM: Final = "SALES"
EVENT_SUBJECTS: Final = "sales.v1.>"
API_PREFIX: Final = "SALES.API"
"""What a user of CONSUMERS gives its client as the prefix of JetStream's API."""
INBOXES: Final = f"_INBOX_{CONSUMER}"
"""The prefix of the inboxes of the user `consumer`, which it gives its client, too."""
CONSUMERS_MAX: Final = 256
"""Most consumers of the stream."""

API_OF_CONSUMERS: Final = (
    f"STREAM.INFO.{STREAM}",
    f"CONSUMER.CREATE.{STREAM}.>",
    f"CONSUMER.INFO.{STREAM}.*",
    f"CONSUMER.MSG.NEXT.{STREAM}.*",
)
ACKNOWLEDGEMENTS: Final = f"$JS.ACK.{STREAM}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamConsumer:
    """A user who reads the stream."""

    name: str
    password: str = field(repr=False)
    subject: str = EVENT_SUBJECTS
    """The events that it may read, such as `sales.v1.deal.>`."""

    @property
    def inboxes(self) -> str:
        """What answers to it are sent to: nobody else of the account may listen there."""
        return f"_INBOX_{self.name}"


def accounts(relay_password: str, consumers: Sequence[StreamConsumer]) -> str:
    """The block `accounts` of the server's configuration; strings are quoted as in JSON, which it reads."""
    return "\n".join(
        (
            "accounts {",
            f"  {STREAM} {{",
            f"    jetstream {{ max_consumers: {CONSUMERS_MAX} }}",
            f'    users: [{{ user: "{RELAY}", password: {json.dumps(relay_password)} }}]',
            "    exports: [",
            *(f"      {_exported(api)}" for api in API_OF_CONSUMERS),
            f'      {{ service: "{ACKNOWLEDGEMENTS}.>", accounts: [CONSUMERS] }}',
            "    ]",
            "  }",
            "  CONSUMERS {",
            "    users: [",
            *(line for consumer in consumers for line in _user(consumer)),
            "    ]",
            "    imports: [",
            *(f"      {_imported(api)}" for api in API_OF_CONSUMERS),
            f'      {{ service: {{ account: {STREAM}, subject: "{ACKNOWLEDGEMENTS}.>" }} }}',
            "    ]",
            "  }",
            "}",
        )
    )


def _exported(api: str) -> str:
    answers = ", response_type: stream" if ".NEXT." in api else ""
    return f'{{ service: "$JS.API.{api}", accounts: [CONSUMERS]{answers} }}'


def _imported(api: str) -> str:
    return f'{{ service: {{ account: {STREAM}, subject: "$JS.API.{api}" }}, to: "{API_PREFIX}.{api}" }}'


def _user(consumer: StreamConsumer) -> tuple[str, ...]:
    allowed = (
        f"{API_PREFIX}.STREAM.INFO.{STREAM}",
        f"{API_PREFIX}.CONSUMER.CREATE.{STREAM}.{consumer.name}.{consumer.subject}",
        f"{API_PREFIX}.CONSUMER.INFO.{STREAM}.{consumer.name}",
        f"{API_PREFIX}.CONSUMER.MSG.NEXT.{STREAM}.{consumer.name}",
        f"{ACKNOWLEDGEMENTS}.{consumer.name}.>",
    )
    return (
        f'      {{ user: "{consumer.name}", password: {json.dumps(consumer.password)}, permissions: {{',
        "        publish: [",
        *(f'          "{subject}"' for subject in allowed),
        "        ]",
        f'        subscribe: ["{consumer.inboxes}.>"]',
        "      } }",
    )
