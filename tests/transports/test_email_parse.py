"""What a mail says, whatever program wrote it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.transports.email.parse import RAW_TEXT_PROBLEM, SUBJECT_LIMIT, TEXT_LIMIT, ParsedMail, parse_mail
from tests.transports.mails import PNG, html_mail, mail_with_mail, make_mail, sample

OWN_WORDS = {
    "en": "Hi Ben,\n\nIt arrived today, thank you!",
    "sv": "Hej Ben,\n\nDen kom i dag, tack!",
    "pl": "Cześć Ben,\n\nDotarła dzisiaj, dziękuję!",
}
PROGRAMS = ["gmail", "outlook", "outlook_plain", "apple", "thunderbird"]


def parse(name: str) -> ParsedMail:
    return parse_mail(sample(name))


def test_plain_mail_is_read_whole() -> None:
    """Every field of one ordinary mail; the signature is not a part of the conversation."""
    assert parse("plain_en") == ParsedMail(
        message_id="<first@example.com>",
        references=(),
        sender_name="Anna Lind",
        sender_address="anna@example.com",
        recipients=("support@desk.example",),
        subject="Where is my order?",
        text="Hello,\n\nI ordered a lamp on Monday and have heard nothing since.\nOrder 1042. Could you look?",
        sent_at=datetime(2026, 11, 2, 9, 15, tzinfo=UTC),
        is_automatic=False,
        html="",
        attachments=(),
        problems=(),
    )


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("language", OWN_WORDS)
def test_reply_is_stripped_of_what_it_answers(program: str, language: str) -> None:
    mail = parse(f"reply_{program}_{language}")

    assert mail.text == OWN_WORDS[language]


@pytest.mark.parametrize("name", ["reply_html_blockquote", "reply_below_the_quote", "reply_phone"])
def test_reply_elsewhere_than_on_top_is_found(name: str) -> None:
    assert parse(name).text == "It arrived today, thank you!"


def test_reply_between_quotes_keeps_the_questions() -> None:
    """Only what is quoted below the last answer goes."""
    expected = "On 02/11/2026 10:15, Ben Holm wrote:\n> Which lamp was it?\n\nThe blue one.\n\n> And where shall we send it?\n\nTo the harbour, please."

    assert parse("reply_between_the_quotes").text == expected


def test_reply_of_quotes_alone_is_kept_whole() -> None:
    assert parse("reply_quote_only").text == "> Your lamp is on its way."


def test_forwarded_mail_is_kept_whole() -> None:
    mail = parse("forwarded")

    assert mail.text.startswith("Is this about my lamp?\n")
    assert mail.text.endswith("\nYour parcel waits at the harbour.")


def test_words_that_look_like_a_header_are_kept() -> None:
    """A journey has a From, a To and a Date, too."""
    mail = parse("travel_question")

    assert mail.text.endswith("that it is possible. When does the boat leave?")


def test_html_mail_becomes_text_without_scripts_and_styles() -> None:
    """V1."""
    mail = parse("html_only_sv")

    assert mail.text == "Hej!\n\nLampan lyser inte – kan jag få en ny?\n\n  * Order 1042\n  * Köpt i måndags\nFärg Blå\n\nHälsningar\nÅsa"
    assert mail.subject == "Trasig lampa – får jag en ny?"
    assert mail.sender_name == "Åsa Ek"


def test_plain_part_is_preferred_and_attachments_are_named() -> None:
    mail = parse("multipart_with_attachment")

    assert mail.text == "The lamp is broken, see the photo."
    assert [(part.name, part.content_type, part.content_id, part.content) for part in mail.attachments] == [
        ("trasig låda.jpg", "image/jpeg", "", b"\xff\xd8\xff\xe0\x00\x10JFIF"),
        ("log.txt", "text/plain", "", b"not a part of the conversation"),
    ]


def test_html_is_kept_beside_the_plain_text_with_the_pictures_it_shows() -> None:
    mail = parse_mail(html_mail())

    assert (mail.text, mail.html.strip()) == ("See the picture.", '<p>See <img src="cid:lamp@x"></p>')
    assert [(part.name, part.content_id, part.content) for part in mail.attachments] == [("lamp.png", "<lamp@x>", PNG)]


def test_mail_within_a_mail_is_a_file_of_its_own() -> None:
    mail = parse_mail(mail_with_mail(make_mail("Inner", subject="Broken lamp")))

    assert [(part.name, part.content_type) for part in mail.attachments] == [("Broken lamp.eml", "message/rfc822")]
    assert b"Inner" in mail.attachments[0].content


@pytest.mark.parametrize(
    ("name", "sender", "subject", "text"),
    [
        (
            "plain_pl_latin2",
            "Łukasz Żak",
            "Gdzie jest moje zamówienie?",
            "Dzień dobry,\n\nzamówienie 1042 jeszcze nie dotarło. Proszę o sprawdzenie.\n\nŁukasz Żak",
        ),
        ("charset_unknown", "Anna Lind", "Charset", "Blå lampa, żółty kabel"),
        ("charset_wrong", "Åsa Ek", "Blå lampa", "En blå lampa för 20 €"),
        ("charset_utf7", "Anna Lind", "Blå lampa", "En blå lampa"),
        ("eight_bit_header", "Łukasz Żak", "Żółta lampa", "Dobry"),
    ],
)
def test_charset_is_read_as_it_was_meant(name: str, sender: str, subject: str, text: str) -> None:
    mail = parse(name)

    assert (mail.sender_name, mail.subject, mail.text) == (sender, subject, text)


def test_stray_byte_does_not_spoil_the_rest() -> None:
    raw = make_mail("żółta lampa §").replace("§".encode(), b"\xa7")

    assert parse_mail(raw).text == "żółta lampa §"


def test_text_holds_nothing_that_a_database_refuses() -> None:
    mail = parse_mail(make_mail("a\0b\x07c\r\nd", subject="x\0y").replace(b"Anna", b"An\0na"))

    assert (mail.text, mail.subject, mail.sender_name) == ("abc\nd", "xy", "Anna Lind")


def test_kind_of_a_nameless_attachment_holds_nothing_that_a_database_refuses() -> None:
    raw = make_mail().replace(b"text/plain", b"image/\0p\xff")

    assert [(part.name, part.content_type) for part in parse_mail(raw).attachments] == [("image/pÿ", "image/pÿ")]


def test_broken_mime_is_read_as_far_as_it_goes() -> None:
    mail = parse("broken_mime")

    assert mail.text == "The lamp is broken.\n\nno boundary at all"
    assert mail.problems == ("A part of the mail is broken.",)


def test_long_text_and_subject_are_cut() -> None:
    mail = parse_mail(make_mail("a" * (TEXT_LIMIT + 5), subject="b" * 1000))

    assert (len(mail.text), len(mail.subject)) == (TEXT_LIMIT, SUBJECT_LIMIT)
    assert mail.problems == ("The mail has no readable date.", "The text was cut after 200,000 characters.")


def test_mail_nested_beyond_reading_shows_its_raw_text() -> None:
    levels = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(1_000))

    mail = parse_mail(f"From: anna@example.com\r\nSubject: Deep\r\n{levels}\r\nHello".encode())

    assert (mail.sender_address, mail.subject, mail.problems[0]) == ("anna@example.com", "Deep", RAW_TEXT_PROBLEM)
    assert mail.text.endswith("Hello")


def test_html_nested_beyond_layout_keeps_its_words() -> None:
    raw = make_mail("<div>" * 3_000 + "Fish &amp; chips").replace(b"text/plain", b"text/html")

    assert parse_mail(raw).text == "Fish & chips"


def test_wide_table_takes_no_more_room_than_its_words() -> None:
    table = f"<table><tr><td>{'x' * 50_000}</td></tr>{'<tr><td>a</td></tr>' * 500}</table>"

    mail = parse_mail(make_mail(table).replace(b"text/plain", b"text/html"))

    assert len(mail.text) < 60_000


def test_recipients_are_all_and_the_delivered_one_first() -> None:
    assert parse("three_recipients").recipients == ("sales@desk.example", "support@desk.example", "asa@example.se")


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ('"Lind, Anna" <anna@example.com>', "Lind, Anna", "anna@example.com"),
        ("anna@example.com (Anna)", "Anna", "anna@example.com"),
        ("=?utf-8?q?Anna_=3Canna=40example=2Ecom=3E?=", "", "anna@example.com"),
        ("Lind, Anna [home] <anna@example.com>", "", "anna@example.com"),
        ("Anna\u202emoc.elpmaxe@kcab <anna@example.com>", "", "anna@example.com"),
        ('"Anna\u202eanniL" <anna@example.com>', "AnnaanniL", "anna@example.com"),
        ("support@desk.example <anna@example.com>", "", "anna@example.com"),
        ("Anna <anna>", "", ""),
        ("", "", ""),
    ],
)
def test_sender_is_found(value: str, name: str, address: str) -> None:
    mail = parse_mail(make_mail(**{"from": value}))

    assert (mail.sender_name, mail.sender_address) == (name, address)


def test_sender_falls_back_on_the_envelope() -> None:
    mail = parse_mail(b"Return-Path: <anna@example.com>\r\nSubject: x\r\n\r\nHello")

    assert mail.sender_address == "anna@example.com"


def test_thread_begins_with_the_first_reference() -> None:
    first = parse_mail(make_mail())
    answer = parse_mail(make_mail(message_id="<2@x>", in_reply_to="<1@x>"))
    later = parse_mail(make_mail(message_id="<3@x>", in_reply_to="<2@x>", references="<1@x>\r\n <2@x>"))

    assert [mail.thread_root for mail in (first, answer, later)] == ["<lamp@example.com>", "<1@x>", "<1@x>"]
    assert later.references == ("<1@x>", "<2@x>")


def test_long_message_id_keeps_its_thread_in_a_short_form() -> None:
    long = f"<{'a' * 500}@example.com>"

    first, answer = parse_mail(make_mail(message_id=long)), parse_mail(make_mail(in_reply_to=long))

    assert len(first.message_id) <= 200
    assert answer.thread_root == first.message_id


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 02 Nov 1890 10:15:00 +0100", "Mon, 99 Nov 2026 10:15:00 +0100", "Mon, 02 Nov 2026 10:15:00 +9999999"])
def test_nonsense_date_is_no_date(date: str) -> None:
    assert parse_mail(make_mail(date=date)).sent_at is None


def test_bounce_belongs_to_the_mail_that_it_returns() -> None:
    """RFC 3464."""
    mail = parse("bounce")

    assert mail.text == "I'm sorry, the mailbox of anna@example.com is full."
    assert mail.references == ("<returned@desk.example>",)
    assert mail.is_automatic is True


def test_bounce_with_the_header_alone_belongs_to_the_mail_too() -> None:
    raw = sample("bounce").replace(b"message/rfc822", b"text/rfc822-headers")

    assert parse_mail(raw).references == ("<returned@desk.example>",)
