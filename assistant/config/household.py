"""Checks the household that a configuration names, and whether the sources stand in its rooms."""

from __future__ import annotations

from assistant.config.models import Config
from assistant.home.schema import Household
from assistant.yamlfile import nearest


def check_household(config: Config) -> list[str]:
    """Remarks about rooms; a device may still announce a room that no file knows, so they are no errors.

    Raises:
        ConfigError: the household's file is wrong.
    """
    if config.home.household is None:
        return []
    household = Household.load(config.home.household)
    remarks = []
    for name, source in config.sources.items():
        if source.area and household.area(source.area) is None:
            hint = nearest(source.area, [area.name for area in household.areas])
            where = config.where("sources", name, "area")
            remarks.append(f"{where}: there is no room {source.area!r} in {config.home.household.name} ({hint})")
    return remarks

