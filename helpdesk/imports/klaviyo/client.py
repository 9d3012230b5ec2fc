"""Klaviyo's API through its official SDK, one page at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.imports.batches import Failed
from helpdesk.long_work import Stumbled, Wait

PATIENCE = (5.0, 30.0)  # seconds to connect, to answer
LONGEST_PAUSE = 3600


class KeyRefused(Failed):
    """401 or 403."""


@dataclass(frozen=True)
class Page:
    """`cursor` leads to the next page; "" on the last one."""

    data: list[dict[str, Any]]
    included: list[dict[str, Any]] = field(default_factory=list)
    cursor: str = ""


def api(key: str) -> Any:
    """No retries, neither by the SDK nor by urllib3 below it: they would sleep in the worker."""
    from klaviyo_api import KlaviyoAPI  # large, and only imports need it
    from openapi_client.rest import RESTClientObject

    made = KlaviyoAPI(key, max_retries=1, test_host=settings.KLAVIYO_HOST, options={"USE_DICTIONARY_FOR_RESPONSE_DATA": True})
    made.configuration.retries = False
    made.api_client.rest_client = RESTClientObject(made.configuration)
    return made


def fetch(call: Callable[..., Any], *arguments: Any, **options: Any) -> Page:
    """KeyRefused; Wait for as long as Klaviyo says; Stumbled when it does not answer as it should; Failed when it refuses the request."""
    from openapi_client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    given = {name: value for name, value in options.items() if value}
    try:
        return _page(call(*arguments, **given, _request_timeout=PATIENCE))
    except ApiException as problem:
        raise _in_our_words(problem) from problem
    except (HTTPError, ValueError, KeyError, TypeError) as problem:
        raise Stumbled(_("Klaviyo did not answer, or not in a way that can be read.")) from problem


def _page(answer: Any) -> Page:
    following = (answer.get("links") or {}).get("next")
    cursor = parse_qs(urlsplit(following).query)["page[cursor]"][0] if following else ""
    return Page(list(answer["data"]), list(answer.get("included") or []), quote(cursor))  # the SDK unquotes it


def _in_our_words(problem: Any) -> Exception:
    match problem.status:
        case 401:
            return KeyRefused(_("Klaviyo does not know this key. Copy the private key again, from Settings > API keys there."))
        case 403:
            return KeyRefused(_("This key may not read what an import needs. Give it read access to accounts, profiles, metrics, events, segments and lists."))
        case 429:
            return Wait(_seconds((problem.headers or {}).get("Retry-After")))
        case status if isinstance(status, int) and 400 <= status < 500:
            return Failed(_("Klaviyo refused a request (%(status)d): %(reason)s") % {"status": status, "reason": _detail(problem)})
    return Stumbled(_("Klaviyo did not answer, or not in a way that can be read."))


def _seconds(retry_after: Any) -> float:
    try:
        return min(max(float(retry_after), 1), LONGEST_PAUSE)
    except (TypeError, ValueError):
        return 30


def _detail(problem: Any) -> str:
    """What it says itself, from the first of its errors."""
    try:
        return str(json.loads(problem.body)["errors"][0]["detail"])[:300]
    except (LookupError, TypeError, ValueError):
        return str(problem.reason)
