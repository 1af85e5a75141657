"""What every command is given: the settings, where to speak, and a site that closes itself."""

import contextlib
import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from evidence.errors import BadInput, EnvironmentTrouble, LiuhenError
from liuhen import bootstrap
from liuhen.output import Output
from liuhen.settings import Settings
from storage.ledger import remember_head
from storage.site import Site


@dataclass(frozen=True)
class Invocation:
    """One run of the command line."""

    settings: Settings
    output: Output

    @contextmanager
    def site(self, *, make: bool = False) -> Iterator[Site]:
        """The site, opened for the person at the terminal; made only where `make` says so.

        What the command entered is remembered beside the key: no service may be running to do it.
        """
        opener = bootstrap.open_or_make if make else bootstrap.open_existing
        site = opener(self.settings, bootstrap.operator())
        try:
            yield site
        finally:
            with contextlib.ExitStack() as closing:
                closing.callback(site.close)
                if site.ledger.has_entered:
                    remember_head(site.database, signer=site.log_signer)

    @contextmanager
    def reporting(self, command: str) -> Iterator[None]:
        """Turns every error into its sentence and exit code, the system's own included."""
        try:
            yield
        except LiuhenError as error:
            self.output.fail(command, error)
        except (OSError, UnicodeEncodeError) as error:
            self.output.fail(command, in_the_tree(error))


def in_the_tree(error: OSError | UnicodeEncodeError) -> LiuhenError:
    """What a name that cannot be used, or the machine, says, as an error of the tree."""
    if isinstance(error, UnicodeEncodeError):
        return BadInput("A word of the command is not UTF-8 text")
    reason = error.strerror or str(error)
    if error.errno == errno.ENAMETOOLONG:
        return BadInput(f"A word of the command cannot be a path: {reason}")
    return EnvironmentTrouble(f"{error.filename or 'The system'}: {reason}", reason=reason)


def of(context: typer.Context) -> Invocation:
    """The invocation of a command."""
    invocation = context.find_root().obj
    if not isinstance(invocation, Invocation):
        raise TypeError("Command line was started without its invocation")
    return invocation
