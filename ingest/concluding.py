"""The end of a round: whose card it is, what may be missing from it, and the receipt.

Holds always: the receipt comes after a signed checkpoint that covers every file it calls safe,
and only after that checkpoint and the newest file's place in it were checked as an outsider would;
conflicts and gaps are put on record before the receipt, and never stop a copy.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from devices.cardlog import CardLog
from devices.claims import CardClaims, Judgement, claims_of_card
from devices.custody import docking_facts, docking_rule
from devices.gaps import log_gaps, sequence_gaps
from devices.recorders import is_known
from evidence import merkle, note
from evidence.canonical import Json
from evidence.errors import NotFound, ProofFailed
from evidence.note import Checkpoint
from evidence.ratio import day_of
from evidence.vocabulary import ClaimSubject, ClaimVerdict
from ingest import acts
from ingest.acts import About
from ingest.cardlogs import cleared_names, names_ever_listed, read_card_logs
from ingest.leases import hold_recorder
from ingest.session import Intake
from storage.keys import verify_ed25519
from storage.ledger import node_reader, remember_head


def conclude(intake: Intake) -> str:
    """Judges the card and issues the receipt of this round; returns the receipt's id.

    Raises `ProofFailed` or `BadSignature` if the log does not prove what the receipt would say.
    """
    logs = read_card_logs(intake)
    claims = _judge_claims(intake, logs)
    _report_missing(intake, logs)
    intake.pay()
    head = _receipt_head(intake, claims)
    receipt_id = acts.issue_receipt(
        intake.station,
        intake.opened,
        head=head,
        safe=intake.safe_files(),
        not_safe=intake.unsafe_files(),
    )
    intake.receipts += 1
    site = intake.station.site
    remember_head(site.database, signer=site.log_signer)
    intake.changed = intake.rechecked = False  # where signing fails, the next round says it anew
    _show(intake, receipt_id)
    return receipt_id


def _show(intake: Intake, receipt_id: str) -> None:
    """The last thing before people are told they may leave."""
    intake.receipt_id = receipt_id
    intake.refresh()
    intake.station.board.change(intake.key, lambda view: replace(view, receipt_id=receipt_id))


def _receipt_head(intake: Intake, claims: CardClaims) -> dict[str, Json]:
    checkpoint = _proven_checkpoint(intake)
    return {
        "number": intake.receipts,
        "recorder": {"verdict": claims.recorder.verdict.value, "number": claims.recorder.value},
        "log": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
        },
    }


def _proven_checkpoint(intake: Intake) -> Checkpoint:
    """Signs the log and checks, from the signed note alone, that it holds our newest entry."""
    site = intake.station.site
    _, text = remember_head(site.database, signer=site.log_signer)
    checkpoint = Checkpoint.parse(note.read(text, site.log_signer.key, verify=verify_ed25519))
    if intake.last_entry is not None:
        seq, body = intake.last_entry
        with site.database.read() as connection:
            proof = merkle.inclusion_proof(seq, checkpoint.size, node=node_reader(connection))
        leaf = merkle.leaf_hash(body.encode())
        merkle.check_inclusion(
            leaf, seq, size=checkpoint.size, proof=proof, expected=checkpoint.root
        )
    elif intake.safe_files() and checkpoint.size == 0:
        raise ProofFailed("The log is empty though files are called safe")
    return checkpoint


def _judge_claims(intake: Intake, logs: Sequence[CardLog]) -> CardClaims:
    names = [tracked.name for tracked in intake.all()]
    card, makes = intake.opened.place.identity, intake.station.makes
    claims = claims_of_card(names, logs, makes=makes, label=card.label, usb_serial=card.usb_serial)
    for subject, judgement in (
        (ClaimSubject.RECORDER, claims.recorder),
        (ClaimSubject.OFFICER, claims.officer),
    ):
        _record_judgement(intake, subject, judgement=judgement)
    _check_recorder(intake, claims.recorder)
    if claims.officer.verdict == ClaimVerdict.CONFLICT:
        _report(intake, "OFFICER_CONFLICT", facts={})
    return claims


def _record_judgement(intake: Intake, subject: ClaimSubject, *, judgement: Judgement) -> None:
    """Puts a verdict on record when it is new or has changed."""
    mark = f"{subject}={judgement.verdict}:{judgement.value}"
    if mark in intake.reported:
        return
    acts.judge(intake.station, intake.opened, subject=subject, judgement=judgement)
    intake.reported.add(mark)


def _check_recorder(intake: Intake, judgement: Judgement) -> None:
    """Unknown, conflicting and doubled recorders are marked; none of them stops a copy."""
    if judgement.verdict == ClaimVerdict.CONFLICT:
        _report(intake, "RECORDER_CONFLICT", facts={})
        return
    if judgement.value is None:
        _report(intake, "RECORDER_NOT_SET", facts={})
        return
    number = judgement.value
    intake.recorder = number
    intake.station.board.change(intake.key, lambda view: replace(view, recorder=number))
    with intake.station.site.database.read() as connection:
        known = is_known(connection, number)
    if known:
        _report_holder(intake, number)
    else:
        _report(intake, "RECORDER_UNKNOWN", facts={"recorder": number})
    other = hold_recorder(intake.station, number, session_id=intake.session_id)
    if other is not None and other != intake.session_id:
        _report(intake, "RECORDER_DOUBLED", facts={"recorder": number, "other": other})
        theirs: dict[str, str | int] = {"recorder": number, "other": intake.session_id}
        _report_once(intake, "RECORDER_DOUBLED", about=About(other), facts=theirs)


def _report_holder(intake: Intake, number: str) -> None:
    """Who had the recorder, where that was not as it should be; it stops nothing."""
    site = intake.station.site
    now = site.clock()
    try:
        rule = docking_rule(None, day_of(now))
    except NotFound:  # a clock so far off that no policy is known: the card is taken all the same
        return
    with site.database.read() as connection:
        found = docking_facts(connection, number, at=now, rule=rule)
    for fact in found:
        _report(intake, fact.code, facts=fact.facts)


def _report_missing(intake: Intake, logs: Sequence[CardLog]) -> None:
    """Holes in the numbers, and recordings that the card's log began but no file answers to."""
    names = [*cleared_names(intake), *names_ever_listed(intake)]
    holes = sequence_gaps(names, intake.station.makes)
    tolerance = timedelta(seconds=intake.station.settings.log_tolerance_seconds)
    starts = log_gaps(logs, names, tolerance=tolerance)
    for hole in holes.found:
        _report(intake, hole.code, facts=hole.facts())
    for start in starts.found:
        _report(intake, start.code, facts=start.facts())
    left_out = holes.left_out + starts.left_out
    if left_out:
        _report(intake, "MORE_MISSING", facts={"count": left_out})
    if starts.untimed:
        _report(intake, "LOG_WITHOUT_TIME", facts={"count": starts.untimed})


def _report(intake: Intake, code: str, *, facts: dict[str, str | int]) -> None:
    """Observes something about the session, once, and tells people."""
    if _report_once(intake, code, about=About(intake.session_id), facts=facts):
        intake.tell(code, None, **facts)


def _report_once(intake: Intake, code: str, *, about: About, facts: dict[str, str | int]) -> bool:
    """Whether this was new; what the database refuses now stays owed, so it is never lost."""
    mark = f"{code}:{about.session_id}:{sorted(facts.items())}"
    if mark in intake.reported:
        return False
    intake.reported.add(mark)
    intake.observe(code, about=about, facts=facts)
    return True
