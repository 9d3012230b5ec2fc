"""JSON from programs that mean no good, or do not know better: an answer in words, never a traceback."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

LARGEST = 2 * 1024 * 1024  # bytes


class TooLarge(APIException):
    status_code = 413
    default_detail = "This is too large: at most 2 MB."


class BoundedJSONParser(JSONParser):
    """At most LARGEST bytes, by what the request says of itself, and only as deep as Python can read."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deep.") from error
        except ParseError as error:
            raise ParseError(_what_is_wrong(error.__context__)) from error


def _what_is_wrong(problem: BaseException | None) -> str:
    if isinstance(problem, JSONDecodeError):
        return f"This is not JSON: it cannot be read from line {problem.lineno}, character {problem.colno} on."
    if isinstance(problem, UnicodeDecodeError):
        return f"This is not UTF-8: byte {problem.start + 1} is part of no letter."
    return "This JSON holds a number that cannot be kept."
