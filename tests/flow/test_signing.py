"""Every act is signed as it is made, and nothing is signed that does not go on from what was.

The attacker here has the database and no key. What the verifier says of such stores is in
`tests/flow/test_reach.py`; this is about the writer: it must not put its name to a forgery.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence import merkle
from evidence.canonical import loads_object
from evidence.errors import EvidenceAltered
from evidence.messages import ERRORS
from evidence.note import Checkpoint
from liuhen import clock
from storage.ledger import remember_head
from storage.remembered import FILE
from storage.site import Actor, Site, SitePlan, open_site
from tests.fault.tamper_attacks import rebuild_log
from tests.fault.tamper_victim import Victim
from tests.footage import REPOSITORY

ENTRIES = 11
APPENDER = """
import os, signal, sys
from pathlib import Path
from liuhen import clock
from storage.site import Actor, SitePlan, open_site
site = open_site(SitePlan(Path(sys.argv[1])), clock.now, actor=Actor("service"))
with site.ledger.act() as act:
    act.enter("test.made", {})
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def plan(tmp_path: Path) -> SitePlan:
    """A site of ENTRIES entries that remembered, beside its key, what it signed last."""
    plan = SitePlan(tmp_path / "site")
    site = _open(plan)
    append(site, ENTRIES - 1)
    _sign(site)
    site.close()
    return plan


@pytest.fixture
def site(plan: SitePlan) -> Iterator[Site]:
    """That site, open: this process has signed nothing yet."""
    opened = _open(plan)
    yield opened
    opened.close()


@pytest.fixture
def victim(plan: SitePlan) -> Victim:
    """The same as its attacker sees it: past the triggers."""
    victim = Victim(plan.data)
    triggers = victim.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers:
        victim.execute(f"DROP TRIGGER {name!s}")
    return victim


def _open(plan: SitePlan) -> Site:
    return open_site(plan, clock.now, actor=Actor("service"))


def append(site: Site, count: int = 1) -> None:
    for number in range(count):
        with site.ledger.act() as act:
            act.enter("test.made", {"number": number})


def _sign(site: Site) -> Checkpoint:
    return remember_head(site.database, signer=site.log_signer)[0]


def _remembered(plan: SitePlan) -> int:
    return int((plan.data / "keys" / FILE).read_text().split("\n")[1])


def _refused(site: Site, code: str) -> None:
    """Neither an act nor a signature is to be had, and the reason has its sentence."""
    entries = _count(site)
    for attempt in (append, _sign):
        with pytest.raises(EvidenceAltered) as refusal:
            attempt(site)
        assert refusal.value.code == code
        assert code in ERRORS
    assert _count(site) == entries


def _count(site: Site) -> int:
    [(count,)] = Victim(site.plan.data).execute("SELECT count(*) FROM entries")
    assert isinstance(count, int)
    return count


def _bodies(victim: Victim) -> list[str]:
    return [str(row["body"]) for row in victim.rows("entries")]


def test_each_act_is_signed_with_its_entry(site: Site, victim: Victim) -> None:
    append(site)
    sizes = [row["size"] for row in victim.rows("checkpoints")]
    assert sizes == list(range(1, ENTRIES + 2))


def test_a_kill_after_an_act_leaves_no_entry_unsigned(plan: SitePlan, victim: Victim) -> None:
    """Green before the next start has had a chance to sign anything."""
    ended = subprocess.run([sys.executable, "-c", APPENDER, plan.data], cwd=REPOSITORY, check=False)
    assert ended.returncode == -9
    report = victim.verify()
    assert report.counts == {}
    assert (report.coverage.entries, report.coverage.unsigned_entries) == (ENTRIES + 1, 0)
    assert _remembered(plan) == ENTRIES  # it lags behind; the next start makes up for it
    site = _open(plan)
    _sign(site)
    site.close()
    assert _remembered(plan) == ENTRIES + 1


@pytest.mark.parametrize("has_signed", [True, False])
def test_a_rewritten_entry_is_not_signed(site: Site, victim: Victim, *, has_signed: bool) -> None:
    """Entry, tree and head agree again, the signatures that would object are gone."""
    if has_signed:
        append(site)
    bodies = _bodies(victim)
    bodies[4] = bodies[4].replace("test.made", "test.fake")
    rebuild_log(victim, bodies)
    victim.execute("DELETE FROM checkpoints WHERE size > 4")
    _refused(site, "LOG_REWRITTEN")


@pytest.mark.parametrize("has_file", [True, False])
def test_without_its_signature_the_log_does_not_go_on(
    plan: SitePlan, site: Site, victim: Victim, *, has_file: bool
) -> None:
    append(site)
    site.close()
    victim.execute("DELETE FROM checkpoints")
    if not has_file:
        (plan.data / "keys" / FILE).unlink()
    fresh = _open(plan)
    _refused(fresh, "LOG_REWRITTEN")
    fresh.close()


def test_a_forged_tail_is_not_signed(site: Site, victim: Victim) -> None:
    """Whatever was appended past the program has no signature, so nothing is built on it."""
    bodies = _bodies(victim)
    seq = len(bodies)
    rebuild_log(victim, [*bodies, bodies[-1].replace(f'"seq":{seq - 1}', f'"seq":{seq}')])
    _refused(site, "LOG_REWRITTEN")


def test_stored_nodes_cannot_speak_for_another_history(site: Site, victim: Victim) -> None:
    """The nodes of the remembered size stay honest; those of a larger size are of a forgery."""
    honest = {(row["level"], row["idx"]): row for row in victim.rows("log_nodes")}
    bodies = _bodies(victim)
    bodies[4] = bodies[4].replace("test.made", "test.fake")
    for seq in range(ENTRIES, 16):  # up to a size whose root is one node
        bodies.append(bodies[-1].replace(f'"seq":{seq - 1}', f'"seq":{seq}'))
    rebuild_log(victim, bodies)
    for level, index in merkle.peaks(0, ENTRIES):
        victim.update("log_nodes", honest[level, index], hash=honest[level, index]["hash"])
    _refused(site, "LOG_REWRITTEN")


def test_an_older_database_is_not_signed_unless_somebody_says_so(
    plan: SitePlan, tmp_path: Path
) -> None:
    backup = shutil.copy(plan.data / "liuhen.db", tmp_path / "backup.db")
    site = _open(plan)
    append(site, 3)
    _sign(site)
    site.close()
    shutil.copy(backup, plan.data / "liuhen.db")
    site = _open(plan)
    _refused(site, "LOG_WENT_BACK")
    site.close()
    (plan.data / "keys" / FILE).rename(tmp_path / "kept")
    site = _open(plan)
    append(site)
    assert _sign(site).size == ENTRIES + 1
    site.close()


def test_a_log_put_back_under_a_running_process_is_noticed(
    plan: SitePlan, site: Site, victim: Victim
) -> None:
    """Even what the file does not know yet: the process remembers what it signed."""
    append(site, 2)
    assert _remembered(plan) == ENTRIES
    bodies = _bodies(victim)[:-1]
    rebuild_log(victim, bodies)
    victim.execute("DELETE FROM checkpoints WHERE size > ?", len(bodies))
    _refused(site, "LOG_WENT_BACK")


def test_an_emptied_log_is_not_begun_anew(site: Site, victim: Victim) -> None:
    rebuild_log(victim, [])
    victim.execute("DELETE FROM checkpoints")
    _refused(site, "LOG_WENT_BACK")


def test_another_process_may_have_gone_on(plan: SitePlan, site: Site) -> None:
    append(site)
    other = _open(plan)
    append(other, 6)
    append(site)
    assert _sign(site).size == ENTRIES + 8
    assert _sign(other).size == ENTRIES + 8
    other.close()


def test_the_file_never_goes_back(plan: SitePlan, site: Site) -> None:
    """A process that is late with an older checkpoint does not undo a newer one."""
    older = remember_head(site.database, signer=site.log_signer)
    append(site, 2)
    _sign(site)
    site.log_signer.remembered.keep(*older)
    assert _remembered(plan) == ENTRIES + 2


@pytest.mark.parametrize("content", [b"", b"nonsense\n", b"\xff\xfe"])
def test_a_file_that_nobody_signed_is_refused(plan: SitePlan, site: Site, content: bytes) -> None:
    (plan.data / "keys" / FILE).write_bytes(content)
    _refused(site, "LAST_CHECKPOINT_REFUSED")


def test_a_node_that_is_no_hash_is_refused(site: Site, victim: Victim) -> None:
    victim.execute("UPDATE log_nodes SET hash = 'zz' WHERE level > 0")
    _refused(site, "ALTERED")
    [row] = [row for row in victim.rows("entries") if row["seq"] == 0]
    assert loads_object(str(row["body"]).encode())["act"] == "site.created"
