"""What is said of a card as a whole: Chinese first, English second.

Holds always: as in `evidence.messages`, which fills the placeholders.
"""

from collections.abc import Mapping

from evidence.reason_messages import Sentence

CARDS: Mapping[str, Sentence] = {
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
}
