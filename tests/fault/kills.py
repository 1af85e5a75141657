"""Kills -9 that land in the middle of taking a card; then the next start must put all right.

A kill lands if the process was alive, its intake had begun (a new session is on record, or the
site itself was being made) and had not ended. A try that does not land does not count: another
moment is drawn, later or earlier. Half of the moments are drawn evenly over the run's duration and
the kill comes from outside; half are drawn evenly over all its calls of the file system and the
database, and the kill falls just before or just after that call. One trial in ten is `python -m
liuhen` itself, two in ten are `serve`; one in four kills the next start as well.
"""

import atexit
import contextlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from random import Random

from tests.fault.campaigns import Campaign, Tally
from tests.fault.judge import Picture, doubled, falsely_safe, look, lost, stage
from tests.fault.rig import (
    ROOT,
    UNHURT,
    Blow,
    Ended,
    Ground,
    Preloaded,
    fill_card,
    manifest,
    new_ground,
    run_command,
)

RECOVERY_SECONDS = 30.0
TRIES = 80
AFRESH = 10
FORBIDDEN = (
    *("lost", "doubled", "falsely safe", "not verified", "not recovered", "slow", "traceback"),
    *("left in staging", "set aside"),
)
Command = Callable[[Ground], list[str]]
Runner = Callable[[Ground, list[str], Blow], Ended]


@dataclass(frozen=True)
class Manner:
    """One way of running and killing: the command, how it is started, how the moment is chosen."""

    name: str
    command: Command
    real: bool
    by_event: bool
    site: str
    """What was there before: no site ("first start"), one ("made"), or half the card ("grown")."""


def manner(number: int) -> Manner:
    """The manner of trial `number`: all of them in turn."""
    kind = number % 10
    serve, real = kind in (7, 8), kind == 9
    by_event = kind in (1, 3, 4, 6, 8)
    site = ("first start", "made", "made", "grown")[number // 10 % 4]
    name = "serve" if serve else "real command" if real else "ingest"
    how = "event" if by_event else "moment"
    command = Ground.serve if serve else Ground.ingest
    return Manner(f"{name}, by {how}", command, real, by_event, site)


@dataclass
class Yard:
    """The preloaded product, and how long each manner takes when nobody disturbs it."""

    server: Preloaded
    made: Path
    spans: dict[tuple[str, str], float] = field(default_factory=dict)

    def runner(self, how: Manner) -> Runner:
        """What runs a command in this manner."""
        return run_command if how.real else self.server.run

    def span(self, how: Manner) -> float:
        """Seconds, or events, of an undisturbed run; measured once."""
        key = (how.name, how.site)
        if key not in self.spans:
            self.spans[key] = self._measure(how)
        return self.spans[key]

    def _measure(self, how: Manner) -> float:
        with new_ground() as ground:
            _lay_out(self, ground, Random(0), how)
            counted = ground.folder / "count"
            blow = Blow(count_to=counted) if how.by_event else UNHURT
            ended = self.runner(how)(ground, how.command(ground), blow)
            if ended.code != 0:
                raise RuntimeError(f"An undisturbed run ended with {ended.code}: {ended.err}")
            return float(counted.read_text()) if how.by_event else ended.seconds


@contextlib.contextmanager
def new_yard(tree: Path = ROOT) -> Iterator[Yard]:
    """A yard with a server of its own (the source in `tree`) and a site that took nothing yet."""
    with new_ground() as ground, Preloaded(tree) as server:
        server.run(ground, ground.ingest())
        yield Yard(server, ground.data)


@lru_cache(maxsize=1)
def shared_yard() -> Yard:
    """One yard for the whole process, made when first asked for."""
    closing = contextlib.ExitStack()
    atexit.register(closing.close)
    return closing.enter_context(new_yard())


def campaign(yard: Callable[[], Yard]) -> Campaign:
    """The claim of 0 lost, 0 doubled, 0 falsely safe, with what it takes to try it."""
    return Campaign(
        name="kills",
        claim="after kill -9 at any moment of intake nothing is lost, doubled or falsely safe, "
        "and the next start puts all right within 30 s, with verify green",
        trial=partial(_trial, yard),
        forbidden=FORBIDDEN,
        needed=("landed", "recovered"),
        default_count=500,
        save_every=10,
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove kills`."""
    return campaign(shared_yard)


def _trial(make_yard: Callable[[], Yard], seed: int, number: int) -> Tally:
    """Tries moments until a kill lands, then judges what it left and what the next start does."""
    yard, chance, how = make_yard(), Random(f"{seed}/kill/{number}"), manner(number)
    card_seed, low, high = chance.random(), 0.0, yard.span(how)
    for attempt in range(TRIES):
        with new_ground() as ground:
            before = _lay_out(yard, ground, Random(card_seed), how)
            drawn = chance.uniform(low, high)
            ended = yard.runner(how)(ground, how.command(ground), _blow(how, drawn))
            after = look(ground)
            if _landed(ended, before, after):
                tally = Counter({"tries": 1 + attempt, "traceback": int(ended.traceback)})
                return tally + _judge(yard, ground, chance, moment=(how, before, after))
        low, high = _narrowed(low, high, drawn=drawn, early=ended.killed)
        if attempt % AFRESH == AFRESH - 1:  # a busy machine moved the moments: look everywhere
            low, high = 0.0, 2 * yard.span(how)
    raise RuntimeError(f"No kill landed in {TRIES} tries of trial {number}, seed {seed}")


def _narrowed(low: float, high: float, *, drawn: float, early: bool) -> tuple[float, float]:
    """Where to draw the next moment: later if the kill came before the intake began."""
    return ((low + drawn) / 2, high) if early else (low, (high + drawn) / 2)


def _lay_out(yard: Yard, ground: Ground, chance: Random, how: Manner) -> Picture:
    """A card, taken in part before where the manner says so; returns the site as it is then."""
    fill_card(ground.card, chance)
    if how.site == "made":
        shutil.copytree(yard.made, ground.data)
    if how.site == "grown":
        folder = ground.card / "DCIM" / "采集"
        held = ground.folder / "held"
        held.mkdir()
        for path in sorted(folder.iterdir())[::2]:
            shutil.move(path, held / path.name)
        yard.server.run(ground, ground.ingest())
        for path in held.iterdir():
            shutil.move(path, folder / path.name)
    return look(ground)


def _blow(how: Manner, drawn: float) -> Blow:
    return Blow(kill_at=int(drawn) + 1) if how.by_event else Blow(kill_after=drawn)


def _landed(ended: Ended, before: Picture, after: Picture) -> bool:
    if not ended.killed or ended.answer is not None:
        return False
    was_new = before.sessions == 0 and after.sessions == 0
    return after.sessions > before.sessions or was_new


def _judge(
    yard: Yard, ground: Ground, chance: Random, *, moment: tuple[Manner, Picture, Picture]
) -> Tally:
    how, before, after = moment
    card = manifest(ground.card)
    tally: Tally = Counter({"landed": 1, how.name: 1, f"at {stage(after, before, card)}": 1})
    tally["falsely safe"] += len(falsely_safe(after))
    if chance.random() < 0.25:
        tally += _killed_again(yard, ground, chance)
    again = Ground.serve if chance.random() < 0.3 else Ground.ingest
    ended = yard.runner(how)(ground, again(ground), UNHURT)
    tally += recovery(ended)
    tally += standing(ground, card, frozenset(before.recordings))
    tally["not verified"] += int(not verified(yard, ground))
    return tally


def _killed_again(yard: Yard, ground: Ground, chance: Random) -> Tally:
    """The start after the kill is killed too."""
    how = Manner("ingest, by moment", Ground.ingest, real=False, by_event=False, site="made")
    blow = Blow(kill_after=chance.random() * yard.span(how))
    ended = yard.server.run(ground, ground.ingest(), blow)
    return Counter(
        {
            "killed again": int(ended.killed),
            "traceback": int(ended.traceback),
            "falsely safe": len(falsely_safe(look(ground))),
        }
    )


def recovery(ended: Ended) -> Tally:
    """How the start after the fault went."""
    tally: Tally = Counter({"recovered" if ended.code == 0 else "not recovered": 1})
    tally["traceback"] += int(ended.traceback)
    limit = next((limit for limit in (1, 3, 10) if ended.seconds <= limit), None)
    if ended.seconds > RECOVERY_SECONDS:
        tally["slow"] += 1
    elif ended.code == 0:
        tally[f"recovered within {limit or 30} s"] += 1
    return tally


def standing(ground: Ground, card: dict[str, str], before: frozenset[str]) -> Tally:
    """What is wrong with the site once all was put right."""
    picture = look(ground)
    return Counter(
        {
            "lost": len(lost(picture, card)),
            "doubled": len(doubled(picture, card, before)),
            "falsely safe": len(falsely_safe(picture)),
            "left in staging": picture.staged,
            "set aside": picture.aside,
        }
    )


def verified(yard: Yard, ground: Ground) -> bool:
    """Whether `verify` is green."""
    ended = yard.server.run(ground, ground.verify())
    answer = ended.answer or {}
    return ended.code == 0 and answer.get("state") == "VERIFIED"
