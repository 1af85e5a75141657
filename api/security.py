"""What holds for every request: where it may come from, how large it is, what a page may do.

Holds always: a change that a browser says comes from another site is refused before any route sees
it; a body has a limit; every answer forbids what our pages do not use.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from evidence.errors import Forbidden, TooLarge

LARGEST_BODY = 64 * 1024
LARGEST_FILE = 4 * 1024 * 1024
_LISTS = ("/api/rosters", "/api/device-lists", "/api/calendar", "/api/catalogue")
FILES = frozenset(path for one in _LISTS for path in (one, f"{one}/preview"))
"""Where a whole file is sent: a roster of some thousand people, as a workbook."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Ant Design writes its styles into the page
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_TLS_HEADERS = {"strict-transport-security": "max-age=31536000"}
_NOT_KEPT = {"cache-control": "no-store"}


def headers_of_answers(*, secure: bool) -> dict[str, str]:
    """What every answer carries."""
    return {**HEADERS, **(_TLS_HEADERS if secure else {})}


class Security:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        said = headers_of_answers(secure=secure)
        self._headers = _raw(said)
        self._headers_of_api = _raw({**said, **_NOT_KEPT})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses, or adds what every answer carries."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        is_api = scope["path"].startswith("/api/")
        said = self._headers_of_api if is_api else self._headers

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(message, said)
            await send(message)

        headers = Headers(scope=scope)
        if scope["method"] not in _READING and not is_same_site(headers):
            refusal = problem(Forbidden("Another site asked for a change", code="CROSS_SITE"))
            await refusal(scope, receive, sending)
        elif _is_too_large(headers, scope["method"], path=scope["path"]):
            refusal = problem(TooLarge("Body is too large, or does not say how large it is"))
            await refusal(scope, receive, sending)
        else:
            await self._app(scope, receive, sending)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _add(message: Message, said: list[tuple[bytes, bytes]]) -> None:
    """Adds what the answer does not say itself; names are in small letters already."""
    own = list(message["headers"])
    names = {name for name, _ in own}
    message["headers"] = own + [header for header in said if header[0] not in names]


def is_same_site(headers: Headers) -> bool:
    """Whether a change may come from where the browser says it does.

    A program that is no browser sends neither header; it has no cookie that another site could use.
    """
    fetched = headers.get("sec-fetch-site")
    if fetched is not None and fetched not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == headers.get("host")
    except ValueError:  # no address at all
        return False


def _is_too_large(headers: Headers, method: str, *, path: str) -> bool:
    """A body must say its length and keep to the limit; no route of ours takes more."""
    largest = LARGEST_FILE if path in FILES else LARGEST_BODY
    if method in _READING:
        return False
    length = headers.get("content-length")
    if length is None:
        return headers.get("transfer-encoding") is not None
    return not (length.isascii() and length.isdigit()) or int(length) > largest
