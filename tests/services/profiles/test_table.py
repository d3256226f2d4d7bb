"""Tables of text, whatever their form."""

import io

import pytest

from chassis.errors import Invalid
from services.profiles.table import find_form, read, unique_headers, write_row

TEXT = "Nom;Ville\nHélène;Québec\nÉmile;Trois-Rivières\n"


def records(data: bytes) -> list[list[str]]:
    file = io.BytesIO(data)
    return [record.cells for record in read(file, find_form(file))]


def faults(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        records(data)
    return [(fault.field, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert records(TEXT.encode(encoding))[1] == ["Hélène", "Québec"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_every_usual_separator_is_found(separator: str) -> None:
    assert records(TEXT.replace(";", separator).encode())[2] == ["Émile", "Trois-Rivières"]


def test_commas_inside_quotes_do_not_mislead() -> None:
    data = b'name;city\n"Roy, Carole, Dr";Hull\n"Nwosu, Amara, Dr";Regina\n'
    assert records(data)[1] == ["Roy, Carole, Dr", "Hull"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_end_of_line_is_read(end: str) -> None:
    assert len(records(TEXT.replace("\n", end).encode())) == 3


def test_quoted_line_breaks_stay_in_their_cell_and_rows_count_as_in_a_spreadsheet() -> None:
    file = io.BytesIO(b'a,b\n"one\ntwo",x\n\n3,4\n')
    found = list(read(file, find_form(file)))
    assert [(r.number, r.cells) for r in found] == [
        (1, ["a", "b"]),
        (2, ["one\ntwo", "x"]),
        (4, ["3", "4"]),
    ]


def test_a_broken_character_in_a_list_of_good_ones_is_named_with_its_line() -> None:
    lines = ["name,city", "Hélène,Québec", "Émile,Lévis", "X,Y", "Zoé,Orléans"]
    data = [line.encode() for line in lines]
    data[3] = b"Ren\xe9e,Hull"
    assert faults(b"\n".join(data)) == [("line 4", "cannot-be-decoded")]


def test_what_no_encoding_knows_is_named_with_its_line() -> None:
    assert faults(b"name,city\nRen\xe9e,Hull\n\x81\x8d,Hull\n") == [("line 3", "cannot-be-decoded")]


def test_half_a_character_of_utf_16_is_named_with_its_line() -> None:
    assert faults("a;b\nc;d".encode("utf-16") + b"\xd8") == [("line 2", "cannot-be-decoded")]


def test_a_quote_that_is_never_closed_is_named_where_it_opens() -> None:
    assert faults(b'a,b\n1,2\n"3,4\n5,6\n7,8\n') == [("line 3", "unclosed-quote")]
    endless = b'a,b\n"' + b"x,y\n" * 60_000
    assert faults(endless) == [("line 2", "unclosed-quote")]


def test_a_quote_in_the_wrong_place_is_named_where_it_stands() -> None:
    assert faults(b'a,b\n1,2\n"3"x,4\n') == [("line 3", "misplaced-quote")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_nothing_is_no_table(data: bytes) -> None:
    assert faults(data) == [("file", "no-rows")]


def test_a_list_in_one_column_has_the_wrong_separator() -> None:
    assert faults(b"name:city\nAnna:Hull\n") == [("file", "no-separator")]


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    assert faults(b"a,b\n" + b"x" * 70_000 + b"\n") == [("line 2", "line-is-too-long")]
    wide = ("a,b\n" + "x" * 300_000).encode("utf-16")
    assert faults(wide) == [("line 2", "line-is-too-long")]


def test_headers_are_told_apart() -> None:
    assert unique_headers(["Name", " ", "Name", "E  mail"]) == ["Name", "(2)", "Name (3)", "E mail"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_formula_cell_is_defused_on_its_way_out(start: str) -> None:
    assert write_row(["a", f"{start}1+1"]).replace('"', "") == f"a,'{start}1+1\r\n"
