"""The command line: options that every command shares, and one command per act.

`--data`, `--config` and `--json` may stand anywhere on the line: they are brought to the front
before the command is read.
"""

import logging
import signal
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from evidence.errors import BadInput, LiuhenError
from liuhen.commands import Commands
from liuhen.invocation import Invocation, in_the_tree
from liuhen.output import Output, flush, not_heard
from liuhen.settings import load

_WITH_VALUE = ("--data", "--config")
_FLAGS = ("--json",)
_INTERRUPTED = 128 + signal.SIGINT
"""What the command line's library makes of Ctrl-C, as shells do."""

app = typer.Typer(
    name="liuhen",
    cls=Commands,
    help="留痕：可证明的执法记录仪证据  Body-camera evidence you can prove",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    epilog="退出码 exit codes: 0 正常 fine, 1 有发现 finding, 2 用法 usage, 3 环境 environment, "
    "4 部分完成 partial",
)


def _say_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"liuhen {version('liuhen')}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="站点目录  Folder of the site", show_default=False)
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="配置文件  Settings file", show_default=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="只输出一个 JSON 对象  One JSON object")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", help="版本  Version", callback=_say_version, is_eager=True),
    ] = False,
) -> None:
    """留痕：可证明的执法记录仪证据  Body-camera evidence you can prove."""
    output = Output(as_json)
    try:
        settings = load(data, config)
    except LiuhenError as error:
        output.fail(context.invoked_subcommand or "liuhen", error)
    except OSError as error:
        output.fail(context.invoked_subcommand or "liuhen", in_the_tree(error))
    context.obj = Invocation(settings, output)


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    line = to_front(list(sys.argv[1:] if arguments is None else arguments))
    try:
        code = _run(line)
        if code == _INTERRUPTED:
            Output(as_json=True).say_code("COMMAND_INTERRUPTED", {})
        flush()  # what nobody could be told must not look like an answer
    except OSError as error:
        code = not_heard(error)
    sys.exit(code)


def _run(line: Sequence[str]) -> int:
    """The exit code of a command. Raises `OSError` where its words could not be written."""
    try:
        return app(line, standalone_mode="--json" not in line) or 0
    except typer.TyperException as error:  # a word the command line does not know
        return _usage(error)
    except SystemExit as ended:
        if isinstance(ended.__context__, OSError):  # typer's own answer to a closed pipe is 1,
            raise ended.__context__ from None  # which would mean a finding here
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)


def _usage(error: typer.TyperException) -> int:
    """Says a mistake on the command line as the one object that a program expects."""
    try:
        Output(as_json=True).fail("liuhen", BadInput(str(error)))
    except typer.Exit as ended:
        return int(ended.exit_code)


def to_front(line: list[str]) -> list[str]:
    """The line with the shared options first; what follows `--` is left alone."""
    shared: list[str] = []
    rest: list[str] = []
    items = iter(line)
    for item in items:
        if item == "--":
            rest += [item, *items]
        elif item in _WITH_VALUE:
            shared += [item, *([value] if (value := next(items, None)) is not None else [])]
        elif item in _FLAGS or item.startswith(tuple(f"{name}=" for name in _WITH_VALUE)):
            shared.append(item)
        else:
            rest.append(item)
    return shared + rest
