"""What each permission lets a person do, in words: for refusals and for the page of roles."""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

PERMISSIONS: Mapping[str, Sentence] = {
    "WATCH_DOCKS": ("查看采集口", "watch the docks"),
    "LIST_RECORDINGS": ("查找录像及其事实", "find recordings and what is known of them"),
    "VIEW_RECORDING": (
        "播放录像（每次查看均留痕）",
        "watch recordings; each look is on record",
    ),
    "TAKE_ORIGINAL": ("下载原件（留痕）", "take originals; each is on record"),
    "READ_CUSTODY": ("查看录像的保管日志", "read the custody entries of recordings"),
    "READ_VIEWS": ("查看谁看过录像", "see who has looked at recordings"),
    "READ_LOG": ("取得日志检查点与公钥", "get the log's checkpoint and key"),
    "READ_JOBS": ("查看预览任务", "see the previews' jobs"),
    "RETRY_JOBS": ("重试预览任务", "have failed previews tried anew"),
    "READ_USERS": ("查看账号与单位", "see accounts and units"),
    "MANAGE_USERS": ("管理账号、角色与单位", "keep accounts, roles and units"),
    "MANAGE_SESSIONS": ("查看并结束登录", "see and end log-ins"),
    "READ_RATIO": ("查看设备配备比例", "see whether there are enough recorders"),
    "READ_REPORTS": ("生成并下载报表（留痕）", "have reports made; each is on record"),
    "READ_STAFF": ("查看执法人员名册", "see who serves and who may enforce"),
    "MANAGE_STAFF": ("管理执法人员名册", "keep the register of people"),
    "READ_DEVICES": ("查看设备及领用人", "see devices and who has them"),
    "HAND_OUT_DEVICES": (
        "发放、收回设备并登记自检",
        "hand devices out, take them back, note self-tests",
    ),
    "MANAGE_DEVICES": ("登记设备状态与借用", "state what becomes of devices; lend them"),
    "MANAGE_RULES": (
        "导入工作日历与音像记录事项清单（须在全局任职）",
        "take in the calendar and the list of what is recorded; at the bureau itself alone",
    ),
    "READ_CASES": ("查看案件与执法活动", "see cases and enforcement actions"),
    "KEEP_CASES": (
        "登记、办理案件与执法活动",
        "keep cases and actions, and take their steps",
    ),
    "IMPORT_CASES": ("按文件导入案件与执法活动", "take in files of cases and actions"),
    "CONFIRM_CASES": (
        "作为第二人确认更正、解除关联等",
        "confirm as the second person: corrections, unlinking and the like",
    ),
    "LINK_FOOTAGE": ("关联音像与执法活动", "tie recordings to actions"),
    "JUDGE_FOOTAGE": (
        "隔离、解除隔离、校正时钟",
        "put footage aside, release it, set clocks right",
    ),
    "READ_FINDINGS": ("查看问题台账", "see findings"),
    "HANDLE_FINDINGS": ("处置问题", "handle findings"),
    "READ_RETENTION": ("查看保管期限与保全", "see how long recordings are kept, and holds"),
    "PLACE_HOLDS": ("登记、复核保全", "place holds, and review them"),
    "RELEASE_HOLDS": (
        "解除他人申请的保全",
        "release holds that another person asked for",
    ),
    "CHANGE_RETENTION": ("提出保管期限变更", "make changes of retention periods"),
    "CONFIRM_RULES": (
        "作为第二人批准本单位政策档",
        "bring the bureau's own policy profile into force as the second person",
    ),
    "CONFIRM_RETENTION": (
        "作为第二人批准保管期限变更",
        "approve changes of retention periods as the second person",
    ),
    "READ_DISPOSALS": ("查看到期录像、处置批次与证明", "see what is due, batches and certificates"),
    "HANDLE_DISPOSALS": (
        "提出、批准、执行录像处置（须两人批准）",
        "propose, approve and carry out disposals; two persons must approve",
    ),
    "REQUEST_ACCESS": ("申请调阅、复制、借阅", "ask for access, copies and loans"),
    "APPROVE_ACCESS": (
        "批准、撤销调阅，登记借还",
        "grant and revoke access; note what is lent and comes back",
    ),
    "SUPERVISE_ACCESS": (
        "复查调阅记录（须在全局任职）",
        "review the log of looks; at the bureau itself alone",
    ),
}
"""By the permission's code; the verb comes first."""
