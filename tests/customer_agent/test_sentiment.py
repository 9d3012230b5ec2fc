"""What every scorer's answer goes through, whoever gave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from customer_agent import sentiment
from customer_agent.sentiment import SCORED_CHANNELS, TEXT_LIMIT, ScorerUnavailable, Verdict, repair, score_text, scorer
from helpdesk.tickets.models import Channel, SentimentLabel

RANGES = {"promoter": {9, 10}, "positive": {7, 8}, "neutral": {4, 5, 6}, "negative": {0, 1, 2, 3}, "urgent": {0, 1, 2, 3, 4, 5}}


@dataclass
class FakeScorer:
    """Gives one answer and keeps what it was asked."""

    answer: Verdict = field(default_factory=lambda: Verdict(5, "neutral", "fake", ()))
    asked: list[tuple[str, str]] = field(default_factory=list)
    name: str = "fake"

    def score(self, text: str, language: str) -> Verdict:
        self.asked.append((text, language))
        return self.answer


class BrokenScorer:
    name = "broken"

    def score(self, text: str, language: str) -> Verdict:
        raise ScorerUnavailable("no model here")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeScorer:
    made = FakeScorer()
    monkeypatch.setattr(sentiment, "scorer", lambda: made)
    return made


@pytest.mark.parametrize(("label", "score"), [(label, score) for label, scores in RANGES.items() for score in sorted(scores)])
def test_repair_leaves_what_agrees(label: str, score: int) -> None:
    """C10."""
    assert repair(score, label) == (score, label, "")


@pytest.mark.parametrize("label", [*SentimentLabel.values, "furious", ""])
@pytest.mark.parametrize("score", range(-2, 13))
def test_repair_always_ends_in_the_table(score: int, label: str) -> None:
    """C10."""
    repaired_score, repaired_label, said = repair(score, label)

    assert repaired_score in RANGES[repaired_label]
    assert bool(said) == ((repaired_score, repaired_label) != (score, label))


def test_repair_lets_the_number_decide() -> None:
    """C10: a clash is repaired and said in words."""
    assert repair(9, "negative") == (9, "promoter", "label 'negative' does not fit score 9: now promoter")


def test_repair_keeps_urgent() -> None:
    """C10: an urgent ticket that is missed costs more than a wrong number."""
    assert repair(8, "urgent") == (5, "urgent", "urgent with score 8: score lowered to 5")


def test_repair_takes_a_number_outside_for_the_nearest() -> None:
    assert repair(12, "positive") == (10, "promoter", "score 12 is outside 0 to 10: taken as 10; label 'positive' does not fit score 10: now promoter")


def test_repair_knows_the_labels_of_tickets() -> None:
    """S4."""
    assert set(RANGES) == set(SentimentLabel.values)


def test_social_is_not_scored() -> None:
    """S2, C12."""
    assert set(Channel.values) - SCORED_CHANNELS == {"social"}


def test_score_text_records_the_repair(fake: FakeScorer) -> None:
    """C10, I10."""
    fake.answer = Verdict(9, "urgent", "fake", ("today",))

    verdict = score_text("I need it today", "en")

    assert verdict == Verdict(5, "urgent", "fake", ("today",), "urgent with score 9: score lowered to 5")
    assert fake.asked == [("I need it today", "en")]


def test_score_text_drops_quotes_that_nobody_wrote(fake: FakeScorer) -> None:
    """I10, V11: a model may invent; a line break is no invention."""
    fake.answer = Verdict(1, "negative", "fake", ("broke\ninto pieces", "I hate you", " "))

    verdict = score_text("The mug broke into\npieces.", "en")

    assert verdict.evidence == ("broke\ninto pieces",)


def test_score_text_reads_both_ends_of_a_long_text(fake: FakeScorer) -> None:
    score_text("first " + "x" * 1_000_000 + " last", "en")

    text = fake.asked[0][0]
    assert len(text) == TEXT_LIMIT
    assert text.startswith("first ")
    assert text.endswith(" last")


def test_score_text_cleans_what_no_database_holds(fake: FakeScorer) -> None:
    score_text("a\0b \ud800", "")

    assert fake.asked == [("a b ?", "")]


def test_score_text_says_when_no_scorer_works(settings: Any) -> None:
    """The caller leaves the ticket without a score."""
    settings.SENTIMENT_SCORER = f"{__name__}.BrokenScorer"

    with pytest.raises(ScorerUnavailable, match="no model here"):
        score_text("Hello", "en")


def test_scorer_is_the_one_in_the_settings(settings: Any) -> None:
    settings.SENTIMENT_SCORER = f"{__name__}.FakeScorer"
    first = scorer()
    settings.SENTIMENT_SCORER = f"{__name__}.BrokenScorer"
    other = scorer()
    settings.SENTIMENT_SCORER = f"{__name__}.FakeScorer"

    assert type(first) is FakeScorer
    assert type(other) is BrokenScorer
    assert scorer() is first
