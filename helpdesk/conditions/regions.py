"""Regions a customer's country may lie in, named by its English name or its two-letter code, in any case."""

from __future__ import annotations

_EUROPEAN_UNION = (
    "AT Austria, BE Belgium, BG Bulgaria, HR Croatia, CY Cyprus, CZ Czechia, CZ Czech Republic, DK Denmark, EE Estonia, FI Finland, FR France, DE Germany, "
    "GR Greece, HU Hungary, IE Ireland, IT Italy, LV Latvia, LT Lithuania, LU Luxembourg, MT Malta, NL Netherlands, NL The Netherlands, PL Poland, "
    "PT Portugal, RO Romania, SK Slovakia, SI Slovenia, ES Spain, SE Sweden"
)
_UNITED_STATES = "US United States, US United States of America, US USA"


def _names(listed: str) -> frozenset[str]:
    return frozenset(name.lower() for entry in listed.split(", ") for name in entry.split(" ", 1))


REGIONS = {"european_union": _names(_EUROPEAN_UNION), "united_states": _names(_UNITED_STATES)}


def lies_in(country: object, region_id: str) -> bool:
    return isinstance(country, str) and country.isascii() and country.lower() in REGIONS[region_id]
