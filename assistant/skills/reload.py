"""Skills follow their files: what is saved, added, removed, enabled or disabled takes effect while the assistant runs.

The grammar is edited for that skill alone, and orders at work are finished by the process that began them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from assistant.config import Config
from assistant.errors import AssistantError
from assistant.events import ComponentFailed, Event
from assistant.grammar.grammar import Grammar
from assistant.paths import shipped_dir
from assistant.skills.catalogue import loadable, own_folder
from assistant.skills.choices import Choices, choices_file
from assistant.skills.loader import TEXTS, declared_name, skill_folders
from assistant.skills.skillset import SkillSet

REST_SECONDS = 3.0
"""Files are looked at so often: each look takes some milliseconds, all day."""
LOOK_SECONDS = 0.5
"""After a change they are looked at again; what still changes between two looks is not whole yet."""
log = logging.getLogger(__name__)
Print = tuple[tuple[str, int, int], ...]
"""Name, time of change and size of each file."""


class Reloader:
    """Watches the folders of skills.

    Args:
        loaded: the files as they were before the skills were loaded: ``snapshot``.
        changed: called after each change of the grammar.
    """

    def __init__(
        self, config: Config, skills: SkillSet, loaded: Mapping[Path, Print], grammar: Grammar,
        publish: Callable[[Event], None], changed: Callable[[], None],
    ) -> None:
        self._config = config
        self._skills = skills
        self._grammar = grammar
        self._publish = publish
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._loaded = dict(loaded)

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch(), name="watch over the skills' files")

    async def close(self) -> None:
        """Watch no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        seen: Print | None = None
        while True:
            try:
                now = await self._settled(seen)
                if now != seen:
                    seen = now
                    await self._follow()
            except (AssistantError, OSError) as error:  # a folder that is being moved; the next look finds it whole
                self._report("skills", error)
            await asyncio.sleep(REST_SECONDS)

    async def _settled(self, seen: Print | None) -> Print:
        """The files, once they are the same at two looks."""
        now = await asyncio.to_thread(self._look)
        while now != seen:
            seen = now
            await asyncio.sleep(LOOK_SECONDS)
            now = await asyncio.to_thread(self._look)
        return now

    def _look(self) -> Print:
        """All files that matter, cheaply: of the user's skills, and of those of packages that are loaded."""
        shipped = shipped_dir()
        loaded = [folder for folder in self._loaded if not folder.is_relative_to(shipped)]
        folders = dict.fromkeys([*skill_folders([*self._config.skills.folders, own_folder()]), *loaded])
        return tuple(entry for folder in folders for entry in fingerprint(folder)) + _stat([choices_file()])

    async def _follow(self) -> None:
        Choices.load()  # a damaged file changes nothing
        wanted = await asyncio.to_thread(snapshot, self._config)
        before, self._loaded = self._loaded, wanted
        if before == wanted:
            return
        for folder, files in wanted.items():
            if before.get(folder) != files:
                await self._load(folder)
        self._forget(self._unwanted(wanted))
        if before.keys() - wanted.keys():
            await self._uncover()
        self._changed()

    def _unwanted(self, wanted: Mapping[Path, Print]) -> list[str]:
        """Skills to be forgotten. What ran under the name of one that is wrong goes on until that is mended or gone."""
        wrong = {declared_name(folder) for folder in wanted if not self._in(folder)}
        loaded = self._skills.skills
        return [name for name, skill in loaded.items() if skill.folder not in wanted and name not in wrong]

    def _in(self, folder: Path) -> list[str]:
        """Skills that were loaded from a folder: more than one for a moment, where its name was changed."""
        return [name for name, skill in self._skills.skills.items() if skill.folder == folder]

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._skills.remove(name, self._grammar)
            log.warning("skill %s is not loaded any more", name)

    async def _uncover(self) -> None:
        """Skills that one of the same name had hidden."""
        for folder in self._loaded:
            if all(skill.folder != folder for skill in self._skills.skills.values()):
                await self._load(folder)

    async def _load(self, folder: Path) -> None:
        try:
            skill = await self._skills.replace(folder, self._grammar)
            log.warning("skill %s was loaded anew", skill.name)
            self._forget(name for name in self._in(folder) if name != skill.name)
        except AssistantError as error:
            self._report(f"skill {folder.name}", error)

    def _report(self, component: str, error: AssistantError | OSError) -> None:
        log.warning("%s: %s", component, error)
        self._publish(ComponentFailed(component=component, error=str(error)))


def snapshot(config: Config) -> dict[Path, Print]:
    """Folders of the skills that are to be loaded, and what lies there."""
    shipped, others, _ = loadable(config)
    return {folder: fingerprint(folder) for folder in (*shipped, *others)}


def fingerprint(folder: Path) -> Print:
    """The files that a skill is made of, and when they changed; not what it writes beside them."""
    texts = (path for name in TEXTS for path in folder.glob(name))
    return _stat(sorted({*texts, *folder.rglob("*.py")}))


def _stat(paths: Iterable[Path]) -> Print:
    found = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue  # it was there a moment ago
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
