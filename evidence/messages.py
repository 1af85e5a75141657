"""Machine codes and the sentences people see: Chinese first, English second.

Holds always: every code that a screen, a receipt or an error can show stands here exactly once,
in both languages; a sentence says what happened, what is safe and what to do. Placeholders in
braces are filled from the facts; a fact that is not there shows as "?" and never raises.
"""

from collections.abc import Iterable, Mapping

from evidence import (
    access_messages,
    disposal_messages,
    keeping_messages,
    link_messages,
    matter_messages,
    own_policy_messages,
    report_messages,
    retention_messages,
)
from evidence.calendar_messages import PROBLEMS, WHY_CALENDAR
from evidence.card_messages import CARDS
from evidence.coverage_words import WHY_COVERAGE
from evidence.permission_messages import PERMISSIONS
from evidence.preview_messages import DERIVATIVES
from evidence.reason_messages import WHY, Sentence
from evidence.remark_messages import REMARKS
from evidence.site_messages import SITES
from evidence.sizes import human_size

STATES: Mapping[str, Sentence] = {
    "READING": ("正在读取，请勿取走", "Reading the card, do not remove"),
    "SETTLING": ("正在确认文件已写完，请勿取走", "Making sure files are complete, do not remove"),
    "COPYING": ("正在采集，请勿取走", "Copying, do not remove"),
    "WAITING_FOR_SPACE": ("存储空间不足，请勿取走", "No room left, do not remove"),
    "STORAGE_TROUBLE": ("存储异常，请勿取走", "Storage trouble, do not remove"),
    "SAFE": ("全部入库，可以取走", "All safe, may be removed"),
    "NEW_SAFE": (
        "新文件全部入库，可以取走；其余此前已入库，本次尚未重读",
        "New files are safe, may be removed; the others were stored before, not read again yet",
    ),
    "INCOMPLETE": ("可以取走，部分文件仍在卡上", "May be removed, some files remain on the card"),
    "EMPTY_CARD": (
        "卡上没有可采集的文件，可以取走；如应有录像，请核实",
        "No files to take on this card, may be removed; check it if there should be recordings",
    ),
    "NO_CARD": (
        "目录是空的，也没有挂载卡，未采集",
        "The folder is empty and no card is mounted on it; nothing was taken",
    ),
    "CARD_GONE": ("记录仪已断开", "Recorder disconnected"),
    "NO_ANSWER": (
        "此卡读不出，请重新插入；仍读不出请送检",
        "This card cannot be read, put it in again; if that does not help, have it examined",
    ),
    "LOOSE_FILES": (
        "采集口目录下有散放的文件或链接，未采集；请将文件放入一个文件夹",
        "Loose files or links lie in the dock's folder, not taken; put files into a folder",
    ),
    "INTERRUPTED": (
        "采集已中断：已入库的文件安全，其余仍在卡上；请重新采集",
        "Interrupted: what is stored is safe, the rest is still on the card; take it again",
    ),
    "BUSY_ELSEWHERE": ("此卡正由另一程序采集", "Another process is taking this card"),
    "BUSY_HERE": (
        "此卡正由本站另一采集口采集",
        "Another dock of this station is taking this card",
    ),
    "MOUNTED_ELSEWHERE": (
        "此卡已被系统或他人挂载，未采集，请勿取走；请先卸载，或将挂载目录设为采集口",
        "Something else has mounted this card; not taken, do not remove; unmount it or watch that folder",
    ),
}

NOTICES: Mapping[str, Sentence] = {
    "READ_FAILED": (
        "{name} 读取失败（{reason}），没有保存任何部分，原件仍在卡上；请送检记录仪",
        (
            "{name} could not be read ({reason}) and no part of it is kept; the original is still on "
            "the card; have the recorder examined"
        ),
    ),
    "CARD_UNREADABLE": (
        "卡的目录无法打开（{reason}），未采集；请重新插入，仍不行则送检记录仪",
        "The card's folder cannot be opened ({reason}); nothing was taken; dock it again",
    ),
    "FRAGMENT_KEPT": (
        "{name} 读取失败（第 {offset} 字节起），已读部分作为残片保存，原件仍在卡上；请送检记录仪",
        (
            "{name} could not be read from byte {offset} on; what was read is kept as a fragment, the "
            "original is still on the card; have the recorder examined"
        ),
    ),
    "NOT_REGULAR": (
        "{name} 在采集时已不是普通文件，未采集，仍在卡上",
        "{name} was no longer a plain file when it was to be taken; it is still on the card",
    ),
    "FILE_EMPTY": (
        "{name} 是空文件（0 字节），已按原样入库并标记；请核实录像是否正常",
        "{name} is empty (0 bytes); it is stored as it is and labelled; check the recording",
    ),
    "FILE_ODD_NAME": (
        "{name} 的文件名含特殊字符，已按原字节入库并标记",
        "{name} has unusual characters in its name; it is stored byte for byte and labelled",
    ),
    "FILE_VANISHED": (
        "{name} 在采集前已从卡上消失（可能被改名或删除），未采集；请核实",
        "{name} vanished from the card before it was taken (renamed or deleted); please check",
    ),
    "NOT_A_FILE": (
        "{name} 不是普通文件（链接、管道或设备），按规则不采集，已记录在清单中",
        "{name} is a link, pipe or device, not a file: not taken, and noted in the inventory",
    ),
    "UNREADABLE": (
        "{name} 无法读取其信息，未采集，仍在卡上；请送检记录仪",
        "{name} could not be looked at; it is still on the card; have the recorder examined",
    ),
    "UNREADABLE_FOLDER": (
        "文件夹 {name} 无法读取，其中文件未采集，仍在卡上；请送检记录仪",
        "Folder {name} could not be read; its files are still on the card; have it examined",
    ),
    "TOO_DEEP": (
        "文件夹 {name} 嵌套过深，其中文件未采集，仍在卡上；请通知管理员",
        "Folder {name} is nested too deep; its files are still on the card; tell the administrator",
    ),
    "DOUBLED_NAME": (
        "卡上有两个同名的 {name}，只能读到其中一个，另一个未采集，仍在卡上；请勿清空此卡，送检记录仪",
        (
            "{name} stands twice on the card and only one of the two can be read; the other was not "
            "taken and is still there; do not empty the card, have the recorder examined"
        ),
    ),
    "RECORDING_IN_LITTER": (
        "回收站等系统目录中有 {count} 个疑似录像，按规则未采集，仍在卡上；请核实是否曾被删除",
        (
            "{count} files that look like recordings lie in a trash or system folder; by rule they "
            "are not taken and stay on the card; find out whether they were deleted"
        ),
    ),
    "STILL_WRITING": (
        "{name} 仍在写入，尚未采集，仍在卡上；写完后才能采集",
        "{name} is still being written and still on the card; it can be taken once it is finished",
    ),
    "COPIED_AGAIN": (
        "{name} 写入存储失败，已作废并从卡上重新采集；原件完好",
        "{name} failed to be stored; that copy was thrown away and made again from the card",
    ),
    "STORAGE_FAILED": (
        "{name} 写入存储失败：{reason}；原件仍在卡上；请通知管理员检查存储",
        (
            "{name} could not be stored: {reason}; the original is still on the card; have the "
            "storage examined"
        ),
    ),
    "OUT_OF_SPACE": (
        "存储空间不足（剩余 {free}）；已入库的文件安全，其余仍在卡上；请联系管理员扩容",
        (
            "No room left ({free}); what is stored is safe, the rest is still on the card; "
            "ask the administrator for room"
        ),
    ),
    "DATABASE_FULL": (
        "数据库所在磁盘已满；已入库的文件安全，其余仍在卡上；请联系管理员扩容",
        (
            "The database's disk is full; what is stored is safe, the rest is still on the card; ask "
            "the administrator for room"
        ),
    ),
    "VAULT_UNAVAILABLE": (
        "存储库不可用：{reason}；卡上文件未动；请管理员检查存储库是否已挂载",
        "The vault is not available: {reason}; the card is untouched; check that it is mounted",
    ),
    "DATABASE_UNAVAILABLE": (
        "数据库不可用：{reason}；原件和卡上文件不受影响，数据库恢复后即可继续",
        "The database is not available: {reason}; originals and cards are safe, go on when it is back",
    ),
    "COMMIT_UNKNOWN": (
        "提交时数据库连接中断，无法得知是否已登记：{reason}；卡上文件不受影响，数据库恢复后先核对再继续",
        (
            "The connection to the database broke during a commit, and nobody can tell whether it "
            "is on record: {reason}; cards are safe, it is looked up before anything is done again"
        ),
    ),
    "ENVIRONMENT": (
        "运行环境异常：{reason}；卡上文件未动；请联系管理员",
        "The machine is in trouble: {reason}; the card is untouched; call the administrator",
    ),
    "TOOL_MISSING": (
        "缺少程序 {tool}；卡上文件未动；请安装后重试",
        "The program {tool} is missing; the card is untouched; install it and try again",
    ),
    "CARD_GONE": (
        "记录仪已断开或被更换；已入库的文件安全，其余仍在记录仪中；请重新插入",
        (
            "The recorder was disconnected or exchanged; what is stored is safe, the rest is still on "
            "it and is taken when it is docked again"
        ),
    ),
    "CARD_REMOVED_EARLY": (
        "记录仪已断开，已采集 {safe}/{files}，其余仍在记录仪中；请重新插入",
        (
            "The recorder was disconnected with {safe} of {files} taken; the rest is still on it; dock "
            "it again"
        ),
    ),
    "NO_CARD": (
        "没有采集，也没有收据：请确认卡已插好并已挂载到该目录，再重新采集",
        "Nothing was taken and there is no receipt: check that the card is mounted here and try again",
    ),
    "LINK_IN_DOCK": (
        "{name} 是链接，采集口中的链接不采集；请用 serve --card 或 ingest 指明它所指的目录",
        (
            "{name} is a link, and links in a dock are not followed; name the folder it leads to with "
            "serve --card or ingest"
        ),
    ),
    "CARD_TROUBLE": (
        "记录仪异常；已入库的文件安全，其余仍在卡上",
        "Trouble with the card; what is stored is safe, the rest is still on the card",
    ),
    "CHANGED_WHILE_COPYING": (
        "{name} 采集时发生变化，该次复制已作废，将重新采集",
        "{name} changed while it was copied; that copy was thrown away and is made again",
    ),
    "LISTED": (
        "{name} 尚未采集，仍在卡上；请重新插入",
        "{name} was not taken yet and is still on the card; dock it again",
    ),
    "READING_BACK": (
        "{name} 尚未核对完毕，仍在卡上；请重新插入",
        "{name} was not read back yet and is still on the card; dock it again",
    ),
    "FAILED": (
        "{name} 采集失败，仍在卡上；请重新插入",
        "{name} could not be taken and is still on the card; dock it again",
    ),
    "STORED_COPY_BAD": (
        "存储库中的副本与封存时不符；请勿删除任何文件，尽快从记录仪或备份恢复",
        "A stored copy is not what was sealed; delete nothing, restore it from recorder or backup",
    ),
    **keeping_messages.OBSERVED,
    "KNOWN_FILE_DIFFERS": (
        "{name} 与此前入库时同名、同大小、同时间，但内容不同；两份均已入库，请核实是否被改动",
        (
            "{name} has the name, size and times of a file that was stored before, and other "
            "contents; both are stored, find out whether it was altered"
        ),
    ),
    "STORED_COPY_REPAIRED": (
        "存储库中原有副本已损坏，已用卡上完好副本修复，损坏件另存备查",
        "The stored copy was damaged; it was repaired from the card, the damaged one is kept aside",
    ),
    "CARD_FILE_DIFFERS": (
        "{name} 与收据不符，未清除；它是新的证据，请重新采集",
        "{name} differs from the receipt and was not cleared; it is new evidence, take it again",
    ),
    "LOOKERS_WITHHELD": (
        "有 {count} 条查看记录未显示查看人：您的角色无权知道谁查看过",
        "{count} entries of looks do not say whose they are: your roles may not know who has looked",
    ),
    "INTERNAL": (
        "程序内部错误；卡上文件未动；请联系技术支持并提供日志",
        "An internal error; the card is untouched; call support with the log",
    ),
}

ERRORS: Mapping[str, Sentence] = {
    **report_messages.ERRORS,
    **link_messages.REFUSED_LINKS,
    **keeping_messages.ERRORS,
    "REFUSED": ("操作被拒绝：{why_zh}", "Refused: {why_en}"),
    "BAD_INPUT": ("输入有误：{why_zh}；没有任何改动", "Bad input: {why_en}; nothing was changed"),
    "NOT_FOUND": ("没有找到：{why_zh}", "Not found: {why_en}"),
    "NO_SITE": (
        "{data} 中没有留痕站点；请先运行 serve 或 ingest，或用 --data 指明目录",
        "There is no Liuhen site in {data}; run serve or ingest first, or name it with --data",
    ),
    "NO_TEMPORARY_ROOM": (
        "临时文件没有空间；没有任何改动；请为临时目录腾出空间后重试",
        "No room for temporary files; nothing was changed; make room where they go and try again",
    ),
    "NOT_GIVEN_OUT": (
        "{path} 写入失败：{reason}；存储库中的原件不受影响；请换一个位置再试",
        "{path} could not be written: {reason}; what is stored is as it was; name another place",
    ),
    "NO_ROOM_TO_GIVE_OUT": (
        "{path} 所在磁盘空间不足（剩余 {free}）；存储库中的原件不受影响；请换一个位置再试",
        "No room for {path} ({free} left); what is stored is as it was; name another place",
    ),
    "STORAGE_TROUBLED": (
        "存储出错：{reason}；已入库的文件和卡上文件不受影响；请通知管理员检查存储",
        (
            "The storage failed: {reason}; what is stored and what is on cards is as it was; have "
            "the storage examined"
        ),
    ),
    "CLEAR_REFUSED": (
        "不清除此卡：{reason_zh}；卡上文件未动",
        "This card is not cleared: {message}; the card is untouched",
    ),
    "STEP_REFUSED": ("不能办理：{reasons_zh}", "{message}"),
    "CHECK_OUT_REFUSED": ("{recorder} 不能领用：{reason_zh}", "{message}"),
    "NOT_LOGGED_IN": (
        "尚未登录或登录已失效，请重新登录",
        "Nobody is logged in, or the log-in has ended; log in again",
    ),
    "LOGIN_FAILED": (
        "用户名或密码不正确",
        "Name and password do not match",
    ),
    "CODE_INVALID": (
        "一次性代码无效、已使用或已过期；请向管理员索取新的代码",
        "The one-time code is not valid, was used or has run out; ask the administrator for a new one",
    ),
    "TOO_MANY_TRIES": (
        "登录失败次数过多，请 {minutes} 分钟后再试",
        "Too many failed tries to log in; try again in {minutes} minutes",
    ),
    "FORBIDDEN": (
        "您的角色无权“{act_zh}”；如有需要请联系管理员",
        "None of your roles allows this: {act_en}. Ask the administrator if you need it",
    ),
    "CROSS_SITE": (
        "请求不是从本系统页面发出，已拒绝；请刷新页面后重试",
        "The request did not come from a page of this system and was refused; reload the page",
    ),
    "RANGE": (
        "请求的字节范围超出文件（共 {size} 字节）",
        "The bytes asked for lie outside the file ({size} bytes)",
    ),
    "PREVIEW_ALTERED": (
        "预览文件 {file} 与制作时不符，未予播放，将自动重新制作；原件不受影响",
        (
            "Preview file {file} is not what was made: it is not shown and is made anew by itself; the "
            "original is as it was"
        ),
    ),
    "TOO_LARGE": ("请求内容过大，未处理", "The request is too large and was not handled"),
    "NO_SUCH_PAGE": ("没有这个地址", "There is nothing at this address"),
    "METHOD": ("此地址不支持该操作", "This address does not know that method"),
    "COMMAND_INTERRUPTED": (
        "已中断：已登记的仍然有效，其余未做；可以重新运行",
        "Interrupted: what is on record stands, the rest was not done; run it again",
    ),
    "NOT_HEARD": (
        "结果无法输出：{reason}；请检查磁盘空间或管道后重试",
        "The result could not be written: {reason}; check disk and pipe, and run it again",
    ),
    "ALTERED": (
        (
            "证据与登记的不符，未予采用；请勿改动任何内容，运行 verify 并保存报告"
            "（技术细节：{message}）"
        ),
        (
            "Evidence is not what is on record, so it was not used: {message}. Change nothing, run "
            "verify and keep its report"
        ),
    ),
    "LOG_WENT_BACK": (
        (
            "数据库中的日志只有 {size} 条，而本站已签署 {signed} 条：数据库可能是旧备份；不再签署，"
            "卡上文件未动。请恢复最新的数据库并运行 verify；若只有旧备份，请先把 {path} 另存到别处，"
            "再从原处移走，缺失的记录须另行说明"
        ),
        (
            "The log in the database has {size} entries, and this site signed {signed}: it may be an "
            "older backup. Nothing more is signed, the cards are untouched. Restore the newest "
            "database and run verify; if there is only the older one, keep {path} elsewhere and move "
            "it away, and account for the entries that are gone"
        ),
    ),
    "LOG_REWRITTEN": (
        (
            "数据库中日志的前 {size} 条与本站签署的不符：数据库已被改动；不再签署，卡上文件未动。"
            "请勿改动任何内容，运行 verify 并保存报告"
        ),
        (
            "The first {size} entries of the log in the database are not what this site signed: it "
            "was altered. Nothing more is signed, the cards are untouched. Change nothing, run verify "
            "and keep its report"
        ),
    ),
    "LAST_CHECKPOINT_REFUSED": (
        "文件 {path} 未获本站日志密钥签名，不再签署；请保存该文件并从备份恢复，再运行 verify",
        (
            "File {path} is not signed by this site's log key, so nothing more is signed; keep the "
            "file, restore it from the backup, then run verify"
        ),
    ),
    "MALFORMED": (
        "不是所要求的格式，内容未予采用；请核对是否取错文件，或文件已受损（技术细节：{message}）",
        "Not in its format, so nothing of it was used: {message}. See whether it is the right file",
    ),
    "BAD_SIGNATURE": ("签名无效：内容被改动，或不是该密钥所签", "Bad signature: {message}"),
    "PROOF_FAILED": (
        (
            "证明不成立：日志与签署的不符，未予采用；请保存现状，运行 verify 并保存报告"
            "（技术细节：{message}）"
        ),
        (
            "The proof does not hold, so nothing was taken from it: {message}. Keep all as it is, run "
            "verify and keep its report"
        ),
    ),
}

_TABLES = (
    NOTICES,
    CARDS,
    SITES,
    ERRORS,
    STATES,
    DERIVATIVES,
    REMARKS,
    PROBLEMS,
    matter_messages.ERRORS,
    own_policy_messages.ERRORS,
    retention_messages.ERRORS,
    disposal_messages.ERRORS,
    access_messages.ERRORS,
)


def sentence(code: str, facts: Mapping[str, object] | None = None) -> Sentence:
    """The Chinese and the English sentence of a code; an unknown code is shown as it is."""
    return _said(code, facts or {}, tables=_TABLES)


def _said(
    code: str, facts: Mapping[str, object], *, tables: Iterable[Mapping[str, Sentence]]
) -> Sentence:
    pair = next((table[code] for table in tables if code in table), (code, code))
    filled = _Facts(_with_act(_with_why(_with_size(facts))))
    return pair[0].format_map(filled), pair[1].format_map(filled)


def error_sentence(code: str, message: str, *, facts: Mapping[str, object]) -> Sentence:
    """The sentence of an error with its facts; its own words fill what the facts leave open."""
    if code == "STORAGE_FAILED" and "name" not in facts:
        code = "STORAGE_TROUBLED"  # it is no card's file that could not be stored
    return sentence(code, {"message": message, "reason": message, **facts})


def preview_sentence(code: str, message: str, *, facts: Mapping[str, object]) -> Sentence:
    """The same of a preview that failed: its words come first, as no card is concerned."""
    told = {"message": message, "reason": message, **facts}
    return _said(code, told, tables=(DERIVATIVES, *_TABLES))


def _with_size(facts: Mapping[str, object]) -> Mapping[str, object]:
    """The facts with the room that is left as people read it."""
    free = facts.get("free_bytes")
    return {**facts, "free": human_size(free)} if isinstance(free, int) else facts


def _with_why(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts with the reason in both languages; without one, the error's own words."""
    said = facts.get("message", "?")
    reasons = {**WHY, **WHY_CALENDAR, **WHY_COVERAGE}
    chinese, english = reasons.get(str(facts.get("why", "")), ("{message}", "{message}"))
    filled = _Facts({"message": said, **facts})
    return {
        **facts,
        "why_zh": chinese.format_map(filled),
        "why_en": english.format_map(filled),
    }


def _with_act(facts: dict[str, object]) -> dict[str, object]:
    """The facts with what is not permitted, in words."""
    chinese, english = PERMISSIONS.get(str(facts.get("permission", "")), ("?", "?"))
    return {**facts, "act_zh": chinese, "act_en": english}


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"
