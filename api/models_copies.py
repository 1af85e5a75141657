"""What is known of stored copies, as answers hold it."""

from pydantic import BaseModel

from api.models import Words


class VaultCopies(BaseModel):
    """One vault's copies: verified, failed, not checked; `overdue` are those read too long ago.

    `role` is FIRST or SECOND; `oldest` is when the longest unchecked copy was last read or, if it
    never was, stored.
    """

    vault: str
    kind: str
    role: str
    copies: int
    verified: int
    failed: int
    not_checked: int
    overdue: int
    oldest: str | None


class Copies(BaseModel):
    """Every vault on record, how often each byte is to be read again, and why so often."""

    vaults: list[VaultCopies]
    twice: int
    recordings: int
    every_days: int
    basis: Words
