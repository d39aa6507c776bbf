"""Options: what a caller may choose about figures, and the file stem that says so."""

from dataclasses import dataclass, replace
from typing import Final

from analysis.draw.style import SIZES, THEMES, DrawError
from analysis.excerpt import Excerpt
from analysis.measure.claims import Claim
from scrapers.posting import FAMILIES

LANGS: Final = ("ko", "en")
QUERY_LEVELS: Final = ("any", "required", "preferred", "required_or_preferred", "mentioned")
COMMAND_LINE: Final = {
    "years": "--years",
    "by": "--by",
    "level": "--level",
    "families": "--family",
    "claim": "--claims",
}
DEFAULT_YEARS: Final = (2020, 2024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A figure's options; `claim` is the outside claim's rate in [0,1], drawn only when given.

    Raises DrawError on a value outside the allowed ones.
    """

    lang: str = "both"
    size: str = "slide"
    theme: str = "light"
    years: tuple[int, int] = DEFAULT_YEARS
    by: tuple[str, ...] = ()
    level: str = "any"
    families: tuple[str, ...] = ()
    claim: float | None = None
    excerpts: tuple[Excerpt, ...] = ()
    """What the cards quote; where there is none of a level, an example written for this project."""
    narrowed: tuple[str, ...] = ()
    """What the excerpts were narrowed down to, such as a role or a country; part of the file names."""
    only_from: str | None = None
    """Part of the data that the facts given are from; the store alone has files of its own."""
    claims: tuple[Claim, ...] = ()
    """Claims to hold against the facts; () for those that come with the project."""

    def __post_init__(self) -> None:
        _check("lang", (self.lang,), (*LANGS, "both"))
        _check("size", (self.size,), tuple(SIZES))
        _check("theme", (self.theme,), tuple(THEMES))
        _check("by", self.by, ("role",))
        _check("level", (self.level,), QUERY_LEVELS)
        _check("family", self.families, FAMILIES)
        if self.years[0] > self.years[1]:
            raise DrawError(f"years {self.years[0]}-{self.years[1]} run backwards: write the earlier first")
        if self.claim is not None and (self.level != "any" or not 0 <= self.claim <= 1):
            raise DrawError("a claim is a share in 0-1 of postings that mention the skill: draw it with level any")

    @property
    def langs(self) -> tuple[str, ...]:
        return LANGS if self.lang == "both" else (self.lang,)

    @property
    def period(self) -> tuple[int, ...]:
        return tuple(range(self.years[0], self.years[1] + 1))

    def keep(self, taken: frozenset[str]) -> "Options":
        """Return these options with every data option outside `taken` at its default."""
        fresh = Options()
        names = ("years", "by", "level", "families", "claim", "claims", "excerpts", "narrowed")
        dropped = {name: getattr(fresh, name) for name in names if name not in taken}
        return replace(self, **dropped)

    def refuse_untaken(self, figure_id: str, taken: frozenset[str]) -> None:
        """Raise DrawError when an option was chosen that a figure asked for by name does not take."""
        kept = self.keep(taken)
        if refused := [option for name, option in COMMAND_LINE.items() if getattr(kept, name) != getattr(self, name)]:
            takes = ", ".join(option for name, option in COMMAND_LINE.items() if name in taken) or "none of its kind"
            raise DrawError(f"{refused[0]} does not apply to {figure_id}, which takes {takes}")

    def stem(self, figure_id: str) -> str:
        """Return the file stem: the id and every option that differs from its default, so variants never collide."""
        parts = [figure_id]
        if self.by:
            parts.append("by_" + "_".join(self.by))
        if self.years != DEFAULT_YEARS:
            parts.append(f"{self.years[0]}-{self.years[1]}")
        if self.level != "any":
            parts.append(self.level)
        if self.families:
            parts.append("+".join(sorted(self.families)))
        if self.claim is not None:
            parts.append("claims")
        parts += self.narrowed
        if self.only_from == "store":
            parts.append("store")
        parts += [value for value, default in ((self.theme, "light"), (self.size, "slide")) if value != default]
        return ".".join(parts)


def _check(name: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for value in values:
        if value not in allowed:
            raise DrawError(f"{name} {value!r} is not one of: {', '.join(allowed)}")
