"""Attacks on the files of a store: originals, the vault's marker, keys and identity."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

from evidence.canonical import dumps
from tests.fault.tamper_victim import Attack, Expected, Victim
from tests.honest_store import SITE, VAULT


def damage_original(victim: Victim, random: Random, *, way: str) -> Expected:
    """Does something to the file of one original."""
    path, *rest = random.sample(victim.originals(), 2)
    body = path.read_bytes()
    if way == "flip":
        at = random.randrange(len(body))
        path.write_bytes(
            body[:at] + bytes([body[at] ^ (1 << random.randrange(8))]) + body[at + 1 :]
        )
    elif way == "swap":
        path.write_bytes(rest[0].read_bytes())
        rest[0].write_bytes(body)
    else:
        path.unlink()
        _replace(victim, way, body=body, random=random)(path)
    return Expected.of(f"recordings/{path.name}")


def _replace(victim: Victim, way: str, *, body: bytes, random: Random) -> Callable[[Path], None]:
    def link(path: Path) -> None:
        target = victim.vault / "elsewhere"
        target.write_bytes(body)
        os.symlink(target, path)

    def write(data: bytes, path: Path) -> None:
        path.write_bytes(data)

    ways: dict[str, Callable[[Path], None]] = {
        "remove": lambda _path: None,
        "truncate": partial(write, body[: random.randrange(len(body))]),
        "extend": partial(write, body + b"\x00"),
        "link": link,
        "folder": os.mkdir,
        "pipe": os.mkfifo,
    }
    return ways[way]


def lose_originals(victim: Victim, _random: Random) -> Expected:
    """Takes the folder of originals away, as an unmounted disk would."""
    os.rename(victim.vault / "originals", victim.vault / "gone")
    return Expected.of("vault/originals")


def damage_marker(victim: Victim, random: Random, *, way: str) -> Expected:
    """Does something to the vault's marker."""
    path = victim.vault / "liuhen-vault.json"
    contents = {
        "other vault": dumps({"format": 1, "site": SITE, "vault": "00" * 16}),
        "other site": dumps({"format": 1, "site": "00" * 16, "vault": VAULT}),
        "spaces": path.read_bytes().replace(b",", b", "),
        "noise": random.randbytes(60),
    }
    if way == "remove":
        path.unlink()
    else:
        path.write_bytes(contents[way])
    return Expected.of("liuhen-vault.json")


def edit_file(victim: Victim, random: Random, *, name: str) -> Expected:
    """Changes a letter of one of the small files."""
    path = victim.folder / name
    text = path.read_bytes()
    at = random.randrange(len(text) - 1)
    path.write_bytes(text[:at] + (b"x" if text[at : at + 1] != b"x" else b"y") + text[at + 1 :])
    return Expected.of(name)


def file_attacks() -> list[Attack]:
    """Every attack on files."""
    originals = ("flip", "swap", "remove", "truncate", "extend", "link", "folder", "pipe")
    markers = ("other vault", "other site", "spaces", "noise", "remove")
    names = ("site.json", "keys/log.pub", "keys/station.pub")
    return [
        *(Attack(f"original: {way}", partial(damage_original, way=way)) for way in originals),
        *(Attack(f"marker: {way}", partial(damage_marker, way=way)) for way in markers),
        *(Attack(f"edit {name}", partial(edit_file, name=name)) for name in names),
        Attack("originals gone", lose_originals),
    ]
