"""What a file is: encoding, delimiter, header; and what is no table at all."""

from __future__ import annotations

import io

import pytest

from helpdesk.imports.files.sniffing import guess_shape
from helpdesk.imports.files.storage import PIECE, Pieces, keep_file
from helpdesk.imports.files.table import MOST_COLUMNS, BadFile, Shape, read_records, read_table
from helpdesk.imports.models import Chunk, Import
from tests.imports.files import a_manager, kept

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("e-post,ort\nåsa@example.com,Umeå\n".encode(), "utf-8"),
        ("e-post,ort\nåsa@example.com,Umeå\n".encode("utf-8-sig"), "utf-8"),
        ("e-post,ort\nåsa@example.com,Umeå\n".encode("cp1252"), "cp1252"),
        ("e-mail,miasto\nłucja@example.com,Łódź\n".encode("cp1250"), "cp1250"),
        ("e-mail,miasto\nłucja@example.com,Łódź\n".encode("utf-16"), "utf-16-le"),
        ("e-mail,miasto\nłucja@example.com,Łódź\n".encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encoding_is_found_and_read(content: bytes, encoding: str) -> None:
    run = kept(content)

    table = read_table(content, Shape(run.options["encoding"], ","))

    assert run.options["encoding"] == encoding
    assert [run.options["header"][0], table.rows[0][1]] in (["e-post", "Umeå"], ["e-mail", "Łódź"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_the_one_that_makes_columns(delimiter: str) -> None:
    content = delimiter.join(["name", "note"]) + "\n" + delimiter.join(['"a,b;c"', '"one, two; three"']) + "\n"

    assert kept(content).options["delimiter"] == delimiter


def test_letter_far_into_the_file_decides_the_encoding() -> None:
    """The head alone would have been taken for UTF-8."""
    content = b"email,city\n" + b"a@example.com,Oslo\n" * 100_000 + "b@example.com,Umeå\n".encode("cp1252")

    assert kept(content).options["encoding"] == "cp1252"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "This file is empty. Its first row must name the columns."),
        (b"\n\n", "This file is empty. Its first row must name the columns."),
        (b"PK\x03\x04abc", "This is a workbook, not a CSV file. In the program that made it, save it as “CSV UTF-8”."),
        (b"GIF89a\x01\x00\x02\x00\x00", "This is not a text file. Save it as “CSV UTF-8” in the program that made it."),
        (b"email,name,email\n", "Two columns are called “email”. Give each a name of its own."),
        (b'email,"name\n' + b"a\n" * 10, "The first row cannot be read: Its quotation marks do not match."),
        (b",".join(b"c%d" % n for n in range(MOST_COLUMNS + 1)), "This file has 201 columns. At most 200 can be imported."),
    ],
)
def test_what_is_no_table_is_said_and_not_kept(content: bytes, problem: str) -> None:
    with pytest.raises(BadFile) as refused:
        kept(content)

    assert (str(refused.value), Import.objects.count(), Chunk.objects.count()) == (problem, 0, 0)


def test_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(BadFile, match="larger than 200 MB"):
        keep_file(io.BytesIO(b""), size=200 * 1024 * 1024 + 1, name="x.csv", what="customers", by=a_manager())


def test_column_without_a_name_gets_its_number() -> None:
    assert kept("email,,city\n").options["header"] == ["email", "Column 2", "city"]


def test_quote_that_is_never_closed_costs_one_row() -> None:
    """Reading goes on at the next line, however far the quote would have reached."""
    content = 'a,b\n1,2\n3,"4\n' + "5,6\n" * 50_000

    records = list(read_records(io.BytesIO(content.encode()), Shape("utf-8", ",")))

    assert [record.cells for record in records[:4]] == [["a", "b"], ["1", "2"], ['3,"4'], ["5", "6"]]
    assert [number for number, record in enumerate(records) if record.problem] == [2]
    assert (len(records), records[-1].end) == (50_003, len(content))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_reading_goes_on_from_any_row(encoding: str, newline: str) -> None:
    rows = ["e,o", "ł@x.pl,Łódź", '"b",', '"two\nlines",ż', "", "c,ę"]
    content, shape = newline.join(rows).encode(encoding), Shape(encoding, ",")
    whole = list(read_records(io.BytesIO(content), shape))

    for place, record in enumerate(whole):
        rest = list(read_records(io.BytesIO(content[record.end :]), shape, offset=record.end))
        assert rest == whole[place + 1 :]
    assert [record.cells[0] for record in whole] == ["e", "ł@x.pl", "b", "two\nlines", "c"]


def test_pieces_are_read_as_one_file() -> None:
    content = b"email,n\n" + b"".join(b"a%d@example.com,%d\n" % (n, n) for n in range(100_000))

    run = kept(content)

    assert Chunk.objects.filter(run=run).count() == len(content) // PIECE + 1
    for offset in (0, 7, PIECE - 1, PIECE, PIECE + 1, len(content) - 1, len(content)):
        assert io.BufferedReader(Pieces(run, offset)).read() == content[offset:]


def test_bytes_that_are_no_text_of_the_chosen_encoding_are_one_row_s_problem() -> None:
    content = b"email,city\na@example.com,Ume\xe5\nb@example.com,Oslo\n"

    records = list(read_records(io.BytesIO(content), Shape("utf-8", ",")))

    assert [record.problem for record in records] == ["", "It holds characters that are not UTF-8 text.", ""]


def test_guess_of_an_empty_file_is_no_error() -> None:
    assert guess_shape(b"", is_utf8=True) == Shape("utf-8", ",")
