"""The links that ``bench intents`` compares: the grammar, Home Assistant's sentences, what is trained, the chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.bench.intent_score import Taken
from assistant.config.load import default_config
from assistant.dialogue.chain import Chain
from assistant.errors import ConfigError
from assistant.grammar.base import FREE, Match, Value, View
from assistant.grammar.grammar import Grammar
from assistant.home.schema import Area, Device, Floor, Group, Household
from assistant.home.vocabulary import vocabulary
from assistant.home_assistant.interpreter import Interpreter
from assistant.home_assistant.sentences import SKILL, WRITTEN, home_assistant_sentences, without_skipped
from assistant.home_assistant.translate import in_home_assistants_words
from assistant.nlu.base import said
from assistant.nlu.corpora import read_examples
from assistant.nlu.encoder import Encoder
from assistant.nlu.learning import encode, learn
from assistant.nlu.model import TrainedModel, load_model
from assistant.nlu.skills import SkillUnderstanding
from assistant.paths import shipped_dir
from assistant.skills import builtin
from assistant.skills.loader import LANGUAGE, find_skills

Link = Callable[[str], Taken]
"""What a sentence is taken for."""
Say = Callable[[str], None]
VIEW = View(scopes=("order", FREE))
THEIRS = View(scopes=("order", FREE, WRITTEN))
"""Home Assistant's sentences in writing."""
NAMES = ("grammar", "home-assistant", "trained", "chain")


class Settled:
    """A household whose devices stand in a file."""

    def __init__(self, household: Household) -> None:
        self.devices: dict[str, Device] = {device.id: device for device in household.devices if device.kind}
        self.areas: dict[str, Area] = {area.name: area for area in household.areas}
        self.floors: dict[str, Floor] = {floor.name: floor for floor in household.floors}
        self.groups: dict[str, Group] = {group.id: group for group in household.groups}


def links(
    names: Sequence[str], home: Path | None, train: Sequence[Path], model: Path | None, say: Say
) -> dict[str, Link]:
    """The links by name; the default ones where none are named.

    Raises:
        AssistantError: a name is unknown, or a link lacks what it needs.
    """
    corpus = bool(train or model)
    chosen = list(names) or (["trained"] if corpus else ["grammar", "home-assistant", "trained", "chain"])
    for name in chosen:
        if name not in NAMES:
            raise ConfigError(f"there is no link {name!r}", where="--link", mend=f"known: {', '.join(NAMES)}")
    settled = Settled(Household.load(home or shipped_dir() / "configs" / "home.yaml"))
    found: dict[str, Link] = {}
    for name in chosen:
        if name == "trained" and corpus:
            found[name] = _corpus_link(train, model, say)
        elif name == "home-assistant":
            found[name] = _home_assistant_link(settled)
        elif name == "grammar":
            found[name] = _grammar_link(skills_grammar(settled), settled)
        elif name == "trained":
            found[name] = _skills_link(skills_grammar(settled), settled, say)
        else:
            found[name] = _chain(settled, say)
    return found


def skills_grammar(settled: Settled) -> Grammar:
    """The shipped skills over a household."""
    grammar = _household(settled)
    shipped = find_skills([shipped_dir() / "skills"])[0]
    grammar.set_list("skill", [Value(skill.name, skill.name) for skill in shipped])
    for skill in shipped:
        grammar.set_sentences(skill.name, skill.sentences)
    routines = [Value(name, name) for name, orders in default_config().routines.items() if orders]
    grammar.set_list("routine", routines, "routines")
    return grammar


def trained(paths: Sequence[Path], seed: int, say: Say) -> TrainedModel:
    """A model trained on corpora.

    Raises:
        AssistantError: they cannot be read, or hold fewer than two intents.
    """
    encoder = Encoder()
    return learn(encode(read_examples(*paths), encoder, say), encoder, seed, say)[0]


def _household(settled: Settled) -> Grammar:
    grammar = Grammar()
    for name, values in vocabulary(settled).items():
        grammar.set_list(name, values)
    return grammar


def _home_assistant_link(settled: Settled) -> Link:
    """All of the package's sentences as they are, whoever could carry them out."""
    grammar = _household(settled)
    grammar.set_sentences(SKILL, home_assistant_sentences())
    grammar.match("warm", THEIRS)

    def link(text: str) -> Taken:
        matches = grammar.match(text, THEIRS) or grammar.match(without_skipped(text), THEIRS)
        return _taken(matches[0], settled) if matches else Taken()

    return link


def _understood_link(settled: Settled) -> Link:
    """The shipped skills, and the package's sentences as far as these can carry them out: what the agent understands.

    Its answers bear the names of the package's intent where one of its sentences was said.
    """
    skills = find_skills([shipped_dir() / "skills"])[0]
    interpreter = Interpreter(LANGUAGE, settled, list)
    grammar = skills_grammar(settled)
    grammar.set_rules(builtin.SKILL, builtin.RULES)
    interpreter.teach(grammar, {skill.name: skill for skill in skills})
    grammar.match("warm", THEIRS)

    def meaning(text: str, heard: str, view: View) -> Match | None:
        return interpreter.meaning(grammar.match(text, view) or grammar.match(interpreter.plain(text), view))

    return _chain_link(Chain([("grammar", meaning)]), settled, THEIRS)


def _corpus_link(train: Sequence[Path], model: Path | None, say: Say) -> Link:
    if train and model is not None:
        raise ConfigError("--train and --model say two things", where="bench intents", mend="give one of them")
    known = load_model(model) if model is not None else trained(train, 0, say)

    def link(text: str) -> Taken:
        guess = known.guess(text)
        return Taken(guess.intent, said(text, guess.slots), not guess.in_scope, guess.in_scope and not guess.sure)

    return link


def _grammar_link(grammar: Grammar, settled: Settled) -> Link:
    grammar.match("warm", VIEW)
    chain = Chain([("grammar", lambda reading, heard, view: next(iter(grammar.match(reading, view)), None))])
    return _chain_link(chain, settled, VIEW)


def _chain_link(chain: Chain, settled: Settled, view: View) -> Link:
    """As in the agent: a sentence, or an order and its time; several orders are none of those asked for."""

    def link(text: str) -> Taken:
        matches = chain.orders(text, view)
        return _taken(matches[0], settled) if len(matches) == 1 else Taken()

    return link


def _skills_link(grammar: Grammar, settled: Settled, say: Say) -> Link:
    understanding = SkillUnderstanding(grammar)
    understanding.learn(say)

    def link(text: str) -> Taken:
        meant = understanding.understand(text, VIEW)
        return Taken() if meant is None else _taken(meant.match, settled, asks=not meant.sure)

    return link


def _chain(settled: Settled, say: Say) -> Link:
    """Skills' and Home Assistant's sentences first, then what is trained from the skills, as in the agent."""
    first, second = _understood_link(settled), _skills_link(skills_grammar(settled), settled, say)

    def link(text: str) -> Taken:
        taken = first(text)
        return second(text) if taken.refused else taken

    return link


def _taken(match: Match, settled: Settled, asks: bool = False) -> Taken:
    intent, slots = in_home_assistants_words(match, settled.devices)
    return Taken(intent, slots, refused=False, asks=asks, skill=match.skill)
