"""Routes for bytes: what a request asks is read in the event loop, not by FastAPI's own machinery.

Holds always: whatever is not plainly as the description says is left to FastAPI, which refuses it
in its own words. Its reading of parameters costs more than a range of a file itself, and takes a
thread for what is no coroutine; behind that thread the slowest ranges waited.
"""

import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi import Path as InPath
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.files import OpenFile
from api.ranges import wanted
from evidence.derivative import DerivativeKind
from evidence.spans import Span

_VIEW = r"[0-9a-f]{32}"
_NAME = r"[a-z0-9]+\.[a-z0-9]+"
_LONGEST_NAME = 40

ViewId = Annotated[str, InPath(pattern=f"^{_VIEW}$")]
FileName = Annotated[str, InPath(pattern=f"^{_NAME}$", max_length=_LONGEST_NAME)]


@dataclass(frozen=True)
class Asked:
    """Which bytes a request asks for, as the headers of RFC 9110 carry it."""

    of_range: str | None
    if_range: str | None

    def span(self, file: OpenFile) -> Span | None:
        """The range of this file, None for the whole of it; raises `Unsatisfiable`."""
        return wanted(self.of_range if self.if_range in (None, file.etag) else None, file.size)


async def _asked(  # a coroutine: FastAPI takes a thread for anything else
    of_range: Annotated[
        str | None, Header(alias="range", description="one range, as `bytes=0-99`")
    ] = None,
    if_range: Annotated[str | None, Header(description="the entity tag it is of")] = None,
) -> Asked:
    return Asked(of_range, if_range)


ASKED = Depends(_asked)

_KINDS = {kind.value: kind for kind in DerivativeKind}
_is_view = re.compile(_VIEW).fullmatch
_is_name = re.compile(_NAME).fullmatch


class DirectRoute(APIRoute):
    """A route with at most `view`, `kind` and `name` in its path, and a range in its headers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request: the endpoint at once, or FastAPI where something is amiss."""
        described = super().get_route_handler()

        async def answer(request: Request) -> Response:
            given = _plainly_asked(request.path_params)
            if given is None:
                return await described(request)
            asked = Asked(request.headers.get("range"), request.headers.get("if-range"))
            response: Response = await self.endpoint(request, **given, asked=asked)
            return response

        return answer


def _plainly_asked(path: dict[str, str]) -> dict[str, object] | None:
    """The values in the path as the endpoint takes them; None unless each is in good form."""
    given: dict[str, object] = dict(path)
    if not _is_view(path["view"]):
        return None
    if "kind" in path:
        given["kind"] = kind = _KINDS.get(path["kind"])
        name = path["name"]
        if kind is None or len(name) > _LONGEST_NAME or not _is_name(name):
            return None
    return given
