"""Vaults in buckets: a server in this process, and what a test may do behind a vault's back."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

from storage.s3_vault import S3Vault, connect
from storage.second_place import S3Place
from storage.vault import Vault
from tests.vaults import SITE, VAULT


class Remembered:
    """Pins in memory; every vault of one place shares them, as processes share the database."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def pinned(self, sha256: str) -> str | None:
        """See `Pins.pinned`."""
        return self.known.get(sha256)

    def pin(self, sha256: str, version: str) -> None:
        """See `Pins.pin`."""
        self.known[sha256] = version


class BucketPlace:
    """A vault in a bucket of a server in this process, and what a test may do behind its back."""

    def __init__(self, endpoint: str, bucket: str, spool: Path) -> None:
        self.place = S3Place(
            endpoint=endpoint,
            bucket=bucket,
            prefix="originals/",
            region="us-east-1",
            access_key="key",
            secret_key="secret",
            days=1,
            mode="COMPLIANCE",
            spool=spool,
        )
        self.pins = Remembered()
        self._opened: list[S3Vault] = []

    def create(self) -> Vault:
        """The new, empty vault in a new bucket with Object Lock."""
        client = connect(self.place)
        client.create_bucket(Bucket=self.place.bucket, ObjectLockEnabledForBucket=True)
        client.close()
        return self._kept(S3Vault.create(self.place, self.pins, site_id=SITE, vault_id=VAULT))

    def reopen(self) -> Vault:
        """The same vault as another process would open it."""
        return self._kept(S3Vault.open_at(self.place, self.pins, site_id=SITE))

    def close(self) -> None:
        """Lets go of every connection."""
        for vault in self._opened:
            vault.close()

    def damage(self, sha256: str) -> None:
        """Turns one bit of the pinned version."""
        data = bytearray(self._stored(sha256).value)
        data[len(data) // 2] ^= 1
        self._stored(sha256).value = bytes(data)

    def shorten(self, sha256: str) -> None:
        """Cuts the last byte off the pinned version."""
        stored = self._stored(sha256)
        stored.value = stored.value[:-1]

    def staged(self) -> list[str]:
        """Names of what lies in the spool folder but for the lock."""
        there = os.listdir(self.place.spool) if self.place.spool.is_dir() else []
        return [name for name in there if name != "uploading.lock"]

    def kept_aside(self) -> list[bytes]:
        """Contents of versions that are no longer pinned, oldest first."""
        found = [one for one in self._all() if one.name.rpartition("/")[2] in self.pins.known]
        return [
            one.value
            for one in found
            if self.pins.pinned(one.name.rpartition("/")[2]) != one.version_id
        ]

    def _kept(self, vault: S3Vault) -> S3Vault:
        self._opened.append(vault)
        return vault

    def _all(self) -> list[Any]:
        backend = s3_backends["123456789012"]["aws"]
        keys = backend.buckets[self.place.bucket].keys
        return [one for name in keys for one in keys.getlist(name)]

    def _stored(self, sha256: str) -> Any:  # noqa: ANN401 - a key of the server
        pinned = self.pins.pinned(sha256)
        return next(one for one in self._all() if one.version_id == pinned)


@contextlib.contextmanager
def bucket_server() -> Iterator[str]:
    """The address of an S3 server in this process; good for all but what locks refuse."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()
