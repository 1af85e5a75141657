"""`receipt list|show|check`: what an officer was promised, and whether it holds."""

from pathlib import Path
from typing import Annotated

import typer

from evidence import note
from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.note import VerifyingKey, parse_statement
from evidence.personal import shown_name
from evidence.statements import RECEIPT, SafeFile, receipt_files
from evidence.vocabulary import SafeBasis
from liuhen import invocation
from liuhen.arguments import key_of, text_of
from liuhen.invocation import Invocation
from liuhen.output import ExitCode
from storage import catalogue
from storage.graves import graves
from storage.keys import verify_ed25519

app = typer.Typer(help="收据  Receipts", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context) -> None:
    """列出收据，新的在前  List receipts, newest first."""
    run = invocation.of(context)
    with run.reporting("receipt list"), run.site() as site:
        receipts = catalogue.receipts(site.database)
    columns = ("收据 receipt", "完整 complete", "签发 issued")
    words = {True: "是 yes", False: "否 no"}
    run.output.table(columns, ((r.id, words[r.complete], r.issued_at) for r in receipts))
    lines: list[Json] = [
        {"receipt": r.id, "complete": r.complete, "issued_at": r.issued_at} for r in receipts
    ]
    run.output.finish({"command": "receipt list", "receipts": lines})


@app.command()
def show(
    context: typer.Context,
    receipt: Annotated[str, typer.Argument(help="收据号或采集号  Receipt or session id")],
    to: Annotated[
        Path | None, typer.Option(help="另存签名收据  Also write the signed receipt here")
    ] = None,
) -> None:
    """显示收据  Show a receipt: which files are safe and which are not."""
    run = invocation.of(context)
    with run.reporting("receipt show"), run.site() as site:
        signed = catalogue.receipt_note(site.database, receipt)
        text = note.read(signed, site.station_signer.key, verify=verify_ed25519)
        body = parse_statement(RECEIPT, text)
        files = receipt_files(body)
        names = catalogue.opened_paths(site.database, [file.path for file in files])
        key = site.station_signer.key.text()
        if to is not None:
            _write(to, signed)
    shown = {commitment: shown_name(path) for commitment, path in names.items()}
    columns = ("文件 file", "依据 basis", "大小 size", "SHA-256")
    rows = ((shown.get(f.path, catalogue.ERASED), f.basis, str(f.size), f.sha256) for f in files)
    run.output.table(columns, rows)
    run.output.say(*_verdict(body, files))
    opened: dict[str, Json] = dict(shown)
    run.output.finish(
        {
            "command": "receipt show",
            "receipt": body,
            "names": opened,
            "signed": signed,
            "key": key,
        }
    )


def _verdict(body: dict[str, Json], files: list[SafeFile]) -> tuple[str, str]:
    """What the receipt amounts to, and how much of it was read in its own docking."""
    if body["complete"] is not True:
        return "不完整：部分文件不安全", "Not complete: some files are not safe"
    known = sum(file.basis != SafeBasis.SEALED for file in files)
    if known:
        return (
            f"完整：新文件全部安全；{known} 个此前已入库，本次未重读",
            f"Complete: every new file is safe; {known} stored before and not read again",
        )
    return "完整：卡上文件全部安全", "Complete: every file of the card is safe"


@app.command()
def check(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="签名收据文件  File with the signed receipt")],
    key: Annotated[
        str | None, typer.Option(help="采集站公钥或其文件  The station's public key or its file")
    ] = None,
) -> None:
    """核对收据的签名与原件  Check a receipt: its signature, and that its originals are there."""
    run = invocation.of(context)
    with run.reporting("receipt check"):
        signed = text_of(file)
        outside = key is not None
        verifying = key_of(key) if key is not None else _own_key(run)
        body = parse_statement(RECEIPT, note.read(signed, verifying, verify=verify_ed25519))
        missing = _missing(run, body)
    found = "未核对（此处没有站点）" if missing is None else str(len(missing))
    run.output.say("签名有效", "The signature is valid")
    if not outside:
        run.output.say("公钥取自站点本身", "The key is the site's own: give --key to rely on yours")
    run.output.say(
        f"缺少或大小不符的原件：{found}",
        "Originals missing or of another size: "
        + ("not checked, no site" if missing is None else str(len(missing))),
    )
    absent: list[Json] | None = None if missing is None else list(missing)
    run.output.finish(
        {
            "command": "receipt check",
            "signature": "VALID",
            "key_from_outside": outside,
            "receipt": body,
            "missing": absent,
        },
        ExitCode.FINDING if missing else ExitCode.FINE,
    )


def _missing(run: Invocation, body: dict[str, Json]) -> list[str] | None:
    """Digests that should be in the vault in their size; None where there is no site here."""
    if not (run.settings.plan.data / "site.json").exists():
        return None
    with run.site() as site:
        files = receipt_files(body)
        with site.database.read() as connection:
            gone = graves(connection, [file.sha256 for file in files])
        here = [file for file in files if file.sha256 not in gone]
        return [file.sha256 for file in here if site.vault.size(file.sha256) != file.size]


def _own_key(run: Invocation) -> VerifyingKey:
    with run.site() as site:
        return site.station_signer.key


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written: {error.strerror}", why="UNWRITABLE", path=str(path)
        ) from error
