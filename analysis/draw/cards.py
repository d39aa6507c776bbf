"""Cards: an excerpt of a posting as the data, the words and the picture of a figure."""

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache, partial
from typing import Any, Final

import pandas as pd
import pyarrow as pa
from matplotlib.figure import Figure

from analysis.classify.vocabulary import load_vocabulary
from analysis.draw.fonts import UNKNOWN, drawable
from analysis.draw.labels import Labels
from analysis.draw.options import Options
from analysis.draw.page import SEPARATOR, Box, Page, open_page
from analysis.draw.prose import Prose, fitting, paint_prose
from analysis.draw.spec import FigureData, FigureSpec, Words
from analysis.excerpt import Excerpt, examples
from analysis.measure.population import Query
from analysis.quoting import N_WORDS, Line, is_worded

LARGEST: Final = 2.6
"""Size of the quote's letters, in sizes of a label, where there is room."""
_OF_LINES: Final = ("line", "text", "spans", "is_bullet")
_NAME: Final = 60
_LINK: Final = 110

KO: Final[dict[str, str]] = {
    "title": "공고 발췌: {name}",
    "example_title": "직접 쓴 예시 공고: {name}",
    "subtitle": "{skill} {level} · {about}",
    "required": "필수",
    "preferred": "우대",
    "mentioned": "단순 언급",
    "posted": "{date} 게시",
    "undated": "게시일 미상",
    "example": "이 프로젝트가 직접 쓴 예시이며 실제 공고가 아님",
    "stamp": "직접 쓴 예시",
    "verdict": "{level} 판정 근거: {why}",
    "by_heading": "머리글 “{evidence}”",
    "by_native": "출처가 나눈 항목 “{evidence}”",
    "by_kind": "출처가 나눈 {kind} 항목",
    "by_part": "공고의 세 부분 중 {kind} 부분",
    "by_cue": "표현 “{evidence}”",
    "by_model": "머리글과 표현이 없어 문장 모델이 판단",
    "by_default": "필수나 우대로 볼 머리글과 표현 없음",
    "words": "{skill} 앞뒤로 {n}단어까지만 발췌",
    "link": "원문: {url}",
    "id": "posting_id {id}",
    "unknown": "글꼴에 없는 글자는 {mark}",
    "alt": "{name} 공고에서 {skill} 부분을 발췌한 카드. {quote} ({verdict}).",
    "example_alt": "직접 쓴 예시 공고({name}, 실제 공고가 아님)에서 {skill} 부분을 발췌한 카드. {quote} ({verdict}).",
}
EN: Final[dict[str, str]] = {
    "title": "From a posting: {name}",
    "example_title": "From a written example: {name}",
    "subtitle": "{skill} {level} · {about}",
    "required": "required",
    "preferred": "preferred",
    "mentioned": "mentioned",
    "posted": "posted {date}",
    "undated": "day of posting unknown",
    "example": "written for this project as an example, not a real posting",
    "stamp": "Written example",
    "verdict": "Counted as {level}: {why}",
    "by_heading": "heading “{evidence}”",
    "by_native": "the source's own field “{evidence}”",
    "by_kind": "the source's own field for {kind}",
    "by_part": "the {kind} part of the posting's three",
    "by_cue": "the words “{evidence}”",
    "by_model": "no heading and no cue, told by the line model",
    "by_default": "neither heading nor cue makes it more than a mention",
    "words": "At most {n} words quoted on each side of {skill}",
    "link": "Source: {url}",
    "id": "posting_id {id}",
    "unknown": "Letters that the fonts lack: {mark}",
    "alt": "Card with an excerpt of a posting for {name} that names {skill}. {quote} ({verdict}).",
    "example_alt": "Card with an excerpt of an example written for this project, not a real posting, for {name} that "
    "names {skill}. {quote} ({verdict}).",
}
KINDS: Final = {
    "ko": {
        "required": "필수",
        "preferred": "우대",
        "duties": "업무",
        "stack": "기술 스택",
        "company": "회사 소개",
        "benefits": "복지",
        "process": "전형",
        "unknown": "기타",
    },
    "en": {
        "required": "what is required",
        "preferred": "what is preferred",
        "duties": "duties",
        "stack": "the stack",
        "company": "the company",
        "benefits": "benefits",
        "process": "the process",
        "unknown": "other matters",
    },
}


def card(figure_id: str, level: str) -> FigureSpec:
    """Return the figure that quotes the best excerpt of a level, or an example where none is given."""
    return FigureSpec(figure_id, frozenset({"excerpts", "narrowed"}), partial(_data, level), _words, _paint)


@cache
def _examples() -> tuple[Excerpt, ...]:
    return tuple(examples(Query()))


def _data(level: str, facts: pa.Table, options: Options) -> FigureData:
    """Return the excerpt of a level, one row per line; facts hold no words and are not asked."""
    given = next((e for e in options.excerpts if e.level == level), None)
    shown = given or next(e for e in _examples() if e.level == level)
    return FigureData(to_frame(shown), {"n_postings": 1}, is_counted=False)


def to_frame(excerpt: Excerpt) -> pd.DataFrame:
    """Return an excerpt as it is drawn, one row per line: its fields, line, text, spans (start-end;...), is_bullet.

    Signs and letters that the fonts lack are replaced.
    """
    own = {k: drawable(v) if isinstance(v, str) else v for k, v in asdict(excerpt).items() if k != "lines"}
    rows = [
        {
            **own,
            "line": number,
            "text": drawable(line.text),
            "spans": ";".join(f"{a}-{b}" for a, b in line.spans),
            "is_bullet": line.is_bullet,
        }
        for number, line in enumerate(excerpt.lines, 1)
    ]
    return pd.DataFrame(rows)


def to_excerpt(frame: pd.DataFrame) -> Excerpt:
    """Return the excerpt that a frame of `to_frame` shows."""
    rows = frame.to_dict("records")
    lines = tuple(Line(row["text"], _spans(row["spans"]), bool(row["is_bullet"])) for row in rows)
    fields: dict[str, Any] = {str(k): None if pd.isna(v) else v for k, v in rows[0].items() if k not in _OF_LINES}
    return Excerpt(lines=lines, **fields)


def _spans(text: str) -> tuple[tuple[int, int], ...]:
    pairs = (part.split("-") for part in text.split(";") if part)
    return tuple((int(a), int(b)) for a, b in pairs)


def _own(labels: Labels) -> Labels:
    return labels.extended(KO, EN)


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def name_of(excerpt: Excerpt, labels: Labels) -> str:
    """Return what the posting is for and, where it may be told, whose it is."""
    title = _short(excerpt.title or labels.roles[excerpt.role], _NAME)
    return f"{title} · {_short(excerpt.company, _NAME // 2)}" if excerpt.company else title


def verdict(excerpt: Excerpt, labels: Labels) -> str:
    """Return in words at which level the posting counts and what decided it."""
    own = _own(labels)
    kinds: Mapping[str, str] = KINDS[own.lang]
    kind = kinds.get(excerpt.evidence.strip("()").split(" ")[0], "")
    how = excerpt.how
    if how in ("heading", "native") and not is_worded(excerpt.evidence):
        how = "part" if how == "heading" else "kind"
    why = own.say(f"by_{how}", evidence=_short(excerpt.evidence, _NAME), kind=kind)
    return own.say("verdict", level=own.say(excerpt.level), why=why)


def _about(excerpt: Excerpt, own: Labels) -> str:
    if excerpt.is_example:
        return own.say("example")
    date = excerpt.posted_on
    told = own.say("posted", date=date[:7]) if date else own.say("undated")
    return SEPARATOR.join(part for part in (told, own.source(excerpt.source), excerpt.country) if part)


def _words(data: FigureData, labels: Labels, options: Options) -> Words:
    excerpt, own = to_excerpt(data.frame), _own(labels)
    terms = load_vocabulary().terms
    skill = terms[excerpt.skill].label if excerpt.skill in terms else excerpt.skill
    name = name_of(excerpt, own)
    quoted = " / ".join(line.text for line in excerpt.lines)
    notes = [own.say("words", skill=skill, n=N_WORDS), own.say("id", id=excerpt.posting_id)]
    if excerpt.url:
        notes.append(own.say("link", url=_short(excerpt.url, _LINK)))
    if UNKNOWN in "".join([name, excerpt.heading, excerpt.evidence, quoted]):
        notes.append(own.say("unknown", mark=UNKNOWN))
    if data.meta.get("vintage") and not excerpt.is_example:
        notes.append(own.say("vintage", vintage=data.meta["vintage"]))
    heading = f"{excerpt.heading}: " if excerpt.heading else ""
    kind = "example_" if excerpt.is_example else ""
    return Words(
        title=own.say(f"{kind}title", name=name),
        subtitle=own.say("subtitle", skill=skill, level=own.say(excerpt.level), about=_about(excerpt, own)),
        notes=tuple(notes),
        alt=own.say(f"{kind}alt", name=name, skill=skill, quote=f"“{heading}{quoted}”", verdict=verdict(excerpt, own)),
    )


def _paint(fig: Figure, data: FigureData, labels: Labels, options: Options) -> None:
    excerpt, own = to_excerpt(data.frame), _own(labels)
    page, room = open_page(fig, _words(data, labels, options), options)
    bottom = _paint_verdict(page, room, excerpt, own)
    top = _paint_stamp(page, room, own) if excerpt.is_example else room.top
    body = Box(room.left, bottom, room.right, top)
    prose = Prose(excerpt.heading, excerpt.lines)
    paint_prose(page, body, fitting(page, body, prose, LARGEST * page.size.label), prose)


def _paint_stamp(page: Page, room: Box, own: Labels) -> float:
    """Say in a box that the quote is an example; return where it ends."""
    points, words = page.size.label, own.say("stamp")
    width = page.measure(words, points, "bold")[0] + 1.2 * points
    box = Box(room.left, room.top - 1.7 * points, room.left + width, room.top)
    page.fill(box, page.theme.paper, page.theme.claim, 0.1 * points)
    x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
    page.text(x, y, words, points, page.theme.claim, weight="bold", ha="center", va="center")
    return box.bottom - points


def _paint_verdict(page: Page, room: Box, excerpt: Excerpt, own: Labels) -> float:
    """Say under a rule why the posting counts, beside its level's colour; return where that begins."""
    points, theme = page.size.label, page.theme
    indent = 1.1 * points
    words = page.wrap(verdict(excerpt, own), points, room.width - indent)
    height = page.measure(words, points)[1]
    top = room.bottom + height + 0.9 * points
    colors: dict[str, Any] = {
        "required": theme.required,
        "preferred": theme.preferred,
        "mentioned": theme.mentioned,
    }
    chip = Box(room.left, room.bottom, room.left + 0.45 * points, room.bottom + height)
    page.fill(chip, colors[excerpt.level], theme.outline, 0.05 * points)
    page.text(room.left + indent, room.bottom, words, points, theme.soft, va="bottom")
    page.line([(room.left, top), (room.right, top)], theme.grid, 0.08 * points)
    return top + 0.8 * points
