"""What commands say: one JSON object on standard output, or sentences and tables for people.

Holds always: with `--json` standard output carries exactly one object and nothing else; progress
and sentences go to standard error then; the exit code says what the object says.
"""

import contextlib
import errno
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NoReturn, TextIO

from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text
from typer import Exit

from evidence.canonical import Json
from evidence.errors import EnvironmentTrouble, EvidenceAltered, LiuhenError, Refused
from evidence.messages import error_sentence, sentence

_PIPE_WIDTH = 1000
"""A pipe has no width: names and digests must not be broken where a program reads them."""


class ExitCode(IntEnum):
    """What an exit means; the same for every command."""

    FINE = 0
    FINDING = 1
    USAGE = 2
    ENVIRONMENT = 3
    PARTIAL = 4


class HonestConsole(Console):
    """A console that leaves it to `main` to say that nobody listens: rich's own exit would lie."""

    def on_broken_pipe(self) -> NoReturn:
        """Called while the error is handled; raises it on."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PIPE_WIDTH
    return HonestConsole(stderr=stderr, highlight=False, width=width)


def flush() -> None:
    """Writes out what was said; raises `OSError` where it cannot be."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()


def not_heard(error: OSError) -> int:
    """The exit code where words could not be written, said on standard error if that still works.

    Both streams lead nowhere afterwards: the interpreter would try once more when it ends, and
    print a stack trace about it.
    """
    reason = error.strerror or str(error)
    chinese, english = sentence("NOT_HEARD", {"reason": reason})
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{chinese}\n  {english}\n")
        sys.stderr.flush()
    for stream in (sys.stdout, sys.stderr):
        _lead_nowhere(stream)
    return int(ExitCode.ENVIRONMENT)


def _lead_nowhere(stream: TextIO) -> None:
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@dataclass
class Output:
    """Where a command's words go."""

    as_json: bool
    out: Console = field(default_factory=lambda: _console(stderr=False))
    err: Console = field(default_factory=lambda: _console(stderr=True))

    @property
    def people(self) -> Console:
        """The console for sentences and progress."""
        return self.err if self.as_json else self.out

    def say(self, chinese: str, english: str) -> None:
        """One sentence in both languages, Chinese first."""
        self.people.print(Text(printable(chinese)), soft_wrap=True)
        self.people.print(Text(f"  {printable(english)}", style="dim"), soft_wrap=True)

    def say_exactly(self, text: str) -> None:
        """Text that is to be kept as it is: no line is broken, nothing is added."""
        self.out.file.write(text)

    def say_code(self, code: str, facts: Mapping[str, object]) -> None:
        """The sentence of a machine code."""
        self.say(*sentence(code, facts))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table; nothing in `--json` mode. Cells are plain text, never markup."""
        if self.as_json:
            return
        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self.out.print(table)

    def bar(self, *columns: ProgressColumn) -> Progress:
        """A progress bar for people at a terminal; nothing at all where there is none."""
        people = self.people
        return Progress(*columns, console=people, transient=True, disable=not people.is_terminal)

    def finish(self, result: Mapping[str, Json], code: ExitCode = ExitCode.FINE) -> NoReturn:
        """Ends the command with its object and exit code."""
        if self.as_json:
            text = json.dumps({**result, "exit": int(code)}, ensure_ascii=False, indent=2)
            sys.stdout.write(printable(text) + "\n")
        raise Exit(int(code))

    def fail(self, command: str, error: LiuhenError) -> NoReturn:
        """Ends the command with an error's sentence; nobody sees a stack trace."""
        self.say_error(error)
        self.finish({"command": command, "error": error_json(error)}, exit_code(error))

    def say_error(self, error: LiuhenError) -> None:
        """An error's sentence for people; nothing in `--json` mode, where the object holds it."""
        if self.as_json:
            return
        chinese, english = error_sentence(error.code, str(error), facts=error.facts)
        self.err.print(Text(printable(chinese), style="red"), soft_wrap=True)
        self.err.print(Text(f"  {printable(english)}", style="dim"), soft_wrap=True)


def error_json(error: LiuhenError) -> dict[str, Json]:
    """An error as objects hold it: code, both sentences, facts as text."""
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    return {
        "code": error.code,
        "message": {"zh": chinese, "en": english},
        "facts": {key: str(value) for key, value in error.facts.items()},
    }


def exit_code(error: LiuhenError) -> ExitCode:
    """The exit code of an error, by who must act."""
    if isinstance(error, Refused):
        return ExitCode.USAGE
    if isinstance(error, EvidenceAltered):
        return ExitCode.FINDING
    if isinstance(error, EnvironmentTrouble):
        return ExitCode.ENVIRONMENT
    return ExitCode.PARTIAL


def printable(text: str) -> str:
    """The text with what no terminal can take, bytes that are not UTF-8, spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()
