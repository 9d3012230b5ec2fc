"""A mail as it was laid out, made harmless (V1): an allow-list here, a frame without scripts around it, a policy of its own."""

from __future__ import annotations

import base64
import re

import nh3

from agents.text import is_nested_too_deep
from helpdesk.tickets.models import Attachment, Message

LIMIT = 500_000  # characters of HTML
INLINE_LIMIT = 4 * 1024 * 1024  # bytes of all pictures that are shown in it

_TAGS = {
    *("a", "b", "blockquote", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"),
    *("img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
    *("tr", "tt", "u", "ul"),
}
_SIZED = {"align", "valign", "width", "height", "bgcolor"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "td": {*_SIZED, "colspan", "rowspan"},
    "th": {*_SIZED, "colspan", "rowspan"},
    **{tag: _SIZED | {"border", "cellpadding", "cellspacing"} for tag in ("table", "tr", "tbody")},
    "*": {"dir", "lang"},
}
_UNSEEN = {"script", "style", "title", "noscript", "template", "head", "object", "iframe", "svg", "math"}
_CID = re.compile(r'src="cid:([^"]{1,200})"', re.IGNORECASE)


def sanitised(message: Message) -> str:
    """HTML that is safe in a frame without scripts, its own pictures within it. "" when it is nested so deep that nobody has written it."""
    source = message.original.html[:LIMIT]
    if is_nested_too_deep(source):
        return ""
    clean = nh3.clean(
        source,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        clean_content_tags=_UNSEEN,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    pictures = _own_pictures(message, set(_CID.findall(clean)))
    return _CID.sub(lambda found: f'src="{pictures.get(found[1], "")}"', clean)


def _own_pictures(message: Message, ids: set[str]) -> dict[str, str]:
    """{content ID: data: address}. A frame without an origin has no session, so it could not ask us for them."""
    found: dict[str, str] = {}
    room = INLINE_LIMIT
    for file in Attachment.objects.filter(message=message, content_id__in=ids):
        room -= file.size
        if file.is_picture and room >= 0:
            found[file.content_id] = f"data:{file.content_type};base64,{base64.b64encode(bytes(file.content)).decode()}"
    return found
