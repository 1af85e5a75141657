"""`verify` and `checkpoint`: what the log proves, and the anchor to keep elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, TextColumn

from evidence.errors import BadInput
from evidence.finding_messages import FINDINGS, NOTES, REACHES, STATES, Sentences
from evidence.sizes import human_size
from liuhen import clock, invocation
from liuhen.arguments import key_of, text_of
from liuhen.output import ExitCode, Output
from proof.findings import Finding, Report, State
from proof.keys import Trust
from proof.options import Options
from proof.store import Store
from proof.verify import open_store
from proof.verify import verify as verify_store
from storage.ledger import remember_head

_STAGES = {"entries": "日志 Log", "bytes": "原件 Originals"}
_SHOWN = 50


def verify(
    context: typer.Context,
    key: Annotated[
        str | None, typer.Option(help="站点之外保存的公钥或其文件  Public key kept elsewhere")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="站点之外保存的检查点文件  Checkpoint kept elsewhere"),
    ] = None,
    quick: Annotated[
        bool, typer.Option(help="不读原件，只比大小  Sizes only, originals are not read")
    ] = False,
) -> None:
    """核验站点：日志、数据行、原件  Verify the site: log, rows and every byte of the originals."""
    run = invocation.of(context)
    with run.reporting("verify"):
        plan = run.settings.plan
        if not plan.data.is_dir():
            raise BadInput(f"{plan.data} is not a folder", code="NO_SITE", data=str(plan.data))
        trust = Trust(
            key_of(key) if key else None, tuple(text_of(path) for path in checkpoint or [])
        )
        store = open_store(plan.data, plan.database)
        try:
            report = _run(run.output, store=store, vault=plan.vault_root, trust=trust, quick=quick)
        finally:
            store.close()
    _show(run.output, report)
    code = ExitCode.FINE if report.state in (State.VERIFIED, State.QUICK_ONLY) else ExitCode.FINDING
    run.output.finish({"command": "verify", **report.json()}, code)


def checkpoint(context: typer.Context) -> None:
    """签署并输出当前检查点，供站点之外保存  Sign and print the log's head, to be kept elsewhere."""
    run = invocation.of(context)
    with run.reporting("checkpoint"), run.site() as site:
        head, note = remember_head(site.database, signer=site.log_signer)
        key = site.log_signer.key.text()
    if not run.output.as_json:
        run.output.say_exactly(note)
    run.output.finish(
        {
            "command": "checkpoint",
            "origin": head.origin,
            "size": head.size,
            "root": head.root.hex(),
            "note": note,
            "key": key,
        }
    )


def _run(output: Output, *, store: Store, vault: Path, trust: Trust, quick: bool) -> Report:
    """Verifies with a bar on the people's console."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:.0f}%"))
    with output.bar(*columns) as bar:
        tasks = {stage: bar.add_task(title, total=None) for stage, title in _STAGES.items()}

        def follow(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=total)

        options = Options(quick=quick, progress=follow)
        return verify_store(store, vault, trust=trust, options=options, now=clock.now)


def _show(output: Output, report: Report) -> None:
    """The report for people: the verdict, each finding, what was covered, how far it reaches."""
    output.say(*STATES[report.state.value])
    _show_findings(output, FINDINGS, findings=report.findings, counted=sum(report.counts.values()))
    _show_findings(output, NOTES, findings=report.notes, counted=sum(report.note_counts.values()))
    covered, objects = report.coverage, report.coverage.objects
    looked = objects.sized if report.state == State.QUICK_ONLY else objects.read
    size = human_size(objects.read_bytes)
    output.say(
        f"已核验：日志 {covered.entries} 条（其中 {covered.unsigned_entries} 条无有效签名），"
        f"数据行 {sum(covered.rows.values())}，原件 {looked}/{objects.named}（{size}），"
        f"核验时间 {report.started_at} 至 {report.ended_at}",
        f"Checked: {covered.entries} entries ({covered.unsigned_entries} without a good signature),"
        f" {sum(covered.rows.values())} rows, {looked} of {objects.named} originals ({size}), "
        f"from {report.started_at} to {report.ended_at}",
    )
    chinese, english = REACHES[report.roots.reach.value]
    counts = {"signed": covered.signed_entries, "entries": covered.entries}
    output.say(chinese.format_map(counts), english.format_map(counts))


def _show_findings(
    output: Output, sentences: Sentences, *, findings: tuple[Finding, ...], counted: int
) -> None:
    for finding in findings[:_SHOWN]:
        chinese, english = sentences[finding.kind]
        known = {name: value for name, value in finding.json().items() if value is not None}
        zh, en = _Facts("不详", known), _Facts("unknown", known)
        output.say(f"[{finding.kind}] {chinese.format_map(zh)}", english.format_map(en))
    if counted > _SHOWN:
        output.say(f"另有 {counted - _SHOWN} 项，见 --json", f"{counted - _SHOWN} more: see --json")


class _Facts(dict[str, object]):
    """Facts of a finding; what is not known shows as the word for it."""

    def __init__(self, unknown: str, known: Mapping[str, object]) -> None:
        super().__init__(known)
        self._unknown = unknown

    def __missing__(self, _key: str) -> str:
        return self._unknown
