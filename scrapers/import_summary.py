"""ImportSummary: what importing one file did, in numbers and as lines for a terminal."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class ImportSummary:
    """What importing one file did: n_rows = new + changed + unchanged + repeated + rejected."""

    dataset: str
    family: str
    run: str
    files: list[str]
    is_repeat: bool = False
    n_rows: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    n_repeated: int = 0
    n_id_conflicts: int = 0
    n_rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    n_no_date: int = 0
    n_unread_dates: int = 0
    n_future: int = 0
    periods: tuple[str, str] | None = None
    sources: dict[str, int] = field(default_factory=dict)
    mapping: dict[str, str] = field(default_factory=dict)
    rejects: str | None = None

    def lines(self) -> list[str]:
        """Return the summary for a terminal."""
        name = f"{self.dataset} ({self.family})"
        if self.is_repeat:
            return [f"{name}: already imported as {self.run}; nothing changed"]
        counts = {
            "new": self.n_new,
            "changed": self.n_changed,
            "unchanged": self.n_unchanged,
            "repeated in the file": self.n_repeated,
            "same id but other content, kept apart": self.n_id_conflicts,
            "without a date, in no year chart": self.n_no_date,
            "with a date that is not clear": self.n_unread_dates,
            "with a date in the future": self.n_future,
        }
        shown = "; ".join(f"{n:,} {what}" for what, n in counts.items() if n)
        lines = [f"{name}: {self.n_rows:,} rows: {shown or 'nothing to store'}"]
        if self.periods:
            lines.append(f"  posted {self.periods[0]} to {self.periods[1]}")
        if len(self.sources) > 1:
            lines.append("  sources: " + ", ".join(f"{s} {n:,}" for s, n in sorted(self.sources.items())))
        if self.n_rejected:
            why = ", ".join(f"{reason} {n:,}" for reason, n in sorted(self.reasons.items()))
            lines.append(f"  {self.n_rejected:,} rejected ({why}), see {self.rejects}")
        elif self.rejects:
            lines.append(f"  dates that were left out are listed in {self.rejects}")
        return lines
