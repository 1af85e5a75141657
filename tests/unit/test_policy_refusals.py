"""A wrong profile is refused with file, line and key; each kind of mistake in one small change."""

from datetime import date

import pytest

from evidence.errors import BadInput
from evidence.policy import load_profiles, problems_of
from evidence.policy_kinds import (
    Kind,
    Record,
    Rows,
    Several,
    choice,
    day,
    every,
    flag,
    formed,
    length,
    month_day,
    plain,
    retention,
    text,
    whole,
    wrongs,
)
from evidence.policy_messages import CONTRADICTIONS, PROBLEMS
from evidence.policy_profile import quote_digest
from evidence.policy_reading import Problem, read_profile
from people.policies import load_policies, shipped_texts

POLICIES = load_policies()
XX = shipped_texts()["people/policies/XX.toml"]
HEAD = """format = 1
id = "T"
jurisdiction = "试验区"
version = 1
valid_from = 2024-01-01
inherits = "LP"
remark = { zh = "For a test.", en = "For a test." }

[[sources]]
id = "S"
title = "文件"
number = "1号"
date = 2024-01-01
sha256 = "%s"
""" % ("0" * 64)
QUOTE = "每年培训不少于40学时"
CITED = f"""
[parameters."training.hours"]
value = 40
basis = "policy"

[[parameters."training.hours".citations]]
source = "S"
article = "一"
quote = "{QUOTE}"
digest = "{quote_digest(QUOTE)}"
"""
GOOD = HEAD + CITED


OURS = 'basis = "bureau"\nremark = { zh = "测试", en = "test" }\n'


def stated(name: str, value: str) -> str:
    """A profile that says this of a parameter, by the bureau's own decision."""
    return HEAD + f'\n[parameters."{name}"]\nvalue = {value}\n{OURS}'


def problems(toml: str) -> list[Problem]:
    return problems_of({"T.toml": toml}, POLICIES.all)[1]


def test_the_good_one_is_good() -> None:
    assert problems(GOOD) == []
    policy = load_profiles({"T.toml": GOOD}, POLICIES.all).in_force("T", date(2024, 1, 1))
    assert policy.whole("training.hours") == 40


CHANGES = [
    ("format = 1", "format = 2", "POLICY_WRONG_VALUE", "T.toml format"),
    ("format = 1", "", "POLICY_MISSING_KEY", "T.toml format"),
    ('id = "T"', 'id = "甲"', "POLICY_WRONG_VALUE", "T.toml id"),
    ("version = 1", "version = true", "POLICY_WRONG_VALUE", "T.toml version"),
    ("version = 1", "version = 1\nextra = 1", "POLICY_UNKNOWN_KEY", "T.toml extra"),
    ("2024-01-01\ninherits", '"2024-01-01"\ninherits', "POLICY_WRONG_VALUE", "T.toml valid_from"),
    ("inherits", "valid_to = 2023-12-31\ninherits", "POLICY_DATES", "T.toml valid_to"),
    ('inherits = "LP"', "", "POLICY_MISSING_KEY", "T.toml inherits"),
    ('inherits = "LP"', 'inherits = "T"', "POLICY_NO_PARENT", "T.toml"),
    ('inherits = "LP"', 'inherits = "QQ"', "POLICY_NO_PARENT", "T.toml"),
    ("valid_from = 2024", "valid_from = 2020", "POLICY_NO_PARENT", "T.toml"),
    ('inherits = "LP"', 'inherits = "default"', "POLICY_MISSING_PARAMETER", "T.toml"),
    ('"试验区"', '"重庆市梁平区"', "POLICY_TWO_NAMES", "T.toml"),
    ('title = "文件"', "", "POLICY_MISSING_KEY", "T.toml:9 sources[1].title"),
    ('number = "1号"\n', "", "POLICY_MISSING_KEY", "T.toml:9 sources[1].remark"),
    ('"0000', '"000g', "POLICY_WRONG_VALUE", "T.toml:9 sources[1].sha256"),
    ('"training.hours"]\nvalue', '"training.ours"]\nvalue', "POLICY_UNKNOWN_KEY", "T.toml:16 para"),
    ("value = 40", 'value = "40"', "POLICY_WRONG_VALUE", "parameters.training.hours.value"),
    ("value = 40", "value = 1001", "POLICY_WRONG_VALUE", "T.toml:16 parameters"),
    ("value = 40", "valeu = 40", "POLICY_STANDING", "T.toml:16 parameters.training.hours"),
    ("value = 40", "valeu = 40", "POLICY_UNKNOWN_KEY", "parameters.training.hours.valeu"),
    ("value = 40", "value = 40\nnone = true", "POLICY_STANDING", "parameters.training.hours"),
    ("value = 40", "none = false", "POLICY_STANDING", "parameters.training.hours"),
    ("value = 40", "none = true", "POLICY_MAY_NOT_BE_NONE", "parameters.training.hours"),
    ("value = 40", "to_be_set = true", "POLICY_MAY_NOT_BE_NONE", "parameters.training.hours"),
    ('basis = "policy"', 'basis = "guess"', "POLICY_WRONG_VALUE", "training.hours.basis"),
    ('basis = "policy"', "", "POLICY_MISSING_KEY", "training.hours.basis"),
    ('basis = "policy"', 'basis = "engineering"', "POLICY_CITATION_TOO_MANY", "training.hours"),
    ('basis = "policy"', 'basis = "interpretation"', "POLICY_NO_REMARK", "training.hours"),
    ('basis = "policy"', 'basis = "silent"', "POLICY_SILENT", "training.hours"),
    (CITED[CITED.index("\n[[") :], "", "POLICY_NO_CITATION", "training.hours"),
    ('source = "S"', 'source = "S9"', "POLICY_NO_SOURCE", "citations[1].source"),
    ('article = "一"', "", "POLICY_MISSING_KEY", "T.toml:20 parameters"),
    ("40学时", "44学时", "POLICY_DIGEST_DIFFERS", "T.toml:20 parameters"),
    ("[parameters.", "[rules.", "POLICY_UNKNOWN_KEY", "rules.training.hours"),
    ("version = 1", "version =", "POLICY_NOT_TOML", "T.toml"),
    ("[[sources]]", "parameters = 3\n[[sources]]", "POLICY_NOT_TOML", "T.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "place"), CHANGES)
def test_a_wrong_profile_is_refused_with_its_place(
    old: str, new: str, *, code: str, place: str
) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new))
    assert code in {problem.code for problem in found}, found
    told = [problem for problem in found if problem.code == code]
    assert any(place in problem.place for problem in told), told
    for problem in found:
        chinese, english = problem.sentence
        assert problem.place in chinese
        assert problem.place in english
        assert "{" not in chinese + english
    with pytest.raises(BadInput) as refused:
        load_profiles({"T.toml": GOOD.replace(old, new)}, POLICIES.all)
    assert refused.value.facts["why"] == found[0].code


def test_the_line_of_a_syntax_error_is_told() -> None:
    [problem] = problems(GOOD.replace('article = "一"', "article = 一"))
    assert "line 22" in problem.sentence[1]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("gap.seam_max_s", "31", "POLICY_CONTRADICTION"),
        ("ratio.countable_kinds", '["BODY_CAMERA", "VOICE_RECORDER"]', None),
        ("device.kinds", '["BODY_CAMERA"]', "POLICY_CONTRADICTION"),
        ("campaign.from", "2024-02-01", None),
        ("tier.inspection", '"SOMETIMES"', "POLICY_WRONG_VALUE"),
        ("text_exemption.tiers", '["MANDATORY"]', "POLICY_WRONG_VALUE"),
        ("text_exemption.tiers", '["ORDINARY", "ORDINARY"]', "POLICY_WRONG_VALUE"),
        ("fault.repeat_rule", "{ years = 1 }", "POLICY_WRONG_VALUE"),
        ("fault.repeat_rule", "{ same = 2, years = 1, more = 1 }", "POLICY_WRONG_VALUE"),
        ("confidentiality.state_policy", '"refuse"', "POLICY_WRONG_VALUE"),
        ("complaint.days", '"15 cd"', "POLICY_WRONG_VALUE"),
        ("annual_report.due", '"02-30"', "POLICY_WRONG_VALUE"),
    ],
)
def test_values_that_cannot_be_are_refused(name: str, value: str, *, code: str | None) -> None:
    codes = {problem.code for problem in problems(stated(name, value))}
    assert codes == ({code} if code else set())


def test_a_contradiction_names_both_values() -> None:
    [problem] = problems(stated("gap.seam_max_s", "31"))
    assert problem.place == "T.toml:16 parameters.gap.seam_max_s"
    assert "gap.seam_max_s (31) contradicts gap.seam_total_s (30)" in problem.sentence[1]


def test_dates_and_needs_contradict_too() -> None:
    campaign = stated("campaign.from", "2024-02-01")
    campaign += '[parameters."campaign.to"]\nvalue = 2024-01-31\n' + OURS
    assert [p.code for p in problems(campaign)] == ["POLICY_CONTRADICTION"]
    no_days = HEAD + '[parameters."complaint.days"]\nnone = true\n' + OURS
    assert [p.facts["left"] for p in problems(no_days)] == ["complaint.extension_max"]


ROW = '{ item = "%s", subject = "ACTION", code = "%s", tier = "%s" }'
ABOVE = [
    ("查封", "SEAL_UP", "MANDATORY"),
    ("扣押", "SEIZURE", "MANDATORY"),
    ("强制拆除", "FORCED_DEMOLITION", "MANDATORY"),
    ("执法办案场所", "FIXED_PLACE", "MANDATORY"),
    ("现场执法", "ON_SITE", "DISCRETIONARY"),
    ("调查取证", "EVIDENCE_TAKING", "DISCRETIONARY"),
    ("举行听证", "HEARING", "DISCRETIONARY"),
    ("留置送达", "SERVICE_BY_LEAVING", "DISCRETIONARY"),
    ("公告送达", "SERVICE_BY_ANNOUNCEMENT", "DISCRETIONARY"),
]


def catalogue(rows: list[tuple[str, str, str]]) -> str:
    return stated("tier.catalogue", "[" + ",\n".join(ROW % row for row in rows) + "]")


def test_r_140_a_lower_level_raises_a_tier_and_never_lowers_it() -> None:
    raised = [(item, code, "MANDATORY") for item, code, _ in ABOVE]
    assert problems(catalogue(ABOVE)) == []
    assert problems(catalogue(raised)) == []
    lowered = [("查封", "SEAL_UP", "DISCRETIONARY"), *ABOVE[1:]]
    [problem] = problems(catalogue(lowered))
    assert problem.code == "POLICY_TIER_LOWERED"
    assert "查封" in problem.sentence[0]
    assert [p.code for p in problems(catalogue(ABOVE[1:]))] == ["POLICY_TIER_LOWERED"]
    twice = problems(catalogue([*ABOVE, ABOVE[0]]))
    assert [p.code for p in twice] == ["POLICY_WRONG_VALUE"]
    assert twice[0].place.endswith("value[10].code")


def test_dates_of_one_jurisdiction_do_not_overlap() -> None:
    second = GOOD.replace("version = 1", "version = 2").replace("from = 2024", "from = 2025")
    both = {"1.toml": GOOD, "2.toml": second}
    assert [p.code for p in problems_of(both, POLICIES.all)[1]] == ["POLICY_OVERLAP"]
    ended = GOOD.replace("inherits", "valid_to = 2024-12-31\ninherits")
    policies = load_profiles({"1.toml": ended, "2.toml": second}, POLICIES.all)
    assert policies.in_force("T", date(2024, 12, 31)).profile.version == 1
    assert policies.in_force("T", date(2025, 1, 1)).profile.version == 2
    gap = ended.replace("valid_to = 2024-12-31", "valid_to = 2024-12-30")
    policies = load_profiles({"1.toml": gap, "2.toml": second}, POLICIES.all)
    assert policies.find("T", date(2024, 12, 31)) is None
    same = ended.replace("version = 1", "version = 2")
    doubled = problems_of({"1.toml": same, "2.toml": second}, POLICIES.all)[1]
    assert [p.code for p in doubled] == ["POLICY_OVERLAP"]


def test_a_circle_of_inheritance_is_refused() -> None:
    other = GOOD.replace('"T"', '"U"', 1).replace("试验区", "另一区").replace('"LP"', '"T"')
    circle = {"T.toml": GOOD.replace('"LP"', '"U"'), "U.toml": other}
    assert {p.code for p in problems_of(circle, POLICIES.all)[1]} == {"POLICY_NO_PARENT"}


def test_the_default_profile_is_whole() -> None:
    texts = shipped_texts()
    place = "people/policies/default.toml"
    cut = texts[place].replace('[parameters."store.copies"]', '[parameters."annual_report.due"]')
    cut = cut.replace("[rules.terms", "[rules.tier2")
    found = {(p.code, p.facts.get("value")) for p in problems_of({**texts, place: cut})[1]}
    assert ("POLICY_UNKNOWN_KEY", None) in found
    less = texts[place]
    start = less.index('[parameters."store.copies"]')
    less = less[:start] + less[less.index("[parameters", start + 5) :]
    [problem] = problems_of({**texts, place: less})[1]
    assert (problem.code, problem.facts["value"]) == ("POLICY_MISSING_PARAMETER", "store.copies")
    due = '\n[parameters."annual_report.due"]\nnone = true\nbasis = "silent"\n'
    more = {**texts, place: texts[place] + due}
    assert [p.code for p in problems_of(more)[1]] == ["POLICY_DEFAULT_OF_REQUIRED"]
    terms = texts[place].index("[rules.terms]")
    after = texts[place].index("[rules.tier]", terms)
    without = texts[place][:terms] + texts[place][after:]
    assert [p.code for p in problems_of({**texts, place: without})[1]] == ["POLICY_MISSING_RULE"]


@pytest.mark.parametrize("digit", ["0", "7"])
def test_one_changed_character_of_a_shipped_quotation_is_seen(digit: str) -> None:
    changed = XX.replace("按每4名", f"按每{digit}名")
    codes = {problem.code for problem in read_profile(changed, "XX.toml").problems}
    assert codes == {"POLICY_DIGEST_DIFFERS"}


def test_sentences_are_in_both_languages() -> None:
    for chinese, english in (*PROBLEMS.values(), *CONTRADICTIONS.values()):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert english.isascii() or "“" in english


# --- kinds ----------------------------------------------------------------------------------------

PAIR = Record(
    {"code": formed("[A-Z]+", ("大写字母", "capitals")), "days": length("wd", "cd")},
    optional=frozenset({"days"}),
)

FITS: list[tuple[Kind, object]] = [
    (whole(1, 3), 3),
    (flag(), False),
    (text(), "甲"),
    (choice("a", "b"), "b"),
    (length("wd"), "15 wd"),
    (every(), "P30D"),
    (month_day(), "01-31"),
    (day(), date(2024, 1, 1)),
    (retention(), "permanent"),
    (retention(), "30 y"),
    (Several(choice("a", "b")), []),
    (PAIR, {"code": "A"}),
    (Rows(PAIR, "code"), [{"code": "A"}, {"code": "B", "days": "1 cd"}]),
]
FITS_NOT: list[tuple[Kind, object, str]] = [
    (whole(1, 3), 4, ""),
    (whole(0, 3), False, ""),
    (flag(), 0, ""),
    (text(), " ", ""),
    (text(), "a\nb", ""),
    (choice("a"), ["a"], ""),
    (length("wd"), "15 cd", ""),
    (length("wd"), "015 wd", ""),
    (length("wd"), 15, ""),
    (every(), "30D", ""),
    (month_day(), "02-29", ""),
    (month_day(), "13-01", ""),
    (month_day(), "1-1", ""),
    (day(), "2024-01-01", ""),
    (retention(), "10 wd", ""),
    (Several(choice("a"), least=1), [], ""),
    (Several(choice("a", "b")), ["a", "a"], "[2]"),
    (Several(choice("a", "b")), ["a", "c"], "[2]"),
    (PAIR, {"days": "1 cd"}, ".code"),
    (PAIR, {"code": "A", "more": 1}, ".more"),
    (Rows(PAIR, "code"), [], ""),
    (Rows(PAIR, "code"), {"code": "A"}, ""),
    (Rows(PAIR, "code"), [{"code": "A"}, {"code": "A"}], "[2].code"),
    (Rows(PAIR, "code"), [{"code": "A", "days": "x"}], "[1].days"),
]


@pytest.mark.parametrize(("kind", "value"), FITS)
def test_what_fits_has_a_plain_form(kind: Kind, value: object) -> None:
    assert list(wrongs(kind, value)) == []
    wanted = value.isoformat() if isinstance(value, date) else value
    assert plain(kind, value) == wanted


@pytest.mark.parametrize(("kind", "value", "path"), FITS_NOT)
def test_what_does_not_fit_is_told_with_its_place(kind: Kind, value: object, *, path: str) -> None:
    [wrong] = wrongs(kind, value)
    assert wrong.path == path
    assert all(wrong.expected)
