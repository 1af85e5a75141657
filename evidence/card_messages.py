"""What is said of a card as a whole: Chinese first, English second.

Holds always: as in `evidence.messages`, which fills the placeholders.
"""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

CARDS: Mapping[str, Sentence] = {
    "CARD_SILENT": (
        "此卡没有应答，可能已松动或拔出；已入库 {safe}/{files}，其余仍在卡上；请重新插入",
        (
            "This card does not answer, it may be loose or out; {safe} of {files} files are safe, the "
            "rest is still on it; put it in again"
        ),
    ),
    "NOTHING_READ": (
        "此卡的 {files} 个文件没有一个能读出，均未采集；请重新插入，仍读不出请将记录仪送检",
        (
            "Not one of the {files} files on this card could be read, none was taken; put it in "
            "again, and have the recorder examined if that does not help"
        ),
    ),
    "JOURNAL_NOT_REPLAYED": (
        (
            "此卡上次未正常关闭；为不改动该卡，未回放其文件系统日志，最新的文件可能看不到；"
            "请将记录仪开机、正常关机后重新插入"
        ),
        (
            "This card was not closed cleanly; so that nothing is written to it, its journal was not "
            "replayed, and the newest files may be missing; switch the recorder on and off, dock it again"
        ),
    ),
    "RECORDER_UNKNOWN": (
        "记录仪 {recorder} 未登记：文件照常入库，登记前不会清除该卡；请登记",
        (
            "Recorder {recorder} is not registered: its files are taken, the card is not cleared "
            "before it is; register it"
        ),
    ),
    "RECORDER_CONFLICT": (
        "卡上记录仪编号互相矛盾：文件照常入库，但不会清除该卡；请人工核实",
        (
            "The card names more than one recorder: its files are taken, the card is never cleared; "
            "have a person settle it"
        ),
    ),
    "RECORDER_NOT_SET": (
        "卡上没有可用的记录仪编号：文件照常入库，但不会清除该卡；请核对设备编号设置",
        (
            "The card names no recorder: its files are taken, the card is never cleared; check the "
            "number set on the device"
        ),
    ),
    "RECORDER_DOUBLED": (
        "两台已插入的记录仪编号同为 {recorder}：文件照常入库，两卡及此编号均不会清除；请人工核实",
        (
            "Two docked recorders both claim number {recorder}: their files are taken, neither card, "
            "nor any other of this number, is cleared; have a person settle it"
        ),
    ),
    "OFFICER_CONFLICT": (
        "卡上执法人员编号互相矛盾：文件照常入库，但不会清除该卡；请人工核实",
        (
            "The card names more than one officer: its files are taken, the card is never cleared; "
            "have a person settle it"
        ),
    ),
    "SEQUENCE_GAP": (
        "编号 {numbers} 缺失（共 {count} 个）：可能有录像丢失，请核实",
        "Missing numbers: {numbers} ({count} in all): recordings may be missing, please check",
    ),
    "LOG_WITHOUT_FILE": (
        "卡上日志记载 {at} 开始录像，但没有对应文件：可能有录像丢失，请核实",
        (
            "The card's log says a recording began at {at}, but no file answers to it: a recording may "
            "be missing, please check"
        ),
    ),
    "LOG_WITHOUT_TIME": (
        "卡上日志有 {count} 次录像没有可用时间，无法核对",
        "The card's log has {count} recordings without a usable time; they cannot be compared",
    ),
    "MORE_MISSING": (
        "另有 {count} 处缺失未逐一列出",
        "{count} more gaps are not listed one by one",
    ),
    "RECORDER_NOT_OUT": (
        "记录仪 {recorder} 没有领用登记：文件照常入库，请补登领用情况",
        "Nobody took recorder {recorder} out on record: its files are taken; enter who had it",
    ),
    "HOLDER_NOT_ALLOWED": (
        "记录仪 {recorder} 的领用人当时不具备领用条件：文件照常入库，请主管核实",
        "Whoever had recorder {recorder} was not allowed to: its files are taken; look into it",
    ),
    "RETURN_OVERDUE": (
        "记录仪 {recorder} 逾期未归还：文件照常入库，请登记归还",
        "Recorder {recorder} is overdue: its files are taken; enter that it is back",
    ),
}
