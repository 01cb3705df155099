"""The assistant as it lives in a house: microphone, page, command socket, until it is told to end."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from assistant.agent import Agent
from assistant.cli.control import refuse_second, serve_control
from assistant.cli.desk import Desk
from assistant.cli.notify import keep_alive, notify
from assistant.cli.output import facts
from assistant.config import Config
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.server.tls import Certificate

T = TypeVar("T")

NAME_WIDTH = 11


def run_live(config: Config) -> None:
    """Start, print what a person needs to know, and stay until SIGINT or SIGTERM."""
    began = time.monotonic()
    asyncio.run(_live(config, began))


async def _live(config: Config, began: float) -> None:
    ended = _signals()
    async with AsyncExitStack() as stack:
        await refuse_second()
        agent = await _unless(ended, stack.enter_async_context(Agent(config)))
        if agent is None:
            return
        sound = await _sound(agent, stack)
        page = await stack.enter_async_context(_page(agent))
        await stack.enter_async_context(serve_control(Desk(agent, page, ended.set)))
        _greet(agent, page, sound, time.monotonic() - began)
        notify("READY=1\nSTATUS=listening")
        beating = asyncio.create_task(keep_alive(), name="life signs")
        await ended.wait()
        notify("STOPPING=1")
        beating.cancel()
        typer.echo("Good night.")


async def _unless(ended: asyncio.Event, start: Coroutine[Any, Any, T]) -> T | None:
    """What ``start`` gives; None if it was told to end before: a start may take long on a slow machine."""
    starting, ending = asyncio.ensure_future(start), asyncio.ensure_future(ended.wait())
    try:
        await asyncio.wait([starting, ending], return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            return starting.result()
        starting.cancel()
        await asyncio.wait([starting])
        return None
    finally:
        ending.cancel()


def _signals() -> asyncio.Event:
    """Set on the first Ctrl-C or SIGTERM; a second one ends at once."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):

        def end(number: signal.Signals = number) -> None:
            loop.remove_signal_handler(number)
            ended.set()

        loop.add_signal_handler(number, end)
    return ended


async def _sound(agent: Agent, stack: AsyncExitStack) -> str:
    """Open the machine's microphone and loudspeaker; what to tell about them."""
    from assistant.errors import AudioError

    try:
        from assistant.microphone import open_microphone

        return await stack.enter_async_context(open_microphone(agent))
    except AudioError as error:
        return no_sound(agent.config, error)


def no_sound(config: Config, error: AssistantError) -> str:
    """Why this machine's sound is not used, and what to use: all that is missing, not what was sought first."""
    from assistant.audio.devices import list_devices

    try:
        found = list_devices()
    except AssistantError:
        why = error.what
    else:
        there = {"microphone": any(one.inputs for one in found), "loudspeaker": any(one.outputs for one in found)}
        missing = [f"no {name}" for name, known in there.items() if not known]
        off = config.audio.input is None or config.audio.output is None
        why = f"this machine has {' and '.join(missing)}" if missing and not off else error.what
    return f"{why}: use the page instead" if config.server.enabled else f"{why}: nobody is heard"


@asynccontextmanager
async def _page(agent: Agent) -> AsyncIterator[str]:
    """Serve the page; its address, empty if it is switched off."""
    server = agent.config.server
    if not server.enabled:
        yield ""
        return
    from assistant.paths import data_dir
    from assistant.server.app import create_app
    from assistant.server.serve import serve
    from assistant.server.tls import Certificate, ensure_certificate
    from assistant.tabs import Pages

    folder = data_dir() / "server"
    certificate = None
    if server.tls is True:
        certificate = ensure_certificate(folder, server.names)
    elif server.tls is not False:
        certificate = Certificate(server.tls.certificate, server.tls.key, "")
    settings = server.settings(area=agent.config.area_of("page"), tokens=folder / "browsers.json")
    app = create_app(Pages(agent), settings)
    where = agent.config.where("server", "port")
    async with serve(app, server.host, server.port, certificate=certificate, where=where) as address:
        code = f"  (pairing code {app.state.pairing.code})" if app.state.pairing else ""
        yield f"{address}{code}{_vouched(certificate)}"


def _vouched(certificate: Certificate | None) -> str:
    """A line with the fingerprint of a certificate that was made here: nothing else vouches for it."""
    if certificate is None or not certificate.fingerprint:
        return ""
    return f"\n{' ' * (NAME_WIDTH + 2)}certificate {certificate.fingerprint}"


def _greet(agent: Agent, page: str, sound: str, seconds: float) -> None:
    config = agent.config
    phrases = " or ".join(f'"{wake.phrase}"' for wake in config.wake if wake.action == "turn")
    examples = agent.suggestions()[:3]
    then = ", then for example" if examples else ""
    typer.secho(f"Listening after {seconds:.1f} s. Say {phrases}{then}", bold=True)
    for example in examples:
        typer.echo(f"{' ' * (NAME_WIDTH + 2)}{example}")
    count, rooms = len(agent.home.devices), len({device.area for device in agent.home.devices.values()} - {""})
    home = f"{_some(count, 'device')} in {_some(rooms, 'room')}" + (" (a simulation)" if config.home.simulate else "")
    if agent.home.problem:
        home += f"; {config.home.broker or 'the broker'} cannot be reached yet, see `assistant doctor`"
    facts([("page", page or "off"), ("home", home), ("microphone", sound), ("settings", _settings(config)),
           ("end", "Ctrl-C, or assistant stop")], width=NAME_WIDTH)


def _some(count: int, thing: str) -> str:
    return f"{count} {thing}" + ("" if count == 1 else "s")


def _settings(config: Config) -> str:
    """The file that is used; where none was written yet, the place for one."""
    from assistant.paths import own_config_file, shipped_dir

    own, default = own_config_file(), shipped_dir() / "configs" / "default.yaml"
    if config.file in (None, default) and not own.exists():
        return f"the defaults; there is no {own} yet"
    return str(config.file.absolute() if config.file else "the defaults")
