"""The broker's bad days: away at the start, lost in the middle, wrong passwords, wrong certificates."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assistant.errors import HomeError
from assistant.events import Event, HomeConnected, HomeLost
from assistant.home import connection
from assistant.home.broker import EmbeddedBroker, find_mosquitto, free_port
from assistant.home.child import Child
from assistant.home.home import Home
from assistant.home.schema import Household
from assistant.home.settings import BrokerSettings, TlsSettings
from tests.home.conftest import PATIENCE_SECONDS, need_broker, playing, until

IMPATIENCE_SECONDS = 1.0
HANDSHAKE_SECONDS = 5.0
"""A broker that wants our certificate says so after the handshake, and then nothing."""


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", PATIENCE_SECONDS)


@pytest.mark.parametrize("kind", ["mosquitto", "iotcore"])
async def test_away_at_the_start_then_there_then_lost_then_back(kind: str) -> None:
    need_broker(kind)
    port, events = free_port(), list[Event]()
    settings = BrokerSettings(host="127.0.0.1", port=port)
    async with Home(Household(), settings, events.append, answer_seconds=PATIENCE_SECONDS) as home:
        await until(lambda: home.problem)
        assert "nobody listens there" in home.problem and "is the broker running" in home.problem
        outcome = await home.act("lamp", "turn_on")
        assert outcome.status == "refused"
        async with EmbeddedBroker(kind, port), playing(settings) as things:
            await things.lamp(answers=False)
            await until(lambda: home.connected and "lamp" in home.devices and home.devices["lamp"].state)
            pending = asyncio.create_task(home.act("lamp", "turn_on"))
            await until(lambda: things.told)
        outcome = await pending
        assert (outcome.status, outcome.detail) == ("unreachable", "the broker cannot be reached")
        await until(lambda: not home.connected)
        assert (await home.act("lamp", "turn_on")).status == "unreachable", "it was waited for"
        async with EmbeddedBroker(kind, port), playing(settings) as things:
            await until(lambda: home.connected)
            await things.say("lamp/state", "ON")  # subscribed again without a new announcement
            await until(lambda: home.devices["lamp"].on)
        await until(lambda: not home.connected)
    kinds = [type(event) for event in events if isinstance(event, HomeConnected | HomeLost)]
    assert kinds == [HomeLost, HomeConnected, HomeLost, HomeConnected, HomeLost], "an outage is told once"


async def test_the_broker_is_told_that_we_are_there_and_that_we_died() -> None:
    need_broker("mosquitto")
    async with EmbeddedBroker("mosquitto") as settings, aiomqtt.Client(settings.host, settings.port) as watcher:
        await watcher.subscribe("assistant/nova/status")
        said: list[bytes] = []

        async def listen() -> None:
            async for message in watcher.messages:
                assert isinstance(message.payload, bytes)
                said.append(message.payload)

        task = asyncio.create_task(listen())
        async with Home(Household(), settings, client_id="nova") as home:
            assert await home.settled(PATIENCE_SECONDS)
            await until(lambda: said == [b"online"])
        await until(lambda: said == [b"online", b"offline"])
        home = Home(Household(), settings, client_id="nova")
        await home.start()
        await home.settled(PATIENCE_SECONDS)
        transport: Any = home._connection._client._client.socket()  # type: ignore[union-attr]
        transport.shutdown(2)  # the process dies: the socket closes without a goodbye
        await until(lambda: said[2:4] == [b"online", b"offline"])
        await home.close()
        task.cancel()


@asynccontextmanager
async def mosquitto(folder: Path, *lines: str) -> AsyncIterator[int]:
    need_broker("mosquitto")
    port = free_port()
    config = folder / "broker.conf"
    config.write_text("\n".join([f"listener {port} 127.0.0.1", "user root", *lines]))
    child = Child("mosquitto", find_mosquitto() or "mosquitto", "-c", str(config))
    await child.start()
    for _ in range(3000):
        try:
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            break
        except OSError:
            await asyncio.sleep(0.01)
    try:
        yield port
    finally:
        await child.close()


async def problem(settings: BrokerSettings, connect_seconds: float = PATIENCE_SECONDS) -> str:
    """What a home says that cannot connect; empty if it can. Be impatient with those that never say anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "CONNECT_SECONDS", connect_seconds)
        return await _problem(settings)


async def _problem(settings: BrokerSettings) -> str:
    async with Home(Household(), settings) as home:
        await until(lambda: home.connected or home.problem)
        return home.problem


async def test_user_names_and_passwords(tmp_path: Path) -> None:
    need_broker("mosquitto")
    passwords = tmp_path / "passwords"
    command = ["mosquitto_passwd", "-b", "-c", str(passwords), "nova", "secret"]
    await asyncio.to_thread(lambda: subprocess.run(command, check=True, capture_output=True))
    passwords.chmod(0o644)
    async with mosquitto(tmp_path, "allow_anonymous false", f"password_file {passwords}") as port:
        base = {"host": "127.0.0.1", "port": port}
        assert await problem(BrokerSettings(**base, username="nova", password="secret")) == ""  # type: ignore[arg-type]
        wrong = await problem(BrokerSettings(**base, username="nova", password="wrong"))  # type: ignore[arg-type]
        assert "check home.broker.username and home.broker.password" in wrong and "wrong\"" not in wrong
        assert "set home.broker.username" in await problem(BrokerSettings(**base))  # type: ignore[arg-type]


def certificate(folder: Path, name: str, issuer: str | None = None, host: str = "127.0.0.1") -> None:
    """Write NAME.pem and NAME.key, signed by ISSUER or by itself as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = key
    subject = issued_by = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    if issuer is not None:
        loaded = serialization.load_pem_private_key((folder / f"{issuer}.key").read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
        issued_by = x509.load_pem_x509_certificate((folder / f"{issuer}.pem").read_bytes()).subject
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(issued_by, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .add_extension(x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=issuer is None, crl_sign=False, encipher_only=False, decipher_only=False,
        ), critical=True)
        .sign(signer, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


async def test_encryption(tmp_path: Path) -> None:
    for name, issuer, host in [("ca", None, "127.0.0.1"), ("broker", "ca", "127.0.0.1"), ("nova", "ca", "127.0.0.1"),
                               ("other", None, "127.0.0.1")]:
        certificate(tmp_path, name, issuer, host)
    lines = [f"cafile {tmp_path}/ca.pem", f"certfile {tmp_path}/broker.pem", f"keyfile {tmp_path}/broker.key",
             "require_certificate true", "allow_anonymous true"]
    async with mosquitto(tmp_path, *lines) as port:

        async def tried(**tls: Path) -> str:
            return await problem(BrokerSettings(port=port, tls=TlsSettings(**tls)))

        own = {"certificate": tmp_path / "nova.pem", "key": tmp_path / "nova.key"}
        assert await tried(ca=tmp_path / "ca.pem", **own) == ""
        assert "set home.broker.tls.ca" in await tried(ca=tmp_path / "other.pem", **own)
        assert "set home.broker.tls.ca" in await tried(**own)
        nameless = BrokerSettings(port=port, tls=TlsSettings(ca=tmp_path / "ca.pem"))
        assert "certificate of ours" in await problem(nameless, HANDSHAKE_SECONDS)
        assert "home.broker.tls" in await problem(BrokerSettings(port=port), IMPATIENCE_SECONDS)
        with pytest.raises(HomeError, match="no such file"):
            await tried(ca=tmp_path / "none.pem")
        with pytest.raises(HomeError, match="PEM form"):
            await tried(certificate=tmp_path / "nova.pem", key=tmp_path / "other.key")


async def test_other_problems_say_what_to_do() -> None:
    assert "check home.broker.host" in await problem(BrokerSettings(host="no-such-host.invalid"))
    async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "is it the right port?" in await problem(BrokerSettings(port=port), IMPATIENCE_SECONDS)
