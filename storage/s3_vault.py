"""A vault in a bucket with Object Lock: each original one version under its digest, locked.

Holds always:

1. A copy is stored only after its version was uploaded, locked, asked for again (HEAD: size, lock,
   until when) and read back whole with an equal digest; an answer of 200 alone proves nothing, for
   servers ignore checksums and conditions that they do not know.
2. Which version that was is pinned outside the bucket (`Pins`): a newer version or a delete mark
   that somebody puts on top is never read.
3. Nothing is ever overwritten: a copy that is no longer what it was stays as its old version, and
   another version is uploaded and pinned.
4. A bucket without versioning and Object Lock is refused.
"""

import base64
import contextlib
import fcntl
import hashlib
import itertools
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, BinaryIO, Protocol, TypeAlias

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import HTTPClientError as HTTPError

from evidence import canonical
from evidence.entry import time_text
from evidence.errors import BadInput, Malformed, NotFound, StorageFailed, VaultUnavailable
from evidence.vocabulary import ReadBack
from storage.copying import BlockPool, Engine
from storage.durable import make_dirs_durably, storage_trouble
from storage.folder_vault import DIGEST
from storage.second_place import S3Place
from storage.vault import Progress, ReadAt, Space, StagedCopy, Stored
from storage.vault_marker import FORMAT, MARKER, marker_bytes

_PART = 16 << 20
_BLOCK = 1 << 20
_CONNECT_SECONDS = 10
_READ_SECONDS = 60
Client: TypeAlias = Any
"""boto3 makes its clients at run time, from descriptions of the service."""

_CONNECTING = threading.Lock()  # a session makes one client at a time
_ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound", "NoSuchBucket"})


class Pins(Protocol):
    """Which version of each original is ours, remembered outside the bucket."""

    def pinned(self, sha256: str) -> str | None:
        """The version that was read back whole; None where there is none."""
        ...

    def pin(self, sha256: str, version: str) -> None:
        """Remembers a version, in the place of an older one."""
        ...


@dataclass(frozen=True)
class Lock:
    """How a version is held: its mode, until when, and whether somebody holds it for good."""

    mode: str | None
    until: datetime | None
    held: bool


class S3Vault:
    """Originals as locked versions; implements `storage.vault.Vault`. Safe to use from threads."""

    kind = "S3"

    def __init__(self, place: S3Place, pins: Pins, *, vault_id: str, client: Client) -> None:
        self.place = place
        self._pins = pins
        self._vault_id = vault_id
        self._client = client
        self._pool = BlockPool()
        self._names = itertools.count()
        self._held: dict[str, BinaryIO] = {}  # open files of the spool folder, without a name

    @classmethod
    def create(cls, place: S3Place, pins: Pins, *, site_id: str, vault_id: str) -> "S3Vault":
        """Makes a new, empty vault; raises `BadInput` if there is one already."""
        client = connect(place)
        with _translated(place, "Making the vault"):
            check_bucket(client, place)
            if _marker(client, place) is not None:
                raise BadInput(f"{place.bucket} already holds a vault", path=place.bucket)
            client.put_object(
                Bucket=place.bucket, Key=place.prefix + MARKER, Body=marker_bytes(site_id, vault_id)
            )
        return cls(place, pins, vault_id=vault_id, client=client)

    @classmethod
    def open_at(cls, place: S3Place, pins: Pins, *, site_id: str) -> "S3Vault":
        """The vault in the bucket, which must be this site's. Raises `VaultUnavailable`."""
        client = connect(place)
        with _translated(place, "Opening the vault"):
            check_bucket(client, place)
            marker = _marker(client, place)
        try:
            value = canonical.loads_object(marker or b"")
        except Malformed as error:
            raise unavailable(place, "it has no marker of ours") from error
        vault_id = value.get("vault")
        if value.get("format") != FORMAT or not isinstance(vault_id, str):
            raise unavailable(place, "its marker is of another format")
        if value.get("site") != site_id:
            raise unavailable(place, "it belongs to another site")
        return cls(place, pins, vault_id=vault_id, client=client)

    @property
    def vault_id(self) -> str:
        """Identity of this vault, from its marker."""
        return self._vault_id

    def stage(self, read_at: ReadAt, progress: Progress) -> StagedCopy:
        """Copies the source once into the spool folder; see `Vault.stage`."""
        with contextlib.ExitStack() as undo:
            make_dirs_durably(self.place.spool, 0o700)
            with storage_trouble("Making a staged copy", self.place.spool):
                file = tempfile.TemporaryFile(dir=self.place.spool)  # noqa: SIM115 - given away
            undo.callback(file.close)
            copied = Engine(self._pool, progress).copy(
                read_at, file.fileno(), algorithms=("sha256",)
            )
            flags = fcntl.fcntl(file, fcntl.F_GETFL)  # the engine wrote past the page cache
            fcntl.fcntl(file, fcntl.F_SETFL, flags & ~os.O_DIRECT)
            undo.pop_all()
        token = f"{os.getpid()}-{next(self._names)}"
        self._held[token] = file
        return StagedCopy(token, copied.size, copied.digests, copied.stopped)

    def confirm(self, staged: StagedCopy, progress: Progress) -> Stored:
        """Uploads, locks, asks again and reads back; see `Vault.confirm`."""
        try:
            held = self._held.get(staged.token)
            if held is None:
                reason = f"the staged copy {staged.token} is gone"
                raise StorageFailed(f"Nothing to confirm: {reason}", reason=reason)
            with self._alone():
                return self._settle(held, staged=staged, progress=progress)
        finally:
            self.discard(staged)

    def secure(self, sha256: str, progress: Progress) -> Stored | None:
        """Reads an original that is already there back from the bucket; see `Vault.secure`."""
        _key(self.place, sha256)
        try:
            size = self.size(sha256)
            if size is None or self.rehash(sha256, progress) != sha256:
                return None
        except (NotFound, StorageFailed):
            return None
        return Stored(sha256, size, ReadBack.REMOTE, was_there=True)

    def discard(self, staged: StagedCopy) -> None:
        """Throws a staged copy away; it is no error if it is gone."""
        held = self._held.pop(staged.token, None)
        if held is not None:
            held.close()

    def open(self, sha256: str) -> BinaryIO:
        """The pinned version, fetched into a nameless file; raises `NotFound`."""
        make_dirs_durably(self.place.spool, 0o700)
        with contextlib.ExitStack() as undo, storage_trouble("Fetching", self.place.spool):
            file = tempfile.TemporaryFile(dir=self.place.spool)  # noqa: SIM115 - given away
            undo.callback(file.close)
            for block in self._blocks(sha256):
                file.write(block)
            file.seek(0)
            undo.pop_all()
        return file

    def size(self, sha256: str) -> int | None:
        """Size in bytes of the pinned version, or None if it is not there."""
        version = self._pins.pinned(sha256) if DIGEST.fullmatch(sha256) else None
        if version is None:
            return None
        with _translated(self.place, f"Asking for {sha256}"):
            found = self._head(sha256, version)
        return None if found is None else int(found["ContentLength"])

    def rehash(self, sha256: str, progress: Progress, *, algorithm: str = "sha256") -> str:
        """Digest of the pinned version as the bucket gives it now."""
        digest = hashlib.new(algorithm)
        for block in self._blocks(sha256):
            digest.update(block)
            progress(len(block))
        return digest.hexdigest()

    def digests(self) -> Iterator[str]:
        """SHA-256 names of all originals that are pinned, in order."""
        pages = self._client.get_paginator("list_object_versions")
        with _translated(self.place, "Listing the vault"):
            found: dict[str, set[str]] = {}
            for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix):
                for one in page.get("Versions", ()):
                    name = str(one["Key"]).rpartition("/")[2]
                    found.setdefault(name, set()).add(str(one["VersionId"]))
        for name in sorted(filter(DIGEST.fullmatch, found)):
            if self._pins.pinned(name) in found[name]:
                yield name

    def sweep(self) -> int:
        """Ends uploads in parts that a dead process left; staged copies have no name to leave."""
        where = {"Bucket": self.place.bucket}
        with self._alone(), _translated(self.place, "Ending unfinished uploads"):
            told = self._client.list_multipart_uploads(**where, Prefix=self.place.prefix)
            left = told.get("Uploads", [])
            for one in left:
                self._client.abort_multipart_upload(
                    **where, Key=one["Key"], UploadId=one["UploadId"]
                )
        return len(left)

    def close(self) -> None:
        """Lets go of every connection."""
        self._client.close()

    def space(self) -> Space:
        """Room of the spool folder: a bucket does not tell how much is left."""
        make_dirs_durably(self.place.spool, 0o700)
        found = os.statvfs(self.place.spool)
        unit = found.f_frsize
        return Space(found.f_bavail * unit, found.f_blocks * unit, found.f_favail or None)

    # Locks, and what disposal asks

    def lock_of(self, sha256: str) -> Lock:
        """How the pinned version is held. Raises `NotFound` or `StorageFailed`."""
        with _translated(self.place, f"Asking for the lock of {sha256}"):
            found = self._head(sha256, self._pinned(sha256))
        if found is None:
            raise _absent(sha256)
        return _lock(found)

    def said_of(self, sha256: str) -> dict[str, canonical.Json]:
        """Version and lock of the pinned copy, for the log."""
        lock = self.lock_of(sha256)
        until = None if lock.until is None else time_text(lock.until)
        return {"version": self._pinned(sha256), "mode": lock.mode, "until": until}

    def hold(self, sha256: str, *, on: bool) -> None:
        """Puts a hold without end on the pinned version, or takes it away; asked for again."""
        version = self._pinned(sha256)
        with _translated(self.place, f"Holding {sha256}"):
            self._client.put_object_legal_hold(
                **self._one(sha256), VersionId=version, LegalHold={"Status": "ON" if on else "OFF"}
            )
        if self.lock_of(sha256).held != on:
            raise _failed(
                self.place, f"Holding {sha256}", reason="the bucket does not say so afterwards"
            )

    def remove(self, sha256: str) -> None:
        """Takes every version away; no error where there is none. Raises `StorageFailed`."""
        with self._alone(), _translated(self.place, f"Removing {sha256}"):
            for version in self._versions(sha256):
                self._client.delete_object(**self._one(sha256), VersionId=version)

    def server_time(self) -> datetime:
        """The bucket's own clock, of its last answer to us, in UTC."""
        with _translated(self.place, "Asking for the time"):
            return _date(self._client.get_bucket_versioning(Bucket=self.place.bucket))

    # From staged to stored

    def _settle(self, held: BinaryIO, *, staged: StagedCopy, progress: Progress) -> Stored:
        sha256 = staged.sha256
        before = self._pins.pinned(sha256)
        if before is not None:
            there = self.secure(sha256, progress)
            if there is not None:
                return there
        with _translated(self.place, f"Uploading {sha256}"):
            version = self._upload(held, staged)
            self._lock(sha256, version)
            found = self._head(sha256, version)
        if found is None or int(found["ContentLength"]) != staged.size:
            raise _failed(self.place, f"Uploading {sha256}", reason="it is not there in its size")
        self._read_back(staged, version, progress=progress)
        self._pins.pin(sha256, version)
        return Stored(
            sha256, staged.size, ReadBack.REMOTE, was_there=False, repaired=before is not None
        )

    def _upload(self, file: BinaryIO, staged: StagedCopy) -> str:
        """Sends the copy in one piece, or in parts where it is large; returns its version."""
        file.seek(0)
        one = self._one(staged.sha256)
        if staged.size <= _PART:
            digest = base64.b64encode(bytes.fromhex(staged.sha256)).decode()
            told = self._client.put_object(**one, Body=file.read(), ChecksumSHA256=digest)
            return _version(self.place, told)
        begun = self._client.create_multipart_upload(**one)
        upload, parts = {**one, "UploadId": begun["UploadId"]}, list[dict[str, Any]]()
        with contextlib.ExitStack() as undo:
            undo.callback(self._client.abort_multipart_upload, **upload)
            while block := file.read(_PART):
                number = len(parts) + 1
                told = self._client.upload_part(**upload, PartNumber=number, Body=block)
                parts.append({"ETag": told["ETag"], "PartNumber": number})
            told = self._client.complete_multipart_upload(
                **upload, MultipartUpload={"Parts": parts}
            )
            undo.pop_all()
        return _version(self.place, told)

    def _lock(self, sha256: str, version: str) -> None:
        """Locks a version by a call of its own: servers drop the headers of large uploads.

        The term begins by the bucket's clock, and what it says afterwards is compared.
        """
        until = (self.server_time() + timedelta(days=self.place.days)).replace(microsecond=0)
        self._client.put_object_retention(
            **self._one(sha256),
            VersionId=version,
            Retention={"Mode": self.place.mode, "RetainUntilDate": until},
        )
        found = self._head(sha256, version)
        lock = Lock(None, None, held=False) if found is None else _lock(found)
        if lock.mode != self.place.mode or lock.until is None or lock.until < until:
            raise _failed(
                self.place, f"Locking {sha256}", reason="the bucket does not say so afterwards"
            )

    def _read_back(self, staged: StagedCopy, version: str, *, progress: Progress) -> None:
        digest = hashlib.sha256()
        for block in self._blocks(staged.sha256, version):
            digest.update(block)
            progress(len(block))
        if digest.hexdigest() != staged.sha256:
            reason = f"the bucket gives {digest.hexdigest()}"
            raise _failed(self.place, f"Reading {staged.sha256} back", reason=reason)

    # Asking

    def _blocks(self, sha256: str, version: str | None = None) -> Iterator[bytes]:
        pinned = version or self._pinned(sha256)
        with _translated(self.place, f"Reading {sha256}", absent=sha256):
            told = self._client.get_object(**self._one(sha256), VersionId=pinned)
            with contextlib.closing(told["Body"]) as body:
                while block := body.read(_BLOCK):
                    yield block

    def _head(self, sha256: str, version: str) -> Mapping[str, Any] | None:
        try:
            found = self._client.head_object(**self._one(sha256), VersionId=version)
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return dict(found)

    def _versions(self, sha256: str) -> list[str]:
        key = _key(self.place, sha256)
        told = self._client.list_object_versions(Bucket=self.place.bucket, Prefix=key)
        found = [*told.get("Versions", ()), *told.get("DeleteMarkers", ())]
        return [str(one["VersionId"]) for one in found if one["Key"] == key]

    def _pinned(self, sha256: str) -> str:
        _key(self.place, sha256)
        version = self._pins.pinned(sha256)
        if version is None:
            raise _absent(sha256)
        return version

    def _one(self, sha256: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": _key(self.place, sha256)}

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One thread of one process at a time, so that the same bytes are uploaded once."""
        make_dirs_durably(self.place.spool, 0o700)
        with (self.place.spool / "uploading.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def connect(place: S3Place) -> Client:
    """A client of the bucket; its secret stands in no message."""
    with _CONNECTING:
        return _session().client(
            "s3",
            endpoint_url=place.endpoint,
            region_name=place.region,
            aws_access_key_id=place.access_key,
            aws_secret_access_key=place.secret_key,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"max_attempts": 4, "mode": "standard"},
                s3={"addressing_style": "path" if place.endpoint else "auto"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


@cache
def _session() -> Any:  # noqa: ANN401 - see `Client`
    """What takes long to load: the description of the service."""
    return boto3.session.Session()


def check_bucket(client: Client, place: S3Place) -> None:
    """Raises `VaultUnavailable` for a bucket that could lose or overwrite a version."""
    versions = client.get_bucket_versioning(Bucket=place.bucket).get("Status")
    if versions != "Enabled":
        raise unavailable(place, "versioning is not enabled")
    try:
        found = client.get_object_lock_configuration(Bucket=place.bucket)
    except ClientError as error:
        raise unavailable(place, "Object Lock is not enabled") from error
    if found["ObjectLockConfiguration"].get("ObjectLockEnabled") != "Enabled":
        raise unavailable(place, "Object Lock is not enabled")


def unavailable(place: S3Place, reason: str) -> VaultUnavailable:
    """The error that says why a bucket is not written to."""
    message = f"The vault in the bucket {place.bucket} is not available: {reason}"
    return VaultUnavailable(message, path=place.bucket, reason=reason)


def _failed(place: S3Place, doing: str, *, reason: str) -> StorageFailed:
    return StorageFailed(f"{doing} failed: {reason}", reason=reason, bucket=place.bucket)


def _absent(sha256: str) -> NotFound:
    return NotFound(f"No original {sha256} is in the bucket", sha256=sha256)


@contextlib.contextmanager
def _translated(place: S3Place, doing: str, *, absent: str | None = None) -> Iterator[None]:
    """What the server or the way to it says, as errors of the tree."""
    try:
        yield
    except ClientError as error:
        if absent is not None and _code(error) in _ABSENT:
            raise _absent(absent) from error
        raise _failed(place, doing, reason=_code(error)) from error
    except (BotoCoreError, HTTPError) as error:
        raise unavailable(place, type(error).__name__) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _marker(client: Client, place: S3Place) -> bytes | None:
    """The oldest version of the marker: what is put on top later does not count."""
    key = place.prefix + MARKER
    told = client.list_object_versions(Bucket=place.bucket, Prefix=key)
    versions = [one for one in told.get("Versions", ()) if one["Key"] == key]
    if not versions:
        return None
    oldest = min(versions, key=lambda one: one["LastModified"])["VersionId"]
    found = client.get_object(Bucket=place.bucket, Key=key, VersionId=oldest)
    return bytes(found["Body"].read(4096))


def _key(place: S3Place, sha256: str) -> str:
    if not DIGEST.fullmatch(sha256):
        raise NotFound(f"{sha256!r} is not a SHA-256 digest", sha256=sha256)
    return f"{place.prefix}{sha256}"


def _version(place: S3Place, told: Mapping[str, Any]) -> str:
    version = told.get("VersionId")
    if not version or version == "null":
        raise _failed(place, "Uploading", reason="the bucket names no version")
    return str(version)


def _lock(found: Mapping[str, Any]) -> Lock:
    held = found.get("ObjectLockLegalHoldStatus") == "ON"
    return Lock(found.get("ObjectLockMode"), found.get("ObjectLockRetainUntilDate"), held)


def _date(told: Mapping[str, Any]) -> datetime:
    return parsedate_to_datetime(told["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)
