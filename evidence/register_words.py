"""What the words of register, ratio and coverage are called, in both languages."""

from collections.abc import Mapping
from enum import StrEnum

from evidence import matter_messages
from evidence.access_messages import ACCESS_WORDS
from evidence.case_words import CASE_WORDS
from evidence.certificate_tasks import CertificateTask
from evidence.coverage_words import COVERAGE_WORDS
from evidence.device_sets import Condition, Part, Uncounted
from evidence.disposal_messages import DISPOSAL_WORDS
from evidence.enforcing import AnnualCheck, Bar, HolderBar, PersonKind, PostStatus
from evidence.places import PlaceKind
from evidence.quota import QuotaStatus, Rounding
from evidence.ratio import Headcount
from evidence.reason_messages import Sentence
from evidence.retention_messages import RETENTION_WORDS
from evidence.reviewing import ReviewerSource
from evidence.training import TrainingKind
from evidence.vocabulary import DayState, DeviceKind

WORDS: Mapping[type[StrEnum], Mapping[str, Sentence]] = {
    **CASE_WORDS,
    **RETENTION_WORDS,
    **DISPOSAL_WORDS,
    **ACCESS_WORDS,
    PersonKind: {
        "OFFICER": ("执法人员", "enforcement officer"),
        "AUXILIARY": ("执法辅助人员", "auxiliary"),
        "EXTERNAL": ("外部人员", "external person"),
    },
    PostStatus: {
        "ACTIVE": ("在任", "serving"),
        "SUSPENDED": ("暂停执法", "suspended"),
        "DISQUALIFIED": ("取消执法资格", "disqualified"),
        "LEFT": ("已离岗", "left"),
    },
    DayState: {
        "OFF": ("放假", "off"),
        "WORKED": ("调休上班", "made up for"),
        "WEEKDAY": ("工作日", "working day"),
        "WEEKEND": ("周末", "weekend"),
        "UNKNOWN": ("未知", "not known"),
    },
    AnnualCheck: {
        "IGNORE": ("不查年检", "annual check not asked for"),
        "FLAG": ("缺年检则提示", "a missing annual check is shown"),
        "BLOCK": ("缺年检则不得执法", "a missing annual check bars"),
    },
    Bar: {
        "NO_POSTING": ("当日尚无任职登记", "no posting had begun"),
        "NOT_OFFICER": ("不是执法人员", "not an officer"),
        "NOT_ON_ESTABLISHMENT": ("不在编", "not on the establishment"),
        "NOT_ON_POST": ("不在岗", "not on post"),
        "SUSPENDED": ("已暂停执法", "suspended"),
        "DISQUALIFIED": ("已取消执法资格", "disqualified"),
        "LEFT": ("已离岗", "has left"),
        "NO_CERTIFICATE": ("没有执法证件", "no certificate"),
        "CERT_NOT_YET": ("证件尚未生效", "certificate not valid yet"),
        "CERT_EXPIRED": ("证件已过期", "certificate expired"),
        "CERT_REVOKED": ("证件已注销", "certificate revoked"),
        "ANNUAL_CHECK_MISSING": ("缺上年度年检", "annual check of the year before is missing"),
    },
    HolderBar: {
        "HELD": ("已由他人领用", "somebody else has it"),
        "NO_UNDERTAKING": ("未签保密承诺", "no undertaking of confidentiality"),
        "NO_SUPERVISOR": ("未指明带班执法人员", "no supervising officer is named"),
        "SUPERVISOR_BARRED": ("带班人员当日不得执法", "the supervisor may not enforce"),
        "CLOCK_FAR_OFF": ("设备时钟偏差过大，请先校时", "its clock is too far off; set it first"),
    },
    DeviceKind: {
        "BODY_CAMERA": ("执法记录仪", "body camera"),
        "CAMCORDER": ("摄像机", "camcorder"),
        "STILL_CAMERA": ("照相机", "still camera"),
        "VOICE_RECORDER": ("录音笔", "voice recorder"),
        "AUDIO_RECORDER": ("录音机", "audio recorder"),
        "FIXED_SURVEILLANCE": ("视频监控", "fixed surveillance"),
    },
    Condition: {
        "SERVING": ("可用", "serving"),
        "REPAIR": ("送修", "in repair"),
        "OFFLINE": ("离线", "offline"),
        "LOST": ("遗失", "lost"),
        "RETIRED": ("报废", "retired"),
    },
    Part: {
        "WHOLE": ("整套", "a whole set"),
        "PICTURE": ("仅图像", "picture only"),
        "SOUND": ("仅声音", "sound only"),
    },
    Uncounted: {
        "NOT_REGISTERED_YET": ("当时尚未登记", "not registered yet"),
        "KIND_MAKES_NO_SET": ("此类设备不计入套数", "this kind makes no set"),
        "KIND_NOT_IN_POLICY": ("本地规定未列此类设备", "the policy does not list this kind"),
        "IN_REPAIR": ("送修中", "in repair"),
        "OFFLINE": ("离线，无法工作", "offline"),
        "LOST": ("已遗失", "lost"),
        "RETIRED": ("已报废", "retired"),
        "NEVER_TESTED": ("从未自检", "never tested"),
        "TEST_FAILED": ("最近一次自检未通过", "the newest self-test failed"),
        "TEST_TOO_OLD": ("自检已过期", "the newest self-test is too old"),
    },
    CertificateTask: {
        "RENEW": ("即将到期，应换发", "ends soon: renew it"),
        "CHECK": ("应办年检", "annual check is due"),
        "COLLECT": ("应收回", "to be collected"),
        "DESTROY": ("应销毁", "to be destroyed"),
    },
    ReviewerSource: {
        "STAFF": ("本单位人员", "staff"),
        "DEDICATED_POST": ("专岗", "dedicated post"),
        "PURCHASED": ("购买服务", "bought service"),
        "ADVISER": ("法律顾问或公职律师", "adviser or public lawyer"),
    },
    TrainingKind: {
        "GENERAL_LAW": ("通用法律知识培训", "general law"),
        "SPECIAL_LAW": ("专门法律知识培训", "special law"),
        "NEW_LAW": ("新法律法规培训", "new law"),
        "PRE_POST": ("岗前培训", "before the first day on post"),
    },
    PlaceKind: {
        "INQUIRY_ROOM": ("询问室", "inquiry room"),
        "HEARING_ROOM": ("听证室", "hearing room"),
        "OTHER_PLACE": ("其他办案场所", "another case-handling place"),
    },
    Rounding: {
        "CEIL": ("向上取整", "rounded up"),
        "FLOOR": ("向下取整", "rounded down"),
        "NEAREST": ("四舍五入", "rounded to the nearest"),
    },
    Headcount: {
        "MAY_ENFORCE": ("当日可执法人数", "officers who may enforce"),
        "ROSTER": ("在册人数", "officers on the roster"),
    },
    QuotaStatus: {
        "NOT_APPLICABLE": ("不适用", "not applicable"),
        "MET": ("达标", "met"),
        "MET_FLOOR_ONLY": ("仅按最低口径达标", "met under the mildest reading only"),
        "SHORT": ("不足", "short"),
        "WAIVED": ("已准予豁免", "waived"),
    },
    **COVERAGE_WORDS,
    **matter_messages.WORDS,
}
"""The words by kind and member; a test holds that none is left out."""


def word(member: StrEnum) -> Sentence:
    """What a member is called."""
    return WORDS[type(member)][member.name]
