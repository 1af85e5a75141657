"""Every error the product raises on purpose, split by who must act.

::

    LiuhenError
    ├── Refused             the person asking can put it right
    │   ├── BadInput            a file, option or document is not what it must be
    │   ├── NotFound            no such recording, session or receipt, or none this person may see
    │   │   └── Disposed            its bytes went by law; the certificate stays
    │   ├── NotLoggedIn         nobody, or a session that has ended, asked
    │   ├── Forbidden           this person's roles do not reach so far
    │   ├── TooLarge            more was sent than any request needs
    │   └── TooManyTries        too many failed tries to log in; it is open again after a while
    ├── EnvironmentTrouble  whoever runs the machine must act
    │   ├── VaultUnavailable    not mounted, foreign, or without its marker
    │   ├── OutOfSpace          no bytes or no inodes left
    │   ├── StorageFailed       a write, fsync or read-back failed: copy again, no fsync twice
    │   ├── DatabaseUnavailable the database does not answer or is of another version
    │   └── ToolMissing         an outside program or permission is not there
    ├── CardTrouble         the card or recorder did something; the rest of the card goes on
    │   ├── CardGone            pulled, unmounted or swapped
    │   ├── CardSilent          still docked, and gives no bytes at all
    │   ├── SourceUnreadable    the card gave a read error
    │   ├── SourceChanged       the file changed while it was read: thrown away, made again
    │   └── NotRegular          a link, pipe, device or folder stands where a file was listed
    ├── DerivativeFailed    nothing to look at could be made of a file: the original is as it was
    ├── EvidenceAltered     what is stored is not what was sealed
    │   ├── Malformed           bytes do not follow their format
    │   ├── BadSignature        a signature does not verify under the key given
    │   └── ProofFailed         a Merkle proof or root does not match
    └── ProgramMistake      this program broke one of its own rules; the act was rolled back

A message is sentence case without a full stop; the facts are attributes, so that
`evidence.messages` can say the same in Chinese and English.
"""


class LiuhenError(Exception):
    """Root of the tree; `code` is the machine code and `facts` fill its sentence.

    A class has its code; an error that a caller must tell apart carries a narrower one.
    """

    code: str = "INTERNAL"

    def __init__(self, message: str, *, code: str | None = None, **facts: str | int) -> None:
        super().__init__(message)
        self.code = code or self.code
        self.facts: dict[str, str | int] = facts


class Refused(LiuhenError):
    """The person asking can put it right."""

    code = "REFUSED"


class BadInput(Refused):
    """A file, option or document is not what it must be."""

    code = "BAD_INPUT"


class NotFound(Refused):
    """No such recording, session or receipt."""

    code = "NOT_FOUND"


class Disposed(NotFound):
    """The recording was disposed of: what it was and by which certificate it went is on record."""

    code = "DISPOSED"


class NotLoggedIn(Refused):
    """Nobody is logged in, the session has ended, or name and password do not match."""

    code = "NOT_LOGGED_IN"


class Forbidden(Refused):
    """The person's roles do not reach so far."""

    code = "FORBIDDEN"


class TooLarge(Refused):
    """A request is larger than any needs to be, or does not say how large it is."""

    code = "TOO_LARGE"


class TooManyTries(Refused):
    """Too many failed tries to log in under this name or from this address."""

    code = "TOO_MANY_TRIES"


class EnvironmentTrouble(LiuhenError):
    """Whoever runs the machine must act."""

    code = "ENVIRONMENT"


class VaultUnavailable(EnvironmentTrouble):
    """The vault is not mounted, belongs to another site, or lacks its marker."""

    code = "VAULT_UNAVAILABLE"


class OutOfSpace(EnvironmentTrouble):
    """No bytes or no inodes are left on the vault's disk."""

    code = "OUT_OF_SPACE"


class StorageFailed(EnvironmentTrouble):
    """A write, fsync or read-back failed; the copy is made again from the card."""

    code = "STORAGE_FAILED"


class DatabaseUnavailable(EnvironmentTrouble):
    """The database does not answer or is of another version."""

    code = "DATABASE_UNAVAILABLE"


class CommitUnknown(DatabaseUnavailable):
    """The connection broke while an act was committed, and nobody can tell whether it was.

    Whoever tries it again must first look what is on record.
    """

    code = "COMMIT_UNKNOWN"


class ToolMissing(EnvironmentTrouble):
    """An outside program or a permission is not there."""

    code = "TOOL_MISSING"


class CardTrouble(LiuhenError):
    """The card or recorder did something unexpected; the rest of the card goes on."""

    code = "CARD_TROUBLE"


class CardGone(CardTrouble):
    """The card was pulled, unmounted or swapped."""

    code = "CARD_GONE"


class CardSilent(CardTrouble):
    """The card seems to be there and gives no bytes: nobody can tell which file is at fault."""

    code = "CARD_SILENT"


class SourceUnreadable(CardTrouble):
    """The card gave a read error; `offset` is the first byte that could not be read.

    No part of the file is kept, unless the code says so: FRAGMENT_KEPT.
    """

    code = "READ_FAILED"


class SourceChanged(CardTrouble):
    """The file changed while it was read; the copy was thrown away."""

    code = "CHANGED_WHILE_COPYING"


class NotRegular(CardTrouble):
    """A link, pipe, device or folder stands where a file was listed."""

    code = "NOT_REGULAR"


class DerivativeFailed(LiuhenError):
    """A preview could not be made: a fact about the file or a limit, never about the original."""

    code = "NOT_PLAYABLE"


class EvidenceAltered(LiuhenError):
    """What is stored is not what was sealed."""

    code = "ALTERED"


class Malformed(EvidenceAltered):
    """Bytes do not follow their format."""

    code = "MALFORMED"


class BadSignature(EvidenceAltered):
    """A signature does not verify under the key given."""

    code = "BAD_SIGNATURE"


class ProofFailed(EvidenceAltered):
    """A Merkle proof or root does not match."""

    code = "PROOF_FAILED"


class ProgramMistake(LiuhenError):
    """This program broke one of its own rules; the act was rolled back."""
