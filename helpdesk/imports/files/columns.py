"""What a column means: a field, a key, consent, a property of some type, or nothing. First a guess by its name and its cells."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from helpdesk.imports.files.table import BadRow
from helpdesk.imports.files.values import NO, YES, Reading, as_value

CUSTOMERS, EVENTS = "customers", "events"
KEYS = {"email": _("E-mail"), "phone": _("Phone"), "external_id": _("Customer ID")}
FIELDS = {
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "country": _("Country"),
    "city": _("City"),
    "zone": _("Time zone"),
    "language": _("Language"),
}
CONSENT = {"consent_email": _("E-mail consent"), "consent_sms": _("SMS consent"), "consent_push": _("Push consent")}
OF_AN_EVENT = {"metric": _("Event"), "time": _("Time"), "value": _("Value"), "event_id": _("Event ID")}
TYPES = {"text": _("Text"), "number": _("Number"), "yes-no": _("Yes or no"), "date": _("Date"), "list": _("List, parted by ;")}
IGNORE, PROPERTY = "ignore", "property"
OF_THE_ERROR_FILE = (_("Row"), _("Why it was refused"))

# As headers are written in English, Swedish and Polish, without anything but letters and digits.
_NAMES: dict[str, str] = {
    "email": "email emailaddress mail epost epostadress mejl mejladress adresemail mailadress customeremail kundepost",
    "phone": "phone phonenumber telephone mobile mobilephone telefon telefonnummer mobil mobilnummer numertelefonu komórka telefonkomórkowy tel sms",
    "external_id": "id customerid userid externalid customernumber kundid kundnr kundnummer identyfikator idklienta numerklienta",
    "name": "name fullname customername namn kund kundnamn nazwa imięinazwisko klient",
    "first_name": "firstname givenname förnamn imię",
    "last_name": "lastname surname familyname efternamn nazwisko",
    "country": "country land kraj państwo countrycode landskod",
    "city": "city town stad ort postort miasto miejscowość",
    "zone": "timezone tidszon strefaczasowa",
    "language": "language lang locale språk język",
    "consent_email": "emailconsent acceptsmarketing emailmarketingconsent newsletter nyhetsbrev epostsamtycke zgodaemail zgodanaemail",
    "consent_sms": "smsconsent smsmarketingconsent acceptssmsmarketing smssamtycke zgodasms zgodanasms",
    "consent_push": "pushconsent pushsamtycke zgodapush",
}
_EVENT_NAMES: dict[str, str] = {
    "metric": "event metric eventname action händelse zdarzenie",
    "time": "time date datetime timestamp occurredat createdat orderdate tid datum tidpunkt orderdatum czas data datazamówienia",
    "value": "value amount total revenue price ordervalue värde belopp summa pris ordervärde wartość kwota suma cena",
    "event_id": "eventid orderid ordernumber ordernr ordernummer händelseid idzdarzenia numerzamówienia idzamówienia",
}


def targets(what: str) -> dict[str, Any]:
    """What the columns of such a file can mean, besides a property and nothing."""
    return KEYS | (OF_AN_EVENT if what == EVENTS else FIELDS | CONSENT)


def guess_mapping(header: list[str], rows: list[list[str]], what: str, reading: Reading) -> list[dict[str, str]]:
    """For each column {"to": …}, and of a property its name and type. No meaning is given twice."""
    names = _NAMES | (_EVENT_NAMES if what == EVENTS else {})
    known = {name: to for to, words in names.items() if to in targets(what) for name in words.split()}
    mapping: list[dict[str, str]] = []
    for place, title in enumerate(header):
        to = IGNORE if title in map(str, OF_THE_ERROR_FILE) else known.get(re.sub(r"[\W_]", "", title.casefold()), PROPERTY)
        if to in targets(what) and any(column["to"] == to for column in mapping):
            to = PROPERTY
        cells = [row[place].strip() for row in rows if row[place].strip()]
        mapping.append({"to": to, "name": title[:200], "type": guess_type(cells, reading)})
    return mapping


def guess_type(cells: list[str], reading: Reading) -> str:
    """The narrowest that all cells have. Numbers with a leading zero are codes, and stay text."""
    if not cells:
        return "text"
    if all(cell.casefold() in YES | NO for cell in cells) and not all(cell in "01" for cell in cells):
        return "yes-no"
    if not any(re.match(r"[+]|0\d", cell) for cell in cells) and _all_are("number", cells, reading):
        return "number"
    if all(len(cell) >= 8 for cell in cells) and _all_are("date", cells, reading):
        return "date"
    return "list" if any(";" in cell for cell in cells) else "text"


def _all_are(kind: str, cells: list[str], reading: Reading) -> bool:
    try:
        return all(as_value(cell, kind, reading) is not None for cell in cells)
    except BadRow:
        return False


def problems(mapping: list[dict[str, str]], what: str, *, metric: str) -> list[str]:
    """Why these columns cannot be imported so: sentences for the user."""
    used = [column["to"] for column in mapping]
    found = []
    if not KEYS.keys() & set(used):
        found.append(str(_("Choose a column that says who the customer is: an e-mail, a phone number or an ID.")))
    found += [str(_("Two columns are said to be “%(what)s”. Choose one.") % {"what": targets(what)[to]}) for to in targets(what) if used.count(to) > 1]
    names = [column["name"] for column in mapping if column["to"] == PROPERTY]
    found += [str(_("Two columns go to the property “%(name)s”. Choose one.") % {"name": name}) for name in sorted(set(names)) if names.count(name) > 1]
    if any(not name.strip() for name in names):
        found.append(str(_("A property needs a name.")))
    if what == EVENTS and "metric" not in used and not metric.strip():
        found.append(str(_("Say what happened: choose a column for the event, or write its name.")))
    return found
