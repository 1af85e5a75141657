"""What a refusal of a step says, and what would lift it, in both languages.

Holds always: every code has both; facts hold ids, which whoever shows a sentence may replace by
names that the reader may see.
"""

from collections.abc import Mapping

from evidence.canonical import Json
from evidence.case_vocabulary import (
    ActionState,
    CaseStage,
    CaseState,
    IdentityMode,
    MetadataGroup,
)
from evidence.enforcing import Bar
from evidence.refusals import Refusal, RefusalCode
from evidence.register_words import word
from evidence.vocabulary import Tier

Sentence = tuple[str, str]
_C = RefusalCode

SENTENCES: Mapping[RefusalCode, Sentence] = {
    _C.WRONG_STATE: (
        "现处于“{state_zh}”，不能办理此步骤",
        "this step cannot follow the state “{state_en}”",
    ),
    _C.TEAM_TOO_SMALL: (
        "可执法人员只有 {officers} 名，须有 {least} 名以上{causes_zh}",
        "only {officers} may enforce and {least} are needed{causes_en}",
    ),
    _C.CERT_EXPIRED: (
        "{person} 的执法证件当日已过期",
        "the certificate of {person} has expired that day",
    ),
    _C.MEMBER_BARRED: (
        "{person} 当日不得执法：{bars_zh}",
        "{person} may not enforce that day: {bars_en}",
    ),
    _C.NO_LEAD: ("没有当日可执法的主办人员", "there is no lead who may enforce that day"),
    _C.NO_RECORDER_PERSON: ("没有指定记录员", "nobody is named to keep the record"),
    _C.NOT_QUALIFIED: (
        "单位当日不具备行政执法主体资格",
        "the body is not qualified to enforce that day",
    ),
    _C.NO_POWER_ITEM: ("未写明权责清单事项", "no item of the power list is named"),
    _C.POWER_ITEM_ENDED: (
        "权责清单事项 {item} 当日不在本单位权限之内",
        "item {item} of the power list is not the body's that day",
    ),
    _C.NO_RECORDER: (
        "须全程录音录像，但执法人员未领用可用的记录仪，场所也没有可用设备",
        "the whole must be recorded, and neither the team nor the room has a working recorder",
    ),
    _C.NO_DECISION: (
        "须在开始前决定是否录音录像，没有决定",
        "whether to record must be decided before the start, and was not",
    ),
    _C.EXEMPTION_FORBIDDEN: (
        "{tier_zh}的执法活动不得以文字记录代替音像记录",
        "text cannot stand for the recording of an action that is {tier_en}",
    ),
    _C.EXEMPTION_REASON: (
        "以文字代音像须说明理由",
        "text instead of recording needs a reason",
    ),
    _C.EXEMPTION_APPROVER: (
        "以文字代音像须由执法人员以外的人批准",
        "text instead of recording needs an approver outside the team",
    ),
    _C.NO_INTERVAL: ("尚未填写实际起止时间", "its actual start and end are not declared"),
    _C.COVERAGE_GAP: (
        "音像记录有缺口：图像缺 {video_s} 秒，声音缺 {audio_s} 秒",
        "the recording has gaps: {video_s} s of picture, {audio_s} s of sound",
    ),
    _C.COVERAGE_NONE: ("没有音像记录", "nothing was recorded"),
    _C.COVERAGE_PROVISIONAL: (
        "记录仪尚未归还采集，结论未定",
        "a recorder is still out; the verdict is not final",
    ),
    _C.META_INCOMPLETE: ("记录缺少：{missing_zh}", "the record lacks: {missing_en}"),
    _C.MISSING_DOC: ("缺少执法文书{documents_zh}", "documents are missing{documents_en}"),
    _C.SIGNATURES: (
        "在场执法人员签名 {signed}/{least}",
        "signatures of officers who were there: {signed}/{least}",
    ),
    _C.COUNTERPART_SIGNATURE: (
        "没有相对人签名，也没有注明拒绝签名",
        "the counterpart has neither signed nor refused",
    ),
    _C.REFUSAL_NOTE: (
        "相对人拒绝签名，执法人员未在文书上注明",
        "the counterpart refused to sign, and no officer noted it",
    ),
    _C.WITNESS_OF_BUREAU: (
        "见证人是本单位人员",
        "the witness belongs to the bureau",
    ),
    _C.WITNESS_SIGNATURE: (
        "有见证人而没有其签名或拒签记录",
        "there is a witness who has neither signed nor refused",
    ),
    _C.NO_IDENTITY: (
        "没有出示或佩戴执法证件的记录（可用：{modes_zh}）",
        "nothing says that certificates were seen ({modes_en})",
    ),
    _C.NOT_TOLD: (
        "没有相对人知晓录制的记录：{recordings}",
        "nothing says that the counterpart knew of: {recordings}",
    ),
    _C.NOT_SETTLED: (
        "执法活动 {action} 未办结（{action_state_zh}）{codes_zh}",
        "action {action} is not settled ({action_state_en}){codes_en}",
    ),
    _C.NOT_FIXED: (
        "录音录像未以书面形式固定：{recordings}",
        "recordings are not fixed in writing: {recordings}",
    ),
    _C.REVIEW_INCOMPLETE: (
        "送审材料遗漏录音录像：{recordings}",
        "the bundle leaves out recordings: {recordings}",
    ),
    _C.REVIEW_NOT_AGREED: (
        "重大执法决定未经法制审核通过",
        "legal review has not agreed to this major decision",
    ),
    _C.REVIEW_STALE: (
        "送审后材料有变动，第 {round} 轮审核已失效",
        "what was sent in round {round} has changed since",
    ),
    _C.REVIEWER_IN_TEAM: (
        "审核人 {person} 参与了本案执法",
        "the reviewer {person} took part in the case",
    ),
    _C.COLLECTIVE_MISSING: (
        "审核通过后未经集体讨论",
        "there was no collective discussion after the review",
    ),
    _C.MINUTES_MISSING: (
        "特别重大案件没有集体讨论记录",
        "an especially major case needs minutes of the discussion",
    ),
    _C.VOTES_TOO_FEW: (
        "{members} 人中 {in_favour} 人赞成，未达半数",
        "{in_favour} of {members} are in favour, fewer than half",
    ),
    _C.RELIED_NOT_LINKED: (
        "决定所依据的录音录像未关联本案：{recordings}",
        "the decision rests on recordings that are not of the case: {recordings}",
    ),
    _C.STAGE_MISSING: ("以下环节没有记录：{stages_zh}", "stages without a record: {stages_en}"),
    _C.ITEM_MISSING: (
        "以下材料缺失或与封存时不符：{items}",
        "items are missing or not as they were sealed: {items}",
    ),
    _C.TRANSFER_RECEIPT: ("没有接收单位的回执", "there is no receipt of the receiver"),
    _C.ALREADY_DECIDED: ("本案已作出决定", "the case is decided already"),
    _C.REASON_MISSING: ("须说明理由", "a reason is needed"),
    _C.SECOND_PERSON: ("须由另一人确认", "a second person must confirm"),
}

LIFTS: Mapping[RefusalCode, Sentence] = {
    _C.WRONG_STATE: ("先办理：{allowed_zh}", "reach one of these first: {allowed_en}"),
    _C.TEAM_TOO_SMALL: ("增加当日可执法的人员", "add officers who may enforce that day"),
    _C.CERT_EXPIRED: ("换发证件，或换人", "renew the certificate, or name somebody else"),
    _C.MEMBER_BARRED: ("消除不得执法的情形，或换人", "lift what bars them, or name somebody else"),
    _C.NO_LEAD: ("指定当日可执法的主办人员", "name a lead who may enforce"),
    _C.NO_RECORDER_PERSON: ("指定一名记录员", "name who keeps the record"),
    _C.NOT_QUALIFIED: (
        "登记单位主体资格，或由有资格的单位执法",
        "put the body's qualification on record, or let a qualified body act",
    ),
    _C.NO_POWER_ITEM: ("写明权责清单事项编号", "name the item of the power list"),
    _C.POWER_ITEM_ENDED: ("改用当日有效的事项", "name an item that holds that day"),
    _C.NO_RECORDER: ("领用一台自检合格的记录仪", "take out a recorder that passed its self-test"),
    _C.NO_DECISION: (
        "开始前登记是否录音录像；已经开始的，由问题说明并批准",
        "decide before the start; afterwards explain the finding and have that approved",
    ),
    _C.EXEMPTION_FORBIDDEN: ("须全程录音录像", "record the whole of it"),
    _C.EXEMPTION_REASON: ("填写理由", "give the reason"),
    _C.EXEMPTION_APPROVER: ("由执法人员以外的人批准", "have somebody outside the team approve"),
    _C.NO_INTERVAL: ("按执法文书填写起止时间", "declare start and end from the written record"),
    _C.COVERAGE_GAP: (
        "关联尚缺的录音录像；确已缺失的，说明原因并由执法人员以外的人批准后可结案",
        "link what is missing; where it is lost, explain it and have somebody outside approve",
    ),
    _C.COVERAGE_NONE: (
        "关联录音录像；确无录音录像的，说明原因并由执法人员以外的人批准后可结案",
        "link recordings; where there are none, explain it and have somebody outside approve",
    ),
    _C.COVERAGE_PROVISIONAL: ("归还并采集记录仪", "dock the recorder"),
    _C.META_INCOMPLETE: ("补填所缺要素", "state what is missing"),
    _C.MISSING_DOC: ("登记执法文书", "put the document on record"),
    _C.SIGNATURES: ("由在场的执法人员签名", "have officers who were there sign"),
    _C.COUNTERPART_SIGNATURE: (
        "由相对人签名，或注明拒绝签名",
        "have the counterpart sign, or note the refusal",
    ),
    _C.REFUSAL_NOTE: ("由执法人员注明拒绝签名的情况", "have an officer note the refusal"),
    _C.WITNESS_OF_BUREAU: ("由无关人员见证", "call a witness from outside"),
    _C.WITNESS_SIGNATURE: ("由见证人签名，或注明拒绝", "have the witness sign, or note a refusal"),
    _C.NO_IDENTITY: ("登记亮证的情况", "put on record how certificates were seen"),
    _C.NOT_TOLD: (
        "登记相对人如何知晓录制，须告知的注明时刻",
        "put on record how the counterpart knew, and when they were told",
    ),
    _C.NOT_SETTLED: ("先办结该执法活动", "settle the action first"),
    _C.NOT_FIXED: ("制作书面固定材料并签名", "fix them in writing, with signatures"),
    _C.REVIEW_INCOMPLETE: ("将遗漏的录音录像列入", "add the recordings"),
    _C.REVIEW_NOT_AGREED: ("送交法制审核并取得同意", "send it to legal review, which must agree"),
    _C.REVIEW_STALE: ("重新送审", "send it to review anew"),
    _C.REVIEWER_IN_TEAM: ("由未参与本案的人员审核", "have somebody else review it"),
    _C.COLLECTIVE_MISSING: ("提交集体讨论", "put it to collective discussion"),
    _C.MINUTES_MISSING: ("登记集体讨论记录", "put the minutes on record"),
    _C.VOTES_TOO_FEW: ("经半数以上赞成后再决定", "decide when half or more are in favour"),
    _C.RELIED_NOT_LINKED: ("先关联本案，或从依据中去掉", "link them first, or leave them out"),
    _C.STAGE_MISSING: ("登记所缺环节的材料", "put a record of each stage in"),
    _C.ITEM_MISSING: ("恢复或补齐所列材料", "restore what is named"),
    _C.TRANSFER_RECEIPT: ("登记接收回执", "put the receipt on record"),
    _C.ALREADY_DECIDED: ("不需再次决定", "nothing more is to be decided"),
    _C.REASON_MISSING: ("填写理由", "give the reason"),
    _C.SECOND_PERSON: ("由另一人确认", "have somebody else confirm"),
}

_STATES: Mapping[str, Sentence] = {
    one.value: word(one) for kind in (ActionState, CaseState) for one in kind
}
_MEMBERS: Mapping[str, Mapping[str, Sentence]] = {
    "bars": {one.value: word(one) for one in Bar},
    "missing": {one.value: word(one) for one in MetadataGroup},
    "stages": {one.value: word(one) for one in CaseStage},
    "modes": {one.value: word(one) for one in IdentityMode},
    "allowed": _STATES,
}
_TIERS: Mapping[str, Sentence] = {
    Tier.MANDATORY.value: ("须全程音像记录", "to be recorded whole"),
    Tier.DISCRETIONARY.value: ("视情音像记录", "recorded as decided"),
    Tier.ORDINARY.value: ("一般", "ordinary"),
}


def refusal_sentence(refusal: Refusal, names: Mapping[str, str] | None = None) -> Sentence:
    """What stands against the step; `names` are shown instead of ids."""
    return _filled(SENTENCES[refusal.code], refusal, names=names or {})


def lift_sentence(refusal: Refusal, names: Mapping[str, str] | None = None) -> Sentence:
    """What would lift it."""
    return _filled(LIFTS[refusal.code], refusal, names=names or {})


def _filled(sentence: Sentence, refusal: Refusal, *, names: Mapping[str, str]) -> Sentence:
    facts = _Shown(_texts(refusal.facts, names))
    return sentence[0].format_map(facts), sentence[1].format_map(facts)


class _Shown(dict[str, str]):
    """What fills a sentence; a fact that is not there is left out."""

    def __missing__(self, key: str) -> str:
        return "–"


def _texts(facts: Mapping[str, Json], names: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in facts.items():
        if key in _MEMBERS and isinstance(value, list):
            words = [_MEMBERS[key].get(str(one), (str(one), str(one))) for one in value]
            found[f"{key}_zh"] = "、".join(one[0] for one in words)
            found[f"{key}_en"] = ", ".join(one[1] for one in words)
        elif key == "causes":
            found |= _causes(value, names)
        elif key in ("documents", "codes"):
            found |= _in_brackets(key, value)
        elif key == "state":
            found |= _both("state", value, sentence=_STATES.get(str(value)))
            found |= _both("action_state", value, sentence=_STATES.get(str(value)))
        elif key == "tier":
            found |= _both("tier", value, sentence=_TIERS.get(str(value)))
        else:
            found[key] = _plain(value, names)
    return found


def _both(key: str, value: Json, *, sentence: Sentence | None) -> dict[str, str]:
    chinese, english = sentence or (str(value), str(value))
    return {f"{key}_zh": chinese, f"{key}_en": english}


def _plain(value: Json, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(names.get(str(one), str(one)) for one in value)
    return names.get(str(value), str(value))


def _causes(value: Json, names: Mapping[str, str]) -> dict[str, str]:
    """Who does not count and why, in brackets."""
    chinese, english = list[str](), list[str]()
    for cause in value if isinstance(value, list) else []:
        if not isinstance(cause, dict) or not isinstance(cause["bars"], list):
            continue
        who = _plain(cause["person"], names)
        bars = [word(Bar(str(bar))) for bar in cause["bars"]]
        chinese.append(f"{who} {'、'.join(bar[0] for bar in bars)}")
        english.append(f"{who}: {', '.join(bar[1] for bar in bars)}")
    if not chinese:
        return {"causes_zh": "", "causes_en": ""}
    return {"causes_zh": f"（{'；'.join(chinese)}）", "causes_en": f" ({'; '.join(english)})"}


def _in_brackets(key: str, value: Json) -> dict[str, str]:
    items = [str(one) for one in value] if isinstance(value, list) else []
    if not items:
        return {f"{key}_zh": "", f"{key}_en": ""}
    return {f"{key}_zh": f"（{'、'.join(items)}）", f"{key}_en": f" ({', '.join(items)})"}
