"""The scorer that works without a language model: a message's sentences, weighed one by one (S4, I10).

The numbers below were chosen by cross-validation over the messages in phrases.txt; how well they do on
messages that no choice was made on stands in tests/customer_agent/test_sentiment_sample.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer_agent.builtin_sentiment.cues import count_cues
from customer_agent.builtin_sentiment.engine import KINDS, resemblance
from customer_agent.builtin_sentiment.sentences import sentences
from customer_agent.sentiment import URGENT_UP_TO, Verdict, label_of

VALENCE = np.array([-2, -1, 0, 1, 2, -0.8])  # of each of KINDS
CUE_WEIGHT = np.array([0.3, 0.2, 0, 0.2, 0.3, 0.4])  # one cue, in units of resemblance
SHARPNESS = 12  # how clearly the likeliest kind outweighs the others
CONTEXT = 0.45  # weight of the whole message's resemblance, added to that of each sentence
CONTEXT_LENGTH = 300  # characters
LAST_WEIGHT = 1.5  # people come to the point at the end
EXTREMES = 0.2  # share of the worst and of the best sentence; the mean has the rest
URGENT_FROM = 0.7  # probability, of a sentence with a word for it, or of the only one; see `is_urgent`
NEGATIVE_BELOW, POSITIVE_ABOVE = -0.18, 0.2  # valence
SCALE = ([-2, NEGATIVE_BELOW, POSITIVE_ABOVE, 0.9, 2], [0, 3.5, 6.5, 8.5, 10])  # valence to score
QUOTES = 2


@dataclass(frozen=True)
class Piece:
    """A sentence, its valence -2 to 2, how probably it is about time pressure or harm, 0 to 1, and whether it has a word for that."""

    text: str
    valence: float
    urgency: float
    says_so: bool

    def is_urgent(self, among: int) -> bool:
        """Of many sentences one always resembles urgency a little: the more there are, the surer it must be."""
        return self.urgency >= (URGENT_FROM if self.says_so else 1 - (1 - URGENT_FROM) / among**0.5)


class BuiltinScorer:
    """See customer_agent.sentiment.Scorer. Needs no language hint: the model reads all of them alike."""

    name = "multilingual-e5-small, phrases 1"

    def score(self, text: str, language: str) -> Verdict:
        pieces = weigh(sentences(text), text[:CONTEXT_LENGTH])
        if not pieces:
            return Verdict(5, "neutral", self.name, ())
        score = score_of(pieces)
        if score < 7 and any(piece.is_urgent(len(pieces)) for piece in pieces):
            return Verdict(min(score, URGENT_UP_TO), "urgent", self.name, evidence(pieces, "urgent"))
        label = label_of(score)
        return Verdict(score, label, self.name, evidence(pieces, label))


def weigh(found: list[str], context: str) -> list[Piece]:
    """What each sentence says, by its own words and by those around it."""
    if not found:
        return []
    *rows, whole = resemblance([*found, context])
    return [piece_of(text, row + CONTEXT * whole) for text, row in zip(found, rows, strict=True)]


def piece_of(text: str, likeness: NDArray[np.float32]) -> Piece:
    counts = count_cues(text)
    cues = np.array([counts.get(kind, 0) for kind in KINDS]) * CUE_WEIGHT
    odds = np.exp(SHARPNESS * (likeness + cues - np.max(likeness + cues)))
    probable = odds / odds.sum()
    return Piece(text, float(probable @ VALENCE), float(probable[-1]), counts.get("urgent", 0) > 0)


def score_of(pieces: list[Piece]) -> int:
    """0 to 10: the mean of the sentences, longer ones and the last one weighing more, drawn towards the extremes."""
    valences = np.array([piece.valence for piece in pieces])
    weights = np.sqrt([min(len(piece.text), 100) for piece in pieces])
    weights[-1] *= LAST_WEIGHT
    mean = float(np.average(valences, weights=weights))
    valence = (1 - 2 * EXTREMES) * mean + EXTREMES * (min(0.0, valences.min()) + max(0.0, valences.max()))
    return int(np.interp(valence, *SCALE) + 0.5)


def evidence(pieces: list[Piece], label: str) -> tuple[str, ...]:
    """The sentences that speak most strongly for the label; for "neutral" those that pull either way, if any."""
    if label == "urgent":
        deciding = sorted((piece for piece in pieces if piece.is_urgent(len(pieces))), key=lambda piece: -piece.urgency)
    else:
        pulls = {"negative": (True, False), "neutral": (True, True)}.get(label, (False, True))
        down = [piece for piece in pieces if pulls[0] and piece.valence < NEGATIVE_BELOW]
        up = [piece for piece in pieces if pulls[1] and piece.valence > POSITIVE_ABOVE]
        deciding = sorted(down + up, key=lambda piece: -abs(piece.valence))
    return tuple(piece.text for piece in deciding[:QUOTES])
