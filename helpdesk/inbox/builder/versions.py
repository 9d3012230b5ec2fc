"""What a page has seen of the thing that it changes: somebody else may have changed it meanwhile."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def digest_of(*told: Any) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
