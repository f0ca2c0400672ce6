"""Connections to NATS: opened once, given up when lost, and never in clear where the URL says `tls://`.

Durations are in seconds, on this process's monotonic clock.
"""

import logging
import ssl
from asyncio import timeout
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from nats.aio.client import Client
from nats.js import JetStreamContext

CONNECT_SECONDS_MAX: Final = 5.0
CLOSE_SECONDS_MAX: Final = 1.0
ANSWER_SECONDS_MAX: Final = 10.0
"""How long the server may take to answer a request or to store a batch."""
ENCRYPTED: Final = "tls"

logger = logging.getLogger(__name__)


class NotEncrypted(RuntimeError):
    """The URL says `tls://`, and the server offers no TLS: neither user nor password was sent to it."""

    def __init__(self, url: SplitResult) -> None:
        super().__init__(
            f"nats.not_encrypted: the URL of NATS says tls://, but the server at {url.hostname}:{url.port or 4222} offers no "
            "TLS, so nothing was sent to it. Give the server a certificate (docs/guides/stream.md), or, where nobody can "
            "listen on the way, say nats://."
        )


class _NotedContext(ssl.SSLContext):
    """A client's context that knows whether a connection was wrapped in it."""

    is_used = False

    def wrap_bio(self, *arguments: Any, **named: Any) -> ssl.SSLObject:
        self.is_used = True
        return super().wrap_bio(*arguments, **named)


async def connect(nats_url: str) -> Client:
    """A client that gives up when its connection is lost: the caller's loop backs off and knows what to read again.

    With `tls://` the server's certificate must be one that this machine trusts (`SSL_CERT_FILE` names others).

    Raises:
        NotEncrypted: TLS is asked for and not offered.
        Also what nats-py raises, OSError or TimeoutError when the server cannot be reached.
    """
    url, client = urlsplit(nats_url), Client()
    context = _NotedContext(ssl.PROTOCOL_TLS_CLIENT) if url.scheme == ENCRYPTED else None
    if context is not None:
        context.load_default_certs()

    is_token = url.password is None

    def refuse_clear() -> None:
        if context is not None and not context.is_used:
            raise NotEncrypted(url)

    def told(secret: str | None) -> Callable[[], str] | None:
        """The client asks when it has done what it does for TLS, and just before it sends this.

        What stands in the URL it would send to a server that offers no TLS, too (nats-py 2.16).
        """

        def tell() -> str:
            refuse_clear()
            return unquote(secret or "")

        return None if secret is None else tell

    try:
        async with timeout(CONNECT_SECONDS_MAX):
            await client.connect(
                f"{url.scheme}://{url.netloc.rpartition('@')[2]}",
                name="salesapi relay",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                error_cb=_note,
                tls=context,
                user=None if is_token else told(url.username),
                password=told(url.password),
                token=told(url.username) if is_token else None,
            )
        refuse_clear()
    except BaseException:
        # It waits for ever for the end of a connection whose TLS was never agreed on (nats-py 2.16).
        with suppress(TimeoutError):
            async with timeout(CLOSE_SECONDS_MAX):
                await client.close()
        raise
    return client


@asynccontextmanager
async def jetstream_at(nats_url: str) -> AsyncIterator[JetStreamContext]:
    """JetStream on a connection of its own, for as long as the block lasts.

    Raises: as `connect`.
    """
    client = await connect(nats_url)
    try:
        yield client.jetstream(timeout=ANSWER_SECONDS_MAX)
    finally:
        await client.close()


async def _note(error: Exception) -> None:
    """The client tells of errors here besides raising them where they are met."""
    logger.debug("NATS client: %s", type(error).__name__)
