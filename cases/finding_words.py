"""What a finding says in words, and the clauses it rests on."""

import re
from collections.abc import Mapping, Sequence

from cases.finding_rows import Finding
from evidence.canonical import Json
from evidence.coverage import Verdict
from evidence.entry import parse_time
from evidence.finding_rules import FindingKind
from evidence.matter_messages import SAID
from evidence.policy import InForce, Profiles
from evidence.policy_messages import BASES
from evidence.ratio import SHANGHAI, day_of
from evidence.register_words import word
from people.ratio_rule import Clause

Sentence = tuple[str, str]
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{6})?Z")
_NOTHING: Sentence = ("无", "none")


class _Facts(dict[str, str]):
    """Facts of which one that is not there shows as nothing and never raises."""

    def __missing__(self, key: str) -> str:
        return "—"


def sentence_of(finding: Finding) -> Sentence:
    """What was found, in Chinese and English, with moments as China's clocks show them."""
    return said(finding.kind, finding.matter)


def said(kind: FindingKind, matter: Mapping[str, Json]) -> Sentence:
    """The sentence of a kind, filled from what it is about."""
    shown = {name: _named(name, value) for name, value in matter.items()}
    chinese = _Facts({name: words[0] for name, words in shown.items()})
    english = _Facts({name: words[1] for name, words in shown.items()})
    return SAID[kind][0].format_map(chinese), SAID[kind][1].format_map(english)


def _named(name: str, value: Json) -> Sentence:
    """A fact as people read it: a verdict by its words and not by its code."""
    return word(Verdict(value)) if name == "verdict" and value in set(Verdict) else _shown(value)


def _shown(value: Json) -> Sentence:
    if value is None or value == []:
        return _NOTHING
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(map(str, value)), ", ".join(map(str, value))
    text = str(value)
    if _MOMENT.fullmatch(text):
        at = parse_time(text if "." in text else text.replace("Z", ".000000Z"))
        text = f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    return text, text


def clauses_of(finding: Finding, policies: Profiles) -> list[Clause]:
    """The clauses of the profiles that the finding names; where none is cited, why it is so."""
    names = finding.rule.get("profiles")
    named = [str(one) for one in names] if isinstance(names, Sequence) else []
    profiles = {one.name: one for one in policies.all}
    line = tuple(profiles[name] for name in named if name in profiles)
    if not line:
        return []
    policy = InForce(line, day_of(parse_time(finding.opened_at)))
    return clauses_in(policy, str(finding.rule["rule"]))


def clauses_in(policy: InForce, rule: str) -> list[Clause]:
    """The clauses of a rule as printed; the remark on it where no clause is cited."""
    statement = policy.rule(rule).statement
    found = [Clause(one.source.title, one.article, one.quote) for one in statement.citations]
    if found or statement.remark is None:
        return found
    return [Clause(BASES[statement.basis.name][0], "", statement.remark[0])]
