"""A client with one kept connection, in a process of its own: sends requests one after the other and times some of them.

Reads a list of {"untimed": [request], "timed": [request]} from its input; a request is {"path", "body"}, a POST where it has a
body. `{id}` and `{position}` in a path stand for those of the receipt before. Each group is one duration. Prints milliseconds.
"""

import argparse
import json
import sys
import time
from http.client import HTTPConnection
from typing import Any, Final
from uuid import uuid4

HOST: Final = "127.0.0.1"
SECONDS_MAX: Final = 120.0
"""Longest wait for one answer: the first live statement of a process folds the log."""


class Refused(RuntimeError):
    """A request was not answered as wanted."""


class Client:
    """Sends requests and remembers the last receipt."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = HTTPConnection(HOST, port, timeout=SECONDS_MAX)
        self._headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        self._last: dict[str, Any] = {"id": "", "position": 0}

    def send(self, request: dict[str, Any]) -> None:
        """One request, to the last byte of its answer.

        Raises:
            Refused: with the answer.
        """
        path = request["path"].format(id=self._last["id"], position=self._last["position"])
        body = request.get("body")
        if body is None:
            self._connection.request("GET", path, headers=self._headers)
        else:
            headers = {**self._headers, "idempotency-key": str(uuid4())}
            self._connection.request("POST", path, body=json.dumps(body), headers=headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise Refused(f"{path} was answered with {answer.status}: {content[:500]!r}")
        if body is not None:
            self._last = json.loads(content)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key", required=True)
    arguments = parser.parse_args()
    client = Client(arguments.port, arguments.key)
    durations: list[float] = []
    for group in json.load(sys.stdin):
        for request in group.get("untimed", ()):
            client.send(request)
        started = time.perf_counter()
        for request in group["timed"]:
            client.send(request)
        if group["timed"]:
            durations.append(1_000 * (time.perf_counter() - started))
    durations.sort()
    found = {"p50_ms": durations[len(durations) // 2], "p99_ms": durations[len(durations) * 99 // 100]}
    print(json.dumps({**found, "most_ms": durations[-1]}))


if __name__ == "__main__":
    main()
