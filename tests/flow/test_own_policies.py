"""A bureau's own profile: two persons bring it into force, and verdicts rest on it from then."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cases.finding_follow import follow
from cases.finding_rows import Wanted, page
from cases.finding_words import clauses_of
from cases.policy import policy_of
from evidence.errors import BadInput, NotFound, Refused
from evidence.finding_rules import FindingKind
from evidence.quota import Rounding
from people import bodies, own_policies
from people.bodies import UnitKind, UnitStanding
from people.policies import policies_digest, policies_of
from people.ratio_rule import rule_for
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.own_policy import own_text
from tests.registering import LONG_AGO

FLOOR = {"ratio.rounding": '"floor"'}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        made.clock.set("2026-03-02 09:00")
        yield made


def proposed(office: Bureau, person: str, *, first: str = "2026-03-02", **given: object) -> str:
    values = given.pop("values", FLOOR)
    body = own_text(values, valid_from=first, **given)  # type: ignore[arg-type]
    return own_policies.propose(office.ledger, body, person=person)


def approve(office: Bureau, policy: str, person: str) -> None:
    with office.house.site.database.read() as connection:
        seen = own_policies.find(connection, policy).sha256
    own_policies.approve(office.ledger, policy, person=person, seen=seen)


def rounding(office: Bureau, day: date) -> Rounding:
    with office.house.site.database.read() as connection:
        (body,) = bodies.bodies(connection, day)
    return rule_for(body.followed, day).quota.rounding


def follows_own(office: Bureau) -> None:
    standing = UnitStanding(LONG_AGO, UnitKind.AGENCY, "三定方案", profile="own")
    bodies.state_unit(office.ledger, office.unit, new=standing)


def test_a_second_person_brings_it_into_force_and_a_later_one_ends_it(office: Bureau) -> None:
    first, second = office.officer(), office.officer()
    made = proposed(office, first)
    with pytest.raises(Refused) as alone:
        approve(office, made, first)
    with pytest.raises(Refused) as unseen:
        own_policies.approve(office.ledger, made, person=second, seen="0" * 64)
    assert [alone.value.code, unseen.value.code] == ["POLICY_SECOND_PERSON", "POLICY_NOT_SEEN"]
    follows_own(office)
    with pytest.raises(NotFound):
        rounding(office, date(2026, 3, 2))  # it was proposed, and nothing more
    approve(office, made, second)
    assert rounding(office, date(2026, 3, 2)) is Rounding.FLOOR
    with pytest.raises(BadInput) as again:
        approve(office, made, second)
    assert again.value.facts["why"] == "PROPOSAL_ANSWERED"

    later = proposed(office, first, first="2026-07-01", version=2, values={})
    approve(office, later, second)
    assert rounding(office, date(2026, 6, 30)) is Rounding.FLOOR
    assert rounding(office, date(2026, 7, 1)) is Rounding.CEIL
    withdrawn = proposed(office, first, first="2026-09-01", version=3)
    own_policies.refuse(office.ledger, withdrawn, person=first)
    with office.house.site.database.read() as connection:
        answers = [
            one.answered.answer for one in own_policies.everything(connection) if one.answered
        ]
        shown = own_policies.shown_again(connection, later)
        ends = [one.valid_to for one in policies_of(connection).all if one.id == "own"]
    assert answers == ["WITHDRAWN", "APPROVED", "APPROVED"]
    assert {one.name for one in shown.changed} == {"ratio.rounding"}
    assert ends == [date(2026, 6, 30), None]
    with pytest.raises(BadInput) as doubled:
        proposed(office, first, first="2026-07-01", version=4)
    assert doubled.value.facts["why"] == "POLICY_OVERLAP"
    assert office.house.verify().findings == ()


def test_a_text_that_is_wrong_or_late_is_refused_with_its_place(office: Bureau) -> None:
    person = office.officer()

    def refused(body: str) -> tuple[object, object]:
        with pytest.raises(BadInput) as caught:
            own_policies.propose(office.ledger, body, person=person)
        return caught.value.facts["why"], caught.value.facts.get("place")

    assert refused("format = ") == ("POLICY_NOT_TOML", "draft")
    code, place = refused(own_text({"ratio.roundig": '"floor"'}))
    assert (code, str(place).startswith("draft:")) == ("POLICY_UNKNOWN_KEY", True)
    unset = own_text(FLOOR).replace("legal_review.days", "complaint.days")
    assert refused(unset)[0] == "POLICY_TO_BE_SET"
    assert refused(own_text(FLOOR, name="XX", inherits="default"))[0] == "POLICY_TWO_NAMES"
    assert refused(own_text(FLOOR, valid_from="2026-03-01"))[0] == "POLICY_FROM_DAY"
    assert refused(" ")[0] == "POLICY_TEXT"
    assert refused("x" * (own_policies.MOST_CHARACTERS + 1))[0] == "POLICY_TEXT"
    waits = proposed(office, person)
    office.clock.now += timedelta(days=1)
    with pytest.raises(BadInput) as late:
        approve(office, waits, office.officer())
    assert late.value.facts["why"] == "POLICY_FROM_DAY"
    with office.house.site.database.read() as connection:
        own_policies.find(connection, waits)
        with pytest.raises(NotFound):
            own_policies.find(connection, "none")


def test_what_rests_on_it_names_it_and_is_judged_anew_when_it_comes(office: Bureau) -> None:
    with office.house.site.database.read() as connection:
        before = policies_digest(connection)
    approve(office, proposed(office, office.officer()), office.officer())
    follows_own(office)
    for _ in range(3):
        office.officer()
    follow(office.ledger)
    with office.house.site.database.read() as connection:
        assert policies_digest(connection) != before
        (short,) = page(connection, Wanted(kinds=[FindingKind.RATIO_SHORT]), before=None, limit=2)
        assert short.rule["profiles"] == ["own@1", "XX@1", "default@1"]
        assert clauses_of(short, policies_of(connection))[0].article
        policy = policy_of(connection, office.unit, day=date(2026, 3, 2))
        body = own_policies.everything(connection)[0].body
    assert policy.text("legal_review.days") == "5 wd"
    assert hashlib.sha256(body.encode()).hexdigest()
