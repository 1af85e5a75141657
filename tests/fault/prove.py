"""`script/prove NAME`: runs one proof campaign, resumes it after a stop, records its figure.

To add a campaign: write its `Campaign` in a module of its own here and name it in `CAMPAIGNS`.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.fault import (
    api,
    covering,
    disposals,
    forged_proofs,
    fsyncs,
    job_kills,
    kills,
    media,
    mutants,
    powercut,
    races,
    syscalls,
    tamper,
    working_days,
)
from tests.fault.campaigns import Campaign, Progress, Source, resume, resume_file, run
from tests.fault.code import HELPERS, code_digest, folders
from tests.fault.crew import source
from tests.fault.figures import record

ROOT = Path(__file__).resolve().parents[2]
RESUME_FOLDER = ROOT / "build" / "prove"
FIGURES = ROOT / "docs" / "FIGURES.md"
HEADING = "Proof campaigns"
COLUMNS = ("campaign", "trials", "result", "seed", "commit", "day")
EVERYTHING = (".", ":!docs/FIGURES.md")

CAMPAIGNS: Mapping[str, Callable[[], Campaign]] = {
    "api": api.proof_campaign,
    "clock-jumps": partial(disposals.proof_campaign, "clock-jumps"),
    "coverage": covering.campaign,
    "double-disposal": partial(disposals.proof_campaign, "double-disposal"),
    "forged-proofs": forged_proofs.campaign,
    "hold-against-disposal": partial(disposals.proof_campaign, "hold-against-disposal"),
    "jobs": job_kills.proof_campaign,
    "kills": kills.proof_campaign,
    "media": media.proof_campaign,
    "races": races.proof_campaign,
    "syscalls": syscalls.proof_campaign,
    "powercut": powercut.proof_campaign,
    "fsyncs": fsyncs.campaign,
    "tamper": tamper.proof_campaign,
    "working-days": working_days.campaign,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when the claim stood, 1 when it fell, 130 when somebody stopped the run."""
    asked = _parser().parse_args(arguments)
    if asked.list or asked.name is None:
        for name, make in sorted(CAMPAIGNS.items()):
            tell(f"{name:24} {make().claim}")
        for mutated in mutants.SETS.values():
            tell(f"{mutated.name:24} {mutated.claim}")
        return 0
    if asked.name in mutants.SETS:
        return _prove_mutants(mutants.SETS[asked.name], note=not asked.no_figure)
    campaign = CAMPAIGNS[asked.name]()
    if asked.fresh:
        resume_file(campaign, RESUME_FOLDER).unlink(missing_ok=True)
    progress = resume(campaign, RESUME_FOLDER, seed=asked.seed, code=code_digest(ROOT))
    count = asked.count or campaign.default_count
    tell(f"{campaign.name}: {campaign.claim}")
    tell(f"seed {asked.seed}, code {progress.code[:12]} of commit {commit_of_the_code()}")
    tell(f"{progress.done} of {count} trials done before")
    crew = source(CAMPAIGNS[asked.name], asked.workers or campaign.workers)
    try:
        _watch(campaign, progress, count, source=crew)
    except KeyboardInterrupt:
        tell(f"\nStopped after {progress.done} trials; the same command goes on from there")
        return 130
    return _conclude(campaign, progress, note=not asked.no_figure)


def tell(line: str) -> None:
    """One line for whoever watches, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/prove", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted([*CAMPAIGNS, *mutants.SETS]))
    parser.add_argument("--count", type=_positive, help="trials in all, those done before included")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=_positive, help="processes that try at once")
    parser.add_argument("--fresh", action="store_true", help="forget the trials done before")
    parser.add_argument("--no-figure", action="store_true", help="do not touch docs/FIGURES.md")
    parser.add_argument("--list", action="store_true", help="name the campaigns and their claims")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        reason = f"{number} is not above zero"
        raise argparse.ArgumentTypeError(reason)
    return number


def _watch(campaign: Campaign, progress: Progress, count: int, *, source: Source) -> None:
    began, before = time.monotonic(), progress.done
    for state in run(campaign, progress, count=count, folder=RESUME_FOLDER, source=source):
        pace = (state.done - before) / max(time.monotonic() - began, 1e-9)
        tell(f"{state.done:>10} of {count} trials, {pace:,.1f} a second")


def _conclude(campaign: Campaign, progress: Progress, *, note: bool) -> int:
    failures = progress.failures(campaign)
    shown = ", ".join(f"{name} {number:,}" for name, number in sorted(progress.tally.items()))
    tell(shown)
    if code_digest(ROOT) != progress.code:
        tell("The code was changed meanwhile: these trials count for neither; run them again")
        return 1
    if note:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        verdict = f"FAILED ({'; '.join(failures)})" if failures else shown
        row = (campaign.name, f"{progress.done:,}", verdict, str(progress.seed))
        record(FIGURES, HEADING, columns=COLUMNS, row=(*row, commit_of_the_code(), day))
    if failures:
        tell(f"FAILED: {'; '.join(failures)}; first in trials {progress.bad_trials}")
        return 1
    tell(f"Stood: {campaign.claim}")
    return 0


def _prove_mutants(mutated: mutants.MutantSet, *, note: bool) -> int:
    """Every mutant of a set, in a folder that belongs to this code."""
    code = code_digest(ROOT)
    folder = RESUME_FOLDER / f"{mutated.name}-{code[:12]}"
    tell(f"{mutated.name}: {mutated.claim}")
    mutants.prepare(folder, mutated)
    tally, against = mutants.judge(mutants.run(folder), mutated)
    shown = ", ".join(f"{name} {number:,}" for name, number in sorted(tally.items()))
    tell(shown)
    if note and code == code_digest(ROOT):
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        verdict = f"FAILED ({'; '.join(against)})" if against else shown
        row = (mutated.name, f"{tally.total():,}", verdict, "-", commit_of_the_code(), day)
        record(FIGURES, HEADING, columns=COLUMNS, row=row)
    for line in against:
        tell(f"FAILED: {line}")
    return 1 if against else 0


def commit_of_the_code() -> str:
    """Short commit id, with `+` behind it when what campaigns run was changed since."""
    return describe_commit(*folders(ROOT), f":(glob){HELPERS}")


def describe_commit(*paths: str) -> str:
    """Short commit id, with `+` behind it when tracked files of these paths were changed since."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "no-commit"
    looked_at = paths or EVERYTHING
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *looked_at)
    return f"{commit}+" if changed else commit


def _git(*arguments: str) -> str:
    try:
        said = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return ""  # a checkout without git: the figure then says no-commit
    return said.stdout.strip() if said.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main())
