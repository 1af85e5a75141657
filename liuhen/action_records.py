"""`action record`: one fact of an action, of the kind that is named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from cases import records
from cases.records import NewAwareness, NewDocument, NewSignature, NewWitness, Said
from evidence.case_vocabulary import (
    ActionFact,
    Awareness,
    IdentityMode,
    MetadataGroup,
    NoticeItem,
    RecordChoice,
    Signed,
    Signer,
)
from evidence.errors import BadInput
from liuhen import case_view, clock, invocation
from liuhen.arguments import moment_of
from storage.site import Site

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class _Given:
    """What was given of a fact; which of it counts depends on the kind."""

    site: Site
    action: str
    said: Said
    value: str
    text: str | None
    offset: int | None
    recording: str | None
    signer: str | None
    person: str | None


def record(
    context: typer.Context,
    action: Annotated[str, typer.Argument(help="执法活动编号或外部编号  Action")],
    kind: Annotated[ActionFact, typer.Argument(case_sensitive=False, help="种类  Kind")],
    by: Annotated[str, typer.Option("--by", help="登记人工号  Officer number")],
    value: Annotated[
        str, typer.Option(help="取值，如 RECORD、SHOWN、RESULT、文书名称  Its value")
    ] = "",
    text: Annotated[str | None, typer.Option(help="文字：理由、注明、要素、姓名  Words")] = None,
    document: Annotated[str | None, typer.Option(help="文书的 SHA-256  Its document")] = None,
    offset: Annotated[
        int | None, typer.Option(help="录像中的秒数  Second in the recording")
    ] = None,
    recording: Annotated[str | None, typer.Option(help="录像的 SHA-256  Recording")] = None,
    signer: Annotated[
        str | None, typer.Option(help="签名人工号、COUNTERPART 或 WITNESS  Who signs")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="见证人或注明人工号  Officer number of witness or noter")
    ] = None,
    at: Annotated[str | None, typer.Option(help="时间（北京时间）  Moment, else now")] = None,
) -> None:
    """登记一项事实：决定、知晓、亮证、告知、文书、签名、见证、要素、当事人  Record one fact."""
    run = invocation.of(context)
    with run.reporting("action record"), run.site() as site:
        key = case_view.action_id(site, action)
        said = Said(case_view.person_id(site, by), moment_of(at, clock.now()), document)
        given = _Given(site, key, said, value, text, offset, recording, signer, person)
        if kind not in _ACTS:
            raise BadInput(f"{kind.value} has a command of its own", why="RECORD_KIND")
        row = _ACTS[kind](given)
    run.output.say(f"已登记（{row}）", f"On record as {row}")
    body = {"command": "action record", "action": key, "record": row, "kind": kind.value}
    run.output.finish({**body})


def _decision(given: _Given) -> str:
    choice = _member(RecordChoice, given.value)
    return records.decide(
        given.site.ledger, given.action, said=given.said, choice=choice, reason=given.text
    )


def _awareness(given: _Given) -> str:
    mode = _member(Awareness, given.value)
    new = NewAwareness(mode, given.recording, given.offset, given.text)
    return records.note_awareness(given.site.ledger, given.action, said=given.said, new=new)


def _identity(given: _Given) -> str:
    mode, offset = _member(IdentityMode, given.value), given.offset
    return records.show_identity(
        given.site.ledger, given.action, said=given.said, mode=mode, offset_s=offset
    )


def _notice(given: _Given) -> str:
    item, offset = _member(NoticeItem, given.value), given.offset
    return records.notify(
        given.site.ledger, given.action, said=given.said, item=item, offset_s=offset
    )


def _document(given: _Given) -> str:
    """`--text` is why it is in free form; without it the code is that of the template."""
    template = given.value if given.text is None else None
    new = NewDocument(given.value, template, given.text)
    return records.add_document(given.site.ledger, given.action, said=given.said, new=new)


def _signature(given: _Given) -> str:
    named = given.signer or ""
    who = named if named in set(Signer) else case_view.person_id(given.site, named)
    noter = None if given.person is None else case_view.person_id(given.site, given.person)
    result = _member(Signed, given.value or Signed.SIGNED.value)
    new = NewSignature(who, result, given.text, noter)
    return records.sign(given.site.ledger, given.action, said=given.said, new=new)


def _witness(given: _Given) -> str:
    person = None if given.person is None else case_view.person_id(given.site, given.person)
    new = NewWitness(given.text or "", is_present=True, person=person)
    return records.add_witness(given.site.ledger, given.action, said=given.said, new=new)


def _metadata(given: _Given) -> str:
    group, text = _member(MetadataGroup, given.value), given.text or ""
    return records.describe(
        given.site.ledger, given.action, said=given.said, group=group, text=text
    )


def _party(given: _Given) -> str:
    return records.name_party(
        given.site.ledger, given.action, said=given.said, name=given.text or ""
    )


def _member(kind: type[E], value: str) -> E:
    """The word of a kind; raises `BadInput` that names those there are."""
    try:
        return kind(value.upper())
    except ValueError as error:
        known = "、".join(one.value for one in kind)
        raise BadInput(
            f"{value!r} is none", why="RECORD_VALUE", value=value, known=known
        ) from error


_ACTS: Mapping[ActionFact, Callable[[_Given], str]] = {
    ActionFact.DECISION: _decision,
    ActionFact.AWARENESS: _awareness,
    ActionFact.IDENTITY: _identity,
    ActionFact.NOTICE: _notice,
    ActionFact.DOCUMENT: _document,
    ActionFact.SIGNATURE: _signature,
    ActionFact.WITNESS: _witness,
    ActionFact.METADATA: _metadata,
    ActionFact.PARTY: _party,
}
"""The act of each kind that this command puts on record."""
