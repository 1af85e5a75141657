"""What the words of coverage and links are called, and why a span was refused; Chinese first."""

from collections.abc import Mapping
from enum import StrEnum

from evidence.assessment import Exclusion, Flag
from evidence.clockfix import ClockBasis
from evidence.coverage import Modality, Verdict
from evidence.linking import LinkReason
from evidence.reason_messages import Sentence
from evidence.tiering import TierReason

WHY_COVERAGE: Mapping[str, Sentence] = {
    "SPAN_BACKWARDS": ("结束时间早于开始时间", "the end is before the start"),
    "WINDOW_EMPTY": (
        "行为的开始和结束是同一秒，请核对起止时间",
        "the action begins and ends in the same second; check its times",
    ),
}
"""Why times were refused; an error names it as its fact `why`."""

COVERAGE_WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    Modality: {"VIDEO": ("图像", "picture"), "AUDIO": ("声音", "sound")},
    Verdict: {
        "FULL": ("全程覆盖", "covered whole"),
        "SEAMED": ("全程覆盖，有接缝", "covered whole, with seams"),
        "GAP": ("有缺口", "has a gap"),
        "NONE": ("没有录像", "no footage"),
        "TEXT_EXEMPT": ("以文字记录代替", "a text stands for the recording"),
        "DISCRETION_NOT_RECORDED": ("已决定不录像", "decided not to be recorded"),
        "NO_DECISION": ("开始前未决定是否录像", "nothing was decided before it began"),
        "NOT_REQUIRED": ("不要求录像", "no recording is asked for"),
        "PROVISIONAL": ("暂定：记录仪尚未归还采集", "provisional: a recorder is still out"),
    },
    Flag: {
        "MARGINAL": (
            "临界：在时钟误差之内结论可能不同",
            "marginal: within the uncertainty of the clocks the verdict may be another",
        ),
        "CLOCK_ASSUMED": (
            "时钟偏差未知，按记录仪时间计算",
            "the clock's offset is not known; the recorder's own time is taken",
        ),
        "CLOCK_CONSTANT": (
            "只有一次对时，按固定偏差计算",
            "the clock was compared once; its offset is taken as constant",
        ),
        "CLOCK_UNTRUSTED": (
            "时钟不可信，相关录像不计入，待复核人员确定时间基准",
            "a clock cannot be trusted; its footage counts once a reviewer sets an anchor",
        ),
        "EXEMPTION_FORBIDDEN": (
            "该行为不得以文字代替录像",
            "no text may stand for the recording of this action",
        ),
        "DECIDED_AFTER_START": (
            "是否录像的决定在开始之后才录入",
            "whether to record was entered after the start only",
        ),
        "TEAM_BELOW_TWO": ("有时段在场执法人员不足", "too few officers for some time"),
        "AUX_ALONE": ("有时段仅有辅助人员在场", "auxiliaries alone for some time"),
    },
    Exclusion: {
        "NOT_STORED": ("尚未入库", "not stored yet"),
        "NOT_MEASURED": ("内容尚未检测", "what it holds was not measured yet"),
        "MISMATCH": ("与入库时的摘要不符", "not what was sealed"),
        "COVERT": ("隐蔽拍摄", "covert"),
        "CLOCK_UNTRUSTED": ("时钟不可信", "its clock cannot be trusted"),
        "TRUNCATED": ("文件不完整", "truncated"),
        "STATE_SECRET": ("涉及国家秘密", "state secret"),
        "EXTERNAL": ("来自未登记的设备", "from a device that is not registered"),
        "POST_HOC": ("并非实时记录", "not recorded while it happened"),
    },
    ClockBasis: {
        "LINEAR": ("领用和采集时均已对时", "compared at check-out and docking"),
        "CONSTANT": ("只对时一次", "compared once"),
        "REVIEWER": ("复核人员确定", "set by a reviewer"),
        "ASSUMED": ("未对时，视为准确", "never compared, taken as right"),
        "UNTRUSTED": ("偏差过大，不可信", "too far off to be trusted"),
    },
    TierReason: {
        "CATALOGUE": ("音像记录事项清单所列", "the list of what is recorded"),
        "INSPECTION": ("属于检查或调查取证", "an inspection or evidence-taking"),
        "TOUCHES_LIBERTY": ("直接涉及人身自由", "touches liberty"),
        "TOUCHES_LIFE_HEALTH": ("直接涉及生命健康", "touches life or health"),
        "TOUCHES_MAJOR_PROPERTY": ("直接涉及重大财产权益", "touches major property"),
        "FIXED_PLACE": ("在执法办案场所进行", "in a case-handling place"),
        "RAISED": ("人工提高", "raised by a person"),
        "NOT_LISTED": ("没有规定要求录像", "nothing asks for a recording"),
    },
    LinkReason: {
        "HOLDER": ("领用人在执法小组中", "whoever held the recorder is in the team"),
        "ROOM": ("在同一执法办案场所", "in the same registered room"),
        "OVERLAP": ("时间重叠", "the times overlap"),
        "PLACE": ("定位在行为地点附近", "its position is at the place"),
        "CARD_NAMES": (
            "卡上自称的人员在执法小组中",
            "the card names somebody of the team",
        ),
        "MARKED": ("录制时按了重点标记", "marked as important while recording"),
        "OTHER_PLACE": ("定位不在行为地点", "its position is elsewhere"),
        "CLOCK_UNTRUSTED": ("时钟不可信，时间仅供参考", "its clock cannot be trusted"),
    },
}
"""The words by kind and member; `evidence.register_words` has them with the others."""
