"""Rows of docs/FIGURES.md: every figure names the commit and the day it was measured."""

from collections.abc import Sequence
from pathlib import Path

TITLE = "# Figures\n\nWritten by `script/prove` and `bench/`; nobody edits a row by hand.\n"


def record(path: Path, heading: str, *, columns: Sequence[str], row: Sequence[str]) -> None:
    """Puts `row` into the table under `heading`, in place of the row with the same first cell."""
    text = path.read_text(encoding="utf-8") if path.exists() else TITLE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(with_row(text, heading, columns=columns, row=row), encoding="utf-8")


def with_row(text: str, heading: str, *, columns: Sequence[str], row: Sequence[str]) -> str:
    """The page `text` with `row` in the table under `## heading`; the rest is left as it is."""
    if len(columns) != len(row):
        reason = f"{len(row)} cells for {len(columns)} columns"
        raise ValueError(reason)
    before, old, after = _section(text, heading)
    rows = {_cells(line)[0]: line for line in old.splitlines()[2:]}
    rows[row[0]] = _line(row)
    table = [_line(columns), _line(["---"] * len(columns)), *(rows[key] for key in sorted(rows))]
    return f"{before}## {heading}\n\n" + "\n".join(table) + "\n" + after


def _section(text: str, heading: str) -> tuple[str, str, str]:
    """Text before the heading, the table under it, and everything after that table."""
    lines = text.splitlines(keepends=True)
    mark = f"## {heading}\n"
    if mark not in lines:
        return text.rstrip("\n") + "\n\n", "", ""
    start = lines.index(mark)
    body = start + 1
    while body < len(lines) and not lines[body].strip():
        body += 1
    end = body
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return "".join(lines[:start]), "".join(lines[body:end]), "".join(lines[end:])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
