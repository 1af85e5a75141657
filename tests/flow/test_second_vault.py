"""The second vault: copied to, scrubbed, and each vault repaired from the other's good copy."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases import finding_follow, follow
from evidence.entry import time_text
from evidence.errors import StorageFailed, VaultUnavailable
from evidence.finding_rules import FindingKind
from evidence.vocabulary import FixityState
from liuhen.caretaking import Caretaker, Pace
from storage import removing, second
from storage.backup import Wanted, make_backup
from storage.backup_folder import BackupFolder
from storage.restoring import Source, restore
from storage.s3_vault import S3Vault, connect
from storage.scrub import Scope, scrub
from storage.second_place import FolderPlace
from storage.site import SitePlan
from storage.vault import Vault
from tests.buckets import BucketPlace, bucket_server
from tests.casework import bureau
from tests.disposing import Disposing
from tests.docking import House, open_house, put
from tests.filming import camera

FILES = {f"{n}.mp4": f"recording {n}".encode() for n in range(4)}


def ignore(_count: int) -> None:
    """Nobody watches."""


class Ticks:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time, a little later each time."""
        self.now += timedelta(milliseconds=1)
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def house(tmp_path: Path, ticks: Ticks) -> Iterator[House]:
    (tmp_path / "second").mkdir()
    plan = SitePlan(tmp_path / "site", second=FolderPlace(tmp_path / "second"))
    with open_house(plan, ticks=ticks) as opened:
        opened.take(put(tmp_path / "card", FILES))
        yield opened


@pytest.fixture
def twice(house: House) -> Vault:
    """The second vault, with a copy of everything."""
    vault = second.open_second(house.site)
    assert vault is not None
    copied = list(second.copy_missing(house.site, vault, progress=ignore, bad=set()))
    assert len(copied) == len(FILES)
    return vault


def path_in(root: Path, sha256: str) -> Path:
    return root / "originals" / sha256[:2] / sha256


def spoil(root: Path, sha256: str) -> None:
    """Other bytes under the same name."""
    path_in(root, sha256).chmod(0o644)
    path_in(root, sha256).write_bytes(b"altered")


def read_all(house: House, vault: Vault, other: Vault) -> list[str]:
    """One pass over a vault; the recordings that were bad."""
    scope = Scope(vault, other)
    done = scrub(house.site, limit=None, progress=ignore, stop=lambda: False, scope=scope)
    return [bad.recording for bad in done.bad]


def mismatches(house: House) -> list[str]:
    """Recordings with an open finding of a bad copy."""
    follow.catch_up(house.site.ledger)
    finding_follow.catch_up(house.site.ledger)
    rows = house.rows("findings")
    return [row["recording_id"] for row in rows if row["kind"] == FindingKind.MISMATCH.value]


def test_each_original_lies_twice_and_the_site_stays_green(house: House, twice: Vault) -> None:
    assert second.copied_twice(house.site) == len(FILES)
    assert sorted(twice.digests()) == sorted(house.site.vault.digests())
    assert len(house.entries("copy.placed")) == len(FILES)
    assert list(second.copy_missing(house.site, twice, progress=ignore, bad=set())) == []
    house.assert_green()
    again = second.open_second(house.site)
    assert again is not None
    assert again.vault_id == twice.vault_id
    assert len(house.entries("vault.added")) == 1


def test_g_14_one_bad_copy_is_restored_and_two_are_put_aside(house: House, twice: Vault) -> None:
    """R-198: finding, restored from copy 2, both events; then both copies bad."""
    ours, theirs = house.site.plan.vault_root, house.site.plan.second
    assert isinstance(theirs, FolderPlace)
    one, other = sorted(house.site.vault.digests())[:2]
    spoil(ours, one)
    assert read_all(house, house.site.vault, twice) == [one]
    assert house.site.vault.rehash(one, ignore) == one
    assert [path.read_bytes() for path in (ours / "damaged").iterdir()] == [b"altered"]
    assert [entry.facts["recording"] for entry in house.entries("copy.restored")] == [one]
    assert mismatches(house) == [one]
    assert house.rows("quarantines") == []
    house.assert_green()
    spoil(theirs.root, other)
    assert read_all(house, twice, house.site.vault) == [other]
    assert twice.rehash(other, ignore) == other
    for root in (ours, theirs.root):
        spoil(root, other)
    assert read_all(house, house.site.vault, twice) == [other]
    assert sorted(mismatches(house)) == sorted([one, other])
    assert [row["recording_id"] for row in house.rows("quarantines")] == [other]
    assert {row["id"] for row in house.rows("recordings")} >= {one, other}


def test_a_second_disk_that_is_not_there_is_no_new_vault(house: House, twice: Vault) -> None:
    place = house.site.plan.second
    assert isinstance(place, FolderPlace)
    place.root.rename(place.root.with_name("away"))
    for is_mount_point in (False, True):
        if is_mount_point:
            place.root.mkdir()
        with pytest.raises(VaultUnavailable):
            second.open_second(house.site)
    assert list(place.root.iterdir()) == []
    house.assert_green()  # the first vault alone is what is called safe
    assert twice.vault_id in {row["id"] for row in house.rows("vaults")}


def test_three_honest_answers_and_what_was_read_too_long_ago(
    house: House, twice: Vault, ticks: Ticks
) -> None:
    read_all(house, house.site.vault, twice)
    since = time_text(ticks() - timedelta(days=30))
    first, there = second.states(house.site, since=since)
    assert (first.role, first.verified, first.not_checked, first.failed) == ("FIRST", 4, 0, 0)
    assert (there.role, there.verified, there.not_checked, there.overdue) == ("SECOND", 0, 4, 0)
    ticks.now += timedelta(days=31)
    first, there = second.states(house.site, since=time_text(ticks() - timedelta(days=30)))
    assert (first.verified, first.not_checked, first.overdue) == (0, 4, 4)
    spoil(house.site.plan.vault_root, min(house.site.vault.digests()))
    scrub(house.site, limit=None, progress=ignore, stop=lambda: False)
    first, _ = second.states(house.site, since=time_text(ticks() - timedelta(days=30)))
    assert (first.verified, first.not_checked, first.failed) == (3, 0, 1)


def test_the_caretaker_copies_then_reads_everything_and_rests_when_told(
    house: House, tmp_path: Path
) -> None:
    station, busy = house.station(), [True]
    caretaker = Caretaker(station, lambda: busy[0], rate=1e9)
    caretaker.look()
    assert house.count("fixity") == second.copied_twice(house.site) == 0
    busy[0] = False
    caretaker.look()
    assert second.copied_twice(house.site) == len(FILES)
    states = {row["state"] for row in house.rows("fixity")}
    assert (house.count("fixity"), states) == (2 * len(FILES), {FixityState.VERIFIED})
    before = house.count("entries")
    caretaker.look()
    assert house.count("entries") == before  # nothing is due again for half the interval
    assert list((tmp_path / "second" / "journal").iterdir())
    house.assert_green()


def test_a_pace_is_kept_and_the_end_of_the_service_breaks_it(house: House) -> None:
    station = house.station()
    pace = Pace(station, lambda: False, rate=1e6)
    began = station.monotonic()
    for _ in range(4):
        pace(100_000)
    assert station.monotonic() - began >= 0.35
    station.stop.set()
    with pytest.raises(InterruptedError):
        pace(1)
    whole = scrub(house.site, limit=None, progress=pace, stop=lambda: False)
    assert (whole.mode, whole.objects, whole.bad) == ("LIMITED", 0, [])


def test_what_was_let_go_by_law_goes_from_both_vaults_and_from_the_backup(tmp_path: Path) -> None:
    (tmp_path / "second").mkdir()
    plan = SitePlan(tmp_path / "site", second=FolderPlace(tmp_path / "second"))
    with bureau(plan, profile="ZJ") as office:
        site = office.house.site
        vault = second.open_second(site)
        assert vault is not None
        letting_go = Disposing.of(office)
        recorder = camera(office, "2000001")
        one, two = letting_go.footage(tmp_path, recorder, day="2024-02-01", clips=2)
        assert len(list(second.copy_missing(site, vault, progress=ignore, bad=set()))) == 2
        backup = BackupFolder(tmp_path / "backup")
        make_backup(site, backup.root, wanted=Wanted(), progress=ignore)
        letting_go.later(120)
        letting_go.carry_out(letting_go.approved(one))
        assert (vault.size(one), vault.size(two) is None) == (None, False)
        assert read_all(office.house, vault, site.vault) == []
        assert list(second.copy_missing(site, vault, progress=ignore, bad=set())) == []
        office.clock.now += timedelta(days=1)
        made = make_backup(site, backup.root, wanted=Wanted(), progress=ignore)
        assert (made.disposed, made.bad, made.there) == (1, {}, 1)
        assert office.house.verify().findings == ()
        shutil.rmtree(plan.vault_root / "originals")
        assert restore(plan, Source(backup), progress=ignore).originals == 1
        assert site.vault.size(one) is None


def test_a_bucket_is_a_second_vault_whose_versions_are_pinned_and_locked(tmp_path: Path) -> None:
    """A newer version and a delete mark on top are not read; what is locked is not let go."""
    with bucket_server() as address:
        bucket = BucketPlace(address, "second", tmp_path / "spool")
        client = connect(bucket.place)
        client.create_bucket(Bucket="second", ObjectLockEnabledForBucket=True)
        with open_house(SitePlan(tmp_path / "site", second=bucket.place)) as house:
            house.take(put(tmp_path / "card", FILES))
            vault = second.open_second(house.site)
            assert isinstance(vault, S3Vault)
            copied = list(second.copy_missing(house.site, vault, progress=ignore, bad=set()))
            assert len(copied) == len(FILES)
            entry = house.entries("copy.placed")[0]
            one = str(entry.facts["recording"])
            lock = vault.lock_of(one)
            assert (lock.mode, lock.held) == ("COMPLIANCE", False)
            assert lock.until is not None
            assert entry.facts["until"] == time_text(lock.until)
            key = {"Bucket": "second", "Key": f"originals/{one}"}
            client.put_object(**key, Body=b"planted")
            client.delete_object(**key)
            again = second.open_second(house.site)
            assert isinstance(again, S3Vault)
            assert again.rehash(one, ignore) == one
            spoil(house.site.plan.vault_root, one)
            assert read_all(house, house.site.vault, again) == [one]
            assert house.site.vault.rehash(one, ignore) == one
            _, shelf = removing.shelves(house.site)
            assert shelf.locked_until(one) == time_text(lock.until)
            again.hold(one, on=True)
            assert shelf.locked_until(one) == "a legal hold of the bucket"
            with pytest.raises(StorageFailed):
                shelf.remove(one)
            house.assert_green()
            for opened in (vault, again):
                opened.close()
        client.close()
        assert "secret" not in repr(bucket.place)


def test_a_bucket_without_locks_is_refused(tmp_path: Path) -> None:
    with bucket_server() as address:
        bucket = BucketPlace(address, "open-bucket", tmp_path / "spool")
        client = connect(bucket.place)
        client.create_bucket(Bucket="open-bucket")
        with open_house(SitePlan(tmp_path / "site", second=bucket.place)) as house:
            with pytest.raises(VaultUnavailable, match="versioning"):
                second.open_second(house.site)
            assert house.count("vaults") == 1
        client.close()
