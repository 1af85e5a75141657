"""Measures source text against the house's numbers; every check is a function from a parsed file.

Nothing here looks at the tree of files: `tests/unit/test_tidy.py` feeds it the real sources, and
beside each of them a small bad sample, so that no check is one that cannot fail.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_FUNCTION_LINES = 60
MOST_FILE_LINES = 500
MOST_NESTING = 3
MOST_PARAMETERS = 5
CALLED_BY_POSITION = ("verify_ed25519", "_silent", "follow")  # values of a Callable type
MOST_POSITIONAL = 2  # the third and what follows are given by name

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith)
BLOCKS_AND_MATCH = (*BLOCKS, ast.Match)

# Frameworks that give a function its parameters: Typer makes them options of a command,
# SQLAlchemy calls with a signature of its own, FastAPI reads a request by them, ASGI has its three.
SIGNATURE_GIVEN_BY = ("command", "callback", "listens_for", "compiles", "get", "post", "delete")
ASGI = ["scope", "receive", "send"]
COMMAND_PARAMETERS = ("typer.Option(", "typer.Argument(", "Query(")

PATCHING = frozenset({"monkeypatch", "MonkeyPatch", "mock", "mocker", "Mock", "MagicMock", "patch"})

CLOCK_AND_ENVIRONMENT = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.utcnow",
        "datetime.datetime.today",
        "datetime.date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.ctime",
        "os.environ",
        "os.environb",
        "os.getenv",
        "os.getenvb",
        "os.putenv",
    }
)
MONOTONIC = frozenset(
    {"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"}
)


@dataclass(frozen=True)
class Source:
    """One parsed file."""

    path: str
    """As people name it: relative to the checkout, with slashes."""
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, path: str, text: str) -> "Source":
        """Raises `SyntaxError` for what is not Python."""
        return cls(path, text, ast.parse(text, path))

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def at(self, node: ast.AST, what: str) -> str:
        """A finding as `path:line what`."""
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


Check = Callable[[Source], list[str]]
"""Gives the findings of one file, empty when it is in order."""


def read_sources(root: Path, folders: tuple[str, ...]) -> list[Source]:
    """Every Python file below `folders`, in order of its path."""
    return [
        Source.parse(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
    ]


def lines_of(function: Function) -> int:
    """Lines from `def` to the last statement, docstring and comments between them included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


# --- lengths ----------------------------------------------------------------------------------


def long_functions(source: Source) -> list[str]:
    """Functions over 60 lines."""
    return [
        source.at(function, f"{function.name} has {lines_of(function)} lines")
        for function in source.functions()
        if lines_of(function) > MOST_FUNCTION_LINES
    ]


def long_file(source: Source) -> list[str]:
    """The file, when it is over 500 lines."""
    count = len(source.text.splitlines())
    return [f"{source.path} has {count} lines"] if count > MOST_FILE_LINES else []


def deep_nesting(source: Source) -> list[str]:
    """Statements inside more than three blocks of one function; `elif` does not count as deeper."""
    return [
        source.at(function, f"{function.name} nests {depth} blocks")
        for function in source.functions()
        if (depth := max((_depth(statement) for statement in function.body), default=0))
        > MOST_NESTING
    ]


def _depth(node: ast.AST, *, elif_branch: bool = False) -> int:
    if isinstance(node, Function | ast.ClassDef | ast.Lambda):
        return 0
    own = int(isinstance(node, BLOCKS_AND_MATCH) and not elif_branch)
    return own + max(
        (_depth(child, elif_branch=flat) for child, flat in _children(node)), default=0
    )


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    is_chain = isinstance(node, ast.If) and len(node.orelse) == 1
    for child in ast.iter_child_nodes(node):
        last = is_chain and isinstance(node, ast.If) and child is node.orelse[0]
        yield child, last and isinstance(child, ast.If)


# --- signatures -------------------------------------------------------------------------------


def many_parameters(source: Source) -> list[str]:
    """Functions with too many parameters, or with too many that may be given without their name."""
    findings: list[str] = []
    for function, in_class in _functions_with_owner(source.tree):
        if _signature_is_given(function):
            continue
        positional, keyword = _parameter_counts(function, in_class=in_class)
        if positional + keyword > MOST_PARAMETERS:
            findings.append(
                source.at(function, f"{function.name} takes {positional + keyword} parameters")
            )
        if positional > MOST_POSITIONAL:
            findings.append(source.at(function, f"{function.name} takes {positional} by position"))
    return findings


def _functions_with_owner(
    node: ast.AST, *, in_class: bool = False
) -> Iterator[tuple[Function, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):
            yield child, in_class
        yield from _functions_with_owner(child, in_class=isinstance(child, ast.ClassDef))


def _parameter_counts(function: Function, *, in_class: bool) -> tuple[int, int]:
    arguments = function.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    if in_class and "staticmethod" not in _decorators(function):
        positional -= 1  # self or cls
    return positional, len(arguments.kwonlyargs)


def _signature_is_given(function: Function) -> bool:
    if function.name in ("__exit__", "__aexit__", *CALLED_BY_POSITION):
        return True
    if any(name in SIGNATURE_GIVEN_BY for name in _decorators(function)):
        return True
    names = [a.arg.lstrip("_") for a in function.args.args if a.arg != "self"]
    if names == ASGI:
        return True
    annotations = [ast.unparse(a.annotation) for a in function.args.args if a.annotation]
    return any(mark in annotation for annotation in annotations for mark in COMMAND_PARAMETERS)


def _decorators(function: Function) -> list[str]:
    """Last part of each decorator's name: `command` for `@app.command("watch")`."""
    names: list[str] = []
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(target, ast.Attribute):
            names.append(target.attr)
        elif isinstance(target, ast.Name):
            names.append(target.id)
    return names


# --- docstrings -------------------------------------------------------------------------------


def undocumented_modules_and_classes(source: Source) -> list[str]:
    """The module and each public class without a docstring."""
    findings = [] if ast.get_docstring(source.tree) else [f"{source.path} has no docstring"]
    return findings + [
        source.at(node, f"{node.name} has no docstring")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and _is_public(node.name) and not ast.get_docstring(node)
    ]


def public_functions(source: Source) -> Iterator[Function]:
    """Functions and methods that others may call: nothing private around them, no special names."""
    return _public_within(source.tree)


def _public_within(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    for child in node.body:
        if isinstance(child, Function) and _is_public(child.name):
            if "overload" not in _decorators(child):
                yield child
        elif isinstance(child, ast.ClassDef) and _is_public(child.name):
            yield from _public_within(child)


def _is_public(name: str) -> bool:
    return not name.startswith("_")


# --- what must not be written -----------------------------------------------------------------


def imports_in_functions(source: Source) -> list[str]:
    """Imports below the top of the file."""
    return [
        source.at(node, f"{function.name} imports")
        for function in source.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def asserts(source: Source) -> list[str]:
    """`assert` vanishes under `python -O`: product code raises."""
    return [
        source.at(node, "asserts") for node in ast.walk(source.tree) if isinstance(node, ast.Assert)
    ]


def blind_handlers(source: Source) -> list[str]:
    """Functions that catch everything, as `path::function`."""
    return [
        f"{source.path}::{function.name}"
        for function in source.functions()
        if any(_is_blind(node) for node in ast.walk(function))
    ]


def _is_blind(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or _names_everything(node.type)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
        return any(_names_everything(argument) for argument in node.args)
    return False


def _names_everything(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Name) and part.id in ("Exception", "BaseException")
        for part in ast.walk(node)
    )


def patching(source: Source) -> list[str]:
    """Names by which tests replace parts of what they test."""
    return [
        source.at(node, f"uses {name}")
        for node in ast.walk(source.tree)
        for name in _names_in(node)
        if name in PATCHING
    ]


def _names_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.alias):
        return [*node.name.split("."), node.asname or ""]
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")
    for kind, part in ((ast.Name, "id"), (ast.Attribute, "attr"), (ast.arg, "arg")):
        if isinstance(node, kind):
            return [str(getattr(node, part))]
    return []


def clock_and_environment(source: Source) -> list[str]:
    """Where the wall clock or the environment is read; both come in as arguments."""
    return _uses(source, CLOCK_AND_ENVIRONMENT)


def monotonic_clock(source: Source) -> list[str]:
    """Where a stopwatch is read."""
    return _uses(source, MONOTONIC)


def _uses(source: Source, wanted: frozenset[str]) -> list[str]:
    meaning = _imported_names(source.tree)
    findings: list[str] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            head, dot, rest = ast.unparse(node).partition(".")
            full = meaning.get(head, head) + dot + rest
            findings += [source.at(node, f"uses {full}")] if full in wanted else []
    return findings


def _imported_names(tree: ast.Module) -> dict[str, str]:
    """What each imported name stands for: `{"datetime": "datetime.datetime"}`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname: alias.name for alias in node.names if alias.asname})
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({a.asname or a.name: f"{node.module}.{a.name}" for a in node.names})
    return names
