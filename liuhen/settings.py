"""Settings from one TOML file and the environment (`LIUHEN_...`), the environment first.

The file is `liuhen.toml` in the data folder, or what `--config` or `LIUHEN_CONFIG` names.
"""

import os
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from evidence.errors import BadInput
from evidence.vocabulary import SourceKind
from ingest.places import DockRoot
from ingest.station import IntakeSettings
from storage.second_place import FolderPlace, S3Place, SecondPlace
from storage.site import SitePlan

_KINDS = {
    "mounts": SourceKind.MOUNT,
    "drop": SourceKind.DROP_FOLDER,
    "devices": SourceKind.DEVICE,
}


DOCK_NAME = r"^[^/\x00-\x1f\x7f]+$"


class DockSettings(BaseModel):
    """One place where cards appear."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64, pattern=DOCK_NAME)
    path: Path
    kind: Literal["mounts", "drop", "devices"] = "mounts"
    patterns: tuple[str, ...] = ()

    def root(self) -> DockRoot:
        """The dock as the watch loop knows it; a path that is a link is followed, once."""
        path = Path(os.path.realpath(self.path))
        return DockRoot(self.name, path, _KINDS[self.kind], self.patterns)


class Intake(BaseModel):
    """How cards are taken; see `ingest.station.IntakeSettings`."""

    model_config = ConfigDict(extra="forbid")

    zone: str = "Asia/Shanghai"
    settle_seconds: float = Field(default=2.0, ge=0)
    poll_seconds: float = Field(default=2.0, gt=0)
    quiet_seconds: float = Field(default=30.0, ge=0)
    patience_seconds: float = Field(default=30.0, ge=0)
    retry_seconds: float = Field(default=5.0, gt=0)
    lease_seconds: float = Field(default=30.0, ge=5)
    slots: int = Field(default=8, ge=1, le=64)
    recheck: bool = True

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("not a time zone such as Asia/Shanghai or UTC")
        return name

    def settings(self) -> IntakeSettings:
        """The same as the intake knows it."""
        return IntakeSettings(**self.model_dump())


class Web(BaseModel):
    """Where page and API are served; without a port there are none.

    A certificate and its key, both PEM files, make it TLS, and only then is another host than
    this one served without being told to (`plain`). Where something in front does TLS,
    `public_url` is how browsers reach it, and `trusted_proxy` the one address or network whose
    word is believed on where a request comes from.
    """

    model_config = ConfigDict(extra="forbid")

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=0, le=65535)
    certificate: Path | None = None
    key: Path | None = None
    plain: bool = False
    trusted_proxy: str | None = None
    public_url: str | None = None

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach us by TLS only, ours or that of something in front."""
        return self.certificate is not None or (self.public_url or "").startswith("https://")

    @field_validator("trusted_proxy")
    @classmethod
    def _is_a_network(cls, text: str | None) -> str | None:
        try:
            return text if text is None else str(ip_network(text))
        except ValueError as error:
            raise ValueError("not an address or network such as 10.0.0.5 or 10.0.0.0/24") from error

    @field_validator("public_url")
    @classmethod
    def _is_an_origin(cls, text: str | None) -> str | None:
        if text is None:
            return None
        parts = urlsplit(text)
        is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment)
        if parts.scheme not in ("http", "https") or not parts.hostname or not is_bare:
            raise ValueError("not an address such as https://evidence.example")
        return text

    @model_validator(mode="after")
    def _fits(self) -> "Web":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("a certificate needs its key, and a key its certificate")
        if self.certificate is None and not self.plain and self.host not in _THIS_MACHINE:
            raise ValueError("passwords would cross the network in the clear: give a certificate")
        return self


class Second(BaseModel):
    """The second vault: a folder on another disk, or a bucket with Object Lock.

    The keys of the bucket are best given by the environment (`LIUHEN_SECOND__SECRET_KEY`).
    """

    model_config = ConfigDict(extra="forbid")

    folder: Path | None = None
    bucket: str | None = Field(default=None, min_length=3, max_length=63)
    endpoint: str | None = None
    prefix: str = Field(default="originals/", pattern=r"^[A-Za-z0-9._-]*/?$")
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")
    lock_days: int = Field(default=1, ge=1, le=36_500)
    lock_mode: Literal["COMPLIANCE", "GOVERNANCE"] = "COMPLIANCE"

    @model_validator(mode="after")
    def _is_one(self) -> "Second":
        if self.folder is not None and self.bucket is not None:
            raise ValueError("a second vault is a folder or a bucket, not both")
        return self

    def place(self, data: Path) -> SecondPlace | None:
        """Where it lies; None where there is none."""
        if self.folder is not None:
            return FolderPlace(self.folder.absolute())
        if self.bucket is None:
            return None
        return S3Place(
            endpoint=self.endpoint,
            bucket=self.bucket,
            prefix=self.prefix,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key.get_secret_value(),
            days=self.lock_days,
            mode=self.lock_mode,
            spool=data / "spool",
        )


class Scrub(BaseModel):
    """How fast stored bytes are read again beside everything else; 0 leaves it to `scrub`."""

    model_config = ConfigDict(extra="forbid")

    mib_per_second: float = Field(default=16.0, ge=0, le=10_000)


_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="LIUHEN_", env_nested_delimiter="__", extra="forbid"
    )

    data: Path = Path("liuhen-data")
    database: str | None = None
    vault: Path | None = None
    inline_sm3: bool = False
    previews: bool = True
    docks: tuple[DockSettings, ...] = ()
    intake: Intake = Field(default_factory=Intake)
    web: Web = Field(default_factory=Web)
    second: Second = Field(default_factory=Second)
    scrub: Scrub = Field(default_factory=Scrub)

    @property
    def plan(self) -> SitePlan:
        """Where the site's parts lie."""
        inline = ("sm3",) if self.inline_sm3 else ()
        vault = None if self.vault is None else self.vault.absolute()
        data = self.data.absolute()
        return SitePlan(data, self.database, vault, inline, self.second.place(data))


def load(data: Path | None, config: Path | None) -> Settings:
    """The settings in force; raises `BadInput` naming the place of what is wrong."""
    stated: dict[str, Any] = {} if data is None else {"data": data}
    try:
        environment = Settings().model_dump(exclude_unset=True) | stated
        path = _config_path(environment.get("data", Settings.model_fields["data"].default), config)
        return Settings.model_validate(_merged(_read(path), environment))
    except ValidationError as error:
        raise _bad_setting(error) from error
    except SettingsError as error:
        raise BadInput(f"Environment: {error}", place="environment") from error


def with_web(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """The settings with what the command line says of page and API; raises `BadInput`."""
    said = {"host": host, "port": port}
    stated = {name: value for name, value in said.items() if value is not None}
    if stated and "port" not in stated and settings.web.port is None:
        stated["port"] = 0
    try:
        web = Web.model_validate(settings.web.model_dump() | stated)
    except ValidationError as error:
        raise _bad_setting(error, "web.") from error
    return settings.model_copy(update={"web": web})


def _bad_setting(error: ValidationError, within: str = "") -> BadInput:
    first = error.errors()[0]
    place = (within + ".".join(str(part) for part in first["loc"])).rstrip(".")
    return BadInput(f"Setting {place}: {first['msg']}", why="SETTING", place=place)


def _config_path(data: Path, config: Path | None) -> Path | None:
    named = config or os.environ.get("LIUHEN_CONFIG")
    if named:
        return Path(named)
    beside = Path(data) / "liuhen.toml"
    return beside if beside.exists() else None


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}", why="UNREADABLE", path=str(path)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not TOML: {error}", why="NOT_TOML", path=str(path)) from error


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, tables merged key by key."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            merged[key] = _merged(old, value)
        else:
            merged[key] = value
    return merged
