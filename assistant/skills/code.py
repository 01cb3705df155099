"""A skill's code, run: its module, and the one object that it makes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from assistant.errors import SkillError
from assistant.skills.kit import Skill
from assistant.skills.slots import signature_of


def load_code(name: str, folder: Path) -> Skill:
    """The skill object of a folder's ``skill.py``.

    Raises:
        SkillError: the code holds no skill, or one with a slot whose type cannot be read.
        Exception: what the code raises.
    """
    path = folder / "skill.py"
    module_name = f"assistant_skill_{name}"
    spec = importlib.util.spec_from_file_location(module_name, path, submodule_search_locations=[str(folder)])
    if spec is None or spec.loader is None:
        raise SkillError("cannot be loaded", where=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    kinds = [kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Skill)]
    own = [kind for kind in kinds if kind.__module__ == module_name]
    if len(own) != 1:
        raise SkillError(f"{len(own)} classes are a Skill", where=str(path), mend="derive one class from Skill")
    skill = own[0]()
    skill.name = name
    for handler in skill.handlers().values():
        signature_of(handler)
    return skill
