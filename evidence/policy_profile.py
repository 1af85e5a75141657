"""A policy profile as a value: what a jurisdiction's documents say, each statement with its clause.

Holds always: a quotation is bound by a digest; `occurs` says whether a document has it. White space
never counts, because copies of one document break lines at different places.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evidence.canonical import Json
from evidence.policy_kinds import Words
from evidence.vocabulary import Basis, Standing

DEFAULT = "default"
"""The id of the profile that speaks where the others are silent."""

OMISSION = "…"
"""Stands between the parts of a quotation that leaves something out."""


@dataclass(frozen=True)
class Source:
    """A document; `sha256` is of the text as it was read. Number and date may be unknown."""

    id: str
    title: str
    number: str | None
    dated: date | None
    sha256: str


@dataclass(frozen=True)
class Citation:
    """A clause: the document, where in it, and its words."""

    source: Source
    article: str
    quote: str
    digest: str


@dataclass(frozen=True)
class Statement:
    """What a profile says of one parameter or rule; `value` is null unless the standing is SET.

    A rule's statement has no value: its citations are the clauses that the rule applies.
    """

    name: str
    standing: Standing
    value: Json
    basis: Basis
    citations: tuple[Citation, ...]
    remark: Words | None
    place: str


@dataclass(frozen=True)
class Profile:
    """The policy of a jurisdiction from `valid_from` to `valid_to`, both days included.

    Without `valid_to` it holds until a later profile says otherwise. `inherits` is the id of the
    profile that is asked next; only the default profile has none.
    """

    id: str
    jurisdiction: str
    version: int
    valid_from: date
    valid_to: date | None
    inherits: str | None
    remark: Words
    sources: tuple[Source, ...]
    parameters: Mapping[str, Statement]
    rules: Mapping[str, Statement]
    place: str

    @property
    def name(self) -> str:
        """Id and version, by which verdicts name it."""
        return f"{self.id}@{self.version}"

    def holds_on(self, day: date) -> bool:
        """Whether the day is one of its days."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def normal_quote(quote: str) -> str:
    """The quotation without white space of any kind; nothing else is changed."""
    return "".join(quote.split())


def quote_digest(quote: str) -> str:
    """SHA-256 of the normal form in UTF-8, as lower-case hexadecimal digits."""
    return hashlib.sha256(normal_quote(quote).encode()).hexdigest()


def occurs(quote: str, document: str) -> bool:
    """Whether all parts of the quotation stand in the document in this order."""
    text, start = normal_quote(document), 0
    for part in normal_quote(quote).split(OMISSION):
        found = text.find(part, start)
        if found < 0 or not part:
            return False
        start = found + len(part)
    return True
