"""Telling: how excerpts and explanations read on a terminal and in Markdown."""

from collections.abc import Iterator
from typing import Final

from analysis.classify.tagger import TITLE_LINE
from analysis.excerpt import Excerpt
from analysis.explanation import Explanation
from analysis.quoting import Line, is_worded, to_markdown

WHY: Final = {
    "short": "its text has fewer than 200 characters",
    "truncated": "its text was cut off by whoever collected it",
    "vendor": "its employer sells what is asked about",
    "no countable date": "no date is known that year charts may use",
    "survivor": "it was still open when it was read, more than 12 months after it was posted",
    "later weak date": "it is dated only by when it was read, in a year after the vacancy's first",
    "duplicate": "another posting of the same vacancy is counted",
    "other role": "none of its roles is a data role",
}
"""Reasons of `analysis.measure.population` that the default question can give, in words."""
BY: Final = {
    "native": "the source's own field",
    "heading": "a heading",
    "cue": "a wording in its sentence",
    "model": "the line model",
    "default": "nothing: no heading and no wording asks for it",
}
STAMP: Final = "WRITTEN EXAMPLE, not a real posting"
_N_LISTED: Final = 5


def card_lines(excerpt: Excerpt) -> Iterator[Line]:
    """Yield an excerpt line by line; spans are the names of the skill."""
    if excerpt.is_example:
        yield Line(STAMP)
    yield Line(_name(excerpt))
    yield Line(_about(excerpt))
    if excerpt.heading:
        yield Line(f"    {excerpt.heading}")
    yield from _indented(excerpt.lines)
    yield Line(f"{excerpt.level}, told by {_evidence(excerpt.how, excerpt.evidence)}")
    if excerpt.url:
        yield Line(one_line(excerpt.url))


def card_markdown(excerpt: Excerpt) -> str:
    """Return an excerpt as a Markdown quotation: what was written is text and nothing else, names are bold."""
    quoted = [f"**{to_markdown(excerpt.heading)}**", ""] if excerpt.heading else []
    quoted += [("- " if line.is_bullet else "") + _bold(line) for line in excerpt.lines]
    about = to_markdown(_about(excerpt))
    link = f"[{about}](<{one_line(excerpt.url)}>)" if excerpt.url else about
    told = f"{excerpt.level}, told by {to_markdown(_evidence(excerpt.how, excerpt.evidence))}"
    stamp = [f"*{STAMP}*", ""] if excerpt.is_example else []
    head = [f"### {to_markdown(_name(excerpt))}", "", *stamp]
    return "\n".join([*head, *(f"> {line}".rstrip() for line in quoted), "", f"{told}. {link}", ""])


def one_line(link: str) -> str:
    """Return an address without what would end it or a line."""
    return "".join(c for c in link if c.isprintable() and not c.isspace() and c not in "<>")


def _name(excerpt: Excerpt) -> str:
    return " · ".join(part for part in (excerpt.title or excerpt.role, excerpt.company) if part)


def _about(excerpt: Excerpt) -> str:
    date = f"posted {excerpt.posted_on[:7]}" if excerpt.posted_on else ""
    parts = (date, excerpt.source, excerpt.country, f"posting_id {excerpt.posting_id}")
    return " · ".join(part for part in parts if part)


def _bold(line: Line) -> str:
    parts, reach = [], 0
    for start, end in line.spans:
        parts += [to_markdown(line.text[reach:start]), f"**{to_markdown(line.text[start:end])}**"]
        reach = end
    return "".join([*parts, to_markdown(line.text[reach:])])


def _evidence(how: str, evidence: str) -> str:
    return (
        f"{BY[how]} “{evidence}”"
        if is_worded(evidence)
        else BY[how] + (f" ({evidence.strip('()')})" if evidence else "")
    )


def _indented(lines: tuple[Line, ...]) -> Iterator[Line]:
    for line in lines:
        lead = "    - " if line.is_bullet else "    "
        yield Line(lead + line.text, tuple((a + len(lead), b + len(lead)) for a, b in line.spans))


def explanation_lines(told: Explanation) -> Iterator[Line]:
    """Yield an explanation line by line for a terminal; spans are the names that decided."""
    fact, own = told.fact, told.own
    yield Line(f"posting   {fact['posting_id']} of {fact['source']} ({fact['family']})")
    if told.title:
        yield Line(f"title     {told.title}")
    if told.link:
        yield Line(f"link      {one_line(told.link)}")
    country, date = fact["country"] or "unknown", fact["posted_on"] or "unknown"
    yield Line(f"posted    {date} ({fact['posted_on_kind']}); country {country}, language {fact['lang']}")
    yield Line(f"counted   {_answer(own.reason)}")
    year = f" in {own.posted_on[:4]}" if own.posted_on and own.reason_by_year is None else ""
    yield Line(f"by year   {_answer(own.reason_by_year)}{year}")
    yield from _vacancy(told)
    roles = ", ".join(fact["roles"]) or "none"
    yield Line(f"roles     {roles}; by {fact['role_method']}, confidence {fact['role_confidence']:.2f}")
    yield from _skills(told)
    yield from _places(told)


def _answer(reason: str | None) -> str:
    return "yes" if reason is None else f"no: {WHY.get(reason, reason)}"


def _vacancy(told: Explanation) -> Iterator[Line]:
    n = len(told.members)
    if n == 1:
        yield Line("vacancy   advertised once")
        return
    yield Line(f"vacancy   advertised {n} times")
    for member in told.members[:_N_LISTED]:
        pooled = "counted" if member.reason is None else member.reason
        yearly = "counted" if member.reason_by_year is None else member.reason_by_year
        date = member.posted_on or "undated"
        yield Line(f"          {member.posting_id} {member.source} {date}: {pooled}; by year: {yearly}")
    if n > _N_LISTED:
        yield Line(f"          and {n - _N_LISTED} more")


def _skills(told: Explanation) -> Iterator[Line]:
    skills = {s["skill"]: s for s in told.fact["skills"]}
    asked = skills.pop(told.skill, None)
    yield Line(f"{told.skill:<9} " + (f"{asked['level']}, told by {BY[asked['how']]}" if asked else "not named"))
    if skills:
        others = ", ".join(f"{s['skill']} {s['level']} ({s['how']})" for s in skills.values())
        yield Line(f"others    {others}")


def _places(told: Explanation) -> Iterator[Line]:
    if not told.has_text:
        yield Line("no quote  its text is not kept: the snapshot holds decisions, and this store has no such posting")
        return
    if told.read_by != told.fact["tagger_version"]:
        versions = f"{told.read_by}; the decisions above are of {told.fact['tagger_version']}"
        yield Line(f"note      read anew by tagger {versions}: run airflow-demand tag")
    for place in told.places:
        where = {TITLE_LINE: "title", -1: "field of the source"}.get(place.line, f"line {place.line}")
        yield Line(f"{where}: {place.level}, told by {_evidence(place.how, place.evidence)}")
        if place.heading:
            yield Line(f"    {place.heading}")
        yield from _indented(place.lines)
