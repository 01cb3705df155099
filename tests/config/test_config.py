"""The configuration: defaults, short forms, and errors that name the line, what was expected and the nearest name."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.config import Config, load_config
from assistant.config.examine import examine
from assistant.config.listening import calls_of, check_listening
from assistant.config.load import default_config
from assistant.errors import ConfigError
from assistant.paths import shipped_dir
from assistant.registry import Registry
from assistant.wake.calls import Call
from assistant.yamlfile import load_yaml

Write = Callable[[str], Path]


@pytest.fixture
def write(own_folders: Path) -> Write:
    def write(text: str) -> Path:
        path = own_folders / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_default_file_says_what_holds_anyway() -> None:
    shipped = load_config(shipped_dir() / "configs" / "default.yaml")
    defaults = default_config()
    differing = [name for name in Config.model_fields if getattr(shipped, name) != getattr(defaults, name)]
    assert differing == ["sources"]
    assert shipped.area_of("microphone") == "living room"
    assert shipped.area_of("elsewhere") == ""


def test_user_file_is_found_before_the_shipped_one(own_folders: Path) -> None:
    assert load_config().file == shipped_dir() / "configs" / "default.yaml"
    own = own_folders / "config_home" / "voice-assistant" / "config.yaml"
    own.parent.mkdir()
    own.write_text("wake: computer\n", encoding="utf-8")
    assert load_config().file == own
    assert load_config().wake[0].phrase == "computer"


@pytest.mark.parametrize(
    ("text", "phrases", "backends"),
    [
        ("wake: computer", ["computer"], ["phrase"]),
        ("wake: {phrase: alexa, backend: micro}", ["alexa"], ["micro"]),
        ("wake: [hey nova, {phrase: alexa, backend: micro}]", ["hey nova", "alexa"], ["phrase", "micro"]),
    ],
)
def test_one_line_changes_the_wake_word(write: Write, text: str, phrases: list[str], backends: list[str]) -> None:
    config = load_config(write(text))
    assert [wake.phrase for wake in config.wake] == phrases
    assert [wake.backend for wake in config.wake] == backends


def test_component_takes_a_bare_word_or_options(write: Write) -> None:
    assert load_config(write("vad: silero")).vad.options == {}
    config = load_config(write("vad: {backend: silero, threshold: 0.6}"))
    assert (config.vad.backend, config.vad.options) == ("silero", {"threshold": 0.6})


def test_a_broker_of_ones_own_is_not_filled_with_simulated_devices(write: Write) -> None:
    home = load_config(write("home: {broker: {host: broker.lan, username: me, password: x}}")).home
    assert home.broker is not None and home.broker.host == "broker.lan"
    assert (home.simulate, home.household) == (False, None)
    embedded = load_config(write("wake: computer")).home
    assert (embedded.broker, embedded.simulate) == (None, True)
    assert embedded.household == shipped_dir() / "configs" / "home.yaml"


def test_paths_start_at_the_file(write: Write, own_folders: Path) -> None:
    (own_folders / "ours.yaml").write_text("areas: []\n", encoding="utf-8")
    config = load_config(write("home: {household: ours.yaml}\nstore: {path: data/x.db}"))
    assert config.home.household == own_folders / "ours.yaml"
    assert config.store.path == own_folders / "data" / "x.db"


def test_settings_remember_their_line(write: Write) -> None:
    config = load_config(write("vad: silero\n\nserver:\n  host: 127.0.0.1\n  port: 1\n"))
    assert config.where("server", "port").endswith("config.yaml:5")


WRONG = [
    ("wake: nova\nserverr: {}\n", 2, "'serverr'", "'server'"),
    ("server:\n  hots: 127.0.0.1\n", 2, "'hots'", "'host'"),
    ("server:\n  port: eighty\n", 2, "valid integer", ""),
    ("server:\n  host: 0.0.0.0\n", 2, "open to the network at 0.0.0.0 without TLS", "tls: true"),
    ("server:\n  host: my house\n", 2, "'my house'", ""),
    ("vad:\n  backend: silero\n  threshold: 5\n", 3, "less than or equal to 1, not 5", ""),
    ("asr:\n  backend: moonshine\n  threads: 0\n", 3, "greater than or equal to 1, not 0", ""),
    ("tts:\n  backend: flite\n  voice: sltt\n", 3, "no voice 'sltt'", "one of: slt"),
    ("tts:\n  backend: piper\n  speed: 9\n", 3, "speed is 0.25 to 4", ""),
    ("language: german\n", 1, "should be a code such as de", ""),
    ("language: xx\n", 1, "nothing here knows the language 'xx'", "expected one of: "),
    ("server:\n  port: 70000\n", 2, "65535", ""),
    ("server:\n  enabled: 'yes'\n", 2, "valid boolean", ""),
    ("server:\n  tls: [1]\n", 2, "true, false", ""),
    ("turns:\n  follow_up_second: 3\n", 2, "'follow_up_second'", "'follow_up_seconds'"),
    ("turns:\n  accept: 6\n", 2, "less than or equal to 1", ""),
    ("turns:\n  accept: 0.9\n", 1, "should rise", ""),
    ("vad: silera\n", 1, "'silera'", "'silero'"),
    ("vad:\n  backend: silera\n", 2, "'silera'", "'silero'"),
    ("vad:\n  backend: silero\n  treshold: 0.5\n", 3, "'treshold'", "'threshold'"),
    ("vad:\n  backend: silero\n  threshold: high\n", 3, "valid number", ""),
    ("wake:\n  - hey nova\n  - {phrase: alexa, backend: mikro}\n", 3, "'mikro'", "'micro'"),
    ("tts:\n  backend: piper\n  fallback: espeek\n", 3, "'espeek'", "'espeak'"),
    ("asr:\n  second: faster-wisper\n", 2, "'faster-wisper'", "'faster-whisper'"),
    ("asr:\n  second:\n    backend: faster-whisper\n    beam: wide\n", 4, "beam", ""),
    ("wake:\n", 1, "wake", ""),
    ("home:\n  broker: embeded\n", 2, "'embedded'", ""),
    ("home:\n  broker:\n    hots: x\n", 3, "'hots'", "'host'"),
    ("home:\n  household: hom.yaml\n", 2, "'hom.yaml'", "'home.yaml'"),
    ("skills:\n  folders:\n    - nowhere\n", 3, "'nowhere'", ""),
    ("skills:\n  disabled:\n    - timrs\n", 3, "'timrs'", ""),
    ("log:\n  level: debag\n", 2, "'debag'", "'debug'"),
    ("audio:\n  echo: on\n", 2, "valid boolean", ""),
    ("- a\n", 1, "name: value", ""),
    ("wake: [\n", 2, "", ""),
    ("wake: a b\nwake: c d\n", 2, "line 1", ""),
    ("wake: 42\n", 1, "should be a phrase, {phrase: ..., backend: ...}, or a list of these, not 42", ""),
    ("wake:\n  - hey nova\n  - 42\n", 3, "should be a phrase", ""),
    ("wake: Åé漢\n", 1, "the recogniser cannot write 'Å', 'é', '漢'", "as it sounds"),
    ("wake:\n  - hey nova\n  - phrase: café\n", 3, "cannot write 'é'", "a to z"),
    ("wake: '?!'\n", 1, "cannot write '?!'", ""),
    ("wake: {phrase: hush, action: stop}\n", 1, "no wake phrase begins an order", "without `action: stop`"),
    ("wake: [a b c, {phrase: hush, action: stop, person: anna}]\n", 1, "takes no order", ""),
    ("wake:\n  - hey nova\n  - Hey, Nova!\n", 3, "'Hey, Nova!' is there twice", "keep one"),
    ("wake:\n  - hey nova\n  - phrase: groceries\n    skill: list\n", 4, "there is no skill 'list'", "'lists'"),
    ("wake:\n  - hey nova\n  - {phrase: hush, action: sotp}\n", 3, "action cannot be 'sotp'", "'stop'"),
    ("vad: 3\n", 1, "the name of a backend", ""),
    ("server: 3\n", 1, "`name: value`", ""),
    ("skills: {folders: here}\n", 1, "should be a list", ""),
    ("sources:\n  microphone: {aria: kitchen}\n", 2, "'aria'", "'area'"),
]


@pytest.mark.parametrize(("text", "line", "what", "mend"), WRONG)
def test_what_is_wrong_is_said_with_its_line(write: Write, text: str, line: int, what: str, mend: str) -> None:
    (write("").parent / "home.yaml").write_text("areas: []\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(write(text))
    assert caught.value.where.endswith(f"config.yaml:{line}"), caught.value
    assert what in caught.value.what
    assert mend in caught.value.mend


def test_phrases_may_do_different_things(write: Write) -> None:
    config = load_config(write(
        "wake: [hey nova, {phrase: be silent, action: stop}, {phrase: hey computer, person: anna},\n"
        "  {phrase: shopping please, skill: lists}, {phrase: okay nabu, backend: micro}]\n"
    ))
    calls = calls_of(config)
    assert calls.typed == ["hey nova", "be silent", "hey computer", "shopping please"]
    assert [calls.of(phrase) for phrase in ("be silent", "hey computer", "shopping please", "okay nabu")] == [
        Call("be silent", "stop"), Call("hey computer", person="anna"), Call("shopping please", skill="lists"),
        Call("okay nabu"),
    ]


def test_missing_file_is_named() -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml"):
        load_config("nowhere.yaml")


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("skills: {folders: [/nope]}", ""),
        ("skills: {folders: [nope]}", "paths start at the folder of this file"),
        ("skills: {folders: [my-skils]}", "did you mean 'my-skills'?"),
        ("home: {household: sub/nowhere.yaml}", "paths start at the folder of this file"),
        ("home: {household: confg.yaml}", "did you mean 'config.yaml'?"),
    ],
)
def test_a_path_that_is_not_there_names_a_near_one_or_none(write: Write, text: str, mend: str) -> None:
    (write("").parent / "my-skills").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_config(write(text))
    assert caught.value.mend == mend


def test_a_backend_whose_package_is_missing_is_no_right_setting(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"webrtc": ["webrtcvad-wheels"]}
    monkeypatch.setattr("assistant.config.examine.missing_packages", lambda backend: missing.get(backend.name, []))
    with pytest.raises(ConfigError, match=r"config\.yaml:1: vad backend 'webrtc' needs webrtcvad-wheels .*\[webrtc\]"):
        load_config(write("vad: webrtc"))


def test_a_backend_that_lacks_its_interface_is_no_right_setting(write: Write) -> None:
    mine = EntryPoint("mine", "tests.config.backends:VadConfig", "assistant.vad")
    registry = Registry([*Registry().points, mine])
    with pytest.raises(ConfigError, match=r"config\.yaml:1: vad mine .* lacks stream\(\)"):
        load_config(write("vad: {backend: mine, threshold: 0.6}"), registry)


def test_a_trained_wake_word_that_there_is_not_is_named_with_its_line(write: Write) -> None:
    config = load_config(write("vad: silero\nwake: {backend: micro, phrase: hello world}"))
    with pytest.raises(ConfigError, match=r"config\.yaml:2: there is no trained wake word 'hello world'"):
        check_listening(config)
    check_listening(load_config(write("wake: [hey nova, {backend: micro, phrase: okay nabu}]")))


def test_the_household_is_read_with_the_settings(write: Write, own_folders: Path) -> None:
    house = own_folders / "house.yaml"
    house.write_text("devices:\n  - name: lamp\n    id: plug_7\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"house\.yaml:2: the kind of 'lamp' is missing"):
        load_config(write("home: {household: house.yaml}"))
    assert load_config(write("home: {household: house.yaml, broker: {host: lan}}")).home.household == house
    house.write_text("areas:\n  - nam: kitchen\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"house\.yaml:2"):
        load_config(write("home: {household: house.yaml, broker: {host: lan}}"))


def test_a_detector_whose_stream_cannot_be_fed_is_named(write: Write) -> None:
    registry = Registry([*Registry().points, EntryPoint("half", "tests.config.backends:HalfVad", "assistant.vad")])
    config = load_config(write("vad: half"), registry)
    with pytest.raises(ConfigError, match=r"config\.yaml:1: a stream of vad half .* lacks feed\(\)"):
        check_listening(config, registry)


@pytest.mark.parametrize("text", ["host: 0.0.0.0, tls: true", "host: 0.0.0.0, enabled: false", "host: '::1'"])
def test_a_page_that_is_protected_or_this_machines_is_right(write: Write, text: str) -> None:
    assert load_config(write(f"server: {{{text}}}")).server.host in text


def test_what_follows_from_a_mistake_is_none(write: Write) -> None:
    _, mistakes = examine(load_yaml(write("understanding:\n  rasa:\n    url: nonsense\n")))
    assert [mistake.what.partition(":")[0] for mistake in mistakes] == ["understanding.rasa.url"]


def test_all_wrong_settings_of_a_skill_are_said(write: Write) -> None:
    _, mistakes = examine(load_yaml(write("skills:\n  settings:\n    weather: {units: foo, place: 3, plase: x}\n")))
    assert sorted(mistake.what.split()[0] for mistake in mistakes) == ["place", "the", "units"]
    assert all(mistake.where.endswith("config.yaml:3") for mistake in mistakes)


def test_the_command_builds_what_the_settings_name(write: Write, own_folders: Path) -> None:
    path = str(write("tts: {backend: espeak, voice: nonsense}\nasr:\n  backend: moonshine\n  folder: /nowhere\n"
                 "wake: {backend: micro, phrase: hello}\nlog: {level: inf}\n"))
    done = CliRunner().invoke(app, ["config", "check", "--config", path])
    assert done.exit_code == 2
    said = [line.removeprefix(path) for line in done.stderr.splitlines() if line.startswith(path)]
    assert [line.partition(": ")[0] for line in said] == [":1", ":2", ":5", ":6"]
    for line, what in zip(said, ("no voice 'nonsense'", "/nowhere/", "no trained wake word", "'inf'"), strict=True):
        assert what in line


ALL_WRONG = """\
wake: [hey nova, {phrase: alexa, backend: mikro}, {phrase: café}]
vad: silera
server:
  hots: 127.0.0.1
  port: eighty
asr: {backend: moonshine, thread: 2, threads: many}
turns:
  accept: 0.9
tts: {fallback: espeek}
serverr: {}
audio:
  input: [1]
skills:
  folders: [nowhere]
  disabled: [timrs]
home: {household: house.yaml}
"""
SAID = [
    (1, "'mikro'"), (1, "cannot write 'é'"), (2, "'silera'"), (4, "'hots'"), (5, "valid integer"), (6, "'thread'"),
    (6, "threads: input"), (7, "should rise"), (9, "'espeek'"), (10, "'serverr'"), (12, "audio.input: input"),
    (14, "'nowhere'"), (15, "'timrs'"),
]
HOUSE_WRONG = """\
areas: [{name: kitchen}, {name: Kitchen}]
devices:
  - {name: lamp, kind: light, area: kitchn}
  - {name: plug, kind: switch, area: attic}
"""


def test_all_that_is_wrong_is_said_at_once_by_line(write: Write, own_folders: Path) -> None:
    house = own_folders / "house.yaml"
    house.write_text(HOUSE_WRONG, encoding="utf-8")
    path = write(ALL_WRONG)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    mistakes = [caught.value, *caught.value.others]
    assert [mistake.where for mistake in mistakes] == [
        *(f"{path}:{line}" for line, _ in SAID), f"{house}:1", f"{house}:3", f"{house}:4"
    ]
    for mistake, (_, what) in zip(mistakes, SAID, strict=False):
        assert what in mistake.what
    assert "'Kitchen' was already given" in mistakes[-3].what and mistakes[-2].mend == "did you mean 'kitchen'?"


def test_what_is_right_is_examined_where_other_things_are_wrong(write: Write) -> None:
    config, mistakes = examine(load_yaml(write("vad: silera\ntts: espeak\nserver: {port: 0, hots: x}\n")))
    assert len(mistakes) == 2
    assert (config.vad.backend, config.tts.backend, config.server.port) == ("silero", "espeak", 0)


def test_sound_is_kept_only_where_it_is_asked_for_and_turns_are(write: Write) -> None:
    assert not load_config(write("")).keeps_sound
    assert load_config(write("recorder: {audio: true, days: 0.5, megabytes: 20}")).keeps_sound
    assert not load_config(write("recorder: {audio: true}\nstore: {path: ':memory:'}")).keeps_sound
    with pytest.raises(ConfigError, match="megabytes"):
        load_config(write("recorder: {megabytes: 0}"))
