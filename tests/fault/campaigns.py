"""What a proof campaign is, and the loop that runs one so that it can be stopped and resumed.

Holds always: a trial depends on (seed, number of the trial) and nothing else, so a finding can be
repeated alone; a resumed run never counts a trial twice; progress from another seed or from other
code is never added to.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

Tally = Counter[str]
"""How often each thing happened."""

Trial = Callable[[int, int], Tally]
"""Runs the trial of (seed, number) and says what happened."""

Source = Callable[["Campaign", int, range], Generator[Tally, None, None]]
"""Runs the trials of these numbers with this seed and gives their tallies in order."""

SAVE_EVERY = 1000
"""Trials between two saves of quick campaigns; slow ones ask for less."""


@dataclass(frozen=True)
class Campaign:
    """One claim and the trials that try to break it."""

    name: str
    claim: str
    """One sentence: what must hold however often it is tried."""
    trial: Trial
    forbidden: tuple[str, ...]
    """Names in the tally that must stay at zero."""
    needed: tuple[str, ...]
    """Names in the tally that must be above zero: a campaign that tried nothing proves nothing."""
    default_count: int
    save_every: int = SAVE_EVERY
    workers: int = 1
    """Processes that try at once; for trials that mostly wait for other programs."""


@dataclass
class Progress:
    """How far a campaign has come; what the resume file holds."""

    campaign: str
    seed: int
    code: str
    """Digest of the code that was tried."""
    done: int = 0
    tally: Tally = field(default_factory=Counter)
    bad_trials: list[int] = field(default_factory=list)
    """Numbers of the first trials in which something forbidden happened."""

    def failures(self, campaign: Campaign) -> list[str]:
        """Why the claim does not stand, in words; empty when it does."""
        broken = [f"{name}: {self.tally[name]}" for name in campaign.forbidden if self.tally[name]]
        return broken + [f"{name}: none" for name in campaign.needed if not self.tally[name]]


def resume(campaign: Campaign, folder: Path, *, seed: int, code: str) -> Progress:
    """Progress saved in `folder` for just this campaign, seed and code, or a new one."""
    fresh = Progress(campaign.name, seed, code)
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        saved = json.loads(resume_file(campaign, folder).read_text(encoding="utf-8"))
        found = Progress(**{**saved, "tally": Counter(saved["tally"])})
        if (found.campaign, found.seed, found.code) == (campaign.name, seed, code):
            return found
    return fresh


def resume_file(campaign: Campaign, folder: Path) -> Path:
    """Where the progress of `campaign` is kept."""
    return folder / f"{campaign.name}.json"


def save(progress: Progress, campaign: Campaign, folder: Path) -> None:
    """Writes the resume file whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    target = resume_file(campaign, folder)
    draft = target.with_suffix(".new")
    draft.write_text(json.dumps(vars(progress), sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, target)


def alone(campaign: Campaign, seed: int, numbers: range) -> Generator[Tally, None, None]:
    """One trial after the other, in this process."""
    for number in numbers:
        yield campaign.trial(seed, number)


def run(
    campaign: Campaign, progress: Progress, *, count: int, folder: Path, source: Source = alone
) -> Iterator[Progress]:
    """Runs trials up to `count` in all; gives the progress after each save, the last one too."""
    try:
        with closing(source(campaign, progress.seed, range(progress.done, count))) as tallies:
            yield from _saved(campaign, progress, tallies, folder=folder)
    finally:
        save(progress, campaign, folder)
    if progress.done % campaign.save_every:
        yield progress


def _saved(
    campaign: Campaign, progress: Progress, tallies: Iterator[Tally], *, folder: Path
) -> Iterator[Progress]:
    for tally in tallies:
        _add(campaign, progress, tally)
        if progress.done % campaign.save_every == 0:
            save(progress, campaign, folder)
            yield progress


def _add(campaign: Campaign, progress: Progress, tally: Tally) -> None:
    if any(tally[name] for name in campaign.forbidden) and len(progress.bad_trials) < 20:
        progress.bad_trials.append(progress.done)
    progress.tally.update(tally)
    progress.done += 1
