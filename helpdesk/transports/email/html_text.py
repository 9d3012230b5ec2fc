"""The text of an HTML body. Sanitised first, so that what is read is small, well-formed and without attributes."""

from __future__ import annotations

import html
import re

import nh3
from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig

from agents.text import is_nested_too_deep

HTML_LIMIT = 1_000_000

_BLOCKS = {"p", "br", "div", "hr", "blockquote", "pre", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"}
_TABLES = {"table", "tbody", "thead", "tfoot", "tr", "td", "th"}
_UNSEEN = {"script", "style", "title", "noscript", "template"}
_QUOTE_BEGINS, _QUOTE_ENDS = "\ue000", "\ue001"
# Laid out as a table, a cell of 100,000 characters makes each row of its column as wide: rows are lines, cells words.
_FLAT = {f"<{tag}>": "<div>" for tag in _TABLES} | {f"</{tag}>": "</div>" for tag in _TABLES}
_FLAT |= {f"{slash}{tag}>": " " for tag in ("td", "th") for slash in ("<", "</")}
_FLAT |= {"<blockquote>": f"<div>{_QUOTE_BEGINS}</div><div>", "</blockquote>": f"</div><div>{_QUOTE_ENDS}</div>"}
_FLAT_TAG = re.compile("|".join(re.escape(tag) for tag in _FLAT))
_MOST_QUOTE_MARKS = 5
_LAYOUT = ParserConfig(css=STRICT_CSS_PROFILE)  # the other profile indents every div
_ANY_TAG = re.compile(r"<[^<>]*>")


def text_of_html(source: str) -> str:
    """Plain text with `> ` before quoted lines. Of a page nested too deep to be laid out, the bare words."""
    source = source[:HTML_LIMIT].replace(_QUOTE_BEGINS, "").replace(_QUOTE_ENDS, "")
    if is_nested_too_deep(source):  # the layout drops what lies deeper than some 250 levels
        return html.unescape(_ANY_TAG.sub(" ", source)).strip()
    safe = nh3.clean(source, tags=_BLOCKS | _TABLES, clean_content_tags=_UNSEEN, attributes={}, link_rel=None)
    return _with_quote_marks(get_text(_FLAT_TAG.sub(lambda tag: _FLAT[tag[0]], safe), _LAYOUT))


def _with_quote_marks(text: str) -> str:
    lines, depth = [], 0
    for line in text.split("\n"):
        bare = line.rstrip()
        begins, ends = bare.count(_QUOTE_BEGINS), bare.count(_QUOTE_ENDS)
        depth = max(0, depth + begins - ends)
        if not begins and not ends:
            lines.append("> " * min(depth, _MOST_QUOTE_MARKS) + bare)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
