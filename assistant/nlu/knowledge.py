"""What one lesson on the skills' sentences left behind, and the folder that keeps it for the next start."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from assistant.errors import AssistantError
from assistant.nlu.base import Example, Slot
from assistant.nlu.encoder import Encoder
from assistant.nlu.model import TrainedModel, load_model
from assistant.nlu.rewriting import Rewriter

log = logging.getLogger(__name__)
SAMPLES, STATES = "samples.json", "samples.npy"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A model, and the sentences that it learned."""

    key: str
    """Names what was learned."""
    model: TrainedModel
    rewriter: Rewriter


def save_knowledge(folder: Path, knowledge: Knowledge) -> None:
    """Write the folder. What cannot be written is learned again at the next start."""
    examples = [[one.text, one.intent, [[slot.name, slot.start, slot.end] for slot in one.slots]]
                for one in knowledge.rewriter.examples]
    try:
        knowledge.model.save(folder, {})
        np.save(folder / STATES, knowledge.rewriter.states)
        (folder / SAMPLES).write_text(json.dumps({"key": knowledge.key, "examples": examples}), "utf-8")
    except OSError as error:
        log.warning("%s: what was learned cannot be kept: %s", folder, error)


def load_knowledge(folder: Path, key: str, encoder: Encoder) -> Knowledge | None:
    """What was learned under a key; None if that is not there, or is damaged."""
    try:
        told = json.loads((folder / SAMPLES).read_text("utf-8"))
        if told["key"] != key:
            return None
        examples = [Example(text, intent, tuple(Slot(*slot) for slot in slots))
                    for text, intent, slots in told["examples"]]
        states = np.load(folder / STATES, allow_pickle=False)
        if len(states) != len(examples):
            return None
        return Knowledge(key, load_model(folder, encoder), Rewriter(examples, states))
    except (OSError, ValueError, KeyError, TypeError, BadZipFile, AssistantError):
        return None
