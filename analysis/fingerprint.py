"""Fingerprints: hashes of a posting's title, text and employer by which copies and reposts are recognised."""

import re
import unicodedata
import zlib
from typing import Final

import numpy as np

from scrapers.posting import digest

_WORD: Final = re.compile(r"\w+")
_LEGAL: Final = re.compile(
    r"\(주\)|㈜|주식회사|유한회사|유한책임회사"
    r"|\b(?:inc|incorporated|llc|l l c|ltd|limited|corp|corporation|gmbh|plc)\b"
    r"|\b(?:pty|pvt|private|llp|lp|s\.?a|ag|bv|b v|aps|as|ab|oy|co)\b"
)
_RATING: Final = re.compile(r"\s*\n.*|\s+\d\.\d\s*★?\s*$", re.S)
_AND_CO: Final = re.compile(r"\s*(?:&|\band\b)\s*co\b\.?")
_MASK: Final = (1 << 64) - 1
_PRIMES: Final = tuple(
    np.uint64(p) for p in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def company_key(company: str | None) -> str | None:
    """Return the employer's name reduced to what identifies it, or None where nothing is left.

    Legal forms, ratings glued on by job boards, punctuation and spaces go: "Acme, Inc.\\n4.2" -> "acme".
    """
    if not company:
        return None
    name = _AND_CO.sub("", _fold(_RATING.sub("", company.strip())))
    name = re.sub(r"\.com\b", "", name)
    bare = "".join(_WORD.findall(_LEGAL.sub(" ", name)))
    return bare or "".join(_WORD.findall(name)) or None


def company_id(company: str | None) -> str | None:
    """Return the hash of an employer's normalised name (16 hex digits), or None when no employer is known."""
    key = company_key(company)
    return digest("company", key) if key else None


def _hash64(text: str) -> int:
    return int(digest(text), 16)


def title_hash(title: str | None) -> int:
    """Return the 64-bit hash of a title's words, case and punctuation folded; 0 without a title."""
    words = _WORD.findall(_fold(title or ""))
    return _hash64(" ".join(words)) if words else 0


def body_hash(words: list[str]) -> int:
    """Return the 64-bit hash of a text's words; line breaks, bullets and case do not matter; 0 for no words."""
    return _hash64("".join(words)) if words else 0


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, as `body_hash` and `near_hash` take them."""
    return _WORD.findall(_fold(text))


def near_hash(words: list[str]) -> int:
    """Return the 64-bit similarity hash of a text over its distinct three-word sequences.

    Random-hyperplane hashing (Charikar 2002): two texts differ in about 64 * angle / pi bits, so
    8 bits of difference mean a cosine similarity of about 0.92.
    """
    if len(words) < 3:
        return body_hash(words)
    codes = np.fromiter((zlib.crc32(w.encode()) for w in words), np.uint64, len(words))
    a, b, c, d = _PRIMES
    with np.errstate(over="ignore"):
        shingles = (codes[:-2] * a) ^ (codes[1:-1] * b + a) ^ (codes[2:] * c + b)
        shingles ^= shingles >> np.uint64(29)
        shingles *= d
        shingles ^= shingles >> np.uint64(32)
    shingles = np.unique(shingles)
    bits = np.unpackbits(shingles.view(np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(axis=0, dtype=np.int64) * 2 > len(shingles)
    return int.from_bytes(np.packbits(majority).tobytes(), "big") & _MASK
