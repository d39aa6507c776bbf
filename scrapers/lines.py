"""Lines: text files read line by line in bounded memory, in the encoding they are written in."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scrapers.rows import MAX_CHARS, ImportProblem

_CHUNK: Final = 1 << 20
_WIDE: Final = ("utf-16", "utf-32")
_BOMS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_KOREAN: Final = re.compile("[가-힣]{2}")
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
_BINARY: Final = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; unpack it, or save the sheet as csv",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as csv",
    b"\x1f\x8b": "packed with gzip; unpack it",
    b"%PDF": "a PDF; save the posting as a page or a table",
    b"PAR1": "a Parquet file; let its name end in .parquet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; of an over-long one only the beginning is kept."""

    number: int
    text: str
    is_long: bool = False


def read_lines(path: Path, encoding: str) -> Iterator[Line]:
    """Yield the lines of a file, ended by \\n, \\r\\n or \\r and by nothing else.

    str.splitlines would also break at U+2028, which occurs inside records. Bytes that do not decode come out as lone
    surrogates, see `is_undecoded`, so that one bad row does not take the file with it.
    """
    try:
        with path.open(encoding=encoding, errors=_errors_of(encoding), newline=None) as stream:
            number = 0
            while text := stream.readline(MAX_CHARS):
                number += 1
                is_long = not text.endswith("\n") and len(text) == MAX_CHARS
                rest = text if is_long else "\n"
                while rest and not rest.endswith("\n"):
                    rest = stream.readline(_CHUNK)
                yield Line(number, text[:1000] if is_long else text.removesuffix("\n"), is_long)
    except UnicodeError as error:
        raise ImportProblem(f"{path.name}: not {encoding} text ({error}); pass another --encoding") from error
    except OSError as error:
        raise ImportProblem(f"{path.name}: cannot be read ({error.strerror or error})") from error


def read_chunks(path: Path, encoding: str) -> Iterator[str]:
    """Yield the text of a file in pieces of about a million characters, for formats that need no lines."""
    try:
        with path.open(encoding=encoding, errors=_errors_of(encoding)) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except UnicodeError as error:
        raise ImportProblem(f"{path.name}: not {encoding} text ({error}); pass another --encoding") from error
    except OSError as error:
        raise ImportProblem(f"{path.name}: cannot be read ({error.strerror or error})") from error


def is_undecoded(text: str) -> bool:
    """Tell whether a text holds bytes that are not in its file's encoding."""
    return not text.isascii() and bool(_UNDECODED.search(text))


def fault_in(text: str, encoding: str) -> str | None:
    """Return why a text read in an encoding cannot be taken, or None."""
    if "\0" in text:
        return "NUL byte"
    return f"not {encoding} text; see --encoding" if is_undecoded(text) else None


def find_encoding(path: Path, given: str | None) -> str:
    """Return the encoding of a file: as given, by its byte order mark, else utf-8 if it is, else cp949 if it is.

    With a few broken lines the one of the two with fewer of them is taken. Raises ImportProblem when a file is neither.
    """
    known = known_encoding(given) if given else None
    try:
        start = refuse_binary(path)
        bom = next((name for mark, name in _BOMS.items() if start.startswith(mark)), None)
        if found := known or bom:
            return found
        if _decodes(path, "utf-8"):
            return "utf-8"
        bad = {name: _n_bad_lines(path, name) for name in ("utf-8", "cp949")}
    except OSError as error:
        raise ImportProblem(f"{path.name}: cannot be read ({error.strerror or error})") from error
    if bad["utf-8"] <= bad["cp949"]:
        return "utf-8"
    # Latin-1 text often decodes as cp949 too, into stray characters: real Korean comes in words.
    if not _has_korean(path):
        raise ImportProblem(f"{path.name}: neither UTF-8 nor Korean cp949 text; name its encoding with --encoding")
    return "cp949"


def refuse_binary(path: Path) -> bytes:
    """Return the first bytes of a file; raises ImportProblem, and says what the file is, when they begin no text."""
    with path.open("rb") as stream:
        start = stream.read(8)
    if what := next((what for mark, what in _BINARY.items() if start.startswith(mark)), None):
        raise ImportProblem(f"{path.name}: this is {what}")
    return start


def known_encoding(name: str) -> str:
    """Return the name under which Python reads an encoding; raises ImportProblem for one that is none of text."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, UnicodeError) as error:
        raise ImportProblem(f"unknown encoding {name!r}; try utf-8, utf-16 or cp949") from error
    # cp949 holds every euc-kr text and the syllables that files called euc-kr use beyond it.
    return {"euc_kr": "cp949", "utf-8": "utf-8-sig"}.get(found, found)


def _errors_of(encoding: str) -> str:
    return "strict" if encoding.startswith(_WIDE) else "surrogateescape"


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _n_bad_lines(path: Path, encoding: str) -> int:
    return sum(is_undecoded(line.text) for line in read_lines(path, encoding))


def _has_korean(path: Path) -> bool:
    return any(_KOREAN.search(line.text) for line in read_lines(path, "cp949"))
