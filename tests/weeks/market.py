"""A job market, week by week: employers open, edit, repost and close vacancies; most of them are on no source read."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from scrapers.posting import posting_id
from tests.weeks.adverts import DATA_ROLES, LEVELS, ROLES, Advert, edit, write

FIRST = date(2025, 1, 6)
CHANNELS = {"greenhouse": 16, "lever": 12, "jobposting": 3, "arbeitnow": 45, "hackernews": 45, "": 180}
"""How many employers advertise where; "" are those whose sites nobody reads."""
_NAMES = [
    *("Brindle", "Oxbow", "Larkspur", "Fennel", "Tansy", "Quillow", "Marram", "Sorrel"),
    *("Bracken", "Harrow", "Thistle", "Juniper", "Mallow", "Pippin", "Hazel", "Rowan"),
    *("Clover", "Burdock", "Saffron", "Teasel", "Yarrow", "Willow", "Alder", "Linden"),
    *("Cobble", "Garnet", "Flint", "Pebble", "Slate", "Amber"),
]
_KINDS = ["Works", "Mills", "Lines", "Labs", "Yard", "Goods", "Rail", "Tools", "Farm", "Post", "House", "Forge"]
_SHARES = (0.2, 0.12, 0.1, 0.1, 0.06, 0.27, 0.15)
_WEIGHTS = {"data_engineer": 0.9, "ml_engineer": 0.0, "data_scientist": -0.8, "bi_analyst": -0.9}


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer: where it advertises, how often, and how fond of Airflow it is (log odds)."""

    number: int
    name: str
    channel: str
    lang: str
    pace: float
    fondness: float

    @property
    def board(self) -> str:
        """The board on which its vacancies stand; that of a feed or a thread is no matter of the employer."""
        token = self.name.lower().replace(" ", "")
        if self.channel == "jobposting":
            return f"https://careers.{token}.example/{token}/sitemap.xml"
        return token if self.channel in ("greenhouse", "lever") else ""


@dataclass(frozen=True, slots=True)
class Vacancy:
    """One vacancy as it is advertised now; `level` is what it says of Airflow in truth, "" nothing."""

    number: int
    employer: Employer
    role: str
    level: str
    advert: Advert
    opened: int
    """The week."""
    is_repost: bool = False
    thread: str = ""
    """The month of the thread in which it stands."""

    @property
    def posted(self) -> date:
        """The day on which it was advertised."""
        return monday(self.opened) - timedelta(days=1 + self.number % 6)

    @property
    def native_id(self) -> str:
        """Its number at the source."""
        return {"lever": f"l-{self.number}", "arbeitnow": f"advert-{self.number}"}.get(
            self.employer.channel, str(self.number)
        )

    @property
    def board(self) -> str:
        """The board on which it stands."""
        return self.thread or self.employer.board

    @property
    def id(self) -> str:
        """Its id in the store."""
        return posting_id(self.employer.channel, self.board, self.native_id, None, None, "")


def monday(week: int) -> date:
    """Return the day of a week's run."""
    return FIRST + timedelta(weeks=week)


@dataclass
class Market:
    """All vacancies of all employers; `advance` goes one week on. The same seed gives the same market."""

    seed: int
    week: int = -1
    open: list[Vacancy] = field(default_factory=list)
    threads: dict[str, list[Vacancy]] = field(default_factory=dict)
    flood: list[Vacancy] = field(default_factory=list)
    is_still: bool = False
    """True while nothing changes at all."""
    _number: int = 9_000_000

    def __post_init__(self) -> None:
        self._random = Random(self.seed)
        self.employers = list(self._found())

    def _found(self) -> Iterator[Employer]:
        channels = [channel for channel, n in CHANNELS.items() for _ in range(n)]
        for number, channel in enumerate(channels):
            name = f"{_NAMES[number % len(_NAMES)]} {_KINDS[number // len(_NAMES) % len(_KINDS)]}"
            lang = "ko" if channel != "hackernews" and self._random.random() < 0.25 else "en"
            is_feed = channel in ("arbeitnow", "hackernews")
            pace = self._random.gammavariate(2.0, 0.45 if is_feed else 0.9)
            # A site that holds no posting at all is told of as broken.
            pace = max(pace, 2.5) if channel == "jobposting" else pace
            yield Employer(number, name, channel, lang, pace, self._random.gauss(-1.0, 0.7))

    @property
    def targets(self) -> list[str]:
        """What is read of it."""
        named = [f"{e.channel}:{e.board}" for e in self.employers if e.board]
        return [*named, "arbeitnow", "hackernews"]

    def advance(self) -> list[Vacancy]:
        """Go one week on, and return the vacancies that were opened in it, wherever they are advertised."""
        self.week += 1
        if self.is_still:
            return []
        self.open = [self._lived(v) for v in self.open if self._random.random() > 0.16]
        mood = math.exp(self._random.gauss(0.0, 0.12))
        opened = [v for e in self.employers for v in self._opened(e, mood)]
        self.open += [v for v in opened if not v.thread]
        for vacancy in (v for v in opened if v.thread):
            self.threads.setdefault(vacancy.thread, []).append(vacancy)
        return [v for v in opened if not v.is_repost]

    def truth(self, opened: list[Vacancy], level: str) -> float:
        """Return the share of vacancies in data roles that name Airflow, or name it at a level."""
        asked = [v for v in opened if v.role in DATA_ROLES]
        return sum(v.level == level if level != "any" else bool(v.level) for v in asked) / len(asked)

    def shown(self, channel: str, board: str = "") -> list[Vacancy]:
        """Return what a board shows now; of a feed without naming one."""
        mine = [v for v in self.open if v.employer.channel == channel]
        return [v for v in mine if v.employer.board == board] if board else mine + self._flooded(channel)

    def drown(self, n: int) -> None:
        """Have the feed show one vacancy n times more, each time as another."""
        first = next(v for v in self.open if v.employer.channel == "arbeitnow")
        self.flood = [replace(first, number=self._next(), opened=self.week) for _ in range(n)]

    def _flooded(self, channel: str) -> list[Vacancy]:
        return self.flood if channel == "arbeitnow" else []

    def _opened(self, employer: Employer, mood: float) -> Iterator[Vacancy]:
        n = 0
        mass, limit = self._random.random(), math.exp(-employer.pace * mood)
        while mass > limit:
            n, mass = n + 1, mass * self._random.random()
        thread = f"{monday(self.week):%Y-%m}" if employer.channel == "hackernews" else ""
        for _ in range(n):
            role = self._random.choices(ROLES, _SHARES)[0]
            odds = employer.fondness + _WEIGHTS.get(role, 0.0) - (3.0 if role not in DATA_ROLES else 0.0)
            is_fond = self._random.random() < 1 / (1 + math.exp(-odds))
            level = self._random.choices(LEVELS, (0.5, 0.25, 0.25))[0] if is_fond else ""
            advert = write(self._random, employer.name, role, level, employer.lang)
            yield Vacancy(self._next(), employer, role, level, advert, self.week, thread=thread)

    def _lived(self, vacancy: Vacancy) -> Vacancy:
        """Return what becomes of a vacancy in a week: it stays, is edited, or comes again under another number."""
        fate = self._random.random()
        if fate < 0.03:
            changed = edit(self._random, vacancy.advert, vacancy.employer.name, vacancy.employer.lang)
            return replace(vacancy, advert=changed)
        if fate < 0.05:
            return replace(vacancy, number=self._next(), opened=self.week, is_repost=True)
        return vacancy

    def _next(self) -> int:
        self._number += 1
        return self._number
