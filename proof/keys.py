"""The trust root: which keys a verification believes, and where they came from.

Holds always: a key or checkpoint given from outside wins over what the store says of itself; where
the store's own key is used, the report says so.
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.canonical import loads_object
from evidence.errors import DatabaseUnavailable, Malformed
from evidence.note import VerifyingKey
from evidence.tables import EVIDENTIAL
from proof.findings import Findings
from proof.store import Store

_SITE_COLUMNS = EVIDENTIAL["sites"][1]


@dataclass(frozen=True)
class Trust:
    """What the person asking brought along: the log's public key, checkpoints kept elsewhere.

    `checkpoints` are whole signed notes.
    """

    log_key: VerifyingKey | None = None
    checkpoints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Keyring:
    """The keys in use; None where the store names none that can be read."""

    site: str | None
    log: VerifyingKey | None
    station: VerifyingKey | None
    outside: bool


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the three belong together; a `note.VerifySignature`."""
    try:
        _public_key(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=16)
def _public_key(public: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(public)


def keyring(store: Store, trust: Trust, *, findings: Findings) -> Keyring:
    """The keys to use, with a finding for each place where the store contradicts itself."""
    site = _site_row(store, findings)
    _compare_files(store, site, findings=findings)
    own = _parse(site, "log_key", findings=findings)
    station = _parse(site, "station_key", findings=findings)
    if trust.log_key is not None and (own is None or own != trust.log_key):
        found = site.get("log_key", "")
        findings.add("LOG_KEY_DIFFERS", "sites", expected=trust.log_key.text(), found=found)
    log = trust.log_key or own or _from_file(store)
    return Keyring(site.get("id"), log, station, trust.log_key is not None)


def _site_row(store: Store, findings: Findings) -> dict[str, str]:
    """Text columns of the one site row; what is not text is left out."""
    try:
        rows = list(store.rows("sites", _SITE_COLUMNS, order="id"))
    except DatabaseUnavailable as error:
        findings.add("DATABASE_UNREADABLE", "sites", found=error)
        return {}
    if len(rows) != 1:
        findings.add("SITE_NOT_ONE", "sites", expected="1", found=len(rows))
    first = dict(zip(_SITE_COLUMNS, rows[0], strict=True)) if rows else {}
    return {name: value for name, value in first.items() if isinstance(value, str)}


def _parse(site: dict[str, str], column: str, *, findings: Findings) -> VerifyingKey | None:
    """The key in a column of the site row, if it is one and bears the site's name."""
    text = site.get(column)
    if text is None:
        return None
    origin = site.get("origin", "")
    name = origin if column == "log_key" else f"{origin}/station"
    try:
        key = VerifyingKey.parse(text)
    except Malformed as error:
        findings.add("KEY_MALFORMED", f"sites/{site.get('id', '')}", expected=column, found=error)
        return None
    if key.name != name:
        findings.add("KEY_NAME_WRONG", f"sites/{site.get('id', '')}", expected=name, found=key.name)
    return key


def _from_file(store: Store) -> VerifyingKey | None:
    try:
        return VerifyingKey.parse(store.files.get("keys/log.pub", b"").decode("utf-8", "replace"))
    except Malformed:
        return None


def _compare_files(store: Store, site: dict[str, str], *, findings: Findings) -> None:
    """The files beside the database say the same as the site row; a file left out is a note."""
    for name, column in (("keys/log.pub", "log_key"), ("keys/station.pub", "station_key")):
        data = store.files.get(name)
        if data is None:
            findings.note("SITE_FILE_MISSING", name)
            continue
        text = data.decode("utf-8", "replace").strip()
        if text != site.get(column):
            findings.add("SITE_FILE_DIFFERS", name, expected=site.get(column), found=text)
    if "site.json" in store.files:
        _compare_identity(store.files["site.json"], site, findings=findings)


def _compare_identity(data: bytes, site: dict[str, str], *, findings: Findings) -> None:
    expected = f"{site.get('id')} {site.get('origin')}"
    try:
        value = loads_object(data.strip())
    except Malformed as error:
        findings.add("SITE_FILE_DIFFERS", "site.json", expected=expected, found=error)
        return
    found = f"{value.get('site')} {value.get('origin')}"
    if found != expected:
        findings.add("SITE_FILE_DIFFERS", "site.json", expected=expected, found=found)
