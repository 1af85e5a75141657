"""Policy profiles as answers show them."""

from sqlalchemy import Connection

from api import models as m
from api import models_policy as p
from api.register_words import said
from evidence.entry import parse_time
from evidence.policy import Effective, Profiles
from evidence.policy_catalogue import RULES
from evidence.policy_messages import PARAMETERS as PARAMETER_TITLES
from evidence.policy_messages import RULES as RULE_TITLES
from evidence.policy_profile import Profile
from evidence.policy_reading import Problem
from people.own_policies import Changed, Stated
from people.staff import names_of


def profile(policies: Profiles, one: Profile) -> p.ProfileShown:
    """A profile among others."""
    in_force_then = policies.in_force(one.id, one.valid_from)
    chinese, english = one.remark
    return p.ProfileShown(
        id=one.id,
        jurisdiction=one.jurisdiction,
        version=one.version,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        inherits=one.inherits,
        remark=m.Words(zh=chinese, en=english),
        sources=[
            p.SourceShown(
                title=source.title, number=source.number, dated=source.dated, sha256=source.sha256
            )
            for source in one.sources
        ],
        to_be_set=list(in_force_then.to_be_set()),
    )


def explained(found: Effective) -> p.Explained:
    """What holds of a rule or parameter."""
    statement = found.statement
    name = statement.name
    chinese, english = RULE_TITLES[name] if name in RULES else PARAMETER_TITLES[name]
    remark = statement.remark
    return p.Explained(
        profile=found.profile.name,
        name=name,
        words=m.Words(zh=chinese, en=english),
        standing=statement.standing,
        value=statement.value,
        basis=statement.basis,
        remark=None if remark is None else m.Words(zh=remark[0], en=remark[1]),
        citations=[
            p.CitationShown(
                document=one.source.title,
                number=one.source.number,
                article=one.article,
                quote=one.quote,
                digest=one.digest,
            )
            for one in statement.citations
        ],
        rule_version=RULES[name].version if name in RULES else None,
    )


def found(one: Profile) -> p.ProfileFound:
    """The head of the profile that a text holds."""
    return p.ProfileFound(
        id=one.id,
        jurisdiction=one.jurisdiction,
        version=one.version,
        valid_from=one.valid_from,
        valid_to=one.valid_to,
        inherits=one.inherits,
    )


def changed(one: Changed) -> p.PolicyChanged:
    """A parameter or rule before and after."""
    return p.PolicyChanged(
        before=None if one.before is None else explained(one.before), after=explained(one.after)
    )


def problem(one: Problem) -> p.PolicyProblem:
    """What is wrong, with its place."""
    chinese, english = one.sentence
    return p.PolicyProblem(code=one.code, place=one.place, words=m.Words(zh=chinese, en=english))


def own(connection: Connection, one: Stated, *, person: str) -> p.OwnPolicy:
    """A proposed profile, with the names of who proposed and who answered it, for a person."""
    answered = one.answered
    names = names_of(connection, {one.person, *(() if answered is None else (answered.person,))})
    return p.OwnPolicy(
        id=one.id,
        profile=one.profile,
        valid_from=one.valid_from,
        retroactive=one.is_retroactive,
        sha256=one.sha256,
        note=one.note,
        person=one.person,
        name=names.get(one.person),
        is_own=one.person == person,
        stated_at=parse_time(one.stated_at),
        answer=None if answered is None else said(answered.answer),
        answered_by=None if answered is None else names.get(answered.person),
        answered_at=None if answered is None else parse_time(answered.at),
        answer_note=None if answered is None else answered.note,
    )
