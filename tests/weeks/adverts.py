"""Adverts: invented texts of vacancies, English and Korean, that say Airflow at a level which is known."""

from dataclasses import dataclass
from random import Random

ROLES = (
    *("data_engineer", "data_scientist", "ml_engineer", "bi_analyst", "analytics_engineer"),
    *("software_engineer", "other"),
)
DATA_ROLES = ROLES[:5]
LEVELS = ("required", "preferred", "mentioned")
_TITLES = {
    "en": (
        *("Data Engineer", "Data Scientist", "Machine Learning Engineer", "BI Analyst", "Analytics Engineer"),
        *("Backend Engineer", "Sales Manager"),
    ),
    "ko": (
        *("데이터 엔지니어", "데이터 사이언티스트", "머신러닝 엔지니어", "BI 분석가", "애널리틱스 엔지니어"),
        *("백엔드 개발자", "영업 담당자"),
    ),
}
_HEADINGS = {
    "en": ("What you will do", "Requirements", "Nice to have"),
    "ko": ("주요업무", "자격요건", "우대사항"),
}
_AIRFLOW = {
    "en": {
        "required": "{d} years of Apache Airflow with {n}",
        "preferred": "experience with Airflow around {n}",
        "mentioned": "keep the {a} Airflow DAGs of our {n} on time",
    },
    "ko": {
        "required": "{n} 업무에서 Apache Airflow를 {d}년 이상 써 보신 분",
        "preferred": "{n}에 에어플로우를 운영해 본 경험",
        "mentioned": "{n}의 {a} Airflow DAG를 제때 돌립니다",
    },
}
_LINES = {
    "en": (
        "{v} the {a} {n} that our {n} count on",
        "together with {n} and {n} you {v} a {a} {n}",
        "explain {a} {n} to people who {v} {n}",
        "{d} {a} {n} wait for somebody to {v} them",
        "each {n} of {c} has a {a} {n} that you {v}",
    ),
    "ko": (
        "{c}의 {a} {n} 업무를 {n} 팀과 함께 {v}",
        "{n}에서 나오는 {a} {n} 기록 {d}건을 {v}",
        "{a} {n} 때문에 멈춘 {n} 일을 다시 {v}",
        "{n} 담당자와 {a} {n} 이야기를 나누며 {v}",
    ),
}
_INTRO = {
    "en": (
        "{c} makes {a} {n} for {n} and {n} in {p}.",
        "Since {y} our {a} {n} have gone from {p} to every {n} that asks.",
        "You join {d} people who {v} {n} and argue about {a} {n}.",
    ),
    "ko": (
        "{c}는 {p}에서 {a} {n}, {n}, {n} 일을 하는 회사입니다.",
        "{y}년부터 {a} {n} 이야기를 {n} 손님에게 전해 왔습니다.",
        "{d}명이 {n} 옆에서 {a} {n} 생각을 하며 함께 일합니다.",
    ),
}
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "n": """kettles ferries orchards umbrellas lanterns bakeries glaciers bicycles violins greenhouses markets
        beehives harbours carpets museums telescopes gardens puddles windmills hammocks libraries tunnels kites
        vineyards trams pantries quarries canoes meadows theatres chimneys turnips saddles ladders cellars stamps
        anchors pumpkins marbles pillows gates feathers barrels ropes mittens clocks wheels parcels towers bridges""",
        "a": """quiet salty round patient amber crooked northern late wooden bright narrow gentle distant heavy early
        hollow striped copper tidy humid sleepy stubborn rapid mossy careful golden winding spare honest blue""",
        "v": """count mend deliver polish sort weigh paint collect compare repair water measure fold gather carry
        borrow describe stack rinse label inspect balance order arrange""",
        "p": "Rotterdam Leipzig Porto Leeds Oslo Gdansk Lyon Turin Ghent Malmo Seville Cork".replace(" ", "\n"),
    },
    "ko": {
        "n": """주전자 나룻배 과수원 우산 등불 빵집 빙하 자전거 바이올린 온실 시장 벌집 항구 양탄자 박물관 망원경 정원
        웅덩이 풍차 그네 도서관 터널 연날리기 포도밭 전차 찬장 채석장 카누 풀밭 극장 굴뚝 순무 안장 사다리 창고 우표 닻
        호박 구슬 베개 대문 깃털 나무통 밧줄 장갑 시계 바퀴 소포 탑 다리""",
        "a": """조용한 짭짤한 둥근 느긋한 노란 굽은 북쪽 늦은 나무로된 밝은 좁은 다정한 먼 무거운 이른 빈 줄무늬 구리빛
        단정한 축축한 졸린 고집센 빠른 이끼낀 조심스러운 금빛 구불구불한 여분의 솔직한 파란""",
        "v": """세어봅니다 고칩니다 나릅니다 닦습니다 나눕니다 재어봅니다 칠합니다 모읍니다 견줍니다 살립니다 적십니다
        헤아립니다 접습니다 거둡니다 옮깁니다 빌립니다 그립니다 쌓습니다 헹굽니다 살핍니다 맞춥니다 늘어놓습니다""",
        "p": "서울 부산 대구 광주 대전 울산 수원 성남 전주 제주 춘천 강릉".replace(" ", "\n"),
    },
}
_POOLS = {lang: {slot: words.split() for slot, words in slots.items()} for lang, slots in _WORDS.items()}
_TOOLS = ("Python", "SQL", "Spark", "Kafka", "dbt", "Snowflake", "Tableau", "Docker", "Kubernetes", "PostgreSQL")


@dataclass(frozen=True, slots=True)
class Advert:
    """What an employer wrote: a title, opening lines, and (heading, lines) of the parts behind them."""

    title: str
    intro: tuple[str, ...]
    parts: tuple[tuple[str, tuple[str, ...]], ...]


def write(random: Random, company: str, role: str, level: str, lang: str) -> Advert:
    """Return a new advert of a company for a role that names Airflow at a level; "" is not at all."""

    def fill(line: str) -> str:
        pools = _POOLS[lang]
        while "{" in line:
            slot = line[line.index("{") + 1]
            numbers = {"c": company, "d": str(random.randint(2, 90)), "y": str(random.randint(1950, 2020))}
            line = line.replace(f"{{{slot}}}", numbers.get(slot) or random.choice(pools[slot]), 1)
        return line

    duties = [fill(random.choice(_LINES[lang])) for _ in range(5)]
    asked = [f"{tool} {_tail(lang)} {fill('{a} {n}')}" for tool in random.sample(_TOOLS, 3)]
    liked = [f"{tool} {_tail(lang)} {fill('{n}')}" for tool in random.sample(_TOOLS, 2)]
    if level:
        lines = {"required": asked, "preferred": liked, "mentioned": duties}[level]
        lines.insert(random.randrange(len(lines)), fill(_AIRFLOW[lang][level]))
    name = _TITLES[lang][ROLES.index(role)]
    title = f"{name}, {fill('{a} {n}')}" if lang == "en" else name
    parts = zip(_HEADINGS[lang], map(tuple, (duties, asked, liked)), strict=True)
    return Advert(title, tuple(map(fill, _INTRO[lang])), tuple(parts))


def edit(random: Random, advert: Advert, company: str, lang: str) -> Advert:
    """Return the advert with one line more in its duties."""
    more = write(random, company, "other", "", lang).parts[0][1][0]
    (heading, lines), *others = advert.parts
    return Advert(advert.title, advert.intro, ((heading, (*lines, more)), *others))


def to_html(advert: Advert) -> str:
    """Return an advert as a page shows it."""
    return "".join(f"<p>{line}</p>" for line in advert.intro) + "".join(
        f"<h3>{heading}</h3>{to_list(lines)}" for heading, lines in advert.parts
    )


def to_list(lines: tuple[str, ...]) -> str:
    """Return lines as a list."""
    return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"


def _tail(lang: str) -> str:
    return "for" if lang == "en" else "사용 경험,"
