"""What is asked of profiles and tickets, as it reads in English, Swedish and Polish."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conditions.builders import about_them, about_ticket, existence, in_the_last, number, some, text, truth
from tests.conditions.every_condition import in_three_languages
from tests.conditions.strategies import predicted


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (about_them("$country", text("equals", "France")), "country equals France", "land är France", "kraj to France"),
        (about_them("city", text("not-equals", "New York")), "city does not equal “New York”", "ort är inte ”New York”", "miasto to nie „New York”"),
        (about_them("language", text("in", ["sv", "pl"])), "language is sv or pl", "språk är sv eller pl", "język to sv lub pl"),
        (
            about_them("country", text("not-in", ["SE", "NO", "DK"])),
            "country is not SE, NO or DK",
            "land är varken SE, NO eller DK",
            "kraj to nie SE, NO ani DK",
        ),
        (about_them("email", text("ends-with", ".se")), "e-mail ends with “.se”", "e-postadress slutar med ”.se”", "adres e-mail kończy się na „.se”"),
        (
            about_them("phone", text("not-starts-with", "+46")),
            "phone does not start with “+46”",
            "telefon börjar inte med ”+46”",
            "telefon nie zaczyna się od „+46”",
        ),
        (about_them("name", text("contains", "or")), "name contains “or”", "namn innehåller ”or”", "imię i nazwisko zawiera „or”"),
        (
            about_them("zone", text("not-contains", "Asia")),
            "time zone does not contain Asia",
            "tidszon innehåller inte Asia",
            "strefa czasowa nie zawiera Asia",
        ),
        (about_them("code", text("regex", "^A")), "code matches the pattern “^A”", "code matchar mönstret ”^A”", "code pasuje do wzorca „^A”"),
        (about_them("code", text("nregex", "B")), "code does not match the pattern B", "code matchar inte mönstret B", "code nie pasuje do wzorca B"),
        (about_them("churn_risk", text("equals", "High")), "churn risk equals High", "risk för kundbortfall är High", "ryzyko odejścia to High"),
        (
            about_them("properties['Shoe size']", number("less-than", 40.5)),
            "Shoe size is less than 40.5",
            "Shoe size är mindre än 40,5",
            "Shoe size wynosi mniej niż 40,5",
        ),
        (about_them("vip", truth(True)), "vip is true", "vip är sant", "vip jest prawdą"),
        (about_them("vip", truth(False)), "vip is false", "vip är falskt", "vip jest fałszem"),
        (about_them("external_id", existence("is-set")), "external ID is set", "externt id har ett värde", "identyfikator zewnętrzny ma wartość"),
        (
            about_them("email_consent", existence("not-set")),
            "consent to e-mail is not set",
            "samtycke till e-post saknar värde",
            "zgoda na e-mail nie ma wartości",
        ),
        (about_them("wishes", some("contains", "hat")), "wishes includes hat", "wishes har värdet hat", "wishes zawiera wartość hat"),
        (
            about_them("wishes", some("contains-all", ["hat", "shoe"])),
            "wishes includes all of hat and shoe",
            "wishes har alla värdena hat och shoe",
            "wishes zawiera wszystkie wartości: hat i shoe",
        ),
        (
            about_them("wishes", some("not-contains-any", ["hat", "shoe"])),
            "wishes includes none of hat or shoe",
            "wishes har inget av värdena hat eller shoe",
            "wishes nie zawiera żadnej z wartości: hat ani shoe",
        ),
        (about_them("wishes", some("length-equals", 2)), "wishes has exactly 2 entries", "wishes har exakt 2 värden", "wishes ma dokładnie 2 wartości"),
    ],
)
def test_property_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (
            predicted("average_order_value", number("equals", 499.5)),
            "average order value equals 499.5",
            "genomsnittligt ordervärde är 499,5",
            "średnia wartość zamówienia wynosi 499,5",
        ),
        (
            predicted("churn_probability", number("greater-than", 0.5)),
            "churn probability is greater than 0.5",
            "sannolikhet för kundbortfall är större än 0,5",
            "prawdopodobieństwo odejścia wynosi więcej niż 0,5",
        ),
        (
            predicted("historic_number_of_orders", number("not-equals", 1)),
            "historic number of orders does not equal 1",
            "historiskt antal ordrar är inte 1",
            "dotychczasowa liczba zamówień nie wynosi 1",
        ),
        (
            predicted("expected_date_of_next_purchase", {"type": "date", "operator": "in-the-next", "quantity": 1, "unit": "week"}),
            "expected date of next purchase is in the next week",
            "förväntat datum för nästa köp ligger inom den närmaste veckan",
            "przewidywana data następnego zakupu przypada w ciągu najbliższego tygodnia",
        ),
    ],
)
def test_prediction_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)


@pytest.mark.parametrize(
    ("condition", "english", "swedish", "polish"),
    [
        (about_ticket("channel", text("equals", "sms")), "ticket channel equals sms", "ärendets kanal är sms", "kanał zgłoszenia to sms"),
        (
            about_ticket("sentiment", text("in", ["urgent", "negative"])),
            "ticket sentiment is urgent or negative",
            "ärendets attityd är urgent eller negative",
            "wydźwięk zgłoszenia to urgent lub negative",
        ),
        (
            about_ticket("sentiment_score", number("less-than-or-equal", 3)),
            "ticket sentiment score is at most 3",
            "ärendets attitydpoäng är högst 3",
            "ocena wydźwięku zgłoszenia wynosi najwyżej 3",
        ),
        (
            about_ticket("subject", text("starts-with", "Re: order")),
            "ticket subject starts with “Re: order”",
            "ärendets ämne börjar med ”Re: order”",
            "temat zgłoszenia zaczyna się od „Re: order”",
        ),
        (about_ticket("tags", some("contains", "Order")), "ticket tags contain Order", "ärendet har etiketten Order", "zgłoszenie ma tag Order"),
        (
            about_ticket("tags", some("contains-any", ["Order", "Returns"])),
            "ticket tags contain any of Order or Returns",
            "ärendet har någon av etiketterna Order eller Returns",
            "zgłoszenie ma któryś z tagów: Order lub Returns",
        ),
        (
            about_ticket("tags", some("not-contains-substring", "ship")),
            "no ticket tag contains ship",
            "ärendet har ingen etikett som innehåller ship",
            "zgłoszenie nie ma tagu z tekstem ship",
        ),
        (about_ticket("tags", existence("not-set")), "ticket has no tags", "ärendet saknar etiketter", "zgłoszenie nie ma tagów"),
        (about_ticket("assignee", existence("not-set")), "ticket has no assignee", "ärendet saknar handläggare", "zgłoszenie nie jest do nikogo przypisane"),
        (about_ticket("team", text("equals", "Returns")), "ticket team equals Returns", "ärendets team är Returns", "zespół zgłoszenia to Returns"),
        (
            about_ticket("created", in_the_last(2, "hour")),
            "ticket creation date is in the last 2 hours",
            "ärendets skapandedatum ligger inom de senaste 2 timmarna",
            "data utworzenia zgłoszenia jest z ostatnich 2 godzin",
        ),
    ],
)
def test_ticket_in_three_languages(condition: dict[str, Any], english: str, swedish: str, polish: str) -> None:
    assert in_three_languages(condition) == (english, swedish, polish)
