"""Policy profiles: those that come with the product, and those a bureau brought into force itself.

The product's are data in `people/policies/*.toml`; a bureau's are texts on record, each proposed by
one person and approved by another (`people.own_policies`).

Holds always: of one id, a later profile ends the one before it, by the day; every profile there
ever was stays among them, so that what a verdict names is found again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from sqlalchemy import Connection, select

from evidence.canonical import Json, dumps
from evidence.case_vocabulary import ProposalAnswer
from evidence.policy import Profiles, joined, load_profiles
from evidence.policy_catalogue import RULES
from storage import schema

FOLDER = "people/policies"
Texts = tuple[tuple[str, str], ...]
"""Texts of profiles by the places that people know them by."""


@dataclass(frozen=True)
class Followed:
    """The profile that a body follows, by its id, and the profiles among which it is found."""

    id: str
    among: Profiles = field(compare=False, repr=False)


def shipped_texts() -> dict[str, str]:
    """The text of each packaged profile by its place."""
    folder = resources.files("people").joinpath("policies")
    files = [item for item in folder.iterdir() if item.name.endswith(".toml")]
    return {f"{FOLDER}/{item.name}": item.read_text(encoding="utf-8") for item in files}


@cache
def load_policies() -> Profiles:
    """The packaged profiles, read once a process; raises `BadInput` naming file, line and key."""
    return load_profiles(shipped_texts())


def shipped(profile_id: str) -> Followed:
    """A packaged profile, as a body follows it."""
    return Followed(profile_id, load_policies())


def policies_of(connection: Connection) -> Profiles:
    """The packaged profiles and the bureau's own that were approved."""
    texts = own_texts(connection)
    return with_own(texts) if texts else load_policies()


def own_texts(connection: Connection) -> Texts:
    """The bureau's own profiles that were approved, in the order in which they were proposed."""
    table, answers = schema.own_policies, schema.own_policy_answers
    approved = answers.c.answer == ProposalAnswer.APPROVED.value
    query = select(table.c.id, table.c.body).join(answers, answers.c.id == table.c.id)
    found = connection.execute(query.where(approved).order_by(table.c.number))
    return tuple((place_of(row.id), row.body) for row in found)


def place_of(policy: str) -> str:
    """How people name the text of a proposed profile, as a file of the product by its path."""
    return f"policy/{policy}"


@lru_cache(maxsize=8)
def with_own(texts: Texts) -> Profiles:
    """These over the packaged ones. Raises `BadInput` naming place and key."""
    profiles, problems = joined(dict(texts), load_policies())
    if problems:
        raise problems[0].error()
    return profiles


def policies_digest(connection: Connection) -> str:
    """SHA-256 of all that verdicts may rest on here: the packaged profiles, the bureau's own."""
    return _digest(own_texts(connection))


@lru_cache(maxsize=8)
def _digest(own: Sequence[tuple[str, str]]) -> str:
    versions: dict[str, Json] = {rule_id: rule.version for rule_id, rule in RULES.items()}
    known: list[Json] = [{**shipped_texts()}, versions]
    if own:
        known.append({**dict(own)})
    return hashlib.sha256(dumps(known)).hexdigest()
