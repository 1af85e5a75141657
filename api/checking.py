"""Checks of the right to look that are under way.

Holds always: of one look by one log-in there is one check at a time, however many requests wait for
it. After a rest a player asks for many ranges at once, and as many checks would hold each other up.
"""

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from evidence.errors import LiuhenError

Key = tuple[str, str]
"""The view and the log-in that asks."""


class Checks:
    """For one event loop."""

    def __init__(self) -> None:
        self._under_way: dict[Key, asyncio.Future[LiuhenError | None]] = {}

    def begin(self, key: Key, check: Callable[[], None]) -> "asyncio.Future[LiuhenError | None]":
        """Runs the check in a thread, or joins the one under way; its result is the refusal.

        Whoever awaits it shields it: it is not theirs alone to cancel.
        """
        found = self._under_way.get(key)
        if found is None:
            found = self._under_way[key] = asyncio.ensure_future(_refusal(check))
            found.add_done_callback(lambda _: self._under_way.pop(key))
        return found


async def _refusal(check: Callable[[], None]) -> LiuhenError | None:
    try:
        await run_in_threadpool(check)
    except LiuhenError as error:
        return error
    return None
