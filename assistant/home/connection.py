"""The connection to the broker: kept up, and made again with growing pauses when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import Callable, Iterable
from pathlib import Path

import aiomqtt

from assistant.errors import HomeError
from assistant.home import realtime
from assistant.home.kinds.entity import Message
from assistant.home.settings import BrokerSettings, TlsSettings

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts: doubled each time, and a random part of it less, so that not all come at once."""
CONNECT_SECONDS = 5.0
BATCH = 50
"""Topics in one subscription; brokers limit the size of a packet."""
WAITING_MESSAGES = 50_000
"""Messages that may wait for us; beyond, the newest are dropped with a line in the log."""

_WRONG, _CLOSED = "the user name or password is wrong", "the broker does not let us in"
_REFUSALS = {4: _WRONG, 5: _CLOSED, 134: _WRONG, 135: _CLOSED}
"""Reason codes of MQTT 3.1.1 and 5."""


class Connection:
    """One client of the broker. ``on_up`` and ``on_down`` are told of each change; ``on_message`` gets every message.

    Subscriptions are remembered and made again after each reconnection.
    """

    def __init__(
        self, settings: BrokerSettings, client_id: str, *, on_message: Callable[[str, bytes], None],
        on_up: Callable[[], None], on_down: Callable[[str], None],
    ) -> None:
        self.settings = settings
        self.client_id = client_id
        self.status_topic = f"assistant/{client_id}/status"
        self.problem: HomeError | None = None
        """Why there is no connection."""
        self._on_message, self._on_up, self._on_down = on_message, on_up, on_down
        self._topics: set[str] = set()
        self._client: aiomqtt.Client | None = None
        self._task: asyncio.Task[None] | None = None
        self._tls: ssl.SSLContext | None = None

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def start(self) -> None:
        """Begin to connect, and stay at it.

        Raises:
            HomeError: a certificate of ours cannot be used; waiting would not help.
        """
        self._tls = await asyncio.to_thread(tls_context, self.settings.tls)
        self._task = asyncio.create_task(self._keep(), name=f"connection to {self.settings}")

    async def close(self) -> None:
        """Say goodbye and disconnect."""
        with contextlib.suppress(aiomqtt.MqttError):
            if self._client is not None:
                await self._client.publish(self.status_topic, "offline", retain=True)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def publish(self, message: Message) -> None:
        """Hand a message to the broker, at quality of service 0: the device's state is its receipt.

        Raises:
            HomeError: there is no connection.
        """
        client = self._client
        if client is None:
            raise self.problem or HomeError("there is no connection", where=f"broker {self.settings}")
        try:
            await client.publish(message.topic, message.payload, retain=message.retain)
        except (aiomqtt.MqttError, ValueError) as error:
            raise HomeError(f"the message was not taken: {error}", where=f"broker {self.settings}") from error

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Ask for topics, now and after each reconnection. Asking again brings again what the broker retains."""
        new = list(topics)
        self._topics.update(new)
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):  # the reconnection asks for them again
                await self._ask(self._client, new)

    async def unsubscribe(self, topics: Iterable[str]) -> None:
        """Ask for them no more."""
        old = [topic for topic in topics if topic in self._topics]
        self._topics.difference_update(old)
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):
                for at in range(0, len(old), BATCH):
                    await self._client.unsubscribe(old[at:at + BATCH])

    async def _ask(self, client: aiomqtt.Client, topics: list[str]) -> None:
        for at in range(0, len(topics), BATCH):
            await client.subscribe([(topic, 0) for topic in topics[at:at + BATCH]])

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._once()
            except Exception as error:
                if not isinstance(error, aiomqtt.MqttError | OSError):
                    log.exception("a fault of ours broke the connection; it is made again")
                was_up, self._client = self._client is not None, None
                problem = explain(error, self.settings)
                if str(problem) != str(self.problem or ""):
                    log.warning("%s", problem)
                first, self.problem = self.problem is None, problem
                if first:
                    self._on_down(str(problem))
                pause = FIRST_PAUSE if was_up else min(pause * 2, LONGEST_PAUSE)
            finally:
                self._client = None
            await realtime.pause(pause * random.uniform(0.5, 1))

    async def _once(self) -> None:
        """One connection, from its start to its end."""
        settings = self.settings
        client = aiomqtt.Client(
            settings.host, settings.port, username=settings.username, identifier=f"assistant-{self.client_id}",
            password=settings.password.get_secret_value() if settings.password else None, tls_context=self._tls,
            will=aiomqtt.Will(self.status_topic, "offline", retain=True), keepalive=settings.keepalive,
            timeout=CONNECT_SECONDS, max_queued_incoming_messages=WAITING_MESSAGES,
        )
        async with client:
            await client.publish(self.status_topic, "online", retain=True)
            await self._ask(client, sorted(self._topics))
            self._client, self.problem = client, None
            log.info("connected to the broker at %s", settings)
            self._on_up()
            async for message in client.messages:
                payload = message.payload
                self._on_message(str(message.topic), payload if isinstance(payload, bytes) else b"")


def tls_context(tls: TlsSettings | bool) -> ssl.SSLContext | None:
    """What the settings mean for encryption; None for none.

    Raises:
        HomeError: a file cannot be read or is no certificate.
    """
    if tls is False:
        return None
    settings = TlsSettings() if tls is True else tls
    for name, path in (("ca", settings.ca), ("certificate", settings.certificate), ("key", settings.key)):
        if path is not None and not Path(path).is_file():
            raise HomeError("there is no such file", where=f"home.broker.tls.{name}: {path}", mend="check the path")
    try:
        context = ssl.create_default_context(cafile=settings.ca)
        if settings.certificate is not None:
            context.load_cert_chain(settings.certificate, settings.key)
    except (ssl.SSLError, OSError) as error:
        raise HomeError(f"this certificate or key cannot be used: {error}", where="home.broker.tls",
                        mend="it must be in PEM form, and the key must belong to the certificate") from error
    return context


def explain(error: Exception, settings: BrokerSettings) -> HomeError:
    """A failed connection in words that say what to do."""
    where = f"broker {settings}"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError | OSError):
        cause = cause.__cause__ or cause.__context__
    text = str(cause or error)
    code = getattr(getattr(error, "rc", None), "value", getattr(error, "rc", None))
    if code in _REFUSALS:
        verb = "check" if settings.username else "set"
        return HomeError(_REFUSALS[code], where=where, mend=f"{verb} home.broker.username and home.broker.password")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return HomeError(f"its certificate is not trusted: {cause.verify_message}", where=where,
                         mend="set home.broker.tls.ca to what signed it, and home.broker.host to the name it is for")
    if isinstance(cause, ssl.SSLError):
        return HomeError(f"no encrypted connection: {cause.reason or text}", where=where,
                         mend="is this the broker's port for TLS (often 8883), and does it want a certificate of ours?")
    if isinstance(cause, ConnectionRefusedError) or "refused" in text.lower():
        return HomeError("nobody listens there", where=where, mend="is the broker running, and is the port right?")
    if "Name or service not known" in text or "name resolution" in text or "getaddrinfo" in text:
        return HomeError("there is no such host", where=where, mend="check home.broker.host")
    if not text or "timed out" in text.lower():
        return HomeError("it does not answer as a broker does", where=where,
                         mend="is it the right port? Does it want TLS (home.broker.tls), or a certificate of ours?")
    return HomeError(f"no connection: {text}", where=where, mend="we keep trying")
