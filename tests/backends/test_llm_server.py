"""The language model's link against a real server: ``transformers serve`` with a model small enough to be made here.

Its weights are random and its words are noise: reached, streamed from and hung up on is what counts.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assistant.config.understanding import Llm
from assistant.errors import LinkError
from assistant.grammar.phrasing import Phrasing
from assistant.llm.client import Endpoint
from assistant.llm.events import Reply
from assistant.llm.talk import LanguageModel
from tests.backends.tiny_models import byte_level
from tests.llm.floor import Floor, small_grammar

START_SECONDS = 120.0
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"


def tiny_llama(folder: Path) -> Path:
    """A Llama that writes noise."""
    torch.manual_seed(0)
    tokenizer = byte_level()
    tokenizer.add_special_tokens(["<|end|>"])
    end = tokenizer.token_to_id("<|end|>")
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, intermediate_size=128, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=8192, bos_token_id=end, eos_token_id=end,
        pad_token_id=end,
    )
    LlamaForCausalLM(config).eval().save_pretrained(folder)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
    fast.chat_template = TEMPLATE
    fast.save_pretrained(folder)
    return folder


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    model: Path

    def config(self, **fields: object) -> Llm:
        base = {"url": f"http://127.0.0.1:{self.port}/v1", "model": str(self.model), "first_seconds": 60.0}
        return Llm.model_validate({**base, "seconds": 120.0, **fields})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("serve")
    model = tiny_llama(folder / "model")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [str(program), "serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
        )
        try:
            _await_port(process, port, folder / "log")
            yield Server(port, model)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError(f"transformers serve did not start: {log.read_text()[-2000:]}")


async def test_a_real_server_streams(server: Server) -> None:
    endpoint, reply, came = Endpoint(server.config(most_tokens=24)), Reply(), list[float]()
    until = asyncio.get_running_loop().time() + 120
    async with endpoint.ask([{"role": "user", "content": "hello"}]) as response:
        async for _ in endpoint.pieces(response, reply, until):
            came.append(time.monotonic())
    await endpoint.close()
    assert reply.done and len(came) > 1 and came[-1] > came[0]


async def test_what_it_writes_is_said_and_its_tools_are_taken(server: Server) -> None:
    model, floor = LanguageModel(server.config(most_tokens=24), Phrasing(small_grammar())), Floor()
    replied = await model.answer("what is the answer", floor)
    await model.close()
    assert replied.outcome == "info" and replied.text and floor.said and not floor.orders


async def test_who_leaves_in_the_middle_can_come_back(server: Server) -> None:
    endpoint = Endpoint(server.config(most_tokens=4000))
    until, heard = asyncio.get_running_loop().time() + 60, list[str]()
    for words in ("hello", "again"):
        async with endpoint.ask([{"role": "user", "content": words}]) as response:
            async for piece in endpoint.pieces(response, Reply(), until):
                heard.append(piece)
                break
    await endpoint.close()
    assert len(heard) == 2 and all(heard)


async def test_a_model_that_is_not_there_is_an_error(server: Server) -> None:
    endpoint = Endpoint(server.config(model=str(server.model / "nowhere")))
    with pytest.raises(LinkError):
        async with endpoint.ask([{"role": "user", "content": "hello"}]) as response:
            async for _ in endpoint.pieces(response, Reply(), asyncio.get_running_loop().time() + 30):
                pass
    await endpoint.close()
