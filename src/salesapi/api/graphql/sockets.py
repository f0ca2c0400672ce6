"""GraphQL over WebSocket by the protocol graphql-transport-ws: subscriptions, and queries and mutations too.

The key comes in `connection_init` as `{"authorization": "Bearer ..."}`. A document that does not parse or fit ends its own
operation only, never the socket. Durations are in seconds, on this process's monotonic clock.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, Final

import orjson
import uuid_utils
from fastapi import WebSocket
from graphql import OperationType
from starlette.websockets import WebSocketDisconnect

from salesapi.access.principals import KeyUnknown
from salesapi.api.authentication import Caller
from salesapi.api.graphql.context import OperationContext, Sources
from salesapi.api.graphql.documents import Prepared
from salesapi.api.graphql.errors import masked, refusal_error
from salesapi.api.graphql.executing import Answer, Executor
from salesapi.api.outages import ANSWERED, OUTAGES, refusal

PROTOCOL: Final = "graphql-transport-ws"
INIT_SECONDS: Final = 10.0
"""How long a client may take to say who it is."""
SEND_SECONDS_MAX: Final = 10.0
"""How long a client may take to take a message."""
MESSAGE_LENGTH_MAX: Final = 64 * 1024
"""Longest message of a client, in characters."""
ID_LENGTH_MAX: Final = 100
OPERATIONS_MAX: Final = 20
"""Operations of one socket at the same time."""
SOCKETS_MAX: Final = 1_000
"""Sockets of one process."""

INTERNAL: Final = 1011
TRY_AGAIN: Final = 1013
BAD_MESSAGE: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
PROTOCOL_UNKNOWN: Final = 4406
INIT_TIMED_OUT: Final = 4408
ID_TAKEN: Final = 4409
TOO_SLOW: Final = 4413
INIT_TWICE: Final = 4429


class Closing(Exception):
    """The socket ends, with a code of the protocol and a reason for people."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Sockets:
    """All sockets of one process."""

    def __init__(self, executor: Executor, sources: Sources) -> None:
        self._executor = executor
        self._sources = sources
        self._open = 0

    async def serve(self, websocket: WebSocket) -> None:
        """One socket, from its handshake to its end."""
        if PROTOCOL not in websocket.scope.get("subprotocols", ()):
            await websocket.accept()
            await websocket.close(PROTOCOL_UNKNOWN, f"Speak {PROTOCOL}")
            return
        await websocket.accept(subprotocol=PROTOCOL)
        if self._open >= SOCKETS_MAX:
            await websocket.close(TRY_AGAIN, "Too many sockets; try again")
            return
        self._open += 1
        socket = Socket(websocket, self._executor, self._sources)
        try:
            await socket.run()
        except Closing as closing:
            await socket.stop()
            await websocket.close(closing.code, closing.reason)
        except WebSocketDisconnect:
            pass
        finally:
            self._open -= 1
            await socket.stop()


class Socket:
    """One client."""

    def __init__(self, websocket: WebSocket, executor: Executor, sources: Sources) -> None:
        self._websocket = websocket
        self._executor = executor
        self._sources = sources
        self._id = str(uuid_utils.uuid7())
        self._caller: Caller | None = None
        self._authorization = ""
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._access: asyncio.Task[None] | None = None
        self._sending = asyncio.Lock()
        self._failed: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Takes messages until the client leaves.

        Raises:
            Closing, WebSocketDisconnect.
        """
        try:
            async with asyncio.timeout(INIT_SECONDS):
                while self._caller is None:
                    await self._take(await self._message())
        except TimeoutError:
            raise Closing(INIT_TIMED_OUT, "Connection initialisation timeout") from None
        while True:
            await self._take(await self._message())

    async def stop(self) -> None:
        """Ends all operations."""
        running = [*self._operations.values(), *(() if self._access is None else (self._access,))]
        self._operations.clear()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _message(self) -> Mapping[str, Any]:
        """The next message; a failed operation that ends the socket comes first."""
        receiving = asyncio.ensure_future(self._websocket.receive())
        awaited: list[asyncio.Future[Any]] = [receiving, self._failed]
        try:
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            if self._failed.done():
                raise self._failed.result()
            received = receiving.result()
        finally:
            receiving.cancel()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", 1000))
        text = received.get("text")
        if text is None or len(text) > MESSAGE_LENGTH_MAX:
            raise Closing(BAD_MESSAGE, f"A message is text of at most {MESSAGE_LENGTH_MAX} characters")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closing(BAD_MESSAGE, "A message is JSON") from None
        if not isinstance(message, dict):
            raise Closing(BAD_MESSAGE, "A message is a JSON object")
        return message

    async def _take(self, message: Mapping[str, Any]) -> None:
        match message.get("type"):
            case "connection_init":
                await self._begin(message.get("payload"))
            case "ping":
                await self._send({"type": "pong"})
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self._operations.pop(_id(message), None)
                if task is not None:
                    task.cancel()
            case _:
                raise Closing(BAD_MESSAGE, "There is no such message type")

    async def _begin(self, payload: object) -> None:
        if self._caller is not None:
            raise Closing(INIT_TWICE, "Too many initialisation requests")
        authorization = payload.get("authorization") if isinstance(payload, dict) else None
        try:
            self._authorization = authorization if isinstance(authorization, str) else ""
            self._caller = await self._sources.authenticator.caller(self._authorization)
        except KeyUnknown:
            raise Closing(FORBIDDEN, "Forbidden") from None
        except OUTAGES:
            raise Closing(TRY_AGAIN, "The database does not answer at the moment; try again shortly") from None
        self._access = asyncio.create_task(self._until_forbidden(self._caller))
        self._access.add_done_callback(self._end_with)
        await self._send({"type": "connection_ack"})

    async def _until_forbidden(self, caller: Caller) -> None:
        """Waits until the key is revoked or expired, or opens something else: what runs here has the old access.

        Raises:
            Closing.
        """
        await self._sources.authenticator.until_changed(self._authorization, caller)
        raise Closing(FORBIDDEN, "Forbidden")

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        id, caller = _id(message), self._caller
        if caller is None:
            raise Closing(UNAUTHORIZED, "Unauthorized")
        if id in self._operations:
            raise Closing(ID_TAKEN, f"Subscriber for {id} already exists")
        if len(self._operations) >= OPERATIONS_MAX:
            raise Closing(TRY_AGAIN, f"A socket has at most {OPERATIONS_MAX} operations at a time")
        operation = self._executor.prepared(message.get("payload"))
        if isinstance(operation, Answer):
            await self._send({"id": id, "type": "error", "payload": operation.content["errors"]})
            return
        asked = OperationContext(
            caller=caller, authorization=self._authorization, sources=self._sources, request_id=f"{self._id}/{id}"
        )
        task = asyncio.create_task(self._operate(id, operation, asked))
        self._operations[id] = task
        task.add_done_callback(lambda done: self._ended(id, done))

    async def _operate(self, id: str, operation: Prepared, asked: OperationContext) -> None:
        if operation.kind is not OperationType.SUBSCRIPTION:
            answer = await self._executor.executed(operation, asked)
            await self._send({"id": id, "type": "next", "payload": answer.content})
        else:
            try:
                async with aclosing(self._executor.subscribed(operation, asked)) as answers:
                    async for answer in answers:
                        if not answer.has_begun:
                            await self._send({"id": id, "type": "error", "payload": answer.content["errors"]})
                            return
                        await self._send({"id": id, "type": "next", "payload": answer.content})
            except ANSWERED as failure:
                await self._send({"id": id, "type": "error", "payload": [refusal_error(refusal(failure))]})
                return
        self._operations.pop(id, None)
        await self._send({"id": id, "type": "complete"})

    def _ended(self, id: str, task: "asyncio.Task[None]") -> None:
        """A task that failed ends the socket: the client must know that it misses something."""
        if self._operations.get(id) is task:
            del self._operations[id]
        self._end_with(task)

    def _end_with(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is None or isinstance(error, WebSocketDisconnect) or self._failed.done():
            return
        if not isinstance(error, Closing):
            masked(error, self._id)
            error = Closing(INTERNAL, f"Internal error; quote the request id {self._id}")
        self._failed.set_result(error)

    async def _send(self, message: Mapping[str, Any]) -> None:
        text = orjson.dumps(message, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS).decode()
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX), self._sending:
                await self._websocket.send_text(text)
        except TimeoutError:
            raise Closing(TOO_SLOW, "You do not take what is sent") from None


def _id(message: Mapping[str, Any]) -> str:
    id = message.get("id")
    if not isinstance(id, str) or not 1 <= len(id) <= ID_LENGTH_MAX:
        raise Closing(BAD_MESSAGE, f"An operation has an id of at most {ID_LENGTH_MAX} characters")
    return id
