"""Checks the household that a configuration names, and whether the sources stand in its rooms."""

from __future__ import annotations

from assistant.config.models import Config
from assistant.errors import ConfigError, together
from assistant.home.schema import Group, Household
from assistant.yamlfile import YamlFile, load_yaml, nearest


def check_kinds(config: Config) -> None:
    """Whether the household can be read, and says what each device is where none announces itself.

    Raises:
        ConfigError: the household's file is wrong.
    """
    home = config.home
    if home.household is None:
        return
    file = load_yaml(home.household)
    mistakes = [
        ConfigError(f"the kind of {device.name!r} is missing: nothing announces this device",
                    where=file.where(("devices", at)), mend="add it, e.g. `kind: light`")
        for at, device in enumerate(Household.read(file).devices)
        if not device.kind and (home.simulate or home.broker is None)
    ]
    mistakes += _strangers(file, Household.read(file)) if home.simulate or home.broker is None else []
    if mistakes:
        raise together(mistakes)


def _strangers(file: YamlFile, household: Household) -> list[ConfigError]:
    """A mistake for each member of a group that is no device of the file."""
    names = [device.name for device in household.devices]
    return [
        ConfigError(f"there is no device {member!r}", where=file.where(("groups", at, "devices", number)),
                    mend=nearest(member, names))
        for at, group in enumerate(household.groups) for number, member in enumerate(group.devices)
        if not any(Group(name=group.name, devices=(member,)).holds(device) for device in household.devices)
    ]


def check_household(config: Config) -> list[str]:
    """Remarks about rooms that no file knows: a device on the user's own broker may still announce them.

    Raises:
        ConfigError: the household's file is wrong, or a source stands in a room that cannot come to be.
    """
    if config.home.household is None:
        return []
    household = Household.load(config.home.household)
    remarks, mistakes = [], []
    for name, source in config.sources.items():
        if source.area and household.area(source.area) is None:
            what = f"there is no room {source.area!r} in {config.home.household.name}"
            where = config.where("sources", name, "area")
            hint = nearest(source.area, [area.name for area in household.areas])
            if config.home.broker is None:
                mistakes.append(ConfigError(what, where=where, mend=hint))
            else:
                remarks.append(f"{where}: {what} ({hint}); it counts once a device announces it")
    if mistakes:
        raise together(mistakes)
    return remarks
