"""SSML: what is understood of it, what is spoken of what is not, and that nobody is harmed by it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.tts.markup import attributes
from assistant.tts.markup.manner import Manner
from assistant.tts.markup.ssml import MarkupError, Passage, is_markup, passages, without_tags, words_of
from assistant.tts.reading.say_as import say_as

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 if n > 1 else str()};" * 10}">' for n in range(1, 10))
    + "]><speak>It is &lol9; warm.</speak>"
)
OUTSIDE = '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><speak>Hello &x; you.</speak>'


def said(text: str) -> list[tuple[str, Manner, float]]:
    return [(" ".join(one.text.split()), one.manner, one.pause) for one in passages(text)]


def test_words_alone_are_one_passage() -> None:
    assert said("<speak>It is <mark name='x'/>on.</speak>") == [("It is on.", Manner(), 0.0)]
    assert said('<?xml version="1.0"?><speak xmlns="http://www.w3.org/2001/10/synthesis">On.</speak>')[0][0] == "On."


def test_a_break_is_silence_before_what_follows() -> None:
    text = ('<speak>One.<break time="500ms"/>Two.<break strength="strong"/>Three.<break time="999s"/>Four.<break/>'
            "</speak>")
    assert [(words, pause) for words, _, pause in said(text)] == [
        ("One.", 0.0), ("Two.", 0.5), ("Three.", 0.75), ("Four.", 10.0)]


def test_manners_add_up() -> None:
    text = ('<speak><prosody rate="50%" volume="-6dB">a <prosody rate="200%" pitch="+2st">b</prosody></prosody> c'
            "</speak>")
    (a, first, _), (b, second, _), (c, third, _) = said(text)
    assert (a, b, c) == ("a", "b", "c") and third == Manner()
    assert first == Manner(0.5, 0.0, -6.0) and second == Manner(1.0, 2.0, -6.0)


def test_emphasis_language_substitution_and_kind() -> None:
    (plain, strong, rest) = passages("<speak>I <emphasis level='strong'>really</emphasis> mean it.</speak>")
    assert strong.manner.volume > plain.manner.volume and strong.manner.rate < 1.0 and rest.manner == plain.manner
    assert said('<speak>Say <lang xml:lang="fr">oui</lang>.</speak>')[1] == ("oui", Manner(language="fr"), 0)
    assert said('<speak>The <sub alias="World Wide Web">WWW</sub> is on.</speak>')[0][0] == "The World Wide Web is on."
    assert said('<speak>Code <say-as interpret-as="characters">a4-B</say-as>.</speak>')[0][0] == "Code ay four dash B."


@pytest.mark.parametrize(("text", "kind", "form", "words"), [
    ("1024", "cardinal", "", "one thousand and twenty-four"), ("3", "ordinal", "", "third"),
    ("0175", "digits", "", "oh one seven five"), ("+44 20", "telephone", "", "plus four four two oh"),
    ("3/5/2026", "date", "mdy", "March fifth, twenty twenty-six"),
    ("3.5.2026", "date", "dmy", "May third, twenty twenty-six"), ("31/31/2026", "date", "mdy", "31/31/2026"),
    ("warm", "cardinal", "", "warm"), ("warm", "digits", "", "warm"), ("x", "no-such-kind", "", "x"),
    ("٣", "ordinal", "", "third"), ("²", "digits", "", "²"),
])
def test_things_are_read_as_what_they_are(text: str, kind: str, form: str, words: str) -> None:
    assert say_as(text, kind, form) == words


@pytest.mark.parametrize(("text", "value"), [
    ("slow", 0.75), ("80%", 0.8), ("+20%", 1.2), ("-20%", 0.8), ("1.5", 1.5), ("", 1.0), ("-500%", 0.01), ("soon", 1.0),
])
def test_rates(text: str, value: float) -> None:
    assert attributes.rate(text) == pytest.approx(value)


def test_other_attributes() -> None:
    assert attributes.pitch("+2st") == 2 and attributes.pitch("-10%") == pytest.approx(-1.82, abs=0.01)
    assert attributes.pitch("high") == 3 and attributes.pitch("200Hz") == attributes.pitch("-100%") == 0
    assert attributes.volume("+6dB") == 6 and attributes.volume("50") == pytest.approx(-6.02, abs=0.01)
    assert attributes.volume("loud") == 4 and attributes.volume("?") == 0 and attributes.volume("0") == -80
    assert attributes.pause("2s", "") == 2 and attributes.pause("-2s", "weak") == 0.2
    assert attributes.pause("", "") == 0.4


@pytest.mark.parametrize(("text", "words"), [
    ("<speak>It is <b>warm.</speak>", "It is warm."), ("<speak>Salt & pepper", "Salt & pepper"),
    (BOMB, "It is warm."), (OUTSIDE, "Hello you."), ("<speak>", ""),
    ("<speak>" + "<s>" * 3_000 + "deep" + "</s>" * 3_000 + "</speak>", "deep"),
])
def test_what_is_broken_or_hostile_is_refused_and_its_words_are_left(text: str, words: str) -> None:
    began = time.perf_counter()
    with pytest.raises(MarkupError):
        passages(text)
    assert words_of(text) == without_tags(text) == words
    assert time.perf_counter() - began < 5


def test_the_refusal_says_what_is_wrong_and_how_to_mend_it() -> None:
    with pytest.raises(MarkupError, match=r"not well formed: mismatched tag: line 1.*close each element"):
        passages("<speak>It is <b>warm.</speak>")
    with pytest.raises(MarkupError, match="document type or entities"):
        passages(BOMB)
    with pytest.raises(MarkupError, match="begins with <html>"):
        passages("<html>Hi</html>")


def test_other_text_is_no_markup() -> None:
    for text in ("It is on.", "<3 you", "a <speak>er", "<speaker>", "<!doc", ""):
        assert not is_markup(text) and words_of(text) == text
    assert is_markup(" <SPEAK version='1.1'>x</SPEAK>") and is_markup("<?xml version='1.0'?>\n<speak/>")


@given(st.text(max_size=200))
def test_any_markup_has_words_or_a_refusal(text: str) -> None:
    words_of(f"<speak>{text}</speak>")
    words_of(f"<speak>{text}")
    try:
        assert all(isinstance(one, Passage) for one in passages(f"<speak>{text}</speak>"))
    except MarkupError as error:
        assert error.where == "speech"


def test_long_hostile_text_is_done_with_in_time() -> None:
    began = time.perf_counter()
    for text in ("<speak>" + "<" * 20_000, "<speak>" + "<!--" * 5_000, "<?xml " * 3_000, "<!DOCTYPE" * 2_000,
                 "<" + " " * 20_000, "<speak>" + "&amp" * 5_000):
        words_of(text)
    assert time.perf_counter() - began < 5
