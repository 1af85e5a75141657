"""Statements are compiled once a test process, whichever of its hundreds of sites asks.

The product opens one database a process, and its engine keeps what it compiled; a site of the tests
lives for one test, and compiling anew was a fifth of what such a test costs.
"""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, event

_DIALECTS: dict[tuple[str, str], Dialect] = {}
_COMPILED: dict[Any, Any] = {}


def share_compiled() -> None:
    """Has every engine of this process keep what it compiles in one place."""
    event.listen(Engine, "engine_connect", _share)


def _share(connection: Connection) -> None:
    own = connection.engine.dialect
    # What is compiled is looked up by the dialect, of which each engine has its own.
    connection.dialect = _DIALECTS.setdefault((own.name, own.driver), own)
    connection.execution_options(compiled_cache=_COMPILED)
