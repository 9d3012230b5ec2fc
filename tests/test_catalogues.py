"""The Swedish and Polish catalogues hold every phrase of the product, and are compiled."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_from_file
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

LANGUAGES = ["sv", "pl"]
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_lazy": None, "ngettext_lazy": (1, 2), "pgettext_lazy": ((1, "c"), 2), "npgettext_lazy": ((1, "c"), 2, 3)}
PACKAGES = ("agents", "customer_agent", "helpdesk", "routing")
MODULES = sorted(path for package in PACKAGES for path in (settings.BASE_DIR / package).rglob("*.py"))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))


def written(language: str) -> Catalog:
    with (settings.LOCALE_PATHS[0] / language / "LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


def compiled(folder: Path, language: str) -> Catalog:
    with (folder / language / "LC_MESSAGES/django.mo").open("rb") as file:
        return read_mo(file)


def used() -> set[tuple[Any, Any]]:
    """(context, phrase), a phrase with plurals as its two English forms."""
    found = [message for module in MODULES for message in extract_from_file("python", module, keywords=KEYWORDS)]
    for template in TEMPLATES:
        calls = "\n".join(line.strip() for line in templatize(template.read_text()).splitlines())  # indented as the page is, not as Python
        found += extract("python", BytesIO(calls.encode()), keywords=KEYWORDS)
    return {(context, phrase) for _line, phrase, _comments, context in found}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def phrases(catalog: Catalog) -> dict[tuple[Any, Any], list[str]]:
    return {(message.context, tuple(message.id) if message.pluralizable else message.id): forms(message) for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|%[^(]", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_translated(language: str) -> None:
    """How to bring the catalogues up to date is in CONTRIBUTING.md."""
    catalog = written(language)

    translated = {key for key, texts in phrases(catalog).items() if all(texts)}

    assert len(used()) > 1_500
    assert used() - translated == set()
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translation_keeps_placeholders(language: str) -> None:
    """One may leave its number to the word, as in *the last hour*; none may ask for what it is not given."""
    wrong = []
    for (_context, phrase), texts in phrases(written(language)).items():
        singular, plural = (phrase, phrase) if isinstance(phrase, str) else phrase
        expected = [placeholders(singular), *[placeholders(plural)] * (len(texts) - 1)]
        number = placeholders(plural) - placeholders(singular)
        wrong += [text for text, wanted in zip(texts, expected, strict=True) if not wanted - {"%(n)d"} <= placeholders(text) <= wanted | number]
        wrong += [text for text in texts[1:] if placeholders(text) != placeholders(plural)]

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_compiled(language: str) -> None:
    """A fresh machine need not have gettext."""
    fresh = BytesIO()
    write_mo(fresh, written(language))
    fresh.seek(0)

    assert phrases(compiled(settings.LOCALE_PATHS[0], language)) == phrases(read_mo(fresh))


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_counts_as_django_does(language: str) -> None:
    """Django joins the catalogues of a language, and goes by the plural forms of its own."""
    theirs = compiled(Path(django.__file__).parent / "conf/locale", language)

    assert written(language).plural_forms == theirs.plural_forms


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    assert [code for code, _name in settings.LANGUAGES] == ["en", *LANGUAGES]


@pytest.mark.parametrize(("language", "word"), [("sv", "eller"), ("pl", "lub"), ("en", "or")])
def test_language_can_be_asked_for(language: str, word: str) -> None:
    with translation.override(language):
        assert translation.pgettext("between conditions", " or ").strip() == word
