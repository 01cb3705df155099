"""Everything that travels on the bus. One module per family; all types are listed here."""

from assistant.events.audio import (
    MuteChanged,
    PlaybackFinished,
    PlaybackStarted,
    SourceClosed,
    SourceOpened,
    SpeechEnded,
    SpeechStarted,
    VolumeChanged,
)
from assistant.events.base import Event, decode, encode, event_types
from assistant.events.dialogue import (
    Answered,
    NotUnderstood,
    QuestionAnswered,
    QuestionAsked,
    TurnEnded,
    TurnReopened,
    TurnStarted,
    TurnStateChanged,
    Understood,
)
from assistant.events.home import (
    ActionFinished,
    ActionRequested,
    DeviceAdded,
    DeviceChanged,
    DeviceRemoved,
    HomeConnected,
    HomeLost,
)
from assistant.events.people import PeopleChanged, RightDecided, SpeakerHeard, StepTaken
from assistant.events.speech import FinalHeard, PartialHeard, WakeHeard, WakeScored
from assistant.events.system import (
    ComponentFailed,
    Gap,
    SourceSuspended,
    StageTimed,
    SubscriberFailed,
    TimerRang,
    TimerSilenced,
    WakeChanged,
    WorkerDied,
    WorkerReady,
)

__all__ = [
    "ActionFinished", "ActionRequested", "Answered", "ComponentFailed", "DeviceAdded", "DeviceChanged", "DeviceRemoved",
    "Event", "FinalHeard", "Gap", "HomeConnected", "HomeLost", "MuteChanged", "NotUnderstood", "PartialHeard",
    "PeopleChanged", "PlaybackFinished", "PlaybackStarted", "QuestionAnswered", "QuestionAsked", "RightDecided",
    "SourceClosed",
    "SourceOpened", "SourceSuspended", "SpeakerHeard", "SpeechEnded", "SpeechStarted", "StageTimed", "StepTaken",
    "SubscriberFailed", "TimerRang", "TimerSilenced", "TurnEnded", "TurnReopened", "TurnStarted", "TurnStateChanged",
    "Understood", "VolumeChanged", "WakeChanged", "WakeHeard", "WakeScored", "WorkerDied", "WorkerReady", "decode",
    "encode", "event_types",
]
