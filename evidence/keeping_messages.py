"""What is said of backups, restores, the journal and the second vault: Chinese first.

Holds always: as in `evidence.messages`, which fills the placeholders.
"""

from collections.abc import Mapping

Sentence = tuple[str, str]

ERRORS: Mapping[str, Sentence] = {
    "BACKUP_DAMAGED": (
        "备份中的 {path} 缺失或与备份时不符：没有恢复任何内容；请用 --state 选较早的状态，或换另一份备份",
        (
            "{path} of the backup is missing or not what was backed up: nothing was put back; name an "
            "older --state, or use another backup"
        ),
    ),
    "JOURNAL_BROKEN": (
        "日志文本第 {seq} 条与签署的不符：没有写入任何内容；请改用备份恢复（restore），并保留此日志文本备查",
        (
            "Entry {seq} of the journal is not what was signed: nothing was written; restore from a "
            "backup instead, and keep this journal for examination"
        ),
    ),
    "JOURNAL_DIFFERS": (
        "{path} 中的日志文本不属于本日志（第 {seq} 条）：没有改动；请把它另存到别处后移走，程序会重新写出",
        (
            "The journal in {path} is not of this log (entry {seq}): nothing was changed; keep it "
            "elsewhere and move it away, and it is written anew"
        ),
    ),
    "SECOND_UNAVAILABLE": (
        "第二存储库不在 {path}：首个存储库和卡上文件不受影响；请挂载正确的磁盘，首次使用请先建好空目录",
        (
            "The second vault is not in {path}: the first one and the cards are untouched; mount the "
            "right disk, or make an empty folder for its first use"
        ),
    ),
    "TOOL_FAILED": (
        "{tool} 未能完成：{reason}；数据库和卡上文件未动；请检查其版本不低于数据库服务器，然后重试",
        (
            "{tool} did not finish: {reason}; database and cards are untouched; see that it is not older "
            "than the server, and try again"
        ),
    ),
}

OBSERVED: Mapping[str, Sentence] = {
    "STORED_COPY_RESTORED": (
        "存储库中的一份副本与封存时不符，已用另一存储库的完好副本修复，损坏件另存备查；请检查磁盘",
        (
            "A stored copy was not what was sealed; it was replaced by the other vault's good one, the "
            "bad one is kept aside; have the disk examined"
        ),
    ),
    "STORED_COPY_UNREPAIRED": (
        "存储库中的一份副本与封存时不符，另一存储库的副本完好，但未能修复；请检查磁盘和空间",
        (
            "A stored copy is not what was sealed; the other vault's is whole, but the repair failed; "
            "have the disk and its room examined"
        ),
    ),
}

WHY: Mapping[str, Sentence] = {
    "NOT_A_BACKUP": ("{path} 不是备份目录，也不是空目录", "{path} is neither a backup nor empty"),
    "BACKUP_NOT_OURS": ("{path} 是另一站点的备份", "{path} holds backups of another site"),
    "NO_SUCH_STATE": ("{path} 中没有这个备份状态", "{path} holds no such state"),
    "OTHER_DATABASE": (
        "备份的数据库是 {kind}，与设置中的不同",
        "the backup is of a {kind} database, and the settings name another kind",
    ),
    "NOT_A_VAULT": (
        "{path} 里有别的东西，不是存储库",
        "{path} holds something that is no vault",
    ),
    "NO_JOURNAL": (
        "{path} 中没有日志文本，请改用 restore",
        "there is no journal in {path}; use restore",
    ),
    "DATABASE_THERE": (
        "数据库已有历史，不覆盖；确已损坏时请先移到别处",
        "there is a database with a history, which is not overwritten; if it is damaged, move it away",
    ),
}
