"""How often the built-in scorer is right, on messages that it was neither trained on nor tuned with.

sentiment_sample.tsv holds 40 messages each in English, Swedish and Polish, written after the last choice was made;
measured: group 0.90 (en 0.90, sv 0.93, pl 0.88), label 0.82, urgent recall 0.83 and precision 1.00, neutral kept
0.79. Most situations occur in all three languages, so these are some 40 situations and not 120. The floors lie a
little below. Whoever changes the scorer after looking at what it misses here needs new messages: these then belong
in phrases.txt.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from customer_agent.builtin_sentiment.training import read_phrases
from customer_agent.sentiment import score_text

SAMPLE = Path(__file__).with_name("sentiment_sample.tsv")
GROUPS = {"urgent": "bad", "negative": "bad", "neutral": "neutral", "positive": "good", "promoter": "good"}
FLOORS = {"group": 0.86, "label": 0.77, "urgent recall": 0.76, "urgent precision": 0.9, "neutral kept": 0.74}
GROUP_FLOORS = {"en": 0.85, "sv": 0.85, "pl": 0.82}


def sample() -> list[dict[str, str]]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return [row | {"text": row["text"].replace("\\n", "\n")} for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


def figures(pairs: list[tuple[str, str]]) -> dict[str, float]:
    """From (wanted, found) labels."""
    return {
        "group": share([GROUPS[wanted] == GROUPS[found] for wanted, found in pairs]),
        "label": share([wanted == found for wanted, found in pairs]),
        "urgent recall": share([found == "urgent" for wanted, found in pairs if wanted == "urgent"]),
        "urgent precision": share([wanted == "urgent" for wanted, found in pairs if found == "urgent"]),
        "neutral kept": share([found == "neutral" for wanted, found in pairs if wanted == "neutral"]),
    }


def test_scorer_is_right_often_enough() -> None:
    """S4."""
    rows = sample()
    pairs = [(row["label"], score_text(row["text"], row["language"]).label) for row in rows]
    languages = {language: [pair for row, pair in zip(rows, pairs, strict=True) if row["language"] == language] for language in GROUP_FLOORS}

    found = figures(pairs)
    groups = {language: figures(of_language)["group"] for language, of_language in languages.items()}

    assert {name: value for name, value in found.items() if value < FLOORS[name]} == {}
    assert {language: value for language, value in groups.items() if value < GROUP_FLOORS[language]} == {}


@pytest.mark.parametrize("language", GROUP_FLOORS)
def test_sample_holds_every_label(language: str) -> None:
    labels = [row["label"] for row in sample() if row["language"] == language]

    assert {label: labels.count(label) for label in GROUPS} == {"urgent": 10, "negative": 8, "neutral": 11, "positive": 6, "promoter": 5}


def test_sample_shares_nothing_with_the_phrases() -> None:
    learned = {phrase for phrase, _ in read_phrases()}

    assert {" ".join(row["text"].split()) for row in sample()} & learned == set()
