"""Every code that a verification can report has its two sentences, and no sentence is idle."""

import re
from pathlib import Path
from string import Formatter

import proof.verify
from evidence.finding_messages import FINDINGS, NOTES, REACHES, STATES, Sentences
from proof.findings import Finding, Reach, State

_CODE = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')
_NO_FINDINGS = {"NOT_REGULAR", "NOT_A_DIGEST", "DATABASE_ADDRESS", "NO_TEMPORARY_ROOM"}
"""Words that the verifier uses within, and reasons for not starting at all."""

_FIELDS = frozenset(Finding.__dataclass_fields__) - {"kind"}


def _codes_in_source() -> set[str]:
    folder = Path(proof.verify.__file__).parent
    text = "\n".join(path.read_text() for path in folder.glob("*.py"))
    answers = {state.value for state in State} | {reach.value for reach in Reach}
    return set(_CODE.findall(text)) - answers - _NO_FINDINGS


def _fields(sentences: Sentences) -> set[str]:
    texts = [text for pair in sentences.values() for text in pair]
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert _codes_in_source() == FINDINGS.keys() | NOTES.keys()
    assert not FINDINGS.keys() & NOTES.keys()


def test_states_and_reaches_are_complete() -> None:
    assert STATES.keys() == {state.value for state in State}
    assert REACHES.keys() == {reach.value for reach in Reach}


def test_sentences_use_only_what_a_finding_holds() -> None:
    assert _fields(FINDINGS) <= _FIELDS
    assert _fields(NOTES) <= _FIELDS


def test_a_reach_says_how_many_entries_the_key_covers() -> None:
    assert _fields(REACHES) == {"signed", "entries"}
    chinese, english = REACHES[Reach.KEY]
    assert "前 7 条" in chinese.format(signed=7, entries=9)
    assert "the first 7 of 9" in english.format(signed=7, entries=9)
