"""One session per source: its audio lane, its playback, its conversation and its turns, one after another."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from assistant.audio.clip import Clip
from assistant.audio.frames import Frame, Pcm
from assistant.audio.lane import FrameClean, Lane, LaneFailed, LaneSignal, SpeechOffset, SpeechOnset, Wake
from assistant.audio.playback import Playback
from assistant.audio.ring import RingBuffer
from assistant.cancelling import is_cancelled
from assistant.dialogue.conversation import Conversation
from assistant.errors import AssistantError, WorkerError
from assistant.events import (
    ComponentFailed,
    Event,
    MuteChanged,
    PlaybackFinished,
    PlaybackStarted,
    SourceClosed,
    SourceOpened,
    SpeechEnded,
    SpeechStarted,
    StageTimed,
    VolumeChanged,
    WakeHeard,
    WakeScored,
)
from assistant.services import Services
from assistant.turns.attention import Replaced, Stopped
from assistant.turns.ears import Ears
from assistant.turns.follow_up import follow_up
from assistant.turns.listener import Listener, ListenRequest
from assistant.turns.loudness import Loudness
from assistant.turns.mouth import Mouth
from assistant.turns.questions import TypedQuestion
from assistant.turns.trigger import Trigger
from assistant.turns.turn import Turn
from assistant.turns.wake_watch import WakeWatch
from assistant.wake.base import WakeHit

WAKE_LEAD = 3200
"""Samples before the estimated start of the wake phrase that go to the recogniser: 200 ms."""
STOP_MARGIN = -6.0
"""Score from which a sound may begin with a stop word, however readily it wakes: it is asked while it speaks only."""
LESS_SURE = 2.3
"""Score by which a wake phrase inside an order may be less sure than the one before it: ten times less likely."""
LANE_FAILURES = 3
LANE_FAILURE_SECONDS = 60.0
"""A lane that fails so often in so long is not opened again."""
HURRIED_SILENCE = 0.6
"""Seconds that end anything said over an answer: the answer is waiting to go on."""


class Session:
    """A source and its conversation. Belongs to the event loop; ``feed`` and ``pull`` may be called from any thread."""

    def __init__(
        self, name: str, kind: str, area: str, services: Services, *, silent: bool = False,
        own_echo: bool = False, remote: bool = False,
    ) -> None:
        self.name = name
        self.kind = kind
        self.area = area
        self.services = services
        self.silent = silent
        """Whether it has no loudspeaker: typed orders, answers read."""
        self.remote = remote
        """Whether it stands on another machine: anybody may type there."""
        self.conversation = Conversation()
        self.muted = False
        self._loop = asyncio.get_running_loop()
        self.playback = Playback(services.on_loop, clock=self._loop.time)
        self.playback.on_started = self._sound_started
        self.playback.on_finished = self._sound_finished
        self.ring = RingBuffer(services.config.ring_seconds)
        self.over = RingBuffer(services.config.ring_seconds)
        """What people say over an answer: not yet distorted by the echo canceller."""
        loudness = Loudness(services.config.loudness, lambda: self.lane.noise, services.clock)
        self.mouth = Mouth(self.playback, services.voice, silent, lift=loudness.lift)
        self._own_echo = own_echo
        self.lane = self._open_lane()
        self._failures: deque[float] = deque(maxlen=LANE_FAILURES)
        self.ears = Ears(self._want_frames, lambda: self.ring.end)
        self._watch = WakeWatch(
            name, self.ears, self.over, services.phrases, services.calls.typed, self._woken,
            below=services.calls.below, on_score=self._scored,
        )
        self._triggers: asyncio.Queue[Trigger] = asyncio.Queue()
        self._turn: Turn | None = None
        self._typed: TypedQuestion | None = None
        self._task = asyncio.create_task(self._run(), name=f"session {name}")
        self.publish(SourceOpened(kind=kind, area=area))
        self.publish(VolumeChanged(percent=self.playback.volume))
        self.publish(MuteChanged(muted=False))

    @property
    def in_turn(self) -> bool:
        """Whether a turn is under way."""
        return self._turn is not None

    # --- sound in and out

    def feed(self, pcm: Pcm) -> None:
        """Sound from the microphone: int16[320], 16 kHz mono. Thread-safe, never blocks."""
        if not self.muted:
            self.services.audio.push(self.lane, pcm)

    def pull(self) -> Frame:
        """The next 20 ms for the loudspeaker. Thread-safe."""
        return self.playback.pull()

    # --- what people do

    def push_to_talk(self) -> None:
        """Listen now, without a wake word."""
        self._interrupt_or_start(Trigger("push", start=self.ears.now))

    def begin(self, trigger: Trigger) -> None:
        """Begin a turn that was opened so; one at hand is replaced."""
        self._interrupt_or_start(trigger)

    def stop(self) -> None:
        """Be quiet and forget the order at hand."""
        if self._turn is not None:
            self._turn.call(Stopped())

    def mute(self, muted: bool) -> None:
        """Switch the microphone off or on; off, it ends a turn that listens."""
        self.muted = muted
        if muted and self._turn is not None and self._turn.listening_for_order:
            self.stop()
        self.publish(MuteChanged(muted=muted))

    @property
    def volume(self) -> int:
        """Loudness of the answers, 0 to 100."""
        return self.playback.volume

    def set_volume(self, percent: int) -> None:
        """Make answers louder or quieter: 0 to 100."""
        self.playback.volume = max(0, min(100, percent))
        self.publish(VolumeChanged(percent=self.playback.volume))

    async def text(self, text: str) -> str:
        """A typed order, or the typed answer to an open question; returns the answer."""
        if self._typed is not None and self._typed.take(text):
            return ""
        trigger = Trigger("text", text=text)
        self._interrupt_or_start(trigger)
        return await trigger.done

    async def announce(self, text: str, *, ring: float = 0.0) -> bool:
        """Say something that nobody asked for, after the turn at hand; a spoken "stop" ends it without a wake word.

        Returns when it is over; cancelling ends it.

        Args:
            ring: something is due: ring after the words for so many seconds, or until somebody stops it.

        Returns:
            Whether the words were heard, to their end or until somebody stopped them.
        """
        trigger = Trigger("ring" if ring else "announce", text=text, seconds=ring)
        self._triggers.put_nowait(trigger)
        try:
            await asyncio.shield(trigger.over)
        finally:
            self._withdraw(trigger)
        return bool(trigger.done.result())

    async def tell(self, text: str) -> None:
        """Say something within the turn at hand, before its answer."""
        await self.mouth.say(text, "aside")

    async def sound(self, pcm: bytes, rate: int, name: str) -> None:
        """Play a sound, int16 mono, to its end or until somebody stops it."""
        await self.mouth.play(name, np.frombuffer(pcm, "<i2").astype(np.int16), rate)

    def chime(self) -> None:
        """A short sound."""
        self.mouth.chime()

    async def close(self, reason: str = "") -> None:
        """End the session."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        while not self._triggers.empty():
            waiting = self._triggers.get_nowait()
            _settle(waiting)
        self._watch.close()
        self.lane.close()
        self.playback.stop()
        self.publish(SourceClosed(reason=reason))

    # --- what a turn needs of its session

    def publish(self, event: Event, turn: str = "") -> None:
        """Publish an event as this source's, by default as its present turn's."""
        turn = turn or (self._turn.id if self._turn is not None else "")
        self.services.bus.post(replace(event, source=self.name, turn=turn))

    def listener(
        self, request: ListenRequest, on_partial: Callable[[str, int], None],
        on_waiting: Callable[[], None] = lambda: None, *, hurried: bool = False,
    ) -> Listener:
        """Listen to an utterance of this source."""
        config, ring = self.services.config.endpoint, self.ring
        if hurried:
            config, ring = replace(config, incomplete=HURRIED_SILENCE), self.over
        request = replace(request, meaning=partial(self.services.meaning, request.view))
        return Listener(self.ears, ring, self.services.recognizer, config, request, on_partial, on_waiting)

    async def stop_word(self, start: int, end: int) -> str:
        """The stop word with which the sound begins; empty if none."""
        words = list(self.services.stop_phrases)
        try:
            sound = self.over.read(start, end)
            hits = await self.services.phrases.score(f"{self.name} stop", sound, start, words, -STOP_MARGIN)
        except AssistantError:
            return ""
        return hits[0].phrase if hits and hits[0].score >= STOP_MARGIN else ""

    async def next_text(self, answers: Callable[[str], bool]) -> str:
        """The next typed text that is an answer to the question at hand; others are new orders.

        Args:
            answers: whether a text may be one.
        """
        self._typed = question = TypedQuestion(answers)
        try:
            return await question.answer
        finally:
            if self._typed is question:
                self._typed = None

    # --- signals of the lane, on the loop

    def _open_lane(self) -> Lane:
        services = self.services
        return Lane(
            services.front_end(self._own_echo), services.vad.stream(), [wake.stream() for wake in services.frame_wakes],
            self.ring, None if self.silent else self.playback, self._from_lane, name=self.name,
            residual_vad=services.vad.stream(), over=self.over, first=self.ring.end,
        )

    def _lane_failed(self, error: str) -> None:
        """Go on with a fresh lane, unless lanes fail again and again."""
        self.publish(ComponentFailed(component=f"audio of {self.name}", error=error))
        self._on_signal(SpeechOffset(self.ring.end))
        now = self._loop.time()
        if len(self._failures) == LANE_FAILURES and now - self._failures[0] < LANE_FAILURE_SECONDS:
            self.publish(ComponentFailed(component=f"audio of {self.name}", error="given up; open the source again"))
            return
        self._failures.append(now)
        send_frames = self.lane.send_frames
        self.lane = self._open_lane()
        self.lane.send_frames = send_frames

    def _from_lane(self, signal: LaneSignal) -> None:
        """Called on the audio thread, or inline in audio time."""
        self.services.on_loop(self._on_signal, signal)

    def _sound_started(self, clip: Clip, at: float) -> None:
        self.publish(PlaybackStarted(what=clip.what, text=clip.text, at=at))
        if clip.what == "answer":
            self.publish(StageTimed(stage="first_sound", seconds=at - clip.asked_at))

    def _sound_finished(self, clip: Clip, completed: bool, seconds: float) -> None:
        if clip.what == "answer" and not completed:
            self.conversation.broken_off(clip.heard)
        self.publish(PlaybackFinished(
            what=clip.what, text=clip.text, completed=completed, played=seconds, heard=clip.heard
        ))

    def _on_signal(self, signal: LaneSignal) -> None:
        match signal:
            case FrameClean(frame):
                self.ears.hear(frame)
            case SpeechOnset(sample):
                self.ears.speech_began(sample)
                self._watch.onset(sample)
                self.publish(SpeechStarted(sample=sample))
            case SpeechOffset(sample):
                self.ears.speech_paused(sample)
                self._watch.offset(sample)
                self.publish(SpeechEnded(sample=sample))
            case Wake(hit):
                self._woken(hit)
            case LaneFailed(error):
                self._lane_failed(error)

    def _want_frames(self, wanted: bool) -> None:
        self.lane.send_frames = wanted

    def _woken(self, hit: WakeHit) -> None:
        call, turn = self.services.calls.of(hit.phrase), self._turn
        ordering = turn is not None and turn.listening_for_order
        if call is None or (ordering and call.action == "stop"):
            return  # "stop" in the middle of an order is a word of it
        if turn is not None and ordering and not _begins_anew(hit, turn.trigger):
            return
        self.publish(WakeHeard(phrase=call.phrase, sample=hit.start, end=hit.end, score=hit.score))
        if call.action == "stop":
            self.stop()
            return
        start = max(0, hit.start - WAKE_LEAD)
        self._interrupt_or_start(
            Trigger("wake", start, hit.phrase, hit.end, hit.score, person=call.person, skill=call.skill)
        )

    def _scored(self, hit: WakeHit) -> None:
        """Somebody watches the scores of typed phrases."""
        call = self.services.calls.of(hit.phrase)
        if call is not None:
            self.publish(WakeScored(phrase=call.phrase, sample=hit.start, end=hit.end, score=hit.score,
                                    threshold=hit.threshold))

    def _interrupt_or_start(self, trigger: Trigger) -> None:
        taken = self._turn is not None and self._turn.call(Replaced(trigger))
        # Somebody waits for the answer to what was typed; a second hit of one wake phrase is none of a new turn.
        if self._turn is None or (not taken and trigger.reason == "text"):
            self._triggers.put_nowait(trigger)

    # --- turns, one after another

    def _withdraw(self, trigger: Trigger) -> None:
        """End a turn, or let it not begin."""
        if not trigger.over.done():
            trigger.over.set_result(None)
            if self._turn is not None and self._turn.trigger is trigger:
                self._turn.call(Stopped())

    async def _run(self) -> None:
        while True:
            trigger: Trigger | None = await self._triggers.get()
            while trigger is not None and not trigger.over.done():
                trigger = await self._watched(trigger)

    async def _watched(self, trigger: Trigger) -> Trigger | None:
        """One turn. A cancellation that nobody asked for, of something that it awaits, is a fault like any other."""
        try:
            return await self._one_turn(trigger)
        except asyncio.CancelledError as error:
            if is_cancelled():
                raise
            self.services.report(self.name, "", error)
            return None

    async def _one_turn(self, trigger: Trigger) -> Trigger | None:
        self._turn = turn = Turn(self, trigger)
        try:
            following = await turn.run()
        except Exception as error:  # a fault of one turn must not end the session
            self.services.report(self.name, turn.id, error)
            following = None
        finally:
            self._turn = None
            _settle(trigger)
        late = turn.called
        if isinstance(late, Replaced) and late.trigger is not following:
            self._triggers.put_nowait(late.trigger)  # it came while the turn was ending by itself
        if following is None and not self.silent and turn.opens_follow_up:
            with contextlib.suppress(WorkerError):
                return await follow_up(self, turn.id, self._triggers)
        return following


def _settle(trigger: Trigger) -> None:
    """Tell who waits that nothing more comes of it."""
    if not trigger.done.done():
        trigger.done.set_result("")
    if not trigger.over.done():
        trigger.over.set_result(None)


def _begins_anew(hit: WakeHit, trigger: Trigger) -> bool:
    """Whether a wake phrase, heard while the order is awaited, is said once more.

    It may be the same one in another window or by another detector; and words of the order can sound a little like it.
    """
    if not trigger.phrase:
        return True
    return hit.start >= trigger.phrase_end and hit.score >= trigger.phrase_score - LESS_SURE
