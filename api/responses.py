"""The statuses that routes answer with beside success, as the OpenAPI file states them."""

from typing import Any

from api.errors import Problem

_WORDS = {
    401: "nobody is logged in, or the session has ended",
    403: "the roles do not reach so far, or the change did not come from our page",
    404: "no such thing, or none that this person may see",
    409: "it cannot be done as things stand",
    410: "it was disposed of by law: the sentence names the certificate",
    413: "the body is too large, or does not say how large it is",
    416: "no such bytes",
    422: "something in the request is not what it must be",
    429: "too many tries",
    503: "database, vault or disk do not answer; nothing was lost",
}


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    chosen = sorted({*statuses, 422, 503})
    return {status: {"model": Problem, "description": _WORDS[status]} for status in chosen}


PROBLEMS = {
    "open": _problems(),
    "login": _problems(401, 403, 409, 413, 429),
    "code": _problems(401, 403, 409, 413, 429),
    "read": _problems(401, 403),
    "find": _problems(401, 403, 404),
    "bytes": _problems(401, 403, 404, 409, 410, 416),
    "look": _problems(401, 403, 404, 409, 410, 413),
    "change": _problems(401, 403, 404, 409, 413),
}
