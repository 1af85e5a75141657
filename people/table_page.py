"""The table of roles as a page for people who do not read code; `docs/ROLES.md` is this text."""

from evidence.vocabulary import Role
from people.roles import TABLE, Permission, Scope

_WORDS = {
    Permission.WATCH_DOCKS: ("查看采集口", "watch the docks"),
    Permission.LIST_RECORDINGS: ("查找录像及其事实", "find recordings and what is known of them"),
    Permission.VIEW_RECORDING: ("播放录像（每次查看均留痕）", "watch them; each look is on record"),
    Permission.TAKE_ORIGINAL: ("下载原件（留痕）", "take originals; on record too"),
    Permission.READ_CUSTODY: ("查看保管日志", "read their custody entries"),
    Permission.READ_VIEWS: ("查看谁看过", "see who has looked"),
    Permission.READ_LOG: ("取得日志检查点与公钥", "get the log's checkpoint and key"),
    Permission.READ_JOBS: ("查看预览任务", "see the previews' jobs"),
    Permission.RETRY_JOBS: ("重试预览任务", "have failed previews tried anew"),
    Permission.READ_USERS: ("查看账号与单位", "see accounts and units"),
    Permission.MANAGE_USERS: ("管理账号、角色与单位", "keep accounts, roles and units"),
    Permission.MANAGE_SESSIONS: ("查看并结束登录", "see and end log-ins"),
    Permission.READ_RATIO: ("查看设备配备比例", "see whether there are enough recorders"),
    Permission.READ_REPORTS: ("生成并下载报表（留痕）", "have reports made; each is on record"),
    Permission.READ_STAFF: ("查看执法人员名册", "see who serves and who may enforce"),
    Permission.MANAGE_STAFF: ("管理执法人员名册", "keep the register of people"),
    Permission.READ_DEVICES: ("查看设备及领用人", "see devices and who has them"),
    Permission.HAND_OUT_DEVICES: (
        "发放、收回设备并登记自检",
        "hand devices out, take them back, note self-tests",
    ),
    Permission.MANAGE_DEVICES: ("登记设备状态与借用", "state what becomes of devices; lend them"),
    Permission.MANAGE_RULES: (
        "导入工作日历与音像记录事项清单（须在全局任职）",
        "take in the calendar and the list of what is recorded; at the bureau itself alone",
    ),
    Permission.READ_CASES: ("查看案件与执法活动", "see cases and enforcement actions"),
    Permission.KEEP_CASES: (
        "登记、办理案件与执法活动",
        "keep cases and actions, and take their steps",
    ),
    Permission.CONFIRM_CASES: (
        "作为第二人确认更正、解除关联等",
        "confirm as the second person: corrections, unlinking and the like",
    ),
    Permission.LINK_FOOTAGE: ("关联音像与执法活动", "tie recordings to actions"),
    Permission.JUDGE_FOOTAGE: (
        "隔离、解除隔离、校正时钟",
        "put footage aside, release it, set clocks right",
    ),
    Permission.READ_FINDINGS: ("查看问题台账", "see findings"),
    Permission.HANDLE_FINDINGS: ("处置问题", "handle findings"),
}
_ROLES = {
    Role.OFFICER: "执法人员",
    Role.REVIEWER: "复核人员",
    Role.AUDITOR: "审计人员",
    Role.SUPERVISOR: "主管",
    Role.ADMINISTRATOR: "管理员",
}
_SCOPES = {Scope.OWN: "本人 own", Scope.UNIT: "单位 unit", Scope.SITE: "全站 site"}
_HEAD = """# Roles

What each role may do, and how far; an empty cell is a refusal. This page is written from
`people/roles.py`, the one table that every request is checked against, and a test compares the two.

- **本人 own**: recordings whose card names this person's officer number for certain; actions of
  whose team the person is, and cases with such an action; in the person's unit also what nobody is
  named for yet.
- **单位 unit**: the unit in which the role is held, and the units below it. At the bureau itself it
  also covers recordings that belong to no unit yet.
- **全站 site**: everything here.

A person may hold several roles; they add to one another. An administrator keeps accounts and
the register and sees no recording by that. Whoever has logged in sees what they have out
themselves. Nothing in this table lets a look go unrecorded.

"""


def page() -> str:
    """The whole text."""
    roles = list(Role)
    head = [f"{_ROLES[role]} {role.value}" for role in roles]
    lines = [f"| | {' | '.join(head)} |", "|---|" + "---|" * len(roles)]
    for permission, (chinese, english) in _WORDS.items():
        cells = [_cell(role, permission) for role in roles]
        lines.append(f"| {chinese}<br>{english} | {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines) + "\n"


def _cell(role: Role, permission: Permission) -> str:
    scope = TABLE[role].get(permission)
    return "" if scope is None else _SCOPES[scope]
