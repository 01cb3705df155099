"""Serving inside the agent's loop: addresses, a port that is taken, TLS, and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import httpx
import pytest
from uvicorn.server import ServerState

from assistant.errors import ConfigError
from assistant.server.app import COOKIE, create_app
from assistant.server.serve import ClosableWebSocket, configure, serve
from assistant.server.settings import ServerSettings
from assistant.server.socket import UNPAIRED
from assistant.server.tls import VALID_DAYS, ensure_certificate
from assistant.testing.fake_agent import FakeAgent
from tests.server.client import tab, until

MODULE = pytest.mark.asyncio(loop_scope="module")


@MODULE
async def test_it_serves_while_the_block_runs(agent: FakeAgent, capfd: pytest.CaptureFixture[str]) -> None:
    async with serve(create_app(agent), "127.0.0.1", 0) as address, httpx.AsyncClient() as http:
        assert "<title>Assistant</title>" in (await http.get(address)).text
        assert (await http.head(address)).status_code == 200
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as http:
            await http.get(address)
    assert capfd.readouterr() == ("", ""), "it prints nothing itself"


@MODULE
async def test_a_taken_port_names_who_has_it(agent: FakeAgent) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError) as caught:
            async with serve(create_app(agent), "127.0.0.1", port, where="home.yaml:12"):
                pass
    assert caught.value.where == "home.yaml:12"
    assert f"port {port} on 127.0.0.1 is in use by" in caught.value.what
    assert f"pid {os.getpid()}" in caught.value.what
    assert f"server: {{port: {port + 1}}}" in caught.value.mend


@pytest.mark.parametrize(("host", "words"), [("192.0.2.1", "cannot listen"), ("no.such.host.invalid", "no address")])
@MODULE
async def test_an_address_that_is_not_ours(agent: FakeAgent, host: str, words: str, tmp_path: Path) -> None:
    app = create_app(agent, ServerSettings(host=host))
    with pytest.raises(ConfigError, match=words):
        async with serve(app, host, 0, certificate=ensure_certificate(tmp_path)):
            pass


@MODULE
async def test_it_is_never_open_without_tls_and_pairing(agent: FakeAgent, tmp_path: Path) -> None:
    for app, certificate in [
        (create_app(agent, ServerSettings(host="0.0.0.0")), None), (create_app(agent), ensure_certificate(tmp_path)),
    ]:
        with pytest.raises(ConfigError, match="open to the network"):
            async with serve(app, "0.0.0.0", 0, certificate=certificate):
                pass


@MODULE
async def test_it_leaves_the_signals_alone(agent: FakeAgent) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with serve(create_app(agent), "127.0.0.1", 0):
        assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


@MODULE
async def test_it_ends_though_tabs_are_open(agent: FakeAgent) -> None:
    async with asyncio.timeout(6):
        async with serve(create_app(agent), "127.0.0.1", 0) as address:
            client = tab(address)
            opened = await client.__aenter__()
            await opened.hello()
        assert (await opened.closed())[0] == 1012
        await client.__aexit__(None, None, None)
    assert not agent.sources


@MODULE
async def test_it_ends_though_a_tab_is_closing(agent: FakeAgent) -> None:
    """A client that says goodbye and takes its time to hang up: what was written to it is still under way."""
    config = configure(create_app(agent), None)
    config.load()
    transport = Mock(spec=asyncio.Transport)
    transport.is_closing.return_value = False
    transport.get_extra_info.side_effect = {"sockname": ("127.0.0.1", 80), "peername": ("127.0.0.1", 50000)}.get
    connection = ClosableWebSocket(config, ServerState(), {})
    connection.connection_made(transport)
    connection.data_received(
        b"GET /ws HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
        b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n\r\n"
    )
    await until(lambda: any(b"101" in call.args[0] for call in transport.write.mock_calls))
    connection.data_received(b"\x88\x82\0\0\0\0\x03\xe8")
    connection.shutdown()
    transport.close.assert_called()
    connection.connection_lost(None)


@MODULE
async def test_tls_and_pairing_over_the_network(agent: FakeAgent, tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path / "tls")
    app = create_app(agent, ServerSettings(host="0.0.0.0"))
    trust = ssl.create_default_context(cafile=str(made.certificate))
    async with serve(app, "0.0.0.0", 0, certificate=made) as address:
        local = f"https://localhost:{address.rsplit(':', 1)[1]}"
        assert address.startswith("https://")
        async with httpx.AsyncClient(verify=trust, base_url=local) as http:
            assert "Pair this browser" in (await http.get("/")).text
            async with tab(local, ssl=trust) as stranger:
                assert (await stranger.closed())[0] == UNPAIRED
            await http.post("/pair", json={"code": app.state.pairing.code})
            token = http.cookies[COOKIE]
        async with tab(local, ssl=trust, additional_headers={"Cookie": f"{COOKIE}={token}"}) as paired:
            await paired.hello()


def test_a_certificate_is_kept_until_it_must_change(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    first = ensure_certificate(folder)
    assert ensure_certificate(folder) == first
    assert stat.S_IMODE(first.key.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    named = ensure_certificate(folder, ["nova.home", "192.168.1.7"])
    assert named.fingerprint != first.fingerprint, "a new name needs a new one"
    assert ensure_certificate(folder, ["nova.home"]) == named
    late = ensure_certificate(folder, now=datetime.now(UTC) + timedelta(days=VALID_DAYS - 10))
    assert late.fingerprint != named.fingerprint, "it is made anew before it expires"
    assert len(first.fingerprint.split(":")) == 32


def test_files_that_are_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "server.crt").write_text("nonsense")
    (tmp_path / "server.key").write_text("nonsense")
    with pytest.raises(ConfigError, match="no certificate"):
        ensure_certificate(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="no certificate can be kept here"):
        ensure_certificate(tmp_path / "file" / "tls")
