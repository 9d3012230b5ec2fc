"""What a customer's words sound like: a number, a label, and the words that decided (S4, I10).

Who does the scoring is a setting, `SENTIMENT_SCORER`; what a scorer says is checked here, because a
language model may contradict itself or quote what nobody wrote.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

# S2 and C12: social talk stays unscored unless somebody asks for it; what comes through the API is a customer's message like any other.
SCORED_CHANNELS = frozenset({"email", "sms", "webchat", "api"})

TEXT_LIMIT = 4_000  # characters: enough for what people write by hand, and bounds what a pasted log can cost
URGENT_UP_TO = 5
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="scorer")  # one that hangs keeps a thread, and no ticket
HIGHEST_SCORE_OF = {"negative": 3, "neutral": 6, "positive": 8, "promoter": 10}  # C10, from the bottom up


class ScorerUnavailable(Exception):
    """This scorer cannot work here or now. The ticket stays without a score; nothing else stops."""


@dataclass(frozen=True)
class Verdict:
    """`score` 0 (very negative) to 10 (very positive); `label` is a value of SentimentLabel.

    `evidence`: words of the customer, as written, that decided; empty where nothing stood out.
    `repaired`: in words, what was wrong with the scorer's own answer; empty when nothing was.
    """

    score: int
    label: str
    model: str
    evidence: tuple[str, ...]
    repaired: str = ""


class Scorer(Protocol):
    """Total on any text up to TEXT_LIMIT characters without NUL, and safe to call from several threads.

    `language` is an ISO 639-1 code or "", a hint only. Raises ScorerUnavailable and nothing else.
    """

    name: str

    def score(self, text: str, language: str) -> Verdict: ...


def scorer() -> Scorer:
    """The scorer that the settings name, made once per process."""
    return _make(settings.SENTIMENT_SCORER)


@cache
def _make(path: str) -> Scorer:
    made: Scorer = import_string(path)()
    return made


def score_text(text: str, language: str = "", *, within: float = 60.0) -> Verdict:
    """Score what a customer wrote (S4). Any text will do: it is cleaned and shortened first.

    The verdict fulfils C10, and its evidence can be found in `text`. ScorerUnavailable, also after `within` seconds (C11).
    """
    read = excerpt(clean(text))
    try:
        verdict = _threads.submit(scorer().score, read, language).result(within)
    except TimeoutError:
        raise ScorerUnavailable(f"No verdict within {within:g} seconds") from None
    score, label, repaired = repair(verdict.score, verdict.label)
    return replace(verdict, score=score, label=label, repaired=repaired, evidence=only_quotes(verdict.evidence, read))


def clean(text: str) -> str:
    """Without what neither a database column nor an engine written in C can hold: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def excerpt(text: str) -> str:
    """The first and the last part of a long text: what one wants is said at either end."""
    if len(text) <= TEXT_LIMIT:
        return text
    half = TEXT_LIMIT // 2 - 1
    return f"{text[:half]}\n\n{text[-half:]}"


def only_quotes(evidence: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Those quotes that are in the text, line breaks aside: an invented quote is no evidence."""
    flat = " ".join(text.split())
    return tuple(quote for quote in evidence if quote.strip() and " ".join(quote.split()) in flat)


def repair(score: int, label: str) -> tuple[int, str, str]:
    """Make number and label agree (C10): (score, label, what was wrong in words or "").

    The number decides, since it says more than the label. One exception: "urgent" with a high number stays
    urgent and the number comes down, because an urgent ticket that is missed costs more than one read too early.
    """
    within = min(max(score, 0), 10)
    problems = [f"score {score} is outside 0 to 10: taken as {within}"] if within != score else []
    if label == "urgent":
        fitting, kept = "urgent", min(within, URGENT_UP_TO)
    else:
        fitting, kept = label_of(within), within
    if kept != within:
        problems.append(f"urgent with score {within}: score lowered to {kept}")
    if fitting != label:
        problems.append(f"label {label[:40]!r} does not fit score {within}: now {fitting}")
    return kept, fitting, "; ".join(problems)


def label_of(score: int) -> str:
    """The label of a number, urgency aside (C10)."""
    return next(label for label, highest in HIGHEST_SCORE_OF.items() if score <= highest)
