"""Access and its supervision in words: why something was refused, and what codes are called."""

from collections.abc import Mapping
from enum import StrEnum

from evidence.access import (
    Confidentiality,
    CopyForm,
    GrantBar,
    GranteeKind,
    GrantKind,
    GrantState,
    Ground,
)
from evidence.supervising import LookFlag, ReviewState

Sentence = tuple[str, str]

BAR_WORDS: Mapping[GrantBar, Sentence] = {
    GrantBar.APPROVER_ASKED: (
        "申请人不能批准自己的申请",
        "who asked for it does not approve it",
    ),
    GrantBar.APPROVER_IS_GRANTEE: (
        "使用人不能批准自己的调阅",
        "whom it is for does not approve it",
    ),
    GrantBar.GRANT_PAST: ("期限已过", "its last day has passed"),
    GrantBar.CONFIDENTIAL: (
        "涉及个人隐私或商业秘密，对当事人只能提供经遮蔽的复制件",
        "it is confidential: a party gets a redacted copy only",
    ),
    GrantBar.STATE_SECRET: (
        "录像因涉国家秘密被隔离，不得调阅、复制或借出",
        "a recording is put aside as a state secret: nothing is granted of it",
    ),
    GrantBar.NO_OBJECTS: ("没有所及的录像", "it reaches no recording"),
}
"""Why a grant is not approved."""

ERRORS: Mapping[str, Sentence] = {
    "GRANT_REFUSED": (
        "不能批准该申请：{reason_zh}；申请仍待处理",
        "The request cannot be approved: {reason}; it still waits",
    ),
    "NEEDS_GRANT": (
        "该录像不在您的职责范围内，须先经批准调阅；此次尝试已留痕",
        "The recording is outside what you may see; ask for a grant first. This try is on record",
    ),
    "GRANT_NOT_COPY": (
        "该批准只允许{kind_zh}，不允许复制；未提供任何内容",
        "This grant lets you {kind} and not copy; nothing was given out",
    ),
    "GRANT_NOT_BORROW": (
        "该批准只允许{kind_zh}，不允许借出；未作登记",
        "This grant lets you {kind} and not borrow; nothing was entered",
    ),
    "GRANT_NOT_ACTIVE": (
        "该批准现不有效（{state_zh}）；未提供任何内容",
        "This grant is not active ({state}); nothing was given out",
    ),
    "COPY_FORM": (
        "涉及个人隐私或商业秘密的录像对当事人只能提供经遮蔽的复制件；未提供任何内容",
        "A party gets what is confidential as a redacted copy only; nothing was given out",
    ),
    "REVIEW_OWN": (
        "该期间只有您本人的查看记录，须由他人复查；未作登记",
        "Nobody but you looked in this period: somebody else reviews it; nothing was entered",
    ),
}
"""Sentences of error codes."""

WHY: Mapping[str, Sentence] = {
    "NO_GRANT": ("没有调阅批准 {grant}", "there is no grant {grant}"),
    "GRANT_PURPOSE": ("须写明用途", "a purpose is needed"),
    "GRANT_BASIS": (
        "须写明法律依据，一行不超过 200 字",
        "a legal basis is needed, one line of up to 200",
    ),
    "GRANT_DOCUMENT": (
        "须写明文号，一行不超过 200 字",
        "a document number is needed, one line of up to 200",
    ),
    "GRANT_TERM": ("截止日早于起始日", "it ends before it begins"),
    "GRANT_PAST_TERM": ("截止日 {day} 已过", "its last day {day} has passed"),
    "GRANT_OBJECTS": (
        "须指明一个案件，或若干录像，二者择一",
        "name either a case or recordings",
    ),
    "GRANT_TOO_MANY": (
        "一次最多指明 {most} 段录像",
        "one grant names {most} recordings at most",
    ),
    "GRANT_GRANTEE": (
        "本系统人员不填外部单位或姓名",
        "for a person of the house no outsider is named",
    ),
    "GRANT_OUTSIDER": (
        "须写明外部单位或当事人",
        "the agency, court or party is to be named",
    ),
    "GRANT_ANSWERED": ("申请 {grant} 已有答复", "the request {grant} was answered already"),
    "GRANT_NOT_ACTIVE": (
        "批准 {grant} 现不有效，无从撤销",
        "the grant {grant} allows nothing, there is nothing to revoke",
    ),
    "COPY_RECEIVER": ("须写明领取人", "who takes it is to be named"),
    "COPY_NOTHING": ("批准 {grant} 现未及任何录像", "the grant {grant} reaches no recording now"),
    "LOAN_MEDIUM": ("须写明借出的介质，一行不超过 200 字", "the medium is to be named, one line"),
    "LOAN_DUE": (
        "归还期限须在今天至批准截止日 {last} 之间",
        "it is due back between today and the last day of the grant, {last}",
    ),
    "LOAN_BACK": ("{loan} 已经归还", "{loan} is back already"),
    "NO_LOAN": ("没有借出记录 {loan}", "there is no loan {loan}"),
    "GRANT_REASON": ("须写明撤销理由", "a reason is needed to revoke it"),
    "GRANT_NOT_OWN": ("申请 {grant} 不是您提出的", "the request {grant} is not yours"),
    "LEVEL": (
        "{value} 不是密级：NONE、PRIVACY 或 COMMERCIAL",
        "{value} is no level: NONE, PRIVACY or COMMERCIAL",
    ),
    "LEVEL_STATE": (
        "涉国家秘密的录像不在此标注，请以“国家秘密”隔离，由管理员处置",
        "a state secret is not marked here: put the recording aside for it, an administrator acts",
    ),
    "LEVEL_REASON": ("须写明理由", "a reason is needed"),
    "BORROW_MEDIUM": ("须写明介质，一行不超过 200 字", "the medium is needed, one line"),
    "BORROW_RECEIVER": ("须写明领取人", "who received it is needed"),
    "BORROW_DUE": (
        "归还日须在今天与批准截止日 {day} 之间",
        "it is due back between today and {day}, the last day of the grant",
    ),
    "BORROW_BACK": ("{borrowing} 已归还", "{borrowing} is back already"),
    "NO_BORROWING": ("没有借出记录 {borrowing}", "there is no borrowing {borrowing}"),
    "NO_PERIOD": (
        "{period} 不是复查期间，如 2026-05",
        "{period} is no period of review such as 2026-05",
    ),
    "PERIOD_RUNNING": ("{period} 尚未结束", "{period} is not over yet"),
    "REVIEW_OPEN": (
        "有 {count} 项异常既未提出问题也未说明",
        "{count} flags are neither raised nor explained",
    ),
    "REVIEW_NO_FLAG": ("没有异常 {flag}", "there is no flag {flag}"),
}
"""Reasons of a refusal, by the fact `why`."""

ACTS: Mapping[str, Sentence] = {
    "access.requested": ("申请调阅", "access asked for"),
    "access.approved": ("批准调阅", "access granted"),
    "access.refused": ("不予批准或撤回调阅申请", "access refused, or the request withdrawn"),
    "access.revoked": ("撤销调阅批准", "grant revoked"),
    "access.denied": ("未获批准的查看尝试", "look refused"),
    "access.copied": ("复制件交出", "copy given out"),
    "access.lent": ("介质借出", "medium lent"),
    "access.returned": ("介质归还", "medium returned"),
    "access.supervised": ("复查调阅记录", "log of looks reviewed"),
    "confidentiality.stated": ("标注密级", "level of confidentiality stated"),
}
"""What acts of access are called."""

ACCESS_WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    GrantKind: {
        "CONSULT": ("查阅", "consult"),
        "COPY": ("复制", "copy"),
        "BORROW": ("借阅", "borrow"),
    },
    GranteeKind: {
        "PERSON": ("本单位人员", "person of the house"),
        "AGENCY": ("其他机关", "other agency"),
        "COUNTERPART": ("当事人", "party"),
        "COURT": ("人民法院", "court"),
    },
    GrantState: {
        "REQUESTED": ("待批准", "waits for approval"),
        "REFUSED": ("未批准", "refused or withdrawn"),
        "APPROVED": ("已批准，未到起始日", "approved, not begun"),
        "ACTIVE": ("有效", "active"),
        "EXPIRED": ("已过期", "expired"),
        "REVOKED": ("已撤销", "revoked"),
    },
    Confidentiality: {
        "NONE": ("无", "none"),
        "PRIVACY": ("个人隐私", "privacy"),
        "COMMERCIAL": ("商业秘密", "commercial secret"),
    },
    CopyForm: {
        "ORIGINAL": ("原件", "original"),
        "WATERMARKED": ("加水印的复制件", "watermarked copy"),
        "REDACTED": ("经遮蔽的复制件", "redacted copy"),
    },
    Ground: {
        "OWN": ("本人录制", "own recording"),
        "TEAM": ("本案人员", "of the team"),
        "GRANT": ("经批准", "by a grant"),
        "ROLE": ("按职责", "by role"),
    },
    LookFlag: {
        "ODD_HOURS": ("非工作时间查看", "looks outside duty hours"),
        "BULK": ("大量查看", "looks at very many"),
        "OUT_OF_TEAM": ("非本案人员查看", "looks from outside the team"),
        "DENIED": ("被拒绝的尝试", "tries that were refused"),
    },
    ReviewState: {
        "RUNNING": ("未结束", "not over"),
        "EMPTY": ("无人查看", "nobody looked"),
        "DUE": ("待复查", "to be reviewed"),
        "PARTLY": ("部分复查", "reviewed but for the reviewer's own"),
        "REVIEWED": ("已复查", "reviewed"),
    },
}
"""What each code is called."""
