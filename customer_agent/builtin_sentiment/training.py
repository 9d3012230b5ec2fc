"""Where head.npy comes from: `uv run python -m customer_agent.builtin_sentiment.training` after a change of the phrases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from customer_agent.builtin_sentiment.engine import HEAD, KINDS, embed

PHRASES = Path(__file__).with_name("phrases.txt")
RIDGE = 0.6  # by cross-validation; 0.4 to 0.9 do nearly as well


def fit() -> NDArray[np.float32]:
    """The head, by ridge regression over the phrases."""
    phrases = read_phrases()
    vectors = embed([phrase for phrase, _ in phrases]).astype(np.float64)
    wanted = np.array([[kind == column for column in KINDS] for _, kind in phrases], dtype=np.float64)
    centre, share = vectors.mean(axis=0), wanted.mean(axis=0)
    spread = vectors - centre
    weights = np.linalg.solve(spread.T @ spread + RIDGE * np.eye(vectors.shape[1]), spread.T @ (wanted - share))
    return np.vstack([weights, share - centre @ weights]).astype(np.float32)


def read_phrases() -> list[tuple[str, str]]:
    """Phrase and kind. A line of the file is one phrase in three languages; `# kind` heads its phrases."""
    found: list[tuple[str, str]] = []
    kind = ""
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            kind = line.removeprefix("# ")
        else:
            found += [(phrase.strip(), kind) for phrase in line.split("|")]
    return found


if __name__ == "__main__":
    np.save(HEAD, fit())
