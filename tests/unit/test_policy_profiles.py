"""The shipped profiles: each jurisdiction's column of the requirements, and every quotation."""

from datetime import date
from typing import Any

import pytest

from evidence.errors import BadInput, NotFound
from evidence.policy import InForce, load_profiles
from evidence.policy_catalogue import PARAMETERS, REQUIRED, RULES
from evidence.policy_checks import rows_of
from evidence.policy_messages import PARAMETERS as TITLES
from evidence.policy_messages import RULES as RULE_TITLES
from evidence.policy_profile import Citation, Statement, normal_quote, occurs, quote_digest
from evidence.vocabulary import Basis, Standing
from people.policies import load_policies, shipped_texts
from tests.assets import make_quotations
from tests.footage import REPOSITORY
from tests.seeds import documents

POLICIES = load_policies()
DAY = date(2024, 6, 1)
NAMES = REPOSITORY / "tests" / "assets" / "policy_parameters.txt"
JURISDICTIONS = ("LP", "WL", "ZW", "XX", "ZJ")

# Parameters beyond the requirements' list, each for a rule that the list has no name for.
MORE = {
    "reviewer.rounding",  # rounding of the reviewers is a parameter of its own
    "complaint.unqualified_limit",  # one 不合格 is enough
    "text_exemption.never_for",  # "none for 调查检查"
    "link.auto",  # whether a clear winner links by itself: engineering, in no document
    "annual_report.outputs",  # the yearly figures also go to government and superior
    "execution.types",  # which actions are compulsory execution, when it is night, and
    "execution.night",  # which days are holidays: 行政强制法 article 43 is in no seed
    "execution.holidays",
    "disposal.delay_days",  # between two approvals and the removal: engineering, in no document
    "clean_up.due",  # R-056 has a day and no name
}

TO_BE_SET, NONE = Standing.TO_BE_SET, Standing.NONE

# What a jurisdiction says, in the words of the requirements' table; silent cells are not here.
COLUMNS: dict[str, dict[str, Any]] = {
    "LP": {
        "complaint.days": "15 wd",
        "complaint.extension_max": "15 wd",
        "complaint.dissatisfied_limit": 2,
        "complaint.unqualified_limit": 1,
        "complaint.channels": ["hotline_12345"],
        "order.reply_days": "15 cd",
        "fault.transfer_days": "2 cd",
        "fault.reopen_months": 1,
        "fault.repeat_rule": {"any": 2, "years": 1},
        "intervention.norecord_limit": 2,
    },
    "WL": {
        "ratio.countable_kinds": ["BODY_CAMERA", "STILL_CAMERA", "CAMCORDER", "VOICE_RECORDER"],
        "reviewer.percent": 5,
        "reviewer.min": 0,
        "reviewer.external_counts": True,
        "team.min_officers": 2,
        "tier.inspection": "MANDATORY",
        "text_exemption.never_for": ["INSPECTION", "EVIDENCE_TAKING"],
        "record.primary": "both",
        "complaint.days": TO_BE_SET,
        "complaint.channels": ["hotline"],
        "publication.permit_penalty": "7 wd",
        "publication.other": "20 wd",
        "annual_report.due": "01-31",
        "training.hours": 40,
        "training.general_min": 1,
        "clean_up.due": "12-31",
        "certificate.annual_check": "flag",
    },
    "ZW": {
        "complaint.days": TO_BE_SET,
        "complaint.channels": ["phone", "mailbox", "letters"],
        "certificate.annual_check": "block",
        "campaign.from": "2020-06-01",
        "campaign.to": "2020-11-30",
        "campaign.lookback_from": "2018-01-01",
        "campaign.summary_due": "10-20",
    },
    "XX": {
        "ratio.officers_per_set": 4,
        "ratio.rounding": "ceil",
        "ratio.min_sets": 1,
        "ratio.countable_kinds": [
            "BODY_CAMERA",
            "STILL_CAMERA",
            "CAMCORDER",
            "VOICE_RECORDER",
            "AUDIO_RECORDER",
            "FIXED_SURVEILLANCE",
        ],
        "reviewer.percent": 5,
        "reviewer.min": 1,
        "reviewer.external_counts": True,
        "tier.inspection": "DISCRETIONARY",
        "tier.fixed_place": "all",
        "text_exemption.tiers": ["DISCRETIONARY", "ORDINARY"],
        "record.primary": "both",
        "publication.permit_penalty": "7 wd",
        "publication.other": "20 wd",
        "publication.withdraw_days": TO_BE_SET,
        "annual_report.due": "01-20",
        "annual_report.outputs": ["PUBLICATION", "GOVERNMENT", "SUPERIOR"],
    },
    "ZJ": {
        "ratio.countable_kinds": ["BODY_CAMERA", "VOICE_RECORDER", "CAMCORDER"],
        "team.min_officers": 2,
        "tier.inspection": "DISCRETIONARY",
        "record.primary": "paper",
        "fixation.required": True,
        "signature.min_officers": 2,
        "publication.permit_penalty": NONE,
        "publication.other": NONE,
        "publication.withdraw_days": TO_BE_SET,
        "legal_review.days": "7 wd",
        "case.collective_step": True,
        "fault.repeat_rule": {"same": 2, "different": 3, "years": 1},
        "retention.periods": [{"class": "CASE_FILE", "period": "case-archive"}],
    },
    "default": {
        "ratio.officers_per_set": 4,
        "ratio.rounding": "ceil",
        "ratio.min_sets": 1,
        "ratio.headcount": "may_enforce",
        "ratio.serviceable": {
            "states": ["IN_STOCK", "CHECKED_OUT", "DOCKED"],
            "self_test_days": 30,
        },
        "reviewer.percent": 5,
        "reviewer.rounding": "ceil",
        "reviewer.min": 1,
        "reviewer.external_counts": True,
        "team.min_officers": 2,
        "tier.inspection": "DISCRETIONARY",
        "tier.fixed_place": "all",
        "text_exemption.tiers": ["DISCRETIONARY", "ORDINARY"],
        "record.primary": "both",
        "fixation.required": True,
        "signature.min_officers": 2,
        "complaint.days": NONE,
        "complaint.extension_max": NONE,
        "complaint.dissatisfied_limit": 2,
        "publication.permit_penalty": "7 wd",
        "publication.other": "20 wd",
        "case.collective_step": False,
        "fault.transfer_days": NONE,
        "fault.reopen_months": NONE,
        "intervention.norecord_limit": 2,
        "training.hours": 0,
        "training.general_min": 0,
        "certificate.annual_check": "flag",
        "campaign.from": NONE,
        "gap.seam_max_s": 5,
        "gap.seam_total_s": 30,
        "gap.override": "finding",
        "clock.max_correctable_s": 300,
        "dock.within_hours": 24,
        "retention.periods": NONE,
        "calendar.roll_last_day": True,
        "awareness.require_verbal": False,
        "training.prepost_gate": False,
        "link.within_hours": 72,
        "store.copies": 2,
        "scrub.every": "P30D",
        "access.review_period": "P1M",
        "certificate.warn_days": 60,
        "confidentiality.state_policy": "quarantine",
    },
}
CELLS = [(who, name) for who, column in COLUMNS.items() for name in column]
SILENT = {
    "LP": {"annual_report.due", "legal_review.days", "publication.withdraw_days"},
    "WL": {"fault.repeat_rule", "order.reply_days", "publication.withdraw_days"},
    "ZW": set(REQUIRED),
    "XX": {"fault.repeat_rule"},
    "ZJ": {"annual_report.due", "order.reply_days"},
}


def in_force(jurisdiction: str) -> InForce:
    return POLICIES.in_force(jurisdiction, DAY)


def statements() -> list[Statement]:
    return [s for p in POLICIES.all for s in (*p.parameters.values(), *p.rules.values())]


def citations() -> list[Citation]:
    return [citation for statement in statements() for citation in statement.citations]


# --- every parameter is accounted for -------------------------------------------------------------


def required_names() -> set[str]:
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_the_catalogue_has_every_parameter_of_the_requirements_and_few_more() -> None:
    wanted = required_names()
    groups = tuple(name[:-1] for name in wanted if name.endswith(".*"))
    named = {name for name in wanted if not name.endswith(".*")}
    assert len(wanted) == 73
    assert groups == ("campaign.",)
    assert named - PARAMETERS.keys() == set()
    assert {n for n in PARAMETERS.keys() - named if not n.startswith(groups)} == MORE


def test_each_parameter_and_rule_is_called_something_in_both_languages() -> None:
    assert TITLES.keys() == PARAMETERS.keys()
    assert RULE_TITLES.keys() == RULES.keys()
    clauses = in_force("default").profile.rules
    for rule in RULES.values():
        assert rule.parameters or clauses[rule.id].citations
        assert set(rule.parameters) <= PARAMETERS.keys()


def test_the_default_profile_speaks_for_all_that_is_not_required() -> None:
    default = in_force("default").profile
    assert default.parameters.keys() == PARAMETERS.keys() - REQUIRED
    assert all(s.standing is not TO_BE_SET for s in default.parameters.values())


# --- each jurisdiction's column -------------------------------------------------------------------


@pytest.mark.parametrize(("jurisdiction", "name"), CELLS)
def test_a_cell_of_the_table(jurisdiction: str, name: str) -> None:
    policy, wanted = in_force(jurisdiction), COLUMNS[jurisdiction][name]
    effective = policy.effective(name)
    assert effective.profile is policy.profile, "the jurisdiction itself says so"
    assert effective.statement.basis is not Basis.SILENT
    if isinstance(wanted, Standing):
        assert effective.statement.standing is wanted
        assert effective.statement.value is None
    else:
        assert effective.statement.standing is Standing.SET
        assert policy.value(name) == wanted


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_where_a_document_imposes_no_duty_the_profile_says_so(jurisdiction: str) -> None:
    own = in_force(jurisdiction).profile.parameters
    silent = {name for name, s in own.items() if s.basis is Basis.SILENT}
    assert silent == SILENT[jurisdiction]
    assert all(own[name].standing is NONE for name in silent)
    assert own.keys() >= REQUIRED


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_what_a_jurisdiction_is_silent_on_comes_from_the_default(jurisdiction: str) -> None:
    policy, default = in_force(jurisdiction), in_force("default")
    inherited = PARAMETERS.keys() - policy.profile.parameters.keys()
    assert len(inherited) > 40
    for name in inherited:
        effective = policy.effective(name)
        assert effective.profile is default.profile
        assert effective.statement is default.profile.parameters[name]


def test_lists_are_those_of_the_clauses() -> None:
    assert [len(in_force(j).rows("review.checklist")) for j in ("XX", "ZJ", "LP")] == [8, 6, 8]
    assert len(in_force("LP").rows("category.catalogue")) == 10
    grounds = [row["number"] for row in in_force("LP").rows("fault.grounds")]
    assert grounds == [1, 2, 3, 4, 5, 6, 9, 10, 11]
    assert len(in_force("ZJ").rows("fault.grounds")) == 7
    assert len(in_force("ZJ").rows("major.catalogue")) == 6
    assert in_force("ZJ").texts("appraisal.grades") == ["优秀", "较好", "一般", "差"]
    tiers = {str(r["item"]): r["tier"] for r in in_force("XX").rows("tier.catalogue")}
    must = {item for item, tier in tiers.items() if tier == "MANDATORY"}
    assert must == {"查封", "扣押", "强制拆除", "执法办案场所"}
    assert tiers.keys() - must == {"现场执法", "调查取证", "举行听证", "留置送达", "公告送达"}
    documents_wanted = {row["document"] for row in in_force("WL").rows("action_type.required_docs")}
    assert documents_wanted == {"詢問筆錄", "檢查筆錄", "勘驗筆錄"}


TEXT_COLUMNS = {"item", "ground", "point", "name", "document"}


def test_what_a_table_lists_stands_in_its_clauses() -> None:
    found = 0
    for statement in statements():
        quoted = normal_quote("".join(citation.quote for citation in statement.citations))
        rows = rows_of(statement.value)
        words = [str(row[c]) for row in rows for c in TEXT_COLUMNS & row.keys()]
        found += len(words)
        assert [w for w in words if normal_quote(w) not in quoted.replace("…", "")] == []
    assert found > 60


# --- quotations -----------------------------------------------------------------------------------


def test_every_quotation_stands_in_its_document() -> None:
    texts = documents()
    cited = citations()
    assert len(cited) > 100
    for citation in cited:
        assert citation.source.sha256 in texts, citation.source.title
        assert occurs(citation.quote, texts[citation.source.sha256]), citation.quote


def test_quotations_are_those_that_were_compared_with_the_documents() -> None:
    kept = make_quotations.FILE.read_text(encoding="utf-8").splitlines()
    assert make_quotations.lines(POLICIES) == kept


def test_a_quotation_is_found_across_broken_lines_and_omissions_only() -> None:
    document = "一、按每4名\n 执法人员\n6、配备1套设备。"
    assert occurs("按每4名执法人员", document)
    assert occurs("按每4名…配备1套", document)
    assert not occurs("配备1套…按每4名", document)
    assert not occurs("按每5名执法人员", document)
    assert not occurs("按每4名…", document)
    assert quote_digest("甲 乙\n丙") == quote_digest("甲乙丙") != quote_digest("甲乙")


def test_whatever_is_not_in_a_document_says_so() -> None:
    cited = (Basis.POLICY, Basis.INTERPRETATION)
    for statement in statements():
        assert bool(statement.citations) == (statement.basis in cited), statement.name
        if statement.basis in (Basis.ENGINEERING, Basis.INTERPRETATION):
            assert statement.remark, statement.name


def test_remarks_are_in_chinese_and_english() -> None:
    remarks = [s.remark for s in statements() if s.remark] + [p.remark for p in POLICIES.all]
    assert len(remarks) > 100
    for chinese, english in remarks:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
        assert sum(letter.isascii() for letter in english) > len(english) / 2, english


# --- in force -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jurisdiction", "before", "first"),
    [
        ("LP", date(2021, 12, 23), date(2021, 12, 24)),
        ("WL", date(2021, 9, 25), date(2021, 9, 26)),
        ("ZW", date(2020, 6, 3), date(2020, 6, 4)),
        ("XX", date(2022, 6, 29), date(2022, 6, 30)),
        ("ZJ", date(2017, 9, 9), date(2017, 9, 10)),
    ],
)
def test_a_profile_holds_from_its_first_day(jurisdiction: str, before: date, first: date) -> None:
    assert POLICIES.find(jurisdiction, before) is None
    policy = POLICIES.in_force(jurisdiction, first)
    assert [profile.id for profile in policy.line] == [jurisdiction, "default"]
    assert POLICIES.in_force(policy.profile.jurisdiction, first) == policy
    assert POLICIES.find(jurisdiction, date(2100, 1, 1)) is not None


def test_where_none_is_in_force_the_answer_says_so() -> None:
    with pytest.raises(NotFound, match="no profile of XX is in force on 2020-01-01") as found:
        POLICIES.in_force("XX", date(2020, 1, 1))
    assert "XX@1 2022-06-30.." in str(found.value)
    with pytest.raises(NotFound, match="no profile of 北京市"):
        POLICIES.in_force("北京市", DAY)


def test_a_verdict_can_name_profiles_and_rule() -> None:
    stamp = in_force("XX").stamp("ratio")
    assert stamp == {"profiles": ["XX@1", "default@1"], "rule": "ratio", "rule_version": 1}


@pytest.mark.parametrize(
    ("jurisdiction", "unset"),
    [
        ("LP", set()),
        ("WL", {"complaint.days", "legal_review.days"}),
        ("ZW", {"complaint.days"}),
        ("XX", {"publication.withdraw_days", "legal_review.days", "order.reply_days"}),
        ("ZJ", {"publication.withdraw_days"}),
    ],
)
def test_what_the_bureau_must_set_is_told(jurisdiction: str, unset: set[str]) -> None:
    policy = in_force(jurisdiction)
    assert set(policy.to_be_set()) == unset
    for name in unset:
        with pytest.raises(BadInput, match=f"{name} .* has no value in {jurisdiction}@1"):
            policy.value(name)
        assert policy.effective(name).statement.citations, "the clause that imposes the duty"


OWN = """
format = 1
id = "wulong-chengguan"
jurisdiction = "武隆区城市管理局"
version = 1
valid_from = 2024-01-01
inherits = "WL"
remark = { zh = "The bureau's own.", en = "The bureau's own." }

[parameters."complaint.days"]
value = "20 wd"
basis = "bureau"
remark = { zh = "局办公会 2023-12-20", en = "局办公会 2023-12-20" }

[parameters."legal_review.days"]
value = "5 wd"
basis = "bureau"
remark = { zh = "局办公会 2023-12-20", en = "局办公会 2023-12-20" }
"""


def test_r_093_a_profile_without_its_limit_cannot_be_taken_by_a_bureau() -> None:
    with pytest.raises(BadInput, match=r"legal_review\.days"):
        in_force("WL").check_ready()
    profiles = load_profiles({"own.toml": OWN}, POLICIES.all)
    own = profiles.in_force("武隆区城市管理局", DAY)
    own.check_ready()
    assert own.length("complaint.days") == (20, "wd")
    assert own.effective("complaint.days").profile.id == "wulong-chengguan"
    assert own.effective("training.hours").profile.id == "WL"
    assert own.effective("gap.seam_max_s").profile.id == "default"
    lacking = OWN[: OWN.index('[parameters."legal')]
    only_one = load_profiles({"own.toml": lacking}, POLICIES.all)
    with pytest.raises(BadInput, match=r"legal_review\.days"):
        only_one.in_force("wulong-chengguan", DAY).check_ready()


def test_the_profile_that_the_page_shows_is_one_that_a_bureau_can_take() -> None:
    page = (REPOSITORY / "docs" / "POLICY.md").read_text(encoding="utf-8")
    shown = page.partition("```toml\n")[2].partition("```")[0]
    own = load_profiles({"shown.toml": shown}, POLICIES.all).in_force("wulong-chengguan", DAY)
    own.check_ready()
    assert own.length("complaint.days") == (15, "wd")
    for basis in Basis:
        assert f"| `{basis.value.lower()}` |" in page


def test_each_kind_of_value_is_read_as_itself() -> None:
    policy = in_force("ZJ")
    assert policy.whole("team.min_officers") == 2
    assert policy.flag("case.collective_step") is True
    assert policy.text("record.primary") == "paper"
    assert policy.length("publication.other") is None
    assert policy.texts("complaint.channels") == []
    with pytest.raises(NotFound, match="No parameter nonsense"):
        policy.value("nonsense")
    with pytest.raises(NotFound, match="No rule nonsense"):
        policy.rule("nonsense")


def test_the_ratio_rests_on_its_two_sentences() -> None:
    for jurisdiction, source in (("XX", "XX"), ("LP", "default")):
        effective = in_force(jurisdiction).rule("ratio")
        assert effective.profile.id == source
        quotes = [citation.quote for citation in effective.statement.citations]
        assert quotes[:2] == [
            "原则上按每4名执法人员…配备1套音像记录设备的标准确定",
            "不足4人的,至少配备1套音像记录设备",
        ]


def test_all_shipped_files_are_profiles() -> None:
    assert sorted(shipped_texts()) == sorted(f"people/policies/{p.id}.toml" for p in POLICIES.all)
