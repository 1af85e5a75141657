"""Attacks that put another site in the place of the victim: only an outside key can tell."""

import shutil
from dataclasses import dataclass
from functools import partial
from random import Random

from evidence.note import VerifyingKey
from tests.fault.tamper_victim import Attack, Expected, Victim
from tests.honest_store import HonestStore, Signer


def thief(name: str) -> Signer:
    """A key of that name that is somebody else's."""
    return Signer.of(name, b"somebody else")


def forge_site(victim: Victim, random: Random, *, signatures: bool) -> Expected:
    """Another site altogether, with other originals, under this site's name and log key."""
    public = (victim.folder / "keys" / "log.pub").read_text()
    shutil.rmtree(victim.folder)
    victim.folder.mkdir()
    forged = HonestStore(victim.folder, random.randrange(2**40))
    forged.log = Pretender.to(public)
    forged.found()
    forged.session(2)
    forged.later()
    forged.close()
    if not signatures:
        victim.execute("DELETE FROM checkpoints")
    return Expected.of(seq=forged.size - 1)


@dataclass(frozen=True)
class Pretender(Signer):
    """Signs with a key of its own, and says that it is another's."""

    claimed: VerifyingKey

    @classmethod
    def to(cls, text: str) -> "Pretender":
        """Pretends to hold the private half of this public key."""
        claimed = VerifyingKey.parse(text)
        return cls(claimed.name, thief(claimed.name).private, claimed)

    @property
    def key(self) -> VerifyingKey:
        """The key it claims to be."""
        return self.claimed


def site_attacks() -> list[Attack]:
    """Every attack of this file."""
    return [
        Attack(
            f"forge the whole site {'with' if signatures else 'without'} signatures",
            partial(forge_site, signatures=signatures),
            portable=False,
            outside_key=True,
        )
        for signatures in (True, False)
    ]
