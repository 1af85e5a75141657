"""Disposal in words: why something was refused, where bytes are, what its codes are called."""

from collections.abc import Mapping
from enum import StrEnum

from evidence.disposal import Answer, BatchState
from evidence.disposal_clock import JumpKind

Sentence = tuple[str, str]

ERRORS: Mapping[str, Sentence] = {
    "DISPOSED": (
        "该录像已依法处置，证明编号 {certificate}；元数据、摘要和证明永久保存，请凭编号查看证明",
        (
            "This recording was disposed of by law under certificate {certificate}; its metadata, "
            "digest and certificate stay for ever: ask for the certificate by its number"
        ),
    ),
    "BEING_DISPOSED": (
        "该录像正在处置（批次 {batch}），不能再查看或保全；完成后可凭证明编号查询",
        (
            "This recording is being disposed of in batch {batch} and can neither be seen nor held; "
            "its certificate follows"
        ),
    ),
    "DISPOSAL_REFUSED": (
        "不能处置：{reason_zh}；原件未动，本次尝试已记入保管日志",
        "This disposal is refused: {message}; no original was touched, the try is on record",
    ),
    "HOLD_TOO_LATE": (
        "未能保全：所指录像已经处置（{grave}）；证明永久保存，其余录像请另行登记保全",
        (
            "Not held: what is named was disposed of ({grave}); its certificate stays for ever, place "
            "a hold on the others alone"
        ),
    ),
    "CLOCK_NOT_EXPLAINED": (
        "时钟说明未被接受：{reason_zh}；暂停处置仍然有效",
        "The clock is not explained: {message}; nothing is disposed of meanwhile",
    ),
    "DOCKED_AFTER_DISPOSAL": (
        "此录像此前已依法处置，现从记录仪再次采集；已按原样保存并标记，须再经两人批准方可处置",
        (
            "This recording was disposed of before and was docked again; it is kept as it is and "
            "flagged, and goes only if two persons approve it again"
        ),
    ),
}
"""Sentences of errors and of an observation."""

WHY: Mapping[str, Sentence] = {
    "NO_BATCH": ("没有处置批次 {batch}", "there is no batch {batch}"),
    "NO_CERTIFICATE": ("没有处置证明 {certificate}", "there is no certificate {certificate}"),
    "NO_JUMP": ("时钟没有需要说明的异常", "there is nothing about the clock to explain"),
    "APPRAISAL": ("须写明鉴定意见", "an appraisal in words is needed"),
}
"""Reasons of a refusal, by the fact `why`."""

ACTS: Mapping[str, Sentence] = {
    "disposal.proposed": ("提出处置批次", "disposal proposed"),
    "disposal.answered": ("答复处置批次", "disposal answered"),
    "disposal.denied": ("处置被拒绝", "disposal refused"),
    "disposal.buried": ("登记处置", "tombstones written"),
    "disposal.certified": ("出具处置证明", "disposal certified"),
    "clock.explained": ("说明时钟异常", "jump of the clock explained"),
}
"""Sentences of acts."""

DISPOSAL_WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    BatchState: {
        "DRAFT": ("待批准", "waits for two approvals"),
        "APPROVED_1": ("已一人批准", "approved by one person"),
        "APPROVED_2": ("已两人批准", "approved by two persons"),
        "EXECUTED": ("处置中", "being carried out"),
        "CERTIFIED": ("已处置", "carried out and certified"),
        "REFUSED": ("未批准", "refused"),
    },
    Answer: {
        "APPROVED": ("批准", "approved"),
        "REFUSED": ("不批准", "refused"),
    },
    JumpKind: {
        "STOOD_STILL": ("停用期间，时钟无误", "the station stood still, its clock was right"),
        "CLOCK_WAS_WRONG": ("时钟曾有误", "the clock was wrong"),
    },
}
"""What codes are called, by the class that holds them."""
