"""Open-Meteo, asked through the agent: places and forecasts, kept for a while and told where it is away."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from assistant.skills import Context, WebError

from .forecast import Forecast, UnreadableError, parameters, read
from .places import Place, coordinates, largest

FORECAST = "https://api.open-meteo.com/v1/forecast"
PLACES = "https://geocoding-api.open-meteo.com/v1/search"
SECONDS = 3.0
"""For one order: somebody waits."""
FRESH = timedelta(minutes=20)
"""Younger, a forecast is told as it is; the service makes one every hour."""
USABLE = timedelta(hours=24)
"""Older, it is not told any more."""
MOST_KEPT = 20
"""Forecasts and places."""
AWAY = "I can't reach the weather service."
BUSY = "The weather service answers no more questions for now."
FAULT = "The weather service has a fault."


class ServiceError(Exception):
    """The service does not answer as it should; the text is what people are told."""


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast, and how far it may be trusted."""

    forecast: Forecast
    made: datetime
    why_old: str = ""
    """Why there is no newer one; empty if it is new."""


class Service:
    """The weather service of one household."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[datetime, Any]] = OrderedDict()
        self._places: OrderedDict[str, Place] = OrderedDict()

    async def place(self, ctx: Context, name: str, until: float) -> Place | None:
        """A place by its name or coordinates; None if there is none.

        Args:
            until: time of the loop by which the service must have answered.

        Raises:
            ServiceError: it cannot be asked.
        """
        found = coordinates(name) or self._places.get(name) or _place(await ctx.store.get(f"place {name}"))
        if found is None:
            data = await _ask(ctx, PLACES, {"name": name, "count": 10, "language": "en", "format": "json"}, until)
            try:
                found = largest(name, data)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ServiceError(FAULT) from error
            if found is not None:
                await self._keep_place(ctx, name, found)
        if found is not None:
            _remember(self._places, name, found)
        return found

    async def forecast(self, ctx: Context, place: Place, until: float) -> Told:
        """The forecast for a place: kept, or asked for; an older one where the service does not answer.

        Raises:
            ServiceError: it does not answer, and none is kept that is young enough.
        """
        imperial = ctx.settings["units"] == "imperial"
        asked = parameters(place.latitude, place.longitude, imperial)
        key = f"{asked['latitude']} {asked['longitude']} {ctx.settings['units']}"
        made, data = self._kept.get(key) or _kept(await ctx.store.get("forecast"), key) or (None, None)
        if made is not None and ctx.now - made < FRESH:
            return Told(read(data), made)
        try:
            fresh = await _ask(ctx, FORECAST, asked, until)
            forecast = read(fresh)
        except (ServiceError, UnreadableError) as error:
            why = str(error) if isinstance(error, ServiceError) else FAULT
            if made is None or ctx.now - made > USABLE:
                raise ServiceError(why) from error
            return Told(read(data), made, why)
        _remember(self._kept, key, (ctx.now, fresh))
        if not place.name:
            await ctx.store.set("forecast", {"key": key, "made": ctx.now.isoformat(), "data": fresh})
        return Told(forecast, ctx.now)

    async def _keep_place(self, ctx: Context, name: str, place: Place) -> None:
        if len(await ctx.store.keys()) < MOST_KEPT:
            await ctx.store.set(f"place {name}", asdict(place))


async def _ask(ctx: Context, url: str, params: dict[str, str | int | float], until: float) -> Any:
    left = until - asyncio.get_running_loop().time()
    if left <= 0:
        raise ServiceError(AWAY)
    try:
        page = await ctx.web.get(url, params, seconds=left)
    except WebError as error:
        raise ServiceError(AWAY) from error
    if page.status != 200:
        raise ServiceError(BUSY if page.status == 429 else FAULT)
    try:
        return page.json()
    except WebError as error:
        raise ServiceError(FAULT) from error


def _place(kept: Any) -> Place | None:
    return Place(**kept) if isinstance(kept, dict) else None


def _kept(stored: Any, key: str) -> tuple[datetime, Any] | None:
    if not isinstance(stored, dict) or stored.get("key") != key:
        return None
    return datetime.fromisoformat(stored["made"]).astimezone(UTC), stored["data"]


def _remember(kept: OrderedDict[str, Any], key: str, value: Any) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
