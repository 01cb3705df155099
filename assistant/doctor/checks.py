"""The checks, each a small function from the configuration to what it found. None changes anything."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.config import Config
from assistant.config.household import check_household
from assistant.doctor.finding import Finding, bad, good, note
from assistant.errors import AssistantError

if TYPE_CHECKING:
    from assistant.home.schema import Device, Group

LITTLE_MB = 500
"""Free space below which recordings and models no longer fit."""
TOO_LITTLE_MB = 20
"""Below this the database soon cannot be written."""
CONNECT_SECONDS = 5.0


def settings(config: Config) -> Finding:
    """The household's file, and whether the sources stand in its rooms."""
    try:
        remarks = check_household(config)
    except AssistantError as error:
        return bad("settings", str(error), error.mend)
    if remarks:
        return note("settings", remarks[0], "write the room as the household does, or add it there")
    return good("settings", f"{config.file} is right")


def wake(config: Config) -> Iterator[Finding]:
    """The wake phrases: whether something speaks against one."""
    from assistant.config.phrases import wake_remarks

    found = list(wake_remarks(config))
    for where, remark in found:
        yield note("wake", f"{where}: {remark}", "another phrase: assistant wake use PHRASE")
    if not found:
        yield good("wake", " and ".join(f"“{one.phrase}”" for one in config.wake))


def skills(config: Config) -> Iterator[Finding]:
    """Skills that are left out because a file of theirs is wrong."""
    from assistant.skills.catalogue import KEPT_BACK, WAITS, catalogue
    from assistant.skills.choices import Choices

    _, damage = Choices.readable()
    if damage is not None:
        yield bad("skills", f"{damage.where}: {damage.what}", damage.mend)
    entries = catalogue(config)
    faults = [entry.fault for entry in entries if entry.fault is not None and not entry.off]
    for fault in faults:
        where = f"{fault.where}: " if fault.where else ""
        yield bad("skills", f"{where}{fault.what}; this skill is left out", fault.mend)
    for entry in entries:
        if entry.off.startswith(WAITS):
            yield note("skills", f"{entry.name} ({entry.origin}) {entry.off}", f"assistant skill enable {entry.name}")
        if entry.off.startswith(KEPT_BACK):
            yield bad("skills", f"{entry.name} ({entry.origin}) is off: {entry.off}", "mend that one, or move it away")
    if not faults and damage is None:
        yield good("skills", f"{sum(not entry.off for entry in entries)} are right")


def disk(config: Config) -> Finding:
    """Room for the database, and whether it may be written."""
    folder = _existing(config.store_path.parent)
    free = shutil.disk_usage(folder).free >> 20
    if not os.access(folder, os.W_OK):
        return bad("disk", f"{folder} cannot be written", f"chown -R $USER {folder}")
    if free < TOO_LITTLE_MB:
        return bad("disk", f"{free} MB free in {folder}", "make room, or name another place under store: path")
    if free < LITTLE_MB:
        return note("disk", f"{free} MB free in {folder}", "make room soon")
    return good("disk", f"{free / 1024:.0f} GB free in {folder}" if free >= 1024 else f"{free} MB free in {folder}")


def _existing(folder: Path) -> Path:
    return next(known for known in (folder, *folder.parents) if known.is_dir())


def broker(config: Config) -> Finding:
    """The MQTT broker: one to start, or the one that was named."""
    from assistant.home.broker import find_brokers

    if config.home.broker is None:
        found = find_brokers()
        if not found:
            return bad("broker", "there is none to start", "apt install mosquitto, or pip install iotcore")
        return good("broker", f"{found[0]} will be started")
    return _log_in(config)


def _log_in(config: Config) -> Finding:
    import asyncio

    from assistant.home.home import Home
    from assistant.home.schema import Household

    settings = config.home.broker
    assert settings is not None
    household = Household()
    missing: list[str] = []

    async def connect() -> str:
        async with Home(household, settings, client_id="doctor") as home:
            await home.settled(CONNECT_SECONDS)
            # A device of the file without a kind only adds names or a room to one that announces itself.
            missing.extend(one.name for one in household.devices if not one.kind and one.id not in home.devices)
            missing.extend(_strangers(household.groups, home.devices.values()))
            return "" if home.connected else home.problem or "it does not answer"

    try:
        if config.home.household is not None:
            household = Household.load(config.home.household)
        problem = asyncio.run(connect())
    except AssistantError as error:
        return bad("broker", f"{settings}: {error.what}", error.mend)
    if problem:
        return bad("broker", f"{settings}: {problem}", f"see {config.where('home', 'broker')}")
    if missing:
        mend = f"check its id in {config.home.household}, or give its kind"
        return note("broker", f"{settings} lets us in; nothing announces {', '.join(missing)}", mend)
    return good("broker", f"{settings} lets us in")


def _strangers(groups: Iterable[Group], devices: Iterable[Device]) -> Iterator[str]:
    """Members of groups that no device is, each with its group."""
    names = {said.casefold() for device in devices for said in (device.id, device.name, *device.aliases)}
    for group in groups:
        yield from (f"{member} ({group.name})" for member in group.devices if member.casefold() not in names)


def page(config: Config) -> Finding:
    """Whether the page's port is free, or ours."""
    server = config.server
    if not server.enabled:
        return note("page", "switched off")
    with socket.socket(socket.AF_INET6 if ":" in server.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            return _port_taken(config, error)
    return good("page", f"port {server.port} on {server.host} is free")


def _port_taken(config: Config, error: OSError) -> Finding:
    import asyncio

    from assistant.cli.control import call, socket_path
    from assistant.server.listeners import who_listens

    running = asyncio.run(call(socket_path(), "status", seconds=CONNECT_SECONDS))
    if running is not None:
        return good("page", f"the assistant that runs serves it: {running['page']}")
    who = who_listens(config.server.port) or error.strerror
    return bad("page", f"port {config.server.port}: {who}", f"choose another: {config.where('server', 'port')}")


def service(config: Config) -> Finding:
    """The systemd unit: there, up to date, running."""
    from assistant.cli import unit

    path = unit.unit_path()
    if not path.exists():
        return note("service", "not installed", "to start it with your session: assistant service install")
    if not _up_to_date(path.read_text(encoding="utf-8").splitlines(), unit.unit_text().splitlines()):
        return note("service", f"{path} is not what this version writes", "assistant service install writes it anew")
    if not unit.has_systemd():
        return note("service", "installed, but systemd does not run here")
    state = unit.state()
    if state != "active":
        return bad("service", f"installed but {state}", f"journalctl --user -u {unit.NAME} -n 20")
    return good("service", "runs, with a watchdog")


def _up_to_date(installed: list[str], ours: list[str]) -> bool:
    """Whether a unit is ours; its command may name settings of its own at the end."""
    return len(installed) == len(ours) and all(map(str.startswith, installed, ours))
