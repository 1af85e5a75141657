"""Errors as HTTP: the one place where the tree of errors meets status codes.

Holds always: a body carries a machine code and a sentence in Chinese and English; nobody sees a
stack trace; what this program did wrong is logged, and said as such.
"""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api.models_cases import RefusalShown
from api.ranges import Unsatisfiable
from api.refusal_shown import refusal_shown
from cases.trying import StepRefused
from evidence.errors import (
    BadInput,
    Disposed,
    EnvironmentTrouble,
    EvidenceAltered,
    Forbidden,
    LiuhenError,
    NotFound,
    NotLoggedIn,
    Refused,
    TooLarge,
    TooManyTries,
)
from evidence.messages import error_sentence

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[LiuhenError], int], ...] = (
    (Unsatisfiable, 416),
    (BadInput, 422),
    (Disposed, 410),
    (NotFound, 404),
    (NotLoggedIn, 401),
    (Forbidden, 403),
    (TooManyTries, 429),
    (TooLarge, 413),
    (Refused, 409),
    (EvidenceAltered, 500),
    (EnvironmentTrouble, 503),
    (LiuhenError, 500),
)
"""The first class that fits decides."""


class Problem(BaseModel):
    """What went wrong: a machine code, and a sentence in both languages.

    `refusals` are all reasons against a step that was refused, each with its articles.
    """

    code: str
    zh: str
    en: str
    refusals: list[RefusalShown] = []


def status_of(error: LiuhenError) -> int:
    """The status of an error."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def problem(error: LiuhenError) -> JSONResponse:
    """The answer to an error."""
    status = status_of(error)
    if status >= 500:
        log.error("Request failed: %s", error, exc_info=error)
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    told = error.told if isinstance(error, StepRefused) else ()
    body = Problem(
        code=error.code, zh=chinese, en=english, refusals=[refusal_shown(one) for one in told]
    )
    said = body.model_dump(mode="json", exclude=None if told else {"refusals"})
    response = JSONResponse(said, status_code=status)
    if isinstance(error, TooManyTries):
        response.headers["retry-after"] = str(60 * int(error.facts.get("minutes", 15)))
    if isinstance(error, Unsatisfiable):
        response.headers["content-range"] = f"bytes */{error.facts['size']}"
    return response


_WHY = {
    "missing": "FIELD_MISSING",
    "extra_forbidden": "FIELD_NOT_KNOWN",
    "string_too_short": "FIELD_SHORT",
    "string_too_long": "FIELD_LONG",
    "greater_than_equal": "FIELD_LOW",
    "less_than_equal": "FIELD_HIGH",
    "string_pattern_mismatch": "FIELD_FORM",
    "int_parsing": "FIELD_NO_NUMBER",
    "int_type": "FIELD_NO_NUMBER",
    "string_type": "FIELD_NO_TEXT",
    "enum": "FIELD_NO_CHOICE",
    "literal_error": "FIELD_NO_CHOICE",
    "json_invalid": "BODY",
}
"""What the framework finds wrong with a field, as the reason that has a Chinese sentence too."""


def _bad_field(found: Mapping[str, Any]) -> BadInput:
    """One finding of the framework: its own words are English and stand in no Chinese sentence."""
    named = ".".join(str(part) for part in found["loc"])
    why = _WHY.get(str(found["type"]), "FIELD")
    error = BadInput(f"{named}: {found['msg']}", why=why, field=named)
    limits = found.get("ctx", {}).items()
    error.facts.update((name, value) for name, value in limits if isinstance(value, (str, int)))
    return error


def install(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Has every error of the tree, of the framework and of this program answered as a `Problem`.

    `headers` go with the answer to a mistake of ours: the framework makes it outside everything
    else, where nothing adds them.
    """

    async def ours(_request: Request, error: Exception) -> JSONResponse:
        return problem(error if isinstance(error, LiuhenError) else LiuhenError(str(error)))

    async def invalid(_request: Request, error: Exception) -> JSONResponse:
        places = error.errors() if isinstance(error, RequestValidationError) else []
        return problem(_bad_field(places[0]) if places else BadInput(str(error), why="FIELD"))

    async def framework(_request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status == 400:  # what the framework says of a body that is no text at all
            return problem(BadInput("Body cannot be read", why="FIELD", field="body"))
        code = {404: "NO_SUCH_PAGE", 405: "METHOD"}.get(status, "REFUSED")
        chinese, english = error_sentence(code, str(error), facts={})
        further = error.headers if isinstance(error, HTTPException) else None
        body = Problem(code=code, zh=chinese, en=english).model_dump(exclude={"refusals"})
        return JSONResponse(body, status_code=status, headers=dict(further or {}))

    async def mistake(_request: Request, error: Exception) -> JSONResponse:
        response = problem(LiuhenError(f"{type(error).__name__}: {error}"))
        response.headers.update(headers)
        return response

    app.add_exception_handler(LiuhenError, ours)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(Exception, mistake)
