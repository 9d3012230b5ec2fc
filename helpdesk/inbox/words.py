"""The sentences that scripts say, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# One number for each plural category of the languages we speak: `Intl.PluralRules` chooses among them in the browser.
CATEGORIES = {"one": 1, "few": 2, "many": 5, "other": 5}


def words() -> dict[str, dict[str, str]]:
    """{name: {plural category: sentence}}; `{n}` is the number. A plain sentence has only "other"."""
    numbered = {
        "new_tickets": {name: ngettext("{n} new ticket", "{n} new tickets", number) for name, number in CATEGORIES.items()},
        "new_messages": {name: ngettext("{n} new message", "{n} new messages", number) for name, number in CATEGORIES.items()},
        "ticked": {name: ngettext("{n} ticked", "{n} ticked", number) for name, number in CATEGORIES.items()},
        "commands": {name: ngettext("{n} result", "{n} results", number) for name, number in CATEGORIES.items()},
        "more": {name: ngettext("{n} more", "{n} more", number) for name, number in CATEGORIES.items()},
        "assigned": {name: ngettext("{n} ticket is yours", "{n} tickets are yours", number) for name, number in CATEGORIES.items()},
        "replied": {name: ngettext("{n} reply", "{n} replies", number) for name, number in CATEGORIES.items()},
        "mentioned": {name: ngettext("{n} mention of you", "{n} mentions of you", number) for name, number in CATEGORIES.items()},
    }
    plain = {
        "all_ticked": _("All in this list"),
        "undo": _("Undo"),
        "now": _("now"),
        "minutes": _("{n}m"),
        "hours": _("{n}h"),
        "days": _("{n}d"),
        "not_saved": _("That did not work. What you typed is kept; try again."),
        "unreachable": _("The server did not answer. What you typed is kept; try again."),
        "draft_not_saved": _("The draft could not be saved. It is tried again as you type."),
        "not_uploaded": _("This file was not uploaded. Try again."),
        "is_replying": _("{name} is replying"),
        "sign_in": _("Sign in"),
        "notices_refused": _("The browser does not allow notices from this page. Its settings can change that."),
        "signed_out": _("You are signed out. Sign in again to go on."),
    }
    return numbered | {name: {"other": sentence} for name, sentence in plain.items()}
