"""Connections to NATS: what is sent in clear, what is not, and what a server without TLS is told when TLS was asked for."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr, ValidationError

from salesapi.settings import Settings
from salesapi.streaming.connecting import NotEncrypted, connect
from tests.embedded.test_nats_accounts import server_with

SECRET = "hunter2-of-the-relay"
INFO = {
    "server_id": "x",
    "version": "2.15.1",
    "proto": 1,
    "headers": True,
    "max_payload": 1_048_576,
    "auth_required": True,
}


@dataclass
class Listener:
    """Greets as NATS does, and keeps what it is sent."""

    info: dict[str, object]
    port: int = 0
    heard: bytearray = field(default_factory=bytearray)
    has_ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"INFO {json.dumps(self.info)}\r\n".encode())
        while chunk := await reader.read(4_096):
            self.heard += chunk
            if b"PING" in chunk:
                writer.write(b"PONG\r\n")
        writer.close()
        self.has_ended.set()


@asynccontextmanager
async def listening(**info: object) -> AsyncIterator[Listener]:
    """A plain server while the block runs."""
    listener = Listener({**INFO, **info})
    server = await asyncio.start_server(listener.take, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()


@pytest.mark.parametrize("user", [f"relay:{SECRET}@", f"{SECRET}@", ""], ids=["user and password", "token", "nobody"])
async def test_a_server_without_tls_is_told_nothing_where_the_url_says_tls(user: str) -> None:
    async with listening() as plain:
        with pytest.raises(NotEncrypted, match=r"^nats\.not_encrypted: ") as refused:
            await connect(f"tls://{user}127.0.0.1:{plain.port}")
        await plain.has_ended.wait()

    assert SECRET.encode() not in plain.heard
    assert b'"pass"' not in plain.heard
    assert b'"auth_token"' not in plain.heard
    assert SECRET not in str(refused.value)
    if user:
        assert plain.heard == b"", "not even who asks"


async def test_a_server_that_promises_tls_and_answers_in_clear_is_told_nothing() -> None:
    async with listening(tls_required=True) as plain:
        with pytest.raises((OSError, TimeoutError)):
            await connect(f"tls://relay:{SECRET}@127.0.0.1:{plain.port}")

    assert SECRET.encode() not in plain.heard


async def test_the_listener_hears_the_password_where_the_url_does_not_say_tls() -> None:
    async with listening() as plain:
        client = await connect(f"nats://relay:a%40b@127.0.0.1:{plain.port}")
        await client.close()

    assert b'"user": "relay"' in plain.heard or b'"user":"relay"' in plain.heard
    assert b'"a@b"' in plain.heard


async def test_over_tls_the_relay_comes_in_by_a_certificate_that_is_trusted_and_by_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certified(tmp_path)
    text = (
        f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}\n'
        'authorization { user: "relay", password: "r" }\njetstream {\n}\n'
    )
    async with server_with(text, tmp_path) as address:
        with pytest.raises(ssl.SSLCertVerificationError):
            await connect(f"tls://relay:r@{address}")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        client = await connect(f"tls://relay:r@{address}")
        assert await client.jetstream().account_info()
        await client.close()


@pytest.mark.parametrize(
    "url", ["localhost:4222", "ws://h:4222", "http://h", "nats://a:1,nats://b:2", "nats://u:p@h@x:1", "tls:h"]
)
def test_an_address_of_another_form_is_refused_without_its_text(url: str) -> None:
    with pytest.raises(ValidationError, match="it is no URL of the form nats://") as refused:
        Settings(nats_url=SecretStr(url))

    assert url not in str(refused.value)


@pytest.mark.parametrize("url", ["nats://h", "tls://relay:p%40@h.example:4222", "nats://token@[::1]:4222/"])
def test_an_address_of_either_form_is_taken(url: str) -> None:
    assert Settings(nats_url=SecretStr(url)).nats_url == SecretStr(url)


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that is signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test of the stream")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "server.crt", folder / "server.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return files
