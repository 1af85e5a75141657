"""A file that is a request's whole body, so that its name goes nowhere."""

from pathlib import Path
from typing import Any

from fastapi import Depends, Request

CALLED = Path("该文件 the file")
"""What a refusal calls it."""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "the bytes of a CSV file (UTF-8 or GB 18030) or of an Excel workbook",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


async def _sent(request: Request) -> bytes:
    """The bytes of the body; `api.security` has looked at their number."""
    return await request.body()


FILE = Depends(_sent)
