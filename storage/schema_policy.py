"""The tables of a bureau's own policy profiles, and of what became of each that was proposed.

Holds always: as in `storage.schema`; `body` is the text as it was handed in, `sha256` its digest.
"""

from sqlalchemy import Column, ForeignKey, Table, Text, UniqueConstraint

from storage.columns import count, key, link, maybe, metadata, text

own_policies = Table(
    "own_policies",
    metadata,
    key(),
    text("profile"),
    count("number"),
    text("valid_from"),
    count("retroactive"),
    text("body"),
    text("sha256"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
    UniqueConstraint("number", name="uq_own_policies"),
)
own_policy_answers = Table(
    "own_policy_answers",
    metadata,
    Column("id", Text, ForeignKey("own_policies.id"), primary_key=True),
    text("answer"),
    maybe("note"),
    link("person_id", "persons"),
    text("stated_at"),
)
