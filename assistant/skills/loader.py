"""Skills from folders: ``skill.yaml``, ``skill.py``, ``sentences.yaml``, perhaps ``phrases.yaml``; and ``tests.yaml``.

Other languages lie beside them: ``sentences.de.yaml``, ``phrases.de.yaml``. Nothing of a skill's code runs here: that
happens in its process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.dialogue.planned import PLANNED
from assistant.errors import AssistantError, GrammarError, SkillError
from assistant.grammar.base import FREE, Rule
from assistant.grammar.sentences import Sentences, load_sentences_yaml
from assistant.grammar.templates import listed
from assistant.skills.manifest import Manifest
from assistant.skills.source import Handler, check_slots, read_handlers
from assistant.yamlfile import load_yaml, nearest

MANIFEST = "skill.yaml"
CODE = "skill.py"
SENTENCES = "sentences.yaml"
PHRASES = "phrases.yaml"
TEXTS = (MANIFEST, "sentences*.yaml", "phrases*.yaml")
"""What lies beside the code, in every language."""
LANGUAGE = "en"
SCOPES = ("order", "follow_up", FREE, PLANNED)
"""When a skill's sentences may be said. Yes, no and stop are the assistant's own: nobody else says them for people."""


@dataclass(frozen=True, slots=True)
class LoadedSkill:
    """A skill that was read and checked."""

    folder: Path
    manifest: Manifest
    sentences: Sentences
    phrases: Mapping[str, str] = field(default_factory=dict)
    """What it says, by name, in the household's language."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """As the household wants them; the defaults until somebody says so."""

    @property
    def name(self) -> str:
        return self.manifest.name


def load_skill(folder: Path, language: str = LANGUAGE) -> LoadedSkill:
    """Read a skill's folder, its sentences and phrases in a language where it has them, else as they are.

    Raises:
        SkillError: a file is missing or wrong, or sentences and code do not fit; names file and line.
    """
    for name in (MANIFEST, CODE, SENTENCES):
        if not (folder / name).is_file():
            mend = f"a skill needs {MANIFEST}, {CODE} and {SENTENCES}"
            raise SkillError(f"there is no {name}", where=str(folder), mend=mend)
    file = load_yaml(folder / MANIFEST, SkillError)
    manifest = file.validate(Manifest, error=SkillError)
    try:
        spoken = localised(folder, SENTENCES, language)
        sentences = _sentences(spoken, manifest.name, spoken.stat().st_mtime_ns)
    except GrammarError as error:
        raise SkillError(error.what, where=error.where, mend=error.mend) from error
    handlers = read_handlers(folder / CODE)
    _check(folder, sentences, handlers)
    for intent in manifest.risky:
        if intent not in handlers:
            raise SkillError(f"there is no intent {intent!r}", where=file.where(("risky", intent)),
                             mend=nearest(intent, tuple(handlers)))
    return LoadedSkill(folder, manifest, sentences, _phrases(folder, language), manifest.resolve({}))


def declared_name(folder: Path) -> str:
    """What a skill that may be wrong is called: by its manifest where that says so, else by its folder."""
    try:
        data = load_yaml(folder / MANIFEST, SkillError).data
    except AssistantError:
        data = None
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) else folder.name


def localised(folder: Path, name: str, language: str) -> Path:
    """The file in a language where there is one (``phrases.de.yaml``), else the one without."""
    stem, _, ending = name.rpartition(".")
    path = folder / f"{stem}.{language}.{ending}"
    return path if path.is_file() else folder / name


def _phrases(folder: Path, language: str) -> dict[str, str]:
    """What a skill says: the language's phrases over those without one."""
    found: dict[str, str] = {}
    for path in dict.fromkeys((folder / PHRASES, localised(folder, PHRASES, language))):
        if path.is_file():
            file = load_yaml(path, SkillError)
            for name, text in (file.data or {}).items() if isinstance(file.data, dict | None) else [("", None)]:
                if not isinstance(text, str):
                    raise SkillError("phrases are written as `name: \"text\"`", where=file.where((name,)))
                found[str(name)] = text
    return found


@lru_cache(maxsize=64)
def _sentences(path: Path, skill: str, changed: int) -> Sentences:
    """A sentence file; reading it is most of a skill's loading time, and tests load one skill again and again."""
    return load_sentences_yaml(path, skill)


def find_skills(
    folders: Iterable[Path], disabled: Sequence[str] = (), language: str = LANGUAGE
) -> tuple[list[LoadedSkill], list[AssistantError]]:
    """All skills in folders of skills (or folders that are one), and what is wrong with those left out.

    Of two with one name the first found counts: the user's own before what ships.
    """
    found: dict[str, LoadedSkill] = {}
    faults: list[AssistantError] = []
    for folder in skill_folders(folders):
        if folder.name in disabled:
            continue
        try:
            skill = load_skill(folder, language)
        except AssistantError as error:
            faults.append(error)
            continue
        if skill.name not in disabled:
            found.setdefault(skill.name, skill)
    return list(found.values()), faults


def skill_folders(folders: Iterable[Path]) -> Iterator[Path]:
    """Folders that are skills, among those given and one level inside."""
    for folder in folders:
        if (folder / MANIFEST).is_file():
            yield folder
        elif folder.is_dir():
            yield from sorted(inner for inner in folder.iterdir() if (inner / MANIFEST).is_file())


def _check(folder: Path, sentences: Sentences, handlers: dict[str, Handler]) -> None:
    slots: dict[str, dict[str, str]] = {}
    for rule in sentences.rules:
        if rule.intent not in handlers:
            raise SkillError(f"no method of {CODE} handles {rule.intent}", where=rule.where,
                             mend=nearest(rule.intent, tuple(handlers)))
        if rule.scope not in SCOPES:
            raise SkillError(f"there is no scope {rule.scope!r} for skills", where=rule.where,
                             mend=nearest(rule.scope, SCOPES))
        filled = slots.setdefault(rule.intent, {})
        for slot in [*rule.slots, *_context_slots(rule)]:
            filled.setdefault(slot, rule.where)
        for text in rule.sentences:
            for reference in listed(text, sentences.expansions):
                if not reference.is_capture:
                    filled.setdefault(reference.slot_name, rule.where)
    for intent, handler in handlers.items():
        if intent not in slots:
            raise SkillError(f"no sentence means {intent}", where=f"{folder / CODE}:{handler.line}",
                             mend=nearest(intent, tuple(slots)) or f"add one to {SENTENCES}")
        check_slots(folder / CODE, handler, slots[intent])


def _context_slots(rule: Rule) -> list[str]:
    """Context keys that become slots: ``requires_context: {area: {slot: true}}``."""
    return [key for key, wanted in rule.requires.items() if isinstance(wanted, dict) and wanted.get("slot")]
