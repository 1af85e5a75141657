"""Why something about a case or an action was refused as input, in both languages."""

from collections.abc import Mapping

Sentence = tuple[str, str]

WHY_CASES: Mapping[str, Sentence] = {
    "NO_CASE": ("没有案件 {case}", "there is no case {case}"),
    "NO_ACTION": ("没有执法活动 {action}", "there is no action {action}"),
    "CASE_TEXT": (
        "文字含不可用的字符或超过 {most} 字",
        "the text has odd characters or more than {most} characters",
    ),
    "DOCUMENT_DIGEST": (
        "“{value}”不是文书的 SHA-256（64 位十六进制）",
        "{value} is no SHA-256 of a document (64 hex digits)",
    ),
    "DOCUMENT_MISSING": ("未指明文书（SHA-256）", "no document is named (SHA-256)"),
    "CASE_SOURCE": ("来源“{value}”不可用", "{value} cannot name a source"),
    "EXTERNAL_ID": ("外部编号“{value}”不可用", "{value} cannot be an external id"),
    "CASE_NUMBER": ("案号“{value}”不可用，请填写案号", "{value} cannot be a case number; give one"),
    "CASE_NUMBER_TAKEN": (
        "本单位已有案号为“{number}”的案件",
        "another case of this unit has the number {number}",
    ),
    "CASE_TITLE": ("案由“{value}”不可用", "{value} cannot be a title"),
    "PARTY_NAME": ("当事人名称“{value}”不可用", "{value} cannot name a party"),
    "CATEGORY_NAME": (
        "类别为“其他行政权力”时须写明名称",
        "a category that is none of the listed needs a name",
    ),
    "TYPE_NAME": (
        "类型为“其他执法活动”时须写明名称",
        "a type of action that is none of the listed needs a name",
    ),
    "PLACE_NAME": ("地点“{value}”不可用", "{value} cannot name a place"),
    "ROOM": ("场所编号“{value}”不可用", "{value} cannot name a room"),
    "PLANNED_ORDER": ("计划的结束时间不晚于开始时间", "the plan ends before it begins"),
    "MAJOR_LOWERED": (
        "案件已列为重大，只能提高、不能降低",
        "the case is major; that may be raised, never lowered",
    ),
    "FLAG_LOWERED": (
        "涉及人身自由、生命健康、重大财产权益的标记只能增加、不能取消",
        "a flag of an interest touched may be set, never cleared",
    ),
    "TIER_LOWERED": (
        "记录等级只能提高、不能降低",
        "the tier of recording may be raised, never lowered",
    ),
    "ACTION_FIXED": (
        "执法活动已开始，类型和场所不能再改",
        "the action has started; its type and room can no longer change",
    ),
    "TEAM_TWICE": ("同一人在分工中出现两次", "somebody stands twice in the team"),
    "NO_LEAD": ("执法分工中须至少有一名主办人员", "a team needs at least one lead officer"),
    "ONE_RECORDER_PERSON": (
        "须指定一名记录员，且只能一名（现有 {count} 名）",
        "exactly one person keeps the record; {count} are named",
    ),
    "PRESENCE_ORDER": ("离场时间不晚于到场时间", "somebody left before they came"),
    "NOT_RECORD_REASON": ("决定不录音录像须说明理由", "not to record needs a reason"),
    "SIGN": ("标识编号“{value}”不可用", "{value} cannot name a sign"),
    "NOTICE_PLACE": (
        "告知须指明录像中的时刻或载明的文书",
        "a notice needs its moment in the recording or its document",
    ),
    "DOCUMENT_CODE": ("文书名称“{value}”不可用", "{value} cannot name a document"),
    "TEMPLATE": ("文书格式编号“{value}”不可用", "{value} cannot name a template"),
    "FREE_FORM_REASON": (
        "未用统一文书格式，须说明理由",
        "a document without a template needs a reason",
    ),
    "WITNESS_NAME": ("见证人姓名“{value}”不可用", "{value} cannot name a witness"),
    "METADATA_EMPTY": ("记录要素不能为空", "an element of the record cannot be empty"),
    "OFFSET": ("时刻 {value} 秒不在任何录像之内", "{value} s lies in no recording"),
    "INTERVAL_ORDER": ("结束时间不晚于开始时间", "the action ends before it begins"),
    "INTERVAL_REASON": (
        "更正起止时间须说明理由",
        "to put an interval right needs a reason",
    ),
    "SECOND_PERSON": (
        "须由另一人复核确认，且不得与提出人为同一人",
        "a second person must confirm, who is not the first",
    ),
    "NOT_OF_CASE": (
        "该录音录像不属于此案的任何执法活动；请先关联",
        "the recording is of no action of this case; link it first",
    ),
    "TAG_OF_ONE": ("每次标注一段录音录像；请指明", "a tag is of one recording; name it"),
    "FIXATION_EMPTY": ("书面固定须指明录音录像", "a fixation is of recordings; name them"),
    "REFUSAL_WITHOUT_NOTE": ("拒绝签名须注明情况", "a refusal to sign needs a note"),
    "REVIEWER_MISSING": ("须指明审核人", "name who reviewed it"),
    "NO_ROUND": ("没有第 {round} 轮送审", "there was no round {round}"),
    "VOTES": ("赞成人数须在 0 与 {members} 之间", "votes lie between 0 and {members}"),
    "OUTCOME": ("处理结果“{value}”不可用，请填写", "{value} cannot be an outcome; give one"),
    "RECEIVER": ("接收单位“{value}”不可用，请填写", "{value} cannot name a receiver; give one"),
    "CELL_LONG": (
        "“{value}”超过 200 字或含不可用的字符",
        "has more than 200 or odd characters",
    ),
    "CELL_MOMENT": (
        "“{value}”不是时间，请写成 2024-05-16 09:00",
        "{value} is no moment; write it like 2024-05-16 09:00",
    ),
    "CELL_CATEGORY": ("没有执法类别“{value}”", "there is no category {value}"),
    "CELL_ACTION_TYPE": ("没有行为类型“{value}”", "there is no type of action {value}"),
    "CELL_STATE": ("没有办理环节“{value}”", "there is no state {value}"),
    "CELL_CASE": ("没有案件“{value}”，请先登记", "there is no case {value}; add it first"),
    "CELL_PERSON": ("“{value}”中有未登记的工号", "{value} has a number that nobody bears"),
    "CELL_TEAM": (
        "须有主办人员，且记录员须是其中一人",
        "there must be a lead, and one of the team keeps the record",
    ),
    "CELL_ELSEWHERE": (
        "“{value}”属于您范围以外的单位，没有改动",
        "{value} is of a unit out of your reach; it was left as it is",
    ),
    "CELL_ID_TWICE": ("“{value}”在文件中重复", "{value} stands twice in the file"),
    "NO_PROPOSAL": ("没有这项待确认的事项", "there is no such proposal"),
    "PROPOSAL_REASON": ("须说明理由", "a proposal needs its reason"),
    "PROPOSAL_ANSWERED": ("该事项已有答复", "the proposal was answered already"),
    "NO_STEP": ("没有到“{state}”的步骤", "no step leads to {state}"),
    "RECORD_KIND": (
        "文字代音像请用 action exempt",
        "a text instead of a recording is entered by `action exempt`",
    ),
    "RECORD_VALUE": ("没有取值“{value}”，可选：{known}", "there is no {value}; known: {known}"),
}
