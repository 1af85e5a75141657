"""What every command is given: the settings, where to speak, and a site that closes itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from evidence.errors import LiuhenError
from liuhen import bootstrap
from liuhen.output import Output
from liuhen.settings import Settings
from storage.ledger import sign_checkpoint
from storage.site import Site


@dataclass(frozen=True)
class Invocation:
    """One run of the command line."""

    settings: Settings
    output: Output

    @contextmanager
    def site(self, *, make: bool = False) -> Iterator[Site]:
        """The site, opened for the person at the terminal; made only where `make` says so.

        What the command entered is signed when it ends: no service may be running to do it.
        """
        opener = bootstrap.open_or_make if make else bootstrap.open_existing
        site = opener(self.settings, bootstrap.operator())
        try:
            yield site
            if site.ledger.has_entered:
                sign_checkpoint(site.database, site.clock, site.log_signer)
        finally:
            site.close()

    @contextmanager
    def reporting(self, command: str) -> Iterator[None]:
        """Turns every error of the tree into its sentence and exit code."""
        try:
            yield
        except LiuhenError as error:
            self.output.fail(command, error)


def of(context: typer.Context) -> Invocation:
    """The invocation of a command."""
    invocation = context.find_root().obj
    if not isinstance(invocation, Invocation):
        raise TypeError("Command line was started without its invocation")
    return invocation
