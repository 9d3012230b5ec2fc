"""Accounts: a key is tried, kept, and used again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agents.models import Agent
from agents.text import one_line
from helpdesk.imports.batches import Failed
from helpdesk.imports.klaviyo.client import api, fetch
from helpdesk.imports.models import Account, Import
from helpdesk.imports.runs import start
from helpdesk.long_work import Stumbled, Wait


class BadKey(ValueError):
    """The text says to the user what is wrong with the key."""


def connect(key: str, *, by: Agent) -> Import:
    """Tries the key before anything starts. BadKey."""
    try:
        found = fetch(api(key).Accounts.get_accounts).data[0]
    except (Failed, Stumbled) as problem:
        raise BadKey(str(problem)) from problem
    except (Wait, IndexError) as problem:
        raise BadKey(_("Klaviyo has no time for us right now. Try again in a minute.")) from problem
    name = one_line(str(found["attributes"]["contact_information"]["organization_name"]))[:200] or found["id"]
    account, _created = Account.objects.update_or_create(external_id=found["id"], defaults={"name": name, "key": key})
    return import_again(account, by=by)


@transaction.atomic
def import_again(account: Account, *, by: Agent) -> Import:
    """All that is new since the last time; the one that is under way, if there is one."""
    Account.objects.filter(pk=account.pk).update(name=account.name)  # holds the row: two clicks are one import
    running = account.imports.filter(status__in=Import.UNDER_WAY).first()
    if running is not None:
        return running
    run = Import.objects.create(kind=Import.Kind.KLAVIYO, name=account.name, by=by, account=account, cursor={"stage": "metrics"})
    start(run)
    return run
