"""The certificate of a disposal on paper (销毁清册), set from the signed statement alone."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from cases.disposal_rows import Certificate
from devices.report_words import NOTHING
from evidence.canonical import Json
from evidence.disposal_certificate import REMOVED
from evidence.entry import parse_time
from evidence.ratio import SHANGHAI
from evidence.report import Cell, Report, ReportKind, Table, columns
from evidence.retention import RetentionClass
from evidence.retention_messages import RETENTION_WORDS
from people import staff

_COLUMNS = columns(
    ("录像 SHA-256", "recording", 9),
    ("字节", "bytes", 2),
    ("类别", "class", 3),
    ("期限", "period", 2),
    ("起算", "counted from", 2),
    ("到期", "due on", 2),
    ("依据", "basis", 5),
    ("结果", "outcome", 3),
)


def certificate_report(connection: Connection, found: Certificate) -> Report:
    """What the certificate says, with people's names where they are not erased."""
    body, lines = found.body, _lines(found.body)
    approvers = body.get("approvers")
    people = [str(body.get("proposer")), str(body.get("executor"))]
    listed = [str(one) for one in approvers] if isinstance(approvers, list) else []
    names = staff.names_of(connection, {*people, *listed})
    log = body.get("log")
    size = log.get("size") if isinstance(log, Mapping) else None
    return Report(
        kind=ReportKind.DISPOSAL,
        title=("录像处置证明（销毁清册）", "Certificate of disposal"),
        facts=(
            (("证明编号", "certificate"), found.id),
            (("批次", "batch"), found.batch),
            (("清单摘要 SHA-256", "digest of the list"), str(body.get("list_sha256"))),
            (("提出人", "proposed by"), _name(names, people[0])),
            (("批准人", "approved by"), "、".join(_name(names, one) for one in listed)),
            (("执行人", "carried out by"), _name(names, people[1])),
            (("登记处置", "tombstones"), _moment(body.get("buried_at"))),
            (("出具", "issued"), _moment(body.get("issued_at"))),
            (("保管日志条数", "entries of the log"), size if isinstance(size, int) else NOTHING),
            (("份数", "recordings"), len(lines)),
        ),
        tables=(Table(("处置的录像", "recordings"), _COLUMNS, [_cells(one) for one in lines]),),
    )


def _lines(body: Mapping[str, Json]) -> Sequence[Mapping[str, Json]]:
    found = body.get("recordings")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _cells(line: Mapping[str, Json]) -> Sequence[Cell]:
    names = ("period", "start", "due_on", "basis")
    of_class = RETENTION_WORDS[RetentionClass].get(str(line.get("class")))
    gone = line.get("outcome") == REMOVED
    outcome = "原件已删除，元数据与摘要永久保存" if gone else "又从记录仪采集，已保留"
    return (
        str(line.get("recording")),
        str(line.get("size")),
        str(line.get("class")) if of_class is None else of_class[0],
        *(str(line.get(name)) for name in names),
        outcome,
    )


def _name(names: Mapping[str, str | None], person: str) -> str:
    return names.get(person) or person


def _moment(text: Json) -> str:
    if not isinstance(text, str):
        return NOTHING
    return f"{parse_time(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
