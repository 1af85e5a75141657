"""What findings (问题) are called and say, in both languages, and what stands against an answer.

A sentence is filled from the facts of the finding; `evidence.finding_rules` says what each is
about.
"""

from collections.abc import Mapping
from enum import StrEnum

from evidence.finding_rules import (
    AnswerBar,
    Cause,
    ClosesWhen,
    FindingEvent,
    FindingKind,
    FindingState,
    Triage,
)

Sentence = tuple[str, str]

WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    FindingKind: {
        "COVERAGE_GAP": ("音像记录有缺口", "gap in the recording"),
        "NO_DECISION": ("未事先决定是否记录", "no decision whether to record"),
        "TEAM_BELOW_TWO": ("在场执法人员不足", "too few officers present"),
        "AUX_ALONE": ("辅助人员单独执法", "auxiliaries alone"),
        "INTERVAL_CHANGED": ("起止时间被更正", "actual times were corrected"),
        "NIGHT_OR_HOLIDAY": ("夜间或节假日强制执行", "enforced in the night or on a holiday"),
        "LATE_DOCKING": ("逾期归还采集", "docked late"),
        "UNLINKED": ("逾期未关联", "not linked in time"),
        "SEQUENCE_GAP": ("文件编号不连续", "numbers are missing"),
        "LOG_WITHOUT_FILE": ("日志有录像而无文件", "the card's log has a recording without a file"),
        "RATIO_SHORT": ("设备配备不足", "too few recorders"),
        "CLEAN_UP_UNSIGNED": ("年度人员清理未签署", "yearly clean-up of personnel not signed"),
        "RECORDER_LOST": ("设备遗失", "recorder lost"),
        "RECORDER_NOT_OUT": ("未经领用的设备接入", "docked without having been taken out"),
        "HOLDER_NOT_ALLOWED": ("领用人不得领用", "whoever had it was not allowed to"),
        "COVERT": ("秘密录制", "covert recording"),
        "STATE_SECRET": ("涉及国家秘密", "state secret"),
        "MISMATCH": ("存储的原件与封存时不符", "a stored original is not what was sealed"),
        "ACCESS_ANOMALY": ("调阅异常", "looks that stand out"),
        "DECIDED_UNREVIEWED": ("未经审核先行决定", "decided before the review agreed"),
    },
    ClosesWhen: {
        "GONE": ("情形消除即销号", "closes when it holds no more"),
        "ANSWERED": ("说明并经他人批准后销号", "closes when explained and approved"),
    },
    FindingState: {
        "OPEN": ("待说明", "open"),
        "EXPLAINED": ("已说明，待批准", "explained, not approved yet"),
        "ACCEPTED": ("说明已批准，情形仍在", "explanation approved, still holds"),
        "CLOSED": ("已销号", "closed"),
    },
    FindingEvent: {
        "SELF_REPORTED": ("发现前已自行报告", "reported before it was detected"),
        "CHANGED": ("情形有变，须重新说明", "changed, to be explained anew"),
        "EXPLAINED": ("说明", "explained"),
        "APPROVED": ("批准说明", "explanation approved"),
        "TRIAGED": ("确定处理方式", "triaged"),
        "CLOSED": ("销号", "closed"),
        "REOPENED": ("再次发生，另编新号", "stands again, under a new number"),
    },
    Cause: {
        "FORCE_MAJEURE": ("意外或不可抗力", "accident or force majeure"),
        "DEVICE_FAILURE": ("设备故障", "device failure"),
        "SAFETY": ("人身安全", "safety of persons"),
        "OTHER": ("其他", "other"),
    },
    Triage: {
        "IMMEDIATE": ("立行立改", "put right at once"),
        "SCHEDULED": ("限期整改", "put right by a day"),
        "REFERRED": ("移送", "referred"),
    },
    AnswerBar: {
        "FINDING_CLOSED": ("问题已销号", "the finding is closed"),
        "NOT_EXPLAINED": (
            "尚无说明，或情形已变须重新说明",
            "there is no explanation that still holds",
        ),
        "SECOND_PERSON": ("说明人不能自己批准", "whoever explained it cannot approve it"),
        "APPROVER_IN_TEAM": (
            "批准人是该行为的小组成员或直接责任人",
            "the approver was of the action's team, or is directly responsible",
        ),
        "TRIAGE_PERSON": ("限期整改须写明责任人", "a schedule needs a person responsible"),
        "TRIAGE_DEADLINE": ("限期整改须写明期限", "a schedule needs a deadline"),
        "TRIAGE_RECIPIENT": ("移送须写明接收单位", "a referral needs a recipient"),
        "TRIAGE_DOCUMENT": ("移送须写明文号", "a referral needs the number of its document"),
    },
}
"""The words by kind and member."""

SAID: Mapping[FindingKind, Sentence] = {
    FindingKind.COVERAGE_GAP: (
        "应全程音像记录的行为未被完整记录（{verdict}），缺口合计：画面 {video_s} 秒、声音 {audio_s} 秒",
        "The action was not recorded throughout ({verdict}): {video_s} s of picture and {audio_s} s of sound are missing",
    ),
    FindingKind.NO_DECISION: (
        "酌情记录的行为在开始前没有作出是否记录的决定",
        "Whether to record was not decided before the action began",
    ),
    FindingKind.TEAM_BELOW_TWO: (
        "在场执法人员不足 {below_s} 秒",
        "Fewer officers than demanded were there for {below_s} s",
    ),
    FindingKind.AUX_ALONE: (
        "辅助人员单独在场 {alone_s} 秒；在场执法人员不足共 {below_s} 秒",
        "Auxiliaries were alone for {alone_s} s; too few officers were there for {below_s} s",
    ),
    FindingKind.INTERVAL_CHANGED: (
        "行为起止时间已更正为第 {version} 版；此前各版及其结论仍在",
        "The actual times were corrected to version {version}; earlier ones and their verdicts stay",
    ),
    FindingKind.NIGHT_OR_HOLIDAY: (
        "行政强制执行在夜间 {night_s} 秒，节假日：{holidays}；情况紧急的须说明",
        "Compulsory execution in the night for {night_s} s, on days off: {holidays}; an emergency is to be explained",
    ),
    FindingKind.LATE_DOCKING: (
        "设备 {recorder} 应于 {due_at} 归还，{limit} 前未采集",
        "Recorder {recorder} was due at {due_at} and not docked by {limit}",
    ),
    FindingKind.UNLINKED: (
        "录像在 {limit} 前未说明属于哪次行为",
        "Nobody said by {limit} which action the recording is of",
    ),
    FindingKind.SEQUENCE_GAP: (
        "文件编号 {numbers} 没有对应文件，可能缺 {count} 个录像",
        "Numbers {numbers} have no file; {count} recordings may be missing",
    ),
    FindingKind.LOG_WITHOUT_FILE: (
        "设备日志记载 {at} 开始录像，没有对应文件",
        "The card's log says that a recording began at {at}; no file answers to it",
    ),
    FindingKind.RATIO_SHORT: (
        "执法人员 {people} 人，应配 {required} 套，现有 {sets} 套，缺 {short} 套",
        "{people} officers, {required} sets required, {sets} there, {short} missing",
    ),
    FindingKind.CLEAN_UP_UNSIGNED: (
        "{year} 年执法人员清理清单至 {due} 无人签署，至今未签",
        "Nobody signed the clean-up of personnel of {year} by {due}, nor since",
    ),
    FindingKind.RECORDER_LOST: (
        "设备 {recorder} 遗失，尚未找回",
        "Recorder {recorder} is lost",
    ),
    FindingKind.RECORDER_NOT_OUT: (
        "设备 {recorder} 接入采集，但没有领用记录",
        "Recorder {recorder} was docked and nobody had taken it out",
    ),
    FindingKind.HOLDER_NOT_ALLOWED: (
        "设备 {recorder} 的领用人不符合领用条件（{reasons}）",
        "Whoever had recorder {recorder} was not allowed to ({reasons})",
    ),
    FindingKind.COVERT: (
        "录像系秘密录制，已隔离保存，不计入覆盖",
        "The recording was covert; it is kept in quarantine and gives no coverage",
    ),
    FindingKind.STATE_SECRET: (
        "录像涉及国家秘密，已隔离保存，请管理员按保密规定处置",
        "The recording holds a state secret; it is kept in quarantine, an administrator must act",
    ),
    FindingKind.MISMATCH: (
        "存储的原件与封存时的摘要不符；封存的摘要不变，请检查存储并从副本恢复",
        "A stored original is not what was sealed; the sealed digest stays, check the storage",
    ),
    FindingKind.ACCESS_ANOMALY: (
        "{period} 复查调阅记录时提出：{flag_zh}，涉及 {looks} 次",
        "Raised in the review of {period}: {flag_en}, {looks} of them",
    ),
    FindingKind.DECIDED_UNREVIEWED: (
        "决定作出于 {decided_at}，法制审核同意于 {agreed_at}",
        "Decided at {decided_at}, the review agreed at {agreed_at}",
    ),
}
"""What a finding says of itself, filled from its facts."""

ERRORS: Mapping[str, Sentence] = {
    "ANSWER_REFUSED": (
        "不能这样处理该问题：{reason_zh}；未作任何改动",
        "The finding cannot be dealt with so: {reason}; nothing was changed",
    ),
}
"""Sentences of error codes."""

WHY: Mapping[str, Sentence] = {
    "NO_FINDING": ("没有问题 {finding}", "there is no finding {finding}"),
    "NO_SUBJECT": ("没有 {subject}", "there is no {subject}"),
}
"""Reasons of a refusal, by the fact `why`."""
