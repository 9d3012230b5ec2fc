"""What a browser would send of a page."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import QueryDict


class Form(HTMLParser):
    """The fields of a part of a page, as they would be posted by no button: `data`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.data = QueryDict(mutable=True)
        self._select = ""
        self._first: str | None = None
        self._chosen: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in found:
            self.data.appendlist(found["name"], found.get("value", ""))
        elif tag == "select":
            self._select, self._first, self._chosen = found["name"], None, None
        elif tag == "option" and self._select:
            self._first = found.get("value", "") if self._first is None else self._first
            self._chosen = found.get("value", "") if "selected" in found else self._chosen

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.data.appendlist(self._select, (self._first or "") if self._chosen is None else self._chosen)
            self._select = ""
