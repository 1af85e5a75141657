"""Every parameter of a policy profile, and every rule that reads them.

Holds always: a name stands here once; a profile states no other name. A parameter has a value, or
an explicit "none", in the default profile unless it is required. A required one has none there:
each profile of a jurisdiction must say of it what its documents say, which is a value, or that a
clause imposes the duty without a number (the bureau must set one), or that the documents impose
no such duty. So a required parameter is never missing by oversight; where the bureau must set it,
the profile is not ready for a bureau, and asking for the value is refused by name.
What parameters and rules are called stands in `evidence.policy_messages`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evidence.policy_kinds import (
    Kind,
    Record,
    Rows,
    Several,
    Simple,
    choice,
    day,
    every,
    flag,
    formed,
    length,
    month_day,
    retention,
    text,
    whole,
)
from evidence.vocabulary import DeviceKind, Tier


@dataclass(frozen=True)
class Parameter:
    """One parameter; `may_be_none` where a profile may say that there is no such duty or limit."""

    name: str
    kind: Kind
    may_be_none: bool
    required: bool


@dataclass(frozen=True)
class Rule:
    """An algorithm in code that applies clauses; `version` grows when its outcome may change."""

    id: str
    version: int
    parameters: tuple[str, ...]


_DEVICES = Several(choice(*DeviceKind), least=1)
_WORKING_DAYS = length("wd")
_DAYS = length("wd", "cd")
_PEOPLE = ("人", "persons")
_TIMES = ("次", "times")
_HOURS = ("小时", "hours")
_SECONDS = ("秒", "seconds")
_CODE = formed(
    "[A-Z][A-Z0-9_]{1,39}",
    ("大写字母开头的代码，如 SEAL_UP", "a code in capitals, such as SEAL_UP"),
)
_CHANNEL = formed(
    "[a-z][a-z0-9_]{1,39}",
    ("小写字母开头的代码，如 hotline_12345", "a code in small letters, such as hotline_12345"),
)
_DAYTIME = formed(
    "([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
    ("起止时刻，如 22:00-06:00", "from one time of day to another, such as 22:00-06:00"),
)
_PERCENT = whole(0, 100, unit=("%", "per cent"))
_ROUNDING = choice("ceil", "floor", "nearest")
_HARDNESS = choice("hard", "soft")
_ON_WHAT_DAYS = whole(1, 366, unit=("日", "days"))
_SOURCES = choice(
    "SUPERVISION_CHECK",
    "FILE_REVIEW",
    "COMPLAINT_VERIFIED",
    "RECONSIDERATION_CORRECTED",
    "OTHER",
)
_TIER_ROW: Mapping[str, Simple] = {
    "item": text(),
    "subject": choice("ACTION", "PLACE"),
    "code": _CODE,
    "tier": choice(*Tier),
    "start": text(),
    "end": text(),
    "content": text(),
    "period": retention(),
}


def _listed(column: str) -> Rows:
    """Rows of a code and a text."""
    return Rows(Record({"code": _CODE, column: text()}), "code")


_KINDS: Mapping[str, Kind] = {
    # the ratios
    "ratio.officers_per_set": whole(1, 1000, unit=_PEOPLE),
    "ratio.rounding": _ROUNDING,
    "ratio.min_sets": whole(0, 100, unit=("套", "sets")),
    "ratio.headcount": choice("may_enforce", "roster"),
    "ratio.countable_kinds": _DEVICES,
    "ratio.serviceable": Record(
        {
            "states": Several(choice("IN_STOCK", "CHECKED_OUT", "DOCKED"), least=1),
            "self_test_days": _ON_WHAT_DAYS,
        }
    ),
    "reviewer.percent": _PERCENT,
    "reviewer.rounding": _ROUNDING,
    "reviewer.min": whole(0, 100, unit=_PEOPLE),
    "reviewer.external_counts": flag(),
    "device.kinds": _DEVICES,
    "device.service_life": Rows(
        Record({"kind": choice(*DeviceKind), "life": length("y", "mo")}), "kind"
    ),
    # people at work
    "team.min_officers": whole(1, 20, unit=_PEOPLE),
    "signature.min_officers": whole(1, 20, unit=_PEOPLE),
    "identity.mode": Several(choice("SHOWN", "WORN"), least=1),
    "notify.items": Several(
        choice("CAUSE", "BASIS", "STATEMENT", "DEFENCE", "HEARING", "REMEDY"), least=1
    ),
    "certificate.annual_check": choice("flag", "block"),
    "certificate.warn_days": _ON_WHAT_DAYS,
    "training.hours": whole(0, 1000, unit=("学时", "hours")),
    "training.general_min": whole(0, 50, unit=_TIMES),
    "training.prepost_gate": flag(),
    "clean_up.due": month_day(),
    # recording
    "tier.inspection": choice(*Tier),
    "tier.catalogue": Rows(
        Record(_TIER_ROW, optional=frozenset({"start", "end", "content", "period"})), "code"
    ),
    "tier.fixed_place": choice("all", "rights_bearing"),
    "text_exemption.tiers": Several(choice(Tier.DISCRETIONARY, Tier.ORDINARY)),
    "text_exemption.never_for": Several(_CODE),
    "record.primary": choice("both", "paper", "av"),
    "fixation.required": flag(),
    "awareness.require_verbal": flag(),
    "action_type.required_docs": Rows(Record({"code": _CODE, "document": text()}), "document"),
    "gap.seam_max_s": whole(0, 600, unit=_SECONDS),
    "gap.seam_total_s": whole(0, 3600, unit=_SECONDS),
    "gap.override": choice("finding", "never"),
    "clock.max_correctable_s": whole(0, 86400, unit=_SECONDS),
    "dock.within_hours": whole(1, 8760, unit=_HOURS),
    "link.auto": flag(),
    "link.within_hours": whole(1, 8760, unit=_HOURS),
    "execution.types": Several(_CODE, least=1),
    "execution.night": _DAYTIME,
    "execution.holidays": choice("listed_off", "none"),
    # State secrets are kept and quarantined: nothing that was recorded is refused at intake.
    "confidentiality.state_policy": choice("quarantine"),
    "transcode.profile": text(),
    # keeping
    "retention.periods": Rows(Record({"class": _CODE, "period": retention()}), "class"),
    "disposal.delay_days": whole(0, 366, unit=("日", "days")),
    "archive.within_days": _DAYS,
    "store.copies": whole(1, 10, unit=("份", "copies")),
    "scrub.every": every(),
    "access.review_period": every(),
    "access.approver_role": choice("SUPERVISOR", "AUDITOR", "ADMINISTRATOR"),
    "signing.key": choice("log", "station"),
    # cases
    "category.catalogue": _listed("name"),
    "major.catalogue": _listed("item"),
    "power_list": _listed("item"),
    "step.limits": Rows(Record({"step": _CODE, "limit": _DAYS}), "step"),
    "case.collective_step": flag(),
    "legal_review.days": _DAYS,
    "review.checklist": _listed("point"),
    "review.separation": Record({"person": _HARDNESS, "unit": _HARDNESS}),
    "review.sample_percent": _PERCENT,
    "file_review.percent": _PERCENT,
    "transfer.alert_days": _DAYS,
    # complaints and publicity
    "complaint.days": _WORKING_DAYS,
    "complaint.extension_max": _WORKING_DAYS,
    "complaint.dissatisfied_limit": whole(1, 20, unit=_TIMES),
    "complaint.unqualified_limit": whole(1, 20, unit=_TIMES),
    "complaint.channels": Several(_CHANNEL, least=1),
    "publication.permit_penalty": _DAYS,
    "publication.other": _DAYS,
    "publication.withdraw_days": _DAYS,
    "publication.steps": Several(choice("COLLECT", "EDIT", "CHECK", "PUBLISH"), least=1),
    "annual_report.due": month_day(),
    "annual_report.outputs": Several(
        choice("PUBLICATION", "GOVERNMENT", "SUPERIOR", "OVERSIGHT"), least=1
    ),
    # supervision and faults
    "order.reply_days": _DAYS,
    "notice.kind_by_source": Rows(
        Record({"source": _SOURCES, "kind": choice("OPINION", "RECOMMENDATION")}), "source"
    ),
    "fault.transfer_days": _DAYS,
    "fault.reopen_months": whole(1, 24, unit=("个月", "months")),
    "fault.repeat_rule": Record(
        {
            "any": whole(1, 20, unit=_TIMES),
            "same": whole(1, 20, unit=_TIMES),
            "different": whole(1, 20, unit=_TIMES),
            "years": whole(1, 10, unit=("年", "years")),
        },
        any_of=frozenset({"any", "same", "different"}),
    ),
    "fault.grounds": Rows(Record({"number": whole(1, 30), "ground": text()}), "number"),
    "intervention.norecord_limit": whole(1, 20, unit=_TIMES),
    "appraisal.grades": Several(text(), least=2),
    # times
    "calendar.roll_last_day": flag(),
    "campaign.from": day(),
    "campaign.to": day(),
    "campaign.lookback_from": day(),
    "campaign.summary_due": month_day(),
    "campaign.milestones": Rows(Record({"task": text(), "due": day()}), "task"),
}

REQUIRED = frozenset(
    {
        "annual_report.due",
        "fault.repeat_rule",
        "legal_review.days",
        "order.reply_days",
        "publication.withdraw_days",
    }
)
"""What has no default: each jurisdiction must say what its documents say of it."""

_MAY_BE_NONE = REQUIRED | {
    "action_type.required_docs",
    "appraisal.grades",
    "archive.within_days",
    "campaign.from",
    "campaign.lookback_from",
    "campaign.milestones",
    "campaign.summary_due",
    "campaign.to",
    "clean_up.due",
    "complaint.channels",
    "complaint.days",
    "complaint.extension_max",
    "device.service_life",
    "execution.night",
    "fault.grounds",
    "fault.reopen_months",
    "fault.transfer_days",
    "file_review.percent",
    "major.catalogue",
    "power_list",
    "publication.other",
    "publication.permit_penalty",
    "publication.steps",
    "retention.periods",
    "review.sample_percent",
    "step.limits",
    "transcode.profile",
    "transfer.alert_days",
}

PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        name: Parameter(name, kind, may_be_none=name in _MAY_BE_NONE, required=name in REQUIRED)
        for name, kind in _KINDS.items()
    }
)
"""Every parameter by its dotted name."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "ratio": Rule("ratio", 1, tuple(name for name in _KINDS if name.startswith("ratio."))),
        "reviewer_ratio": Rule(
            "reviewer_ratio",
            1,
            tuple(name for name in _KINDS if name.startswith("reviewer.")),
        ),
        "may_enforce": Rule("may_enforce", 1, ("certificate.annual_check",)),
        "clean_up": Rule("clean_up", 1, ("clean_up.due",)),
        "terms": Rule("terms", 1, ("calendar.roll_last_day",)),
        "tier": Rule(
            "tier",
            1,
            (
                "tier.catalogue",
                "tier.inspection",
                "tier.fixed_place",
                "text_exemption.tiers",
                "text_exemption.never_for",
            ),
        ),
        "coverage": Rule(
            "coverage",
            1,
            (
                "gap.seam_max_s",
                "gap.seam_total_s",
                "clock.max_correctable_s",
                "dock.within_hours",
            ),
        ),
        "presence": Rule("presence", 1, ("team.min_officers",)),
        "docking": Rule("docking", 1, ("dock.within_hours",)),
        "linking": Rule("linking", 1, ("link.auto", "link.within_hours")),
        "completeness": Rule("completeness", 1, ("store.copies", "scrub.every")),
        "awareness": Rule("awareness", 1, ("awareness.require_verbal",)),
        "secrecy": Rule("secrecy", 1, ("confidentiality.state_policy",)),
        "legal_review": Rule(
            "legal_review", 1, ("legal_review.days", "review.checklist", "review.separation")
        ),
        "access_review": Rule("access_review", 1, ("access.review_period", "access.approver_role")),
        "team_roles": Rule("team_roles", 1, ()),
        "capacity": Rule("capacity", 1, ("power_list",)),
        "exemption": Rule(
            "exemption",
            1,
            ("text_exemption.tiers", "text_exemption.never_for", "signature.min_officers"),
        ),
        "interval": Rule("interval", 1, ()),
        "metadata": Rule("metadata", 1, ()),
        "documents": Rule("documents", 1, ("action_type.required_docs", "record.primary")),
        "signatures": Rule("signatures", 1, ("signature.min_officers",)),
        "identity": Rule("identity", 1, ("identity.mode",)),
        "fixation": Rule("fixation", 1, ("fixation.required",)),
        "evidence_both_ways": Rule("evidence_both_ways", 1, ()),
        "collective": Rule("collective", 1, ("case.collective_step",)),
        "stages": Rule("stages", 1, ()),
        "archive": Rule("archive", 1, ("archive.within_days",)),
        "disposal": Rule("disposal", 1, ("disposal.delay_days",)),
        "transfer": Rule("transfer", 1, ("transfer.alert_days",)),
        "execution_time": Rule(
            "execution_time", 1, ("execution.types", "execution.night", "execution.holidays")
        ),
    }
)
"""Every rule by its id."""
