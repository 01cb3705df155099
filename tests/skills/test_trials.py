"""What an author does: a new skill that works, its tests, sentences that clash; skills listed, installed, switched."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli.app import app
from assistant.config.load import check_config
from assistant.doctor import State, checks
from assistant.edits import edits
from assistant.errors import ConfigError, SkillError
from assistant.grammar.base import Rule
from assistant.grammar.grammar import Grammar
from assistant.paths import shipped_dir
from assistant.skills.alike import alike
from assistant.skills.catalogue import catalogue, find, loadable
from assistant.skills.choices import Choices, choices_file
from assistant.skills.harness import Harness, trial
from assistant.skills.loader import load_skill
from assistant.skills.overlaps import Overlap, overlaps
from assistant.skills.scaffold import TEMPLATE, new_skill
from assistant.skills.trials import load_cases, run_cases
from assistant.yamlfile import parse_yaml
from tests.agent.command import Done, assistant
from tests.skills.conftest import Write

SHOP = """
class Shop(Skill):
    @intent("Buy")
    async def buy(self, ctx: Context, what: str) -> str:
        return f"Bought {what}."
"""
LISTS = "lists: {what: {values: [tea, milk]}}\n"


@pytest.mark.parametrize("name", ["coffee", "my_tea", "a", "class_act"])
def test_a_new_skill_passes_its_own_tests(tmp_path: Path, name: str) -> None:
    folder = new_skill(name, tmp_path)
    assert load_skill(folder).name == name
    results = run_cases(folder, load_cases(folder))
    assert len(results) >= 6 and not [result.faults for result in results if result.faults]
    text = "".join(file.read_text("utf-8") for file in folder.iterdir() if file.is_file())
    assert "xample" not in text.replace("examples:", "")


def test_the_template_is_a_skill_itself() -> None:
    assert not [result.faults for result in run_cases(TEMPLATE, load_cases(TEMPLATE)) if result.faults]


@pytest.mark.parametrize("name", [
    "Coffee", "1st", "a-b", "", "import", "builtin", "skills", "true", "null", "refusal", "x" * 50, "../x",
])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(SkillError, match="cannot be a skill's name"):
        new_skill(name, tmp_path)


@pytest.mark.parametrize(("name", "mend"), [("2nd", "a letter first"), ("class", "a meaning in Python")])
def test_a_name_that_cannot_be_is_told_why(tmp_path: Path, name: str, mend: str) -> None:
    with pytest.raises(SkillError) as caught:
        new_skill(name, tmp_path)
    assert mend in caught.value.mend


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "coffee").mkdir()
    with pytest.raises(SkillError, match="already"):
        new_skill("coffee", tmp_path)


@pytest.mark.parametrize(("case", "fault"), [
    ("say: buy tea", ""),
    ("{say: buy tea, intent: Buy, slots: {what: tea}, answer: Bought tea., outcome: done, asks: []}", ""),
    ("{say: buy ale, understood: false}", ""),
    ("say: buy ale", "it is not understood"),
    ("{say: buy tea, understood: false}", "it is understood, as Buy"),
    ("{say: buy tea, intent: Sell}", "it means Buy, not Sell"),
    ("{say: buy tea, slots: {what: milk}}", "its slots are {'what': 'tea'}, not {'what': 'milk'}"),
    ("{say: buy tea, answer: Sold.}", "it answers 'Bought tea.', not 'Sold.'"),
    ("{say: buy tea, outcome: failed}", "its outcome is done, not failed"),
    ("{say: buy tea, asks: [Sure?]}", "it asks [], not ['Sure?']"),
    ("{say: never mind}", "it is understood as builtin.NeverMind"),
])
def test_cases_say_what_is_not_as_it_should_be(write: Write, case: str, fault: str) -> None:
    folder = write("shop", SHOP, Buy="buy {what}", sentences=LISTS)
    (folder / "tests.yaml").write_text(f"- {case}\n", "utf-8")
    (result,) = run_cases(folder, load_cases(folder))
    assert result.faults == ((fault,) if fault else ())


def test_a_skill_that_raises_fails_its_case_by_name(write: Write) -> None:
    folder = write("shop", SHOP.replace("return", "1 / 0; return"), Buy="buy {what}", sentences=LISTS)
    (folder / "tests.yaml").write_text("- say: buy tea\n", "utf-8")
    assert "ZeroDivisionError" in run_cases(folder, load_cases(folder))[0].faults[0]


@pytest.mark.parametrize(("text", "what"), [
    ("say: x", "tests are a list"), ("- {say: x, sya: x}", "unknown key 'sya' (did you mean 'say'?"),
    ("- {say: x, then: [{say: x, outcom: x}]}", "did you mean 'outcome'?"), ("- say: ''", "say"),
    ("- {say: x, wait: -1}", "wait"),
])
def test_tests_that_are_none(write: Write, text: str, what: str) -> None:
    folder = write("shop", SHOP, Buy="buy {what}", sentences=LISTS)
    (folder / "tests.yaml").write_text(text, "utf-8")
    with pytest.raises(SkillError) as caught:
        load_cases(folder)
    assert what in str(caught.value) and "tests.yaml:1" in str(caught.value)


def test_a_trial_finds_its_skill_and_runs_on_a_clock_of_its_own(write: Write) -> None:
    folder = write("shop", SHOP, Buy="buy {what}", sentences=LISTS)
    names: dict[str, object] = {"trial": trial, "Harness": Harness}
    code = "@trial\nasync def test_buy(h):\n    await h.wait(86400)\n    seen.append((await h.say('buy tea')).text)\n"
    seen: list[str] = []
    names["seen"] = seen
    (folder / "test_shop.py").write_text(code, "utf-8")
    exec(compile(code, str(folder / "test_shop.py"), "exec"), names)
    names["test_buy"]()  # type: ignore[operator]
    assert seen == ["Bought tea."]


# Sentences that clash.


def grammar(**rules: str) -> Grammar:
    made = Grammar()
    made.set_list("name", ())
    for name, text in rules.items():
        skill, _, intent = name.partition("_")
        known = [rule for rule in made._skills[skill].rules] if skill in made._skills else []
        made.set_rules(skill, [*known, Rule(skill, intent, (text,))])
    return made


@pytest.mark.parametrize(("one", "other", "sentence", "winner"), [
    ("buy [some] tea", "buy (tea|milk) [please]", "buy tea", ""),
    ("buy {anything}", "buy tea", "buy tea", "b.Y"),
    ("set it to {number}", "set it to {percent}", "set it to 0", ""),
    ("[please] go home", "go {anything}", "go home", "a.X"),
    ("{anything} please", "say {anything}", "say x please", "a.X"),
])
def test_a_sentence_that_both_match_is_shown(one: str, other: str, sentence: str, winner: str) -> None:
    made = grammar(a_X=one, b_Y=other)
    (found,) = overlaps(made, ["a"])
    assert isinstance(found, Overlap)
    assert (found.mine, found.other, found.winner) == ("a.X", "b.Y", winner)
    assert found.sentence == sentence or made.match(found.sentence)
    assert {match.skill for match in made.match(found.sentence)} == {"a", "b"}


def test_what_is_apart_is_not_shown() -> None:
    assert not list(overlaps(grammar(a_X="buy tea", b_Y="buy milk", a_Z="sell {number} eggs"), ["a"]))


def test_only_what_concerns_the_skill_is_shown() -> None:
    made = grammar(a_X="buy tea", b_Y="sell (tea|milk)", c_Z="sell milk")
    assert not list(overlaps(made, ["a"]))
    assert len(list(overlaps(made, ["c"]))) == 1


async def test_what_sounds_alike_is_told(write: Write) -> None:
    skill = load_skill(write("shop", SHOP, Buy="fetch {what}", sentences="lists: {what: {values: [pear, bear, tea]}}"))
    made = grammar(b_Lock="bolt the door", c_Unlock="unbolt the door", d_Other="paint the wall")
    made.set_sentences("shop", skill.sentences)
    found = [(pair.sentence, pair.sounds_like) for pair in await alike(made, [skill])]
    assert found == [("pear", "bear")]


def test_distance_counts_sounds() -> None:
    assert [edits("kitten", word) for word in ("kitten", "sitting", "")] == [0, 3, 6]


# What is here.


def skills(words: str, **sections: object) -> dict[str, str]:
    config = check_config(parse_yaml(words, "x"))
    return {entry.name: entry.off or str(entry.fault or "on") for entry in catalogue(config)}


def test_what_ships_and_what_is_yours(own_folders: Path, write: Write) -> None:
    own = own_folders / "data_home" / "voice-assistant" / "skills"
    write("shop", SHOP, into=own, Buy="buy {what}", sentences=LISTS)
    write("clock", SHOP, into=own, Buy="buy {what}", sentences=LISTS)
    write("broken", "def", into=own, Buy="x")
    found = catalogue(check_config(parse_yaml("skills: {disabled: [volume]}", "x")))
    by_name = [(entry.name, entry.origin) for entry in found]
    assert ("shop", "yours") in by_name and by_name.index(("clock", "yours")) < by_name.index(("clock", "ships"))
    assert skills("skills: {disabled: [volume]}")["volume"] == "off in your settings"
    assert "not Python" in skills("")["broken"]
    shipped, others, waiting = loadable(check_config(parse_yaml("", "x")))
    assert {"clock", "broken", "shop"} == {folder.name for folder in others} and not waiting
    assert "clock" not in {folder.name for folder in shipped}
    with pytest.raises(SkillError, match="did you mean 'shop'"):
        find("shap", check_config(parse_yaml("", "x")))


def test_a_wrong_one_of_yours_is_told_and_nothing_acts_in_its_stead(own_folders: Path, write: Write) -> None:
    own = own_folders / "data_home" / "voice-assistant" / "skills"
    folder = write("my_clock", "def", into=own, Buy="x")
    (folder / "skill.yaml").write_text("name: clock\n", "utf-8")
    config = check_config(parse_yaml("", "x"))
    shipped, others, problems = loadable(config)
    assert folder in others and "clock" not in {one.name for one in shipped}
    assert [str(problem) for problem in problems] == [
        f"{shipped_dir() / 'skills' / 'clock'}: skill clock: another of this name comes before it, and is wrong: "
        f"{folder} (mend that one, or move it away)"
    ]
    (doubt,) = (one for one in checks.skills(config) if "ships" in one.text)
    assert doubt.state is State.BAD and str(folder) in doubt.text
    for broken in ("- name", "name: [", "name: 3\n"):  # who does not even say its name is called as its folder
        (folder / "skill.yaml").write_text(broken, "utf-8")
        assert "clock" in {one.name for one in loadable(config)[0]}


@pytest.mark.parametrize(("text", "where", "what"), [
    ("skills:\n  settings:\n    shap: {}\n", "x:3", "no skill 'shap'"),
    ("skills:\n  settings:\n    shop:\n      mots: 3\n", "x:4", "did you mean 'most'"),
    ("skills:\n  settings:\n    shop: {most: many}\n", "x:3", "should be a whole number"),
    ("language: english please\n", "x:1", "language"),
])
def test_settings_of_skills_are_checked_with_the_others(
    own_folders: Path, write: Write, text: str, where: str, what: str
) -> None:
    own = own_folders / "data_home" / "voice-assistant" / "skills"
    write("shop", SHOP, manifest="settings: {most: 3}\n", into=own, Buy="buy {what}", sentences=LISTS)
    with pytest.raises(ConfigError) as caught:
        check_config(parse_yaml(text, "x"))
    assert where in str(caught.value) and what in str(caught.value)


def test_choices_are_kept_and_damage_is_named(own_folders: Path) -> None:
    choices = Choices({"volume"}, {"tea": ["home"]})
    choices.save()
    assert Choices.load() == choices
    assert choices.lacking("tea", ["home", "timers"]) == ["timers"]
    for text in ("{", "[]", '{"disabled": 3, "granted": {}}'):
        choices_file().write_text(text)
        with pytest.raises(SkillError, match="cannot be read"):
            Choices.load()


def test_damaged_choices_stop_nothing(own_folders: Path) -> None:
    choices_file().parent.mkdir(parents=True)
    choices_file().write_text("{", "utf-8")
    config = check_config(parse_yaml("", "x"))
    shipped, _, problems = loadable(config)
    assert {"clock", "home"} <= {folder.name for folder in shipped}
    (problem,) = problems
    assert problem.where == str(choices_file()) and problem.mend.startswith("move it away")
    (finding,) = checks.skills(config)
    assert finding.state is State.BAD and str(choices_file()) in finding.text
    listed = CliRunner().invoke(app, ["skill", "list"])
    assert listed.exit_code == 1 and "clock" in listed.stdout and str(choices_file()) in listed.stderr
    changed = CliRunner().invoke(app, ["skill", "disable", "clock"])
    assert changed.exit_code and choices_file().read_text() == "{", "what cannot be read is not written over"


# The command.


def run(folder: Path, *words: str) -> Done:
    return assistant(folder, "skill", *words)


def test_the_command_from_new_to_disable(tmp_path: Path) -> None:
    assert run(tmp_path, "new", "coffee").code == 0
    done = run(tmp_path, "test", "coffee")
    assert done.code == 0 and done.lines[-1].startswith("7 of 7 right, "), done
    folder = tmp_path / "data_home" / "voice-assistant" / "skills" / "coffee"
    tests = (folder / "tests.yaml").read_text("utf-8")
    (folder / "tests.yaml").write_text(tests.replace("2 large", "3 large"), "utf-8")
    done = run(tmp_path, "test", str(folder))
    assert done.code == 1
    assert done.lines[-3:-1] == [
        "“get me two coffees please”", "  it answers '2 large coffees, coming up.', not '3 large coffees, coming up.'",
    ]
    assert any("coffee" in line and "yours" in line and line.endswith("on") for line in run(tmp_path, "list").lines)
    info = run(tmp_path, "info", "coffee").lines
    assert any("most: 12 (the largest order)" in line for line in info)
    assert run(tmp_path, "disable", "coffee").lines == ["coffee is off."]
    assert any("coffee" in line and line.endswith("off") for line in run(tmp_path, "list").lines)
    assert run(tmp_path, "enable", "coffee").lines == ["coffee is on."]
    assert "did you mean 'coffee'" in run(tmp_path, "disable", "cofee").errors


def test_a_new_skill_takes_no_shipped_one_s_place(tmp_path: Path) -> None:
    done = run(tmp_path, "new", "home")
    assert done.code == 2 and "'home' is a skill that ships" in done.errors and "copy" in done.errors
    assert not (tmp_path / "data_home" / "voice-assistant" / "skills" / "home").exists()
    assert run(tmp_path, "new", "home", "--into", str(tmp_path / "mine")).code == 0, "nothing loads it there"


def test_the_command_finds_a_clash(tmp_path: Path, write: Write) -> None:
    code = SHOP.replace("what: str)", "what: str = '')")
    folder = write("shop", code, Buy="what time is it [in {what}]", sentences=LISTS, into=tmp_path / "mine")
    done = run(tmp_path, "check", str(folder))
    assert done.code == 1
    assert done.lines[0] == "shop.Buy and clock.Time: “what time is it” could mean either"


def test_a_folder_is_installed_once_its_grants_were_allowed(tmp_path: Path, write: Write) -> None:
    folder = write("shop", SHOP, manifest='grants: [home, "mqtt:shop/#"]\n', into=tmp_path / "mine", Buy="buy {what}",
                   sentences=LISTS)
    done = run(tmp_path, "install", str(folder))
    assert done.code == 1, "nobody was there to be asked"
    assert [line for line in done.lines if "it may" in line] == [
        "  it may see your devices and use them (what is risky is asked first)",
        "  it may read and write MQTT messages under shop/#",
    ]
    target = tmp_path / "data_home" / "voice-assistant" / "skills" / "shop"
    assert not target.exists()
    assert run(tmp_path, "install", str(folder), "--yes").code == 0
    assert (target / "skill.py").is_file()
    assert "already" in run(tmp_path, "install", str(folder), "--yes").errors
    assert "no skill.yaml and no pyproject.toml" in run(tmp_path, "install", str(tmp_path)).errors


