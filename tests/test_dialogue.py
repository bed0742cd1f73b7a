"""Speech that begins with a dash, and the lists and signatures that do too."""

from __future__ import annotations

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from storyclust.rules import Rule
from storyclust.text.rules import own_rules
from storyclust.text.words import analyse
from storyclust.text.words_kernels import QUOTED
from strategies import twin_words


def spoken(text: str) -> list[str]:
    analysed = analyse([text])
    words = zip(analysed.starts.tolist(), analysed.stops.tolist(), analysed.kinds.tolist(), strict=True)
    return [text[start:stop] for start, stop, kind in words if kind == QUOTED]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("—Me voy —dijo Ana—. Luego hablamos.", "Me voy Luego hablamos"),
        ("—No me quedo ni un día más en el puerto.", "No me quedo ni un día más en el puerto"),
        ("— Уйду, — сказал он. — Завтра вернусь.", "Уйду Завтра вернусь"),
        ("– Je pars, dit-il.", "Je pars dit il"),
        ("– Idę – powiedział Jan. – Wrócę jutro.", "Idę Wrócę jutro"),
        ("— Gidiyorum, dedi kaptan.", "Gidiyorum dedi kaptan"),
        ("― Me voy, —dijo Ana.", "Me voy"),
        ("— Tarn’s brother asked the council for coal on Sunday.", ""),
        ("– حضر القبطان إلى الميناء.", ""),
        ("– The tide — always late — came at noon.", ""),
        ("- Me voy -dijo Ana-. Luego.", ""),
        ("HALMSTRAND – The tide came at noon, – said nobody.", ""),
        ("1990–1995 – the years of fog, – said nobody.", ""),
        ("—AFP", ""),
        ("— " + "fog " * 201 + ", — сказал он.", ""),
    ],
)
def test_which_words_are_spoken(line: str, expected: str) -> None:
    assert spoken(f"{line}\nThe fog lifted.") == expected.split()


def test_lines_with_less_evidence_go_with_the_dialogue_of_their_text() -> None:
    answer = "– Wrócę jutro."
    assert spoken(f"{answer}\nMgła.") == []
    assert spoken(f"– Idziesz? – zapytał Jan.\n{answer}\nMgła.") == ["Idziesz", "Wrócę", "jutro"]


def test_a_verb_of_a_users_own_tells_speech() -> None:
    own = (Rule.read("quotation\tdialogue\t200\tany\txx\tkavuli"),)
    assert not (analyse(["– Lo mir, kavuli Ten."]).kinds == QUOTED).any()
    assert (analyse(["– Lo mir, kavuli Ten."], own).kinds == QUOTED).all()


# The twin: the line cut into words, and patterns over what stands between them

VERBS = {tuple(w.folded for w in twin_words(rule.phrase)) for rule in own_rules() if rule.place == "dialogue"}


def twin_spoken(line: str) -> list[bool]:
    """Which words of a text of one line are spoken."""
    words = twin_words(line)
    edges = [0, *(word.stop for word in words)]
    gaps = [line[edge : word.start] for edge, word in zip(edges, words, strict=False)]
    if not words or not regex.match(r"\s*[—–―]", line) or len(words) > 200:
        return [False] * len(words)
    touching = " " not in gaps[0][max(gaps[0].rfind(mark) for mark in "—–―") :]
    speaking, certain, flags = True, False, []
    for place, (word, gap) in enumerate(zip(words, gaps, strict=True)):
        letter = line[word.start]
        set_off = place > 0 and regex.search("[,?!…—–―]", gap)
        verb = any(tuple(w.folded for w in words[place : place + len(v)]) == v for v in VERBS)
        dash = place > 0 and regex.search("[—–―]", gap)
        if not speaking:
            speaking = bool(dash)
        elif dash and letter.islower():
            last = max(gap.rfind(mark) for mark in "—–―")
            paused = regex.search("[,.?!…]", gap[:last])
            # Of several dashes the first is the one that a space sets off.
            before = gap[: min(gap.find(mark) for mark in "—–―" if mark in gap)]
            opens = " " in before and " " not in gap[last:] and touching
            if (set_off and verb) or paused or opens:
                speaking, certain = False, True
            elif set_off and verb:
                certain = True
        elif set_off and verb:
            certain = True
        flags.append(speaking)
    ended = line.rstrip()[-1] in ".!?…"
    likely = ended and line[words[0].start].isupper() and touching and len(words) >= 4
    return flags if certain or likely else [False] * len(words)


parts = st.sampled_from(
    ["fog", "Fog", "dijo", "powiedział", "Tarn", " ", " ", ", ", " — ", " —", "— ", ". ", "? ", ", — "]
)


@given(st.sampled_from(["—", "– ", " — ", "― "]), st.lists(parts, max_size=14), st.sampled_from([".", "", "?"]))
@example("—", [". ", "fog", " —", "fog"], ".")  # a dash that a mark parts from its word touches none
def test_speech_is_what_its_twin_says(dash: str, middle: list[str], end: str) -> None:
    line = f"{dash}{''.join(middle)}{end}"
    assert (analyse([line]).kinds == QUOTED).tolist() == twin_spoken(line)
