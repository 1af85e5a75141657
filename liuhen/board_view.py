"""The dock board in a terminal: live tiles where there is a terminal, a line per change elsewhere.

Holds always: state is shown in colour and in words, Chinese first; names from a card are plain
text here, with control characters spelled out, so a card cannot write to the terminal.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from evidence.canonical import Json
from evidence.messages import STATES, sentence
from evidence.sizes import human_size
from evidence.vocabulary import DockState
from ingest.board import Board, DockView, Notice
from ingest.waking import POLLED, WATCHED

_STYLES = {
    DockState.SAFE: "bold green",
    DockState.NEW_SAFE: "bold green",
    DockState.INCOMPLETE: "bold yellow",
    DockState.EMPTY_CARD: "bold yellow",
    DockState.MOUNTED_ELSEWHERE: "bold red",
    DockState.CARD_GONE: "bold magenta",
    DockState.NO_ANSWER: "bold magenta",
    DockState.WAITING_FOR_SPACE: "bold red",
    DockState.STORAGE_TROUBLE: "bold red",
}
_MODES = {WATCHED: "监视 watched", POLLED: "轮询 polled"}
_MAX_NOTICES = 6
_NARROW = 60  # columns: below it sentences would push the verdict off the screen


class LiveBoard:
    """Draws a board whenever the terminal asks; a rich renderable."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Tiles where they all fit on the screen, else a line each: no verdict may be cut off."""
        views = self._board.views()
        if not views:
            yield Text("等待插入记录仪…  Waiting for a recorder…", style="dim")
            return
        narrow = options.max_width < _NARROW
        tiles = Group(*(_tile(view) for view in views))
        height = console.size.height
        if not narrow and len(console.render_lines(tiles, options, pad=False)) < height:
            yield tiles
            return
        shown = views if len(views) < height else views[: max(height - 2, 0)]
        yield _narrow_lines(shown) if narrow else _lines(shown, width=options.max_width)
        if len(shown) < len(views):
            yield _rest(views[len(shown) :])


def _lines(views: Sequence[DockView], *, width: int) -> Group:
    """The verdict first, in one word: whatever is cut off at the right, it is not that."""
    names = _column([f"{view.dock} · {view.card}" for view in views], width // 3)
    counts = _column([_counted(view) for view in views], width // 3)
    return Group(
        *(
            _line(view, name, "  ", count, "  ", _sentence(view))
            for view, name, count in zip(views, names, counts, strict=True)
        )
    )


def _narrow_lines(views: Sequence[DockView]) -> Group:
    words = (f"{view.card} {view.safe}/{view.files} {view.dock}" for view in views)
    return Group(*(_line(view, text) for view, text in zip(views, words, strict=True)))


def _line(view: DockView, *parts: Text | str) -> Text:
    return Text.assemble(_word(view), " ", *parts, no_wrap=True, overflow="ellipsis")


def _column(cells: Sequence[str], most: int) -> list[Text]:
    """The cells in one width, at most so many columns."""
    texts = [Text(cell) for cell in cells]
    width = min(most, max(text.cell_len for text in texts))
    for text in texts:
        text.truncate(width, overflow="ellipsis", pad=True)
    return texts


def _counted(view: DockView) -> str:
    remarks = len(view.notices) + view.more_notices
    return f"{view.safe}/{view.files}" + (f" · {remarks} 条提示 notices" if remarks else "")


def _sentence(view: DockView) -> Text:
    chinese, english = STATES[view.state]
    return Text.assemble((chinese, _STYLES.get(view.state, "bold blue")), (f" {english}", "dim"))


def _word(view: DockView) -> Text:
    return Text(short_word(view), _STYLES.get(view.state, "bold blue"))


def short_word(view: DockView) -> str:
    """May it be taken away? One word, for a screen that has no room for a sentence."""
    if view.state == DockState.CARD_GONE:
        return "已断"
    if view.state == DockState.NO_ANSWER:
        return "重插"
    return "可取" if view.may_leave else "勿取"


def _rest(views: Sequence[DockView]) -> Text:
    """Those for whom no line is left, counted by what may be done with them."""
    counts = Counter(short_word(view) for view in views)
    return Text("… " + " ".join(f"{word}{count}" for word, count in counts.items()), no_wrap=True)


def _tile(view: DockView) -> Panel:
    style = _STYLES.get(view.state, "bold blue")
    chinese, english = STATES[view.state]
    head = Text.assemble((chinese, style), ("  " + english, "dim"))
    names = [view.dock, view.card, view.recorder, _MODES.get(view.mode, "")]
    title = Text(" · ".join(name for name in names if name))
    parts: list[RenderableType] = [head, _counts(view), _bar(view)]
    parts.extend(notice_text(notice) for notice in view.notices[:_MAX_NOTICES])
    rest = len(view.notices) - _MAX_NOTICES + view.more_notices
    if rest > 0:
        parts.append(Text(f"… 另有 {rest} 条  {rest} more", style="dim"))
    return Panel(Group(*parts), title=title, title_align="left", border_style=style)


def _counts(view: DockView) -> Text:
    text = f"文件 {view.files} · 安全 {view.safe}"
    if view.recognised:
        text += f" · 此前已入库 {view.recognised}"
    if view.failed:
        text += f" · 失败 {view.failed}"
    if view.waiting:
        text += f" · 写入中 {view.waiting}"
    if view.receipt_id:
        text += f" · 收据 {view.receipt_id}"
    return Text(text)


def _bar(view: DockView) -> Table:
    total = max(view.bytes_total, 1)
    row = Table.grid(padding=(0, 1))
    done = min(view.bytes_done, view.bytes_total)
    current = view.current if view.state == DockState.COPYING else ""
    size = f"{human_size(done)} / {human_size(view.bytes_total)}"
    row.add_row(ProgressBar(total=total, completed=done, width=30), Text(size), Text(current))
    return row


def notice_text(notice: Notice) -> Text:
    """A notice as one line of Chinese and one of English."""
    chinese, english = notice_sentence(notice)
    return Text.assemble((f"· {chinese}", "yellow"), (f"\n  {english}", "dim"))


def notices_json(view: DockView) -> list[Json]:
    """A dock's notices as commands print them."""
    return [_notice_json(notice) for notice in view.notices]


def _notice_json(notice: Notice) -> dict[str, Json]:
    chinese, english = notice_sentence(notice)
    facts: dict[str, Json] = dict(notice.facts or {})
    return {"code": notice.code, "name": notice.name, "facts": facts, "zh": chinese, "en": english}


def notice_sentence(notice: Notice) -> tuple[str, str]:
    """A notice's sentences."""
    return sentence(notice.code, {"name": notice.name, **(notice.facts or {})})


class LineBoard:
    """A board listener that prints one line for each change of state and each new notice.

    Docks call it while they work: where nobody listens any more, taking goes on all the same.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()

    def __call__(self, before: DockView, after: DockView) -> None:
        """Told of each change; see `ingest.board.Listener`."""
        lines = list(_changes(before, after))
        with self._lock, contextlib.suppress(OSError):
            for line in lines:
                self._console.print(line)


def _changes(before: DockView, after: DockView) -> Iterable[Text]:
    where = f"[{after.dock} {after.card}] "
    if after.state != before.state or after is before:
        chinese, english = STATES[after.state]
        yield Text(f"{where}{chinese}  {english} ({after.safe}/{after.files})")
    for notice in _new_notices(before, after):
        chinese, english = notice_sentence(notice)
        yield Text(f"{where}{chinese}\n  {english}")
    if after.receipt_id != before.receipt_id and after.receipt_id:
        yield Text(f"{where}收据 {after.receipt_id}  Receipt")


def _new_notices(before: DockView, after: DockView) -> list[Notice]:
    """What was not told yet; trouble that goes on is not told again with each new number."""
    if before is after or after.notices is before.notices:
        return []
    return [
        notice
        for notice in after.notices
        if notice not in before.notices and not any(map(notice.takes_over, before.notices))
    ]
