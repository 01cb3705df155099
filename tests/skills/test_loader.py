"""Faults in a skill's files are found before anything runs, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SkillError
from assistant.skills.loader import find_skills, load_skill
from tests.skills.conftest import Write

CODE = '''
class Coffee(Skill):
    @intent("Order")
    async def order(self, ctx: Context, drink: str, size: str = "medium") -> str:
        return drink
'''
TWICE = '    @intent("Order")\n    def x(self, ctx, drink): ...\n'
MORE = '    @intent("More")\n    def x(self, ctx): ...\n'
LISTS = "lists:\n  drink: {values: [tea]}\n  sise: {values: [big]}\n"


def test_a_whole_skill(write: Write) -> None:
    folder = write("coffee", CODE, Order="make me [a] {drink}", sentences=LISTS, manifest="grants: [home]\n")
    skill = load_skill(folder)
    assert (skill.name, skill.manifest.grants) == ("coffee", ("home",))
    assert [rule.intent for rule in skill.sentences.rules] == ["Order"]


@pytest.mark.parametrize(("code", "order", "manifest", "where", "what"), [
    (CODE, "make me {drink", "", "sentences.yaml:5", "never closed"),
    (CODE, "make me {drunk}", "", "sentences.yaml:5", "did you mean {drink}"),
    (CODE, "a {sise} {drink}", "", "sentences.yaml:5", "did you mean 'size'"),
    (CODE, "tea please", "", "skill.py:5", "fills 'drink'"),
    (CODE.replace('"Order"', '"Ordre"'), "a {drink}", "", "sentences.yaml:5", "did you mean 'Ordre'"),
    (CODE + "    def x(:\n", "a {drink}", "", "skill.py:8", "not Python"),
    (CODE + f"x = a{'.b' * 100_000}", "a {drink}", "", "skill.py", "recursion"),
    (CODE + f"x = {'-' * 100_000}1", "a {drink}", "", "skill.py", "too complex"),
    (CODE + TWICE, "a {drink}", "", "skill.py:8", "in line 5 already"),
    (CODE + MORE, "a {drink}", "", "skill.py:8", "no sentence means More"),
    (CODE, "a {drink}", "grants: [hom]\n", "skill.yaml:2", "did you mean 'home'"),
    (CODE, "a {drink}", "grant: []\n", "skill.yaml:2", "did you mean 'grants'"),
    (CODE, "a {drink}", "risky: {Ordr: open}\n", "skill.yaml:2", "did you mean 'Order'"),
])
def test_faults(write: Write, code: str, order: str, manifest: str, where: str, what: str) -> None:
    folder = write("coffee", code, Order=order, sentences=LISTS, manifest=manifest)
    with pytest.raises(SkillError) as caught:
        load_skill(folder)
    assert where in str(caught.value)
    assert what in str(caught.value)


def test_a_missing_file(write: Write) -> None:
    folder = write("coffee", CODE, Order="a {drink}", sentences=LISTS)
    (folder / "skill.py").unlink()
    with pytest.raises(SkillError, match=r"there is no skill\.py"):
        load_skill(folder)


def test_one_broken_skill_hides_no_other(write: Write, tmp_path: Path) -> None:
    write("coffee", CODE, Order="a {drink}", sentences=LISTS)
    write("broken", "def", Order="x")
    skills, faults = find_skills([tmp_path, tmp_path / "coffee", tmp_path / "nowhere"])
    assert [skill.name for skill in skills] == ["coffee"]
    assert len(faults) == 1
    assert find_skills([tmp_path], ["coffee", "broken"]) == ([], [])


def test_nothing_of_a_skill_runs_when_it_is_read(write: Write, tmp_path: Path) -> None:
    load_skill(write("coffee", f"open({str(tmp_path / 'ran')!r}, 'w')\n{CODE}", Order="a {drink}", sentences=LISTS))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["builtin", "skills"])
def test_the_assistants_own_names_are_taken(write: Write, name: str) -> None:
    with pytest.raises(SkillError, match="a name of the assistant's own"):
        load_skill(write(name, CODE, Order="a {drink}", sentences=LISTS))


@pytest.mark.parametrize("scope", ["yes_no", "stop", "which"])
def test_no_skill_says_yes_for_people(write: Write, scope: str) -> None:
    folder = write("coffee", CODE, Order="a {drink}", sentences=LISTS)
    file = folder / "sentences.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("sentences:", f"scope: {scope}\n        sentences:", 1), "utf-8")
    assert f"scope: {scope}" in file.read_text("utf-8")
    with pytest.raises(SkillError, match="no scope"):
        load_skill(folder)
