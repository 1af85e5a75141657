"""Holds and retention in words: why something was refused, and what their codes are called."""

from collections.abc import Mapping
from enum import StrEnum

from evidence.retention import RetentionClass, RetentionReason
from evidence.retention_holds import HoldKind, HoldState

Sentence = tuple[str, str]

ERRORS: Mapping[str, Sentence] = {
    "HOLD_SECOND_PERSON": (
        "保全须由申请人以外的人解除；保全 {hold} 仍然有效",
        "A hold is released by another person than asked for it; {hold} still holds",
    ),
    "RETENTION_SECOND_PERSON": (
        "保管期限的变更须由提出人以外的人批准；期限未变",
        "A change of periods is approved by another person than made it; no period has changed",
    ),
    "RETENTION_PREVIEW_CHANGED": (
        "变更影响的录像与您看到的清单不同（现为 {count} 段）；请重新查看后再批准，期限未变",
        (
            "What the change touches is no longer what you were shown ({count} recordings now); look "
            "again and then approve, no period has changed"
        ),
    ),
}
"""Sentences of error codes."""

WHY: Mapping[str, Sentence] = {
    "HOLD_SCOPE": (
        "保全须指明人员、案件、执法活动或录像",
        "a hold names persons, cases, actions or recordings",
    ),
    "HOLD_TOO_MANY": (
        "一次保全最多指明 {most} 项，请分次登记",
        "one hold names {most} of a kind at most; place several",
    ),
    "HOLD_INTERVAL": (
        "按人员保全须指明起始时间",
        "a hold by person needs the time from which it counts",
    ),
    "HOLD_BASIS": ("须写明依据，一行不超过 200 字", "a basis is needed, one line of up to 200"),
    "HOLD_REVIEW": ("复核日期 {day} 已过，请填今天或以后", "the review day {day} is past"),
    "HOLD_OVER": ("保全 {hold} 已解除或已到期", "the hold {hold} is over already"),
    "RETENTION_FROM_DAY": (
        "不溯及既往的版本须自今天或以后起施行，{day} 已过",
        "a version that is not retroactive begins today or later; {day} is past",
    ),
    "RETENTION_CLASSES": (
        "期限表须列明类别，每类一行，最多 50 行",
        "a table of periods names each class once, 50 at most",
    ),
    "RETENTION_CLASS": (
        "“{value}”不是类别代码，应如 WORKING_MATERIAL",
        "{value} is no class, such as WORKING_MATERIAL",
    ),
    "RETENTION_PERIOD": (
        "“{value}”不是期限，应如 permanent、30 y 或 6 mo",
        "{value} is no period, such as permanent, 30 y or 6 mo",
    ),
    "RETENTION_SOURCE": (
        "每个期限须写明所依据的文件、条款和原文",
        "each period needs its document, article and words",
    ),
    "RETENTION_SEEN": (
        "批准时须注明您看到的影响清单，请打开该版本后再批准",
        "an approval names what was shown; open the version, then approve",
    ),
    "NO_RETENTION_VERSION": (
        "没有期限版本 {version}",
        "there is no version {version} of the periods",
    ),
    "CASE_TERM_END": (
        "案卷期限须填写期限或到期日，只填其一",
        "the end of a case file is a period or a day, one of them",
    ),
    "NO_CASE_TERM": ("没有案卷期限 {term}", "there is no end of a case file {term}"),
    "REMEDY_BODY": (
        "名称不可用，请填一行不超过 200 字",
        "the name is not usable: one line, up to 200",
    ),
    "NO_HOLD": ("没有保全 {hold}", "there is no hold {hold}"),
}
"""Reasons of a refusal, by the fact `why`."""

RETENTION_WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    RetentionClass: {
        "CASE_FILE": ("案卷", "case file"),
        "WORKING_MATERIAL": ("工作资料", "working material"),
        "ACTION_FILE": ("未立案卷的执法活动", "action without a case"),
        "UNLINKED": ("未关联录像", "linked to nothing"),
    },
    RetentionReason: {
        "PERMANENT": ("永久保管", "kept for ever"),
        "NO_PERIOD": ("此类资料没有规定期限，不到期", "no period is set for its class, never due"),
        "NO_POLICY": ("没有适用的政策", "no policy is in force"),
        "CASE_OPEN": ("案卷尚未归档，不到期", "its case file has not ended, never due"),
        "CASE_TERM_UNKNOWN": (
            "未登记案卷的保管期限，不到期",
            "nobody stated how long its case file is kept, never due",
        ),
        "ACTION_OPEN": ("执法活动尚未结束，不到期", "its action has not ended, never due"),
        "BEYOND_COUNTING": ("期限超出可计算的年份", "the period goes beyond what is counted"),
        "OF_CASE": ("随案卷保管", "kept as its case file"),
        "RELIED_ON": ("决定所依据，随案卷保管", "a decision rests on it, kept as the case file"),
        "OF_ACTION": ("随执法活动保管", "kept as its action"),
        "LISTED_ITEM": ("按音像记录事项清单的期限", "by the list of what is recorded"),
        "NOT_FILED": ("未立案，作为工作资料", "not filed, working material"),
        "CANCELLED": ("执法活动已取消，作为工作资料", "its action was cancelled, working material"),
        "ANSWERED_NO_CASE": ("已答复无案件，作为工作资料", "of no case by an answer"),
        "LINKED_TO_NOTHING": ("尚未关联", "linked to nothing yet"),
        "FROM_RECORDING": ("自录制之日起算", "counted from when it was recorded"),
        "FROM_DOCKING": (
            "录制时间不可信，自采集之日起算",
            "its time cannot be trusted, counted from its docking",
        ),
        "LONGEST_OF_SEVERAL": ("多项依据，取最长者", "the longest of several"),
        "BELOW_LITIGATION_FLOOR": (
            "短于行政诉讼最长起诉期限",
            "shorter than the time in which the act can be brought before a court",
        ),
        "CALENDAR_YEAR_UNKNOWN": (
            "到期年份尚无工作日历；保管期限不顺延，日期不受影响",
            "no calendar of that year is known yet; the period does not roll, so the day stands",
        ),
    },
    HoldKind: {
        "COMPLAINT": ("投诉举报", "complaint"),
        "LITIGATION": ("诉讼复议", "litigation"),
        "TRANSFER": ("案件移送", "transfer of the case"),
        "FAULT": ("过错追究", "pursuit of a fault"),
        "REMEDY_WINDOW": ("救济期限", "time for remedies"),
        "MANUAL": ("其他", "other"),
    },
    HoldState: {
        "ACTIVE": ("保全中", "holds"),
        "ENDED": ("已到期", "ended by itself"),
        "RELEASED": ("已解除", "released"),
    },
}
"""What each code is called."""
