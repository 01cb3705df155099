"""The event bus: typed events from those who publish to those who subscribe.

Two kinds of subscriber. *Actors* lose nothing: their queues are bounded and events wait in an outbox per source until
there is room; a source with more unhandled events than its credit has to wait and is named. *Observers* never slow a
publisher: they lose their oldest events and are told how many by a ``Gap``. The order of one source's events is kept.
What a handler publishes is sent after it returns, so two actors with full queues cannot wait for each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import TracebackType

from assistant.events import Event, Gap, SourceSuspended, SubscriberFailed

log = logging.getLogger(__name__)

Handler = Callable[[Event], Awaitable[None] | None]

ACTOR_QUEUE = 256
"""Events an actor may have waiting: several turns' worth."""
OBSERVER_QUEUE = 1024
"""Events an observer may lag behind: about ten busy seconds."""
SOURCE_CREDIT = 512
"""Unhandled events one source may have before it waits."""

@dataclass(slots=True)
class _Outbox:
    """What a handler publishes, until it is done.

    Tasks and timers that it starts inherit the context the outbox is found in, and are not the handler.
    """

    handler: asyncio.Task[None]
    events: list[Event] = field(default_factory=list)


_outbox: ContextVar[_Outbox | None] = ContextVar("outbox", default=None)


def _kept(event: Event) -> bool:
    """Whether a handler is publishing, and the event waits for its end."""
    outbox = _outbox.get()
    if outbox is None or asyncio.current_task() is not outbox.handler:
        return False
    outbox.events.append(event)
    return True


@dataclass(slots=True)
class SubscriberStatistics:
    """Counts since the subscription began."""

    delivered: int = 0
    handled: int = 0
    dropped: int = 0
    failures: int = 0
    deepest: int = 0
    """Most events that ever waited."""


class _Subscriber:
    """Filter and counters shared by actors and observers."""

    def __init__(self, bus: Bus, name: str, types: tuple[type[Event], ...], sources: frozenset[str] | None) -> None:
        self.name = name
        self.types = types
        self.sources = sources
        self.statistics = SubscriberStatistics()
        self.queue: deque[Event] = deque()
        self._bus = bus
        self._filled = asyncio.Event()

    def wants(self, kind: type[Event]) -> bool:
        return issubclass(kind, self.types)

    def push(self, event: Event) -> None:
        queue, statistics = self.queue, self.statistics
        queue.append(event)
        statistics.delivered += 1
        if len(queue) > statistics.deepest:
            statistics.deepest = len(queue)
        if len(queue) == 1:
            self._filled.set()

    async def _next(self) -> Event:
        while not self.queue:
            self._filled.clear()
            await self._filled.wait()
        return self.queue.popleft()


class Actor(_Subscriber):
    """A subscriber that loses nothing. Its handler sees one event at a time."""

    def __init__(
        self, bus: Bus, name: str, handler: Handler, types: tuple[type[Event], ...], sources: frozenset[str] | None,
        size: int,
    ) -> None:
        super().__init__(bus, name, types, sources)
        self.size = size
        self._handler = handler
        self._task = asyncio.create_task(self._work(), name=f"actor {name}")

    @property
    def full(self) -> bool:
        return len(self.queue) >= self.size

    async def _work(self) -> None:
        while True:
            event = await self._next()
            await self._handle(event)
            self.statistics.handled += 1
            self._bus._handled(event.source)
            if len(self.queue) == self.size - 1:
                self._bus._room()

    async def _handle(self, event: Event) -> None:
        outbox = _Outbox(self._task)
        token = _outbox.set(outbox)
        try:
            result = self._handler(event)
            if result is not None:
                await result
        except Exception as error:
            self._failed(error, event)
        finally:
            _outbox.reset(token)
        for published in outbox.events:
            self._bus.post(published)

    def _failed(self, error: Exception, event: Event) -> None:
        self.statistics.failures += 1
        log.exception("%s failed on %s", self.name, type(event).__name__)
        self._bus.tell_observers(
            SubscriberFailed(
                source=event.source, turn=event.turn, subscriber=self.name, error=f"{type(error).__name__}: {error}",
                failures=self.statistics.failures,
            )
        )

    async def close(self) -> None:
        """End the subscription; what still waits is not handled."""
        self._bus._remove(self)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        for event in self.queue:
            self._bus._handled(event.source)
        self.queue.clear()
        self._bus._room()


class Observer(_Subscriber):
    """A subscriber that may fall behind: an asynchronous iterator of events, with ``Gap`` where some were lost."""

    def __init__(
        self, bus: Bus, name: str, types: tuple[type[Event], ...], sources: frozenset[str] | None, size: int
    ) -> None:
        super().__init__(bus, name, types, sources)
        self.size = size
        self._lost = 0

    def push(self, event: Event) -> None:
        if len(self.queue) >= self.size:
            self.queue.popleft()
            self._lost += 1
            self.statistics.dropped += 1
        super().push(event)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self

    async def __anext__(self) -> Event:
        if self._lost:
            count, self._lost = self._lost, 0
            return Gap(count=count, at=self._bus.now())
        event = await self._next()
        self.statistics.handled += 1
        return event

    def close(self) -> None:
        """End the subscription."""
        self._bus._remove(self)

    def __enter__(self) -> Observer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Source:
    """What one source has published and is not yet handled."""

    __slots__ = ("idle", "name", "outbox", "pending", "pump", "suspended", "suspensions")

    def __init__(self, name: str) -> None:
        self.name = name
        self.outbox: deque[Event] = deque()
        self.pending = 0
        self.pump: asyncio.Task[None] | None = None
        self.suspended = False
        self.suspensions = 0
        self.idle = asyncio.Event()
        self.idle.set()


class Bus:
    """The one bus of an agent. Belongs to the event loop it is used on."""

    def __init__(self, credit: int = SOURCE_CREDIT) -> None:
        self._credit = credit
        self._actors: list[Actor] = []
        self._observers: list[Observer] = []
        self._routes: dict[type[Event], tuple[list[Actor], list[Observer]]] = {}
        self._sources: dict[str, _Source] = {}
        self._room_made = asyncio.Event()
        self._time = asyncio.get_running_loop().time
        self.published = 0

    def now(self) -> float:
        """Seconds on the loop's monotonic clock."""
        return self._time()

    def actor(
        self, name: str, handler: Handler, *types: type[Event], sources: frozenset[str] | None = None,
        size: int = ACTOR_QUEUE,
    ) -> Actor:
        """Subscribe a handler that must see every event of ``types`` (all if none), of ``sources`` (None: all)."""
        actor = Actor(self, name, handler, types or (Event,), sources, size)
        self._actors.append(actor)
        self._routes.clear()
        return actor

    def observer(
        self, name: str, *types: type[Event], sources: frozenset[str] | None = None, size: int = OBSERVER_QUEUE
    ) -> Observer:
        """Subscribe an iterator that may lose its oldest events when it is slow."""
        observer = Observer(self, name, types or (Event,), sources, size)
        self._observers.append(observer)
        self._routes.clear()
        return observer

    def post(self, event: Event) -> None:
        """Publish without waiting; inside a handler, after the handler returns."""
        if not _kept(event):
            self._send(event)

    async def publish(self, event: Event) -> None:
        """Publish, and wait while the source is past its credit of unhandled events; never waits inside a handler."""
        if _kept(event):
            return
        source = self._send(event)
        while source.pending > self._credit:
            self._suspend(source)
            source.idle.clear()
            await source.idle.wait()

    def tell_observers(self, event: Event) -> None:
        """Hand an event to observers only: for news about the bus itself."""
        self._stamp(event)
        for observer in self._route(type(event))[1]:
            if observer.sources is None or event.source in observer.sources:
                observer.push(event)

    def statistics(self) -> dict[str, SubscriberStatistics]:
        """Counters of every subscriber by name."""
        return {subscriber.name: subscriber.statistics for subscriber in (*self._actors, *self._observers)}

    async def close(self) -> None:
        """End every subscription."""
        for source in self._sources.values():
            if source.pump is not None:
                source.pump.cancel()
        for actor in list(self._actors):
            await actor.close()
        self._observers.clear()
        self._routes.clear()

    def _send(self, event: Event) -> _Source:
        self._stamp(event)
        self.published += 1
        source = self._sources.get(event.source)
        if source is None:
            source = self._sources[event.source] = _Source(event.source)
        actors, observers = self._route(type(event))
        for observer in observers:
            if observer.sources is None or event.source in observer.sources:
                observer.push(event)
        if actors and (source.outbox or not self._deliver(event, actors, source)):
            source.outbox.append(event)
            source.pending += 1
            if source.pump is None:
                source.pump = asyncio.create_task(self._pump(source), name=f"outbox {source.name or 'house'}")
        return source

    def _stamp(self, event: Event) -> None:
        if not event.at:
            object.__setattr__(event, "at", self._time())

    def _route(self, kind: type[Event]) -> tuple[list[Actor], list[Observer]]:
        route = self._routes.get(kind)
        if route is None:
            actors = [actor for actor in self._actors if actor.wants(kind)]
            observers = [observer for observer in self._observers if observer.wants(kind)]
            route = self._routes[kind] = (actors, observers)
        return route

    def _deliver(self, event: Event, actors: list[Actor], source: _Source) -> bool:
        """Put the event into every actor's queue, or into none if one of them is full."""
        name = event.source
        for actor in actors:
            if len(actor.queue) >= actor.size and (actor.sources is None or name in actor.sources):
                return False
        for actor in actors:
            if actor.sources is None or name in actor.sources:
                actor.push(event)
                source.pending += 1
        return True

    async def _pump(self, source: _Source) -> None:
        while source.outbox:
            event = source.outbox[0]
            if self._deliver(event, self._route(type(event))[0], source):
                source.outbox.popleft()
                self._handled(source.name)
            else:
                self._room_made.clear()
                await self._room_made.wait()
        source.pump = None

    def _suspend(self, source: _Source) -> None:
        if not source.suspended:
            source.suspended = True
            source.suspensions += 1
            if source.suspensions & (source.suspensions - 1) == 0:  # named at 1, 2, 4, 8 ... times
                log.warning("source %r waits: %d events are not handled yet", source.name, source.pending)
            self.tell_observers(SourceSuspended(source=source.name, pending=source.pending))

    def _handled(self, name: str) -> None:
        source = self._sources.get(name)
        if source is None:
            return
        source.pending -= 1
        if source.pending <= self._credit // 2:
            source.suspended = False
            source.idle.set()
        if not source.pending and source.pump is None:
            self._sources.pop(name, None)

    def _room(self) -> None:
        self._room_made.set()

    def _remove(self, subscriber: Actor | Observer) -> None:
        if isinstance(subscriber, Actor):
            if subscriber in self._actors:
                self._actors.remove(subscriber)
        elif subscriber in self._observers:
            self._observers.remove(subscriber)
        self._routes.clear()
