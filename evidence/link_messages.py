"""Why something about a link, a quarantine or a clock was refused, in both languages."""

from collections.abc import Mapping

Sentence = tuple[str, str]

WHY_LINKS: Mapping[str, Sentence] = {
    "NO_LINK": ("没有关联 {link}", "there is no link {link}"),
    "LINKED": ("该录像已关联此执法活动", "the recording is linked to that action already"),
    "LINK_ENDED": ("该关联已经解除", "the link has ended already"),
    "NOT_LINKED": (
        "该录像未关联执法活动 {action}，请先关联",
        "the recording is not linked to action {action}; link it first",
    ),
    "EMPTY_LINK": (
        "空文件（0 字节）不能关联任何执法活动",
        "a file without bytes is linked to no action",
    ),
    "LINKED_ANSWER": (
        "该录像已关联执法活动，不能登记为无案件",
        "the recording is linked to an action, so it is of a case",
    ),
    "UNLINK_REASON": ("解除关联须说明理由", "to end a link needs a reason"),
    "QUARANTINE_CAUSE": ("“{value}”不是隔离事由", "{value} is no cause to put a recording aside"),
    "NOT_QUARANTINED": (
        "该录像未因“{value}”被隔离",
        "the recording is not put aside for {value}",
    ),
    "RELEASE_REASON": ("解除隔离须说明理由", "to let a recording count again needs a reason"),
    "ANCHOR_SUBJECT": (
        "时钟基准须指明一台记录仪或一段录像，且只能指明其一",
        "an anchor is of a recorder or of a recording, of one of them",
    ),
    "ANCHOR_NOTE": ("确定时钟基准须说明依据", "an anchor needs what it rests on"),
    "SEGMENT": (
        "起止时间不在录像之内（长 {length} 毫秒）",
        "the times do not lie in the recording, which lasts {length} ms",
    ),
    "SEGMENT_TIME": (
        "“{value}”不是录像内的时间，应如 00:12:40",
        "{value} is no time within a recording; write it as 00:12:40",
    ),
    "SEGMENT_NOTE": ("须说明该时间段的内容", "say what is to be seen there"),
}
"""Why a fact about footage was refused as input; an error names it as its fact `why`."""

REFUSED_LINKS: Mapping[str, Sentence] = {
    "ALREADY_DECIDED": (
        "案件已作出决定，作为依据的录像关联不能解除；录像和关联都保持不变",
        "The case is decided, so what it rests on stays linked; recording and link are unchanged",
    ),
    "SECOND_PERSON": (
        "提出的人不能自己确认，请由另一人以本人账号确认；未作任何改动",
        "Whoever proposed it cannot confirm it; another person must, with an own log-in",
    ),
    "NOT_OWN_PROPOSAL": (
        "只有提出的人可以撤回；未作任何改动，请由提出人撤回，或由另一人不予批准",
        "Only whoever proposed it may withdraw it; nothing was changed: another person may refuse it",
    ),
    "NOT_REVIEWER": (
        "只有复核人员可以办理；未作任何改动，请由具有复核角色的人员办理",
        "Only a person with the role of a reviewer may do that; nothing was changed",
    ),
}
"""Steps that were refused, by their codes."""
