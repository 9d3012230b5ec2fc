"""Answers, whatever they quote."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import JSONRenderer


class _AsciiRenderer(JSONRenderer):
    ensure_ascii = True


class TotalJSONRenderer(JSONRenderer):
    """An error can quote half a character, which JSON can name and UTF-8 cannot: it is given back as it was written."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        try:
            answer: bytes = super().render(data, accepted_media_type, renderer_context)
        except UnicodeEncodeError:
            answer = _AsciiRenderer().render(data, accepted_media_type, renderer_context)
        return answer
