"""Style: the sizes, colours and matplotlib settings that every figure shares."""

from dataclasses import dataclass
from typing import Any, Final

from analysis.faults import Misuse


class DrawError(Misuse):
    """A figure cannot be drawn as asked; the message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Size:
    """A page: inches and dots per inch; text sizes and margin in points."""

    width: float
    height: float
    dpi: int
    title: float
    subtitle: float
    label: float
    small: float
    foot: float
    margin: float
    line: float


SIZES: Final = {
    # 13.333 in at 144 dpi comes out one pixel short; the fraction gives exactly 1920.
    "slide": Size(1920 / 144, 1080 / 144, 144, 28, 17, 16, 13, 12, 44, 3.0),
    "half": Size(6.4, 5.6, 200, 18, 12.5, 12.5, 11, 9.5, 22, 2.4),
    "doc": Size(6.3, 3.9, 300, 12.5, 9, 8.5, 7.5, 6.6, 12, 1.7),
}


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by meaning: one meaning has one colour in every figure."""

    paper: str
    ink: str
    soft: str
    muted: str
    grid: str
    axis: str
    ghost: str
    held: str
    band: str
    raw: str
    hn: str
    claim: str
    required: str
    preferred: str
    mentioned: str
    hatch: str
    outline: str
    on_required: str
    on_preferred: str
    on_mentioned: str
    word_preferred: str
    word_mentioned: str
    mark: str
    mark_edge: str
    on_mark: str


THEMES: Final = {
    "light": Theme(
        paper="#FFFFFF",
        ink="#1A1A1A",
        soft="#4A4A4A",
        muted="#6E6E6E",
        grid="#E3E6E9",
        axis="#8A9199",
        ghost="#D9DEE3",
        held="#0B5FA5",
        band="#D6E5F2",
        raw="#767676",
        hn="#3F7F73",
        claim="#B8500A",
        required="#0B5FA5",
        preferred="#7FB4DD",
        mentioned="#D5DCE3",
        hatch="#FFFFFF",
        outline="#5F6B76",
        on_required="#FFFFFF",
        on_preferred="#1A1A1A",
        on_mentioned="#1A1A1A",
        word_preferred="#2A76B0",
        word_mentioned="#5F6B76",
        mark="#FFE29A",
        mark_edge="#B07D12",
        # Not the ink: it stays dark on the dark page, where ink turns light.
        on_mark="#1B1A19",
    ),
    "dark": Theme(
        paper="#15191E",
        ink="#F2F4F6",
        soft="#C9CFD5",
        muted="#9AA4AE",
        grid="#2B323A",
        axis="#66717C",
        ghost="#39424C",
        held="#58A6E8",
        band="#1D3B56",
        raw="#A7AFB7",
        hn="#6FBFAE",
        claim="#E8935A",
        required="#58A6E8",
        preferred="#2F6596",
        mentioned="#3A434D",
        hatch="#15191E",
        outline="#8793A0",
        on_required="#10151A",
        on_preferred="#FFFFFF",
        on_mentioned="#F2F4F6",
        word_preferred="#7FA9CF",
        word_mentioned="#B3BDC7",
        mark="#FFE29A",
        mark_edge="#C9932B",
        on_mark="#15191E",
    ),
    "print": Theme(
        paper="#FFFFFF",
        ink="#000000",
        soft="#2E2E2E",
        muted="#4F4F4F",
        grid="#E2E2E2",
        axis="#7A7A7A",
        ghost="#D6D6D6",
        held="#000000",
        band="#DCDCDC",
        raw="#6A6A6A",
        hn="#6A6A6A",
        claim="#3A3A3A",
        required="#2B2B2B",
        preferred="#979797",
        mentioned="#DEDEDE",
        hatch="#FFFFFF",
        outline="#4F4F4F",
        on_required="#FFFFFF",
        on_preferred="#000000",
        on_mentioned="#000000",
        word_preferred="#5A5A5A",
        word_mentioned="#5A5A5A",
        mark="#E4E4E4",
        mark_edge="#000000",
        on_mark="#000000",
    ),
}

RC: Final[dict[str, Any]] = {
    # NanumGothic has every Hangul syllable but no U+2212 minus: that glyph comes from DejaVu Sans.
    "font.family": ["NanumGothic", "DejaVu Sans"],
    "axes.unicode_minus": True,
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    # Hinted widths differ between dpi, so a text that fits the slide could overflow the document.
    "text.hinting": "no_hinting",
    "path.simplify": False,
}
