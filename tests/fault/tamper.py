"""The tamper campaign: every attack on fresh honest stores; each must turn the verifier red.

A trial is one attack on one store, and one look at an honest store beside it, so a verifier that
is always red cannot pass either.
"""

import atexit
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from proof.findings import Finding, Report, State
from proof.keys import Trust
from tests import honest_store
from tests.fault.campaigns import Campaign, Tally
from tests.fault.tamper_attacks import attacks
from tests.fault.tamper_victim import Attack, Expected, Victim, postgres_victim, sqlite_victim

TRIALS_PER_STORE = 50


@dataclass(frozen=True)
class Result:
    """What came of one attack; `said` lists the findings, or the trace of a crash."""

    number: int
    attack: str
    red: bool
    named: bool
    crashed: bool
    said: tuple[str, ...]


def campaign(seed: int, count: int) -> list[Result]:
    """Tries `count` attacks, each kind in turn."""
    return some(seed, range(count))


def proof_campaign() -> Campaign:
    """The same for `script/prove tamper`."""
    return Campaign(
        name="tamper",
        claim="no tampering goes unseen, nothing crashes, and the honest store beside it is green",
        trial=_trial,
        forbidden=("unseen", "crashed", "false_alarm"),
        needed=("seen", "named", "honest"),
        default_count=10 * len(attacks()),
        save_every=100,
    )


def some(seed: int, numbers: Iterable[int]) -> list[Result]:
    """The attacks of these numbers, as they are within `campaign`."""
    with _Workshop() as workshop:
        return [workshop.attack(seed, number) for number in numbers]


def on_postgres(seed: int, number: int, *, url: str) -> Result:
    """One attack on an honest store whose rows lie in the (empty) PostgreSQL database."""
    attack = _attacks()[number % len(_attacks())]
    with _Workshop() as workshop:
        honest = workshop.honest(seed, number)
        with postgres_victim(honest, workshop.folder / "victim", url) as victim:
            return _tried(attack, victim, seed=seed, number=number)


class _Workshop:
    """A temporary folder with the honest stores that trials copy."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="liuhen-tamper-")
        self.folder = Path(self._place.name)

    def __enter__(self) -> "_Workshop":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Removes the folder."""
        self._place.cleanup()

    def honest(self, seed: int, number: int) -> Path:
        """The honest store of a trial, made once for `TRIALS_PER_STORE` of them."""
        store = seed * 1_000_003 + number // TRIALS_PER_STORE
        folder = self.folder / f"honest-{store}"
        if not folder.exists():
            honest_store.build(folder, store)
        return folder

    def attack(self, seed: int, number: int) -> Result:
        """One trial on SQLite."""
        kinds = _attacks()
        attack = kinds[number % len(kinds)]
        with sqlite_victim(self.honest(seed, number), self.folder / "victim") as victim:
            return _tried(attack, victim, seed=seed, number=number)

    def honest_report(self, seed: int, number: int) -> Report:
        """What the verifier says of the honest store of a trial, read from a copy."""
        with sqlite_victim(self.honest(seed, number), self.folder / "honest") as victim:
            return victim.verify()


@lru_cache(maxsize=1)
def _attacks() -> tuple[Attack, ...]:
    return tuple(attacks())


@lru_cache(maxsize=1)
def _shared() -> _Workshop:
    """One workshop for all trials of a process: a new honest store for each would cost most."""
    workshop = _Workshop()
    atexit.register(workshop.close)
    return workshop


def _trial(seed: int, number: int) -> Tally:
    tally: Tally = Counter()
    workshop = _shared()
    result = workshop.attack(seed, number)
    if number % TRIALS_PER_STORE == 0:
        honest = workshop.honest_report(seed, number).state is State.VERIFIED
        tally["honest" if honest else "false_alarm"] += 1
    tally["crashed"] += result.crashed
    tally["seen" if result.red else "unseen"] += 1
    tally["named" if result.named else "not_named"] += 1
    return tally


def _tried(attack: Attack, victim: Victim, *, seed: int, number: int) -> Result:
    random = Random(f"{seed}/{number}")
    trust = Trust(victim.log_key()) if attack.outside_key else Trust()
    expected = attack.deed(victim, random)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(victim.verify, trust)
    error = run.exception()
    if error is not None:
        said = "".join(traceback.format_exception(error))
        return Result(number, attack.name, red=False, named=False, crashed=True, said=(said,))
    report = run.result()
    named = any(_names(finding, expected) for finding in report.findings)
    said_all = tuple(f"{finding.kind} {finding.item}" for finding in report.findings)
    red = report.state is State.FAILED
    return Result(number, attack.name, red=red, named=named, crashed=False, said=said_all)


def _names(finding: Finding, expected: Expected) -> bool:
    if finding.item in expected.items:
        return True
    if expected.seq is None or finding.first is None or finding.last is None:
        return False
    return finding.first <= expected.seq <= finding.last
