"""How batches, certificates and the state of the clock are shown, as objects and on a terminal."""

from collections.abc import Sequence

from cases.disposal import Bars
from cases.disposal_clock import LogTimes
from cases.disposal_rows import Batch, Certificate
from evidence.canonical import Json
from evidence.disposal import Line
from evidence.disposal_clock import SOURCES, Doubt, Jump
from evidence.entry import parse_time, time_text
from evidence.register_words import word
from liuhen.arguments import shown_moment
from liuhen.output import Output


def batch_json(batch: Batch) -> dict[str, Json]:
    """A batch as programs read it."""
    return {
        "batch": batch.id,
        "state": batch.state.value,
        "list_sha256": batch.list_sha256,
        "recordings": [one.json() for one in batch.lines],
        "appraisal": batch.note,
        "proposed_by": batch.person,
        "proposed_at": batch.proposed_at,
        "answers": [
            {
                "answer": one.told.answer.value,
                "person": one.told.person,
                "list_sha256": one.told.list_sha256,
                "note": one.note,
                "at": one.at,
            }
            for one in batch.said
        ],
        "buried_at": batch.buried_at,
        "certificate": batch.certificate,
        "certified_at": batch.certified_at,
    }


def bars_json(bars: Bars) -> dict[str, Json]:
    """All that stands against a step."""
    chinese, english = bars.sentences()
    codes: list[Json] = [*bars.codes]
    return {
        "codes": codes,
        "zh": chinese,
        "en": english,
        "recordings": [one.json() for one in bars.lines],
        "clock": [one.json() for one in bars.doubts],
    }


def certificate_json(found: Certificate) -> dict[str, Json]:
    """A certificate with its signed statement."""
    return {
        "certificate": found.id,
        "batch": found.batch,
        "issued_at": found.issued_at,
        "body": found.body,
        "signed": found.signed,
    }


def clock_json(found: Sequence[Doubt], log: LogTimes) -> dict[str, Json]:
    """Whether the clock may be believed, and where the log's times jump."""
    return {
        "believed": not found,
        "doubts": [one.json() for one in found],
        "jumps": [_jump(one) for one in log.jumps],
        "unexplained": len(log.open),
    }


def _jump(jump: Jump) -> Json:
    return {
        "position": jump.position,
        "before": time_text(jump.before),
        "after": time_text(jump.after),
    }


def say_batches(output: Output, found: Sequence[Batch]) -> None:
    """A line for each batch."""
    columns = ("批次 batch", "状态 state", "份数", "提出 proposed", "证明 certificate")
    output.table(columns, (_batch_row(one) for one in found))
    if not found:
        output.say("没有处置批次", "There is no batch")


def _batch_row(one: Batch) -> tuple[str, ...]:
    proposed = shown_moment(parse_time(one.proposed_at))
    return one.id, word(one.state)[0], str(len(one.lines)), proposed, one.certificate or ""


def say_batch(output: Output, batch: Batch) -> None:
    """A batch with its list, whose digest an approval must name."""
    chinese, english = word(batch.state)
    output.say(f"{batch.id}：{chinese}", f"{batch.id}: {english}")
    output.say(f"清单摘要 {batch.list_sha256}", f"digest of the list {batch.list_sha256}")
    say_lines(output, batch.lines)


def say_lines(output: Output, lines: Sequence[Line]) -> None:
    """A line for each recording."""
    columns = ("录像 recording", "类别 class", "期限 period", "起算 from", "到期 due", "依据 basis")
    output.table(columns, (_line_row(one) for one in lines))


def _line_row(one: Line) -> tuple[str, ...]:
    return one.recording[:16], one.class_code, one.period, one.start, one.due_on, one.basis


def say_doubts(output: Output, found: Sequence[Doubt]) -> None:
    """What disagrees with the clock."""
    if not found:
        output.say("时钟可信", "The clock may be believed")
    for one in found:
        chinese, english = SOURCES[one.source]
        at, now = shown_moment(one.at), shown_moment(one.now)
        output.say(
            f"时钟异常，暂停处置：{chinese} {at}，本机时钟 {now}",
            f"Nothing is disposed of: the {english} says {at}, this clock {now}",
        )
