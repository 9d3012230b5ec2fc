"""Plain text as people lay it out: paragraphs, lists, what they quote, links, and in notes who is mentioned."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from django.utils.html import Urlizer, format_html, format_html_join

from helpdesk.tickets.conversation.mentions import mention_pattern, names_of
from helpdesk.tickets.models import Message

Kind = Literal["text", "list", "quote", "gap"]
_ITEM = re.compile(r"\s{0,3}[-*•]\s+")


@dataclass(frozen=True)
class Block:
    """`lines` are escaped HTML."""

    kind: Kind
    lines: list[str]


class _Links(Urlizer):
    """What is linked leads to http, https or mail, and never tells the other side where it was clicked."""

    url_template = '<a href="{href}" rel="noopener noreferrer nofollow" target="_blank">{url}</a>'
    simple_url_2_re = re.compile(r"(?!)")  # a bare host is linked below, as https

    def handle_word(self, word: str, **options: Any) -> str:
        lead, middle, trail = self.trim_punctuation(word)
        if len(middle) < 500 and Urlizer.simple_url_2_re.match(middle):
            word = f"{lead}https://{middle}{trail}"
        return super().handle_word(word, **options)


_links = _Links()


def blocks(message: Message) -> list[Block]:
    """The parts of a message in order. A note's mentions must be prefetched with their people."""
    names = [name for mention in message.mentions.all() for name in names_of(mention.agent)] if message.is_internal else []
    pattern = mention_pattern(names)
    lines = message.text.replace("\r\n", "\n").split("\n")
    found = [Block(kind, [_inline(_bare(line, kind), pattern) for line in group]) for kind, group in groupby(lines, _kind)]
    return [block for block in found if block.kind != "gap"]


def _kind(line: str) -> Kind:
    if not line.strip():
        return "gap"
    if line.startswith(">"):
        return "quote"
    return "list" if _ITEM.match(line) else "text"


def _bare(line: str, kind: Kind) -> str:
    if kind == "quote":
        return line.lstrip("> ")
    return _ITEM.sub("", line, count=1) if kind == "list" else line


def _inline(line: str, mentions: re.Pattern[str] | None) -> str:
    return format_html_join("", "{}", ((piece,) for piece in _pieces(line, mentions)))


def _pieces(line: str, mentions: re.Pattern[str] | None) -> Iterator[str]:
    end = 0
    for mention in mentions.finditer(line) if mentions else ():
        yield from _linked(line[end : mention.start()])
        yield format_html('<span class="mention">{}</span>', mention[0])
        end = mention.end()
    yield from _linked(line[end:])


def _linked(text: str) -> Iterable[str]:
    return (_links.handle_word(word, safe_input=False, autoescape=True) for word in _links.word_split_re.split(text))
