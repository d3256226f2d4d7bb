"""A table of text as people send it: whatever its encoding and separator, read as a stream.

What cannot be read is named with its line, for the person has the file open in front of them.
Memory does not grow with the file.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from chassis.errors import Fault, Invalid

SEPARATORS = (",", ";", "\t", "|")
LONGEST_LINE = 1 << 16
"""Bytes of a line, and characters of a cell: longer ones come from a quote that is never closed."""
LONGEST_RECORD = 1 << 18
"""Characters of a record, all its lines together: it has to fit into a document."""
MOST_FAULTS = 20
MOST_COLUMNS = 100
_HEAD = 1 << 16
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}
"""What people call the encodings that a table is read in."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a table is written."""

    encoding: str
    separator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record with its number as a spreadsheet counts: the header is 1, blank lines count."""

    number: int
    cells: list[str]


def find_form(file: BinaryIO) -> Form:
    """Look through the file for its encoding, and at its head for its separator.

    Raises Invalid: `cannot-be-decoded` at `line <n>`, `no-rows`, `no-separator`.
    """
    encoding = _find_encoding(file)
    file.seek(0)
    head = codecs.getincrementaldecoder(encoding)(errors="replace").decode(file.read(_HEAD))
    if not head.strip():
        raise Invalid([Fault(field="file", code="no-rows")])
    return Form(encoding=encoding, separator=_find_separator(head))


def read(file: BinaryIO, form: Form) -> Iterator[Record]:
    """The records from the first on, one at a time; blank ones are left out.

    Raises Invalid: `unclosed-quote`, `misplaced-quote` or `cannot-be-decoded` at `line <n>`.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=form.encoding, newline="")
    reader = csv.reader(text, delimiter=form.separator, strict=True, skipinitialspace=True)
    number = 0
    try:
        while True:
            line = reader.line_num + 1
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Invalid([_quote_fault(error, line)]) from error
            except UnicodeError as error:
                raise Invalid([_undecodable(line)]) from error
            if sum(map(len, cells)) > LONGEST_RECORD:
                raise Invalid([_too_long(line)])
            if any(cell.strip() for cell in cells):
                yield Record(number=number, cells=[cell.strip() for cell in cells])
    finally:
        text.detach()


def unique_headers(cells: list[str]) -> list[str]:
    """Headers by which columns are told apart: empty ones are numbered, repeated ones too."""
    headers: list[str] = []
    for n, cell in enumerate(cells[:MOST_COLUMNS], 1):
        header = " ".join(cell.split())[:100] or f"({n})"
        headers.append(header if header not in headers else f"{header} ({n})")
    return headers


def write_row(cells: list[str]) -> str:
    """A line of CSV in which no spreadsheet takes a cell for a formula."""
    line = io.StringIO()
    csv.writer(line).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return line.getvalue()


def _find_encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(4)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            _check_decodes(file, encoding)
            return encoding
    if start[1:2] == b"\0" or start[:1] == b"\0":
        encoding = "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
        _check_decodes(file, encoding)
        return encoding
    return _find_byte_encoding(file)


def _find_byte_encoding(file: BinaryIO) -> str:
    """UTF-8 unless more lines contradict it than show it: then Windows-1252."""
    shown = 0
    broken: list[int] = []
    for number, line in _lines(file):
        if line.isascii():
            continue
        try:
            line.decode()
            shown += 1
        except UnicodeDecodeError:
            broken.append(number)
    if not broken:
        return "utf-8"
    if shown > len(broken):
        raise Invalid([_undecodable(number) for number in broken[:MOST_FAULTS]])
    _check_decodes(file, "cp1252")
    return "cp1252"


def _check_decodes(file: BinaryIO, encoding: str) -> None:
    """Raise Invalid with the first line that is not of this encoding."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    line, since = 1, 0
    while True:
        chunk = file.read(_HEAD)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].decode(encoding, "replace").count("\n")
            raise Invalid([_undecodable(line)]) from error
        since = since + len(text) if "\n" not in text else len(text) - text.rindex("\n")
        line += text.count("\n")
        if since > 2 * LONGEST_LINE:
            raise Invalid([_too_long(line)])
        if not chunk:
            return


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    file.seek(0)
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise Invalid([_too_long(number)])
        yield number, line


def _find_separator(head: str) -> str:
    """The separator that gives the first lines the most columns, and all of them alike."""
    lines = [line for line in head.splitlines() if line.strip()][:20]
    best = max(SEPARATORS, key=lambda separator: _columns(lines, separator))
    if _columns(lines, best)[0] < 2:
        raise Invalid([Fault(field="file", code="no-separator")])
    return best


def _columns(lines: list[str], separator: str) -> tuple[int, int]:
    """Columns of the first line, and how many of the others have as many."""
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator, skipinitialspace=True)]
    except csv.Error:
        widths = [line.count(separator) + 1 for line in lines]
    return widths[0], widths.count(widths[0])


def _quote_fault(error: csv.Error, line: int) -> Fault:
    is_misplaced = "expected after" in str(error)
    code = "misplaced-quote" if is_misplaced else "unclosed-quote"
    return Fault(field=f"line {line}", code=code)


def _too_long(line: int) -> Fault:
    return Fault(field=f"line {line}", code="line-is-too-long", values={"bytes": LONGEST_LINE})


def _undecodable(line: int) -> Fault:
    return Fault(field=f"line {line}", code="cannot-be-decoded")
