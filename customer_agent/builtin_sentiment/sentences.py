"""A message as the few pieces that are worth scoring, each as it was written."""

from __future__ import annotations

import re
from itertools import takewhile

PIECES = 12
PIECE_LENGTH = 200  # characters: what the engine is given at once bounds its time

# Mail is wrapped by hand or by machine: a line break inside a sentence is followed by a small letter.
BREAK = re.compile(r"(?<=[.!?…])\s+|\n\s*\n|\n(?!\s*[a-zåäöæøąćęłńóśźż])|,\s+(?=(?i:but|men|ale)\b)")
CHUNK = re.compile(rf".{{1,{PIECE_LENGTH}}}(?=\s|$)|.{{1,{PIECE_LENGTH}}}", re.DOTALL)
GREETING = re.compile(
    r"\W*(?:hi there|hi|hello|hey|dear|hejsan|hej|hallå|god morgon|god dag|dzień dobry|dobry wieczór|witam|cześć|szanowni państwo)\b[\s,!.]*",
    re.IGNORECASE,
)
# Said by everybody, also by the angry. Thanks for what has been done are another matter.
THANKS_BEFOREHAND = re.compile(
    r"\W*(?:(?:many )?thanks|thank you|tack|dziękuję|dzięki) (?:in advance|på förhand|z góry)\W*$|\W*z góry dziękuję\W*$", re.IGNORECASE
)
SIGN_OFF = re.compile(
    r"\s*(?:(?:kind |best |warm )?regards|sincerely|best wishes|(?:med )?(?:vänlig|bästa|varma|många)\w* hälsning\w*|hälsningar|mvh"
    r"|pozdrawiam|pozdrowienia|z poważaniem)\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """At most PIECES pieces of `text`, in order, without greeting, signature and thanks beforehand; [] if it has no words."""
    found = [piece.strip() for part in BREAK.split(text) for piece in CHUNK.findall(part) if piece.strip()]
    body = found[:1] + list(takewhile(lambda piece: not SIGN_OFF.match(piece), found[1:]))
    bare = [piece for piece in map(without_greeting, body) if piece]
    telling = [piece for piece in bare if not THANKS_BEFOREHAND.match(piece)] or bare
    return telling if len(telling) <= PIECES else telling[: PIECES // 2] + telling[-PIECES // 2 :]


def without_greeting(piece: str) -> str:
    return GREETING.sub("", piece, count=1) if GREETING.match(piece) else piece
