"""Stand-ins for the language model: the setting SENTIMENT_SCORER names one of them."""

from __future__ import annotations

from typing import NoReturn

from customer_agent.sentiment import ScorerUnavailable, Verdict, label_of


class FirstNumber:
    """The score is the number that the text begins with: "2 stars". Without one it is 5."""

    name = "first number"

    def score(self, text: str, language: str) -> Verdict:
        first = text.split()[0] if text.split() else ""
        score = int(first) if first.isdecimal() else 5
        return Verdict(score, label_of(score), self.name, (first,) if first.isdecimal() else ())


class Away:
    name = "away"

    def score(self, text: str, language: str) -> NoReturn:
        raise ScorerUnavailable("The model does not answer.")


class Broken:
    name = "broken"

    def score(self, text: str, language: str) -> NoReturn:
        raise RuntimeError("The model answers nonsense.")
