"""The real voice in its process."""

from __future__ import annotations

import numpy as np

from assistant.testing.voices import say
from assistant.tts.client import SynthesizerClient
from assistant.workers.spec import WorkerSpec
from assistant.workers.worker import Worker

SERVICE = "assistant.tts.service:SynthesizerService"


async def test_piper_speaks_from_its_own_process() -> None:
    worker = Worker(WorkerSpec("voice", SERVICE, {"backend": "piper"}))
    spare = Worker(WorkerSpec("spare voice", SERVICE, {"backend": "espeak"}))
    await worker.start()
    try:
        client = SynthesizerClient(worker, spare, patience=20)
        pieces = [piece async for piece in client.speak("Turned on the kitchen light.")]
        assert pieces[-1].last and np.abs(pieces[0].pcm).max() > 3000
        assert 50 < worker.pss_mb() < 400
        await worker.close()
        pieces = [piece async for piece in client.speak("The voice is gone.")]
        assert client.fallbacks == 1 and np.abs(pieces[0].pcm).max() > 3000
        assert spare.pss_mb() < 60
    finally:
        await worker.close()
        await spare.close()


def test_sentences_for_tests_are_the_same_every_time() -> None:
    first = say("a sentence for a test", "espeak:en-gb")
    assert first.dtype == np.int16 and 8_000 < len(first) < 64_000
    assert np.array_equal(first, say("a sentence for a test", "espeak:en-gb"))
    assert len(say("a sentence for a test", "espeak", words_per_minute=300)) < len(first)
