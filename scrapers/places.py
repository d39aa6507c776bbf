"""Places as hiring threads write them: which words are places, and which country they stand for."""

import re
from typing import Final

from scrapers.countries import NAMES, to_iso2

_SHORT_NAMES: Final = ("us", "usa", "uk", "uae", "u.s", "u.s.a", "u.k", "de", "nl")
"""Names and codes of up to three letters that headers mean as countries; "can", "are" or "in" are words there."""

_CITIES: Final = """
US: san francisco, sf, sf bay area, san francisco bay area, bay area, the bay area, soma, silicon valley, sfo
US: south san francisco, new york, new york city, nyc, ny, manhattan, brooklyn, soho, boston, seattle, austin, chicago
US: los angeles, la, l.a, palo alto, mountain view, washington dc, washington d.c, dc, d.c, atlanta, denver, san mateo
US: redwood city, san diego, philadelphia, philly, boulder, oakland, santa monica, sunnyvale, menlo park, berkeley
US: pittsburgh, san jose, dallas, houston, salt lake city, slc, minneapolis, ann arbor, charlotte, baltimore, irvine
US: miami, arlington, raleigh, columbus, santa clara, cupertino, detroit, phoenix, bellevue, madison, redmond, reston
US: santa barbara, pleasanton, waltham, orange county, burlingame, nashville, indianapolis, fort worth, somerville
US: emeryville, bellingham, st louis, grand rapids, chattanooga, pasadena, las vegas, los gatos, kansas city, tampa
US: conshohocken, gainesville, memphis, santa cruz, chandler, oklahoma city, costa mesa, fort lauderdale, herndon
US: new haven, culver city, louisville, san carlos, plano, colorado springs, princeton, fremont, cleveland, orlando
US: jersey city, lehi, portland, durham, cincinnati, sacramento, boise, hoboken, stanford, rtp, research triangle park
US: san luis obispo, west hollywood, venice beach, marina del rey, new york metro, midtown manhattan, provo, bethesda
US: california, texas, oregon, michigan, florida, utah, colorado, maryland, massachusetts, virginia, new jersey, ohio
US: pennsylvania, north carolina, south carolina, illinois, minnesota, montana, arizona, connecticut, wisconsin, idaho
US: tennessee, missouri, nebraska, nevada, new mexico, new hampshire, vermont, maine, iowa, alabama, washington state
US: east coast, west coast, silicon beach
GB: london, edinburgh, glasgow, manchester, bristol, oxford, brighton, leeds, belfast, cardiff, sheffield, shoreditch
GB: central london, nottingham, liverpool, newcastle upon tyne | IE: dublin, galway, cork
DE: berlin, munich, münchen, hamburg, cologne, köln, stuttgart, frankfurt, karlsruhe, leipzig, dresden, düsseldorf
DE: aachen, mainz, heidelberg, potsdam, bonn, hannover | AT: vienna, wien, graz, linz
CH: zurich, zürich, geneva, lausanne, basel, bern, zug | FR: paris, lyon, lille, toulouse, grenoble, bordeaux, nantes
NL: amsterdam, utrecht, rotterdam, the hague, eindhoven, delft, den haag, leiden | BE: brussels, ghent, gent, leuven
BE: antwerp | ES: barcelona, madrid, malaga, málaga, seville | PT: lisbon, lisboa, porto | IT: milan, rome, turin
SE: stockholm, gothenburg, göteborg, malmö, malmo | NO: oslo, trondheim, bergen | DK: copenhagen, aarhus, odense
FI: helsinki, espoo, tampere | EE: tallinn, tartu | LV: riga | LT: vilnius, kaunas | PL: warsaw, krakow, kraków
PL: wroclaw, wrocław, gdansk, poznan | CZ: prague, brno | HU: budapest | RO: bucharest, cluj, cluj-napoca | BG: sofia
RS: belgrade, novi sad | HR: zagreb | SI: ljubljana | GR: athens, thessaloniki | UA: kyiv, kiev, lviv, kharkiv
RU: moscow, saint petersburg, st petersburg | TR: istanbul | IL: tel aviv, tel-aviv, jerusalem, haifa, herzliya
AE: dubai, abu dhabi | ZA: cape town, johannesburg | KE: nairobi | NG: lagos
IN: bangalore, bengaluru, mumbai, pune, hyderabad, chennai, new delhi, delhi, gurgaon, gurugram, noida, kolkata
CN: shanghai, beijing, shenzhen, hangzhou, guangzhou | TW: taipei | JP: tokyo, osaka, kyoto, shibuya, fukuoka
KR: seoul, busan, pangyo, bundang, gwacheon, 서울, 판교, 부산
MY: kuala lumpur, penang | TH: bangkok, chiang mai | VN: hanoi, ho chi minh
VN: ho chi minh city, saigon | PH: manila, cebu | ID: jakarta, bali, yogyakarta
AU: sydney, melbourne, brisbane, perth, adelaide, canberra | NZ: auckland, wellington, christchurch
CA: toronto, vancouver, montreal, montréal, waterloo, kitchener, ottawa, calgary, edmonton, ontario, quebec
CA: quebec city, british columbia, halifax, alberta, winnipeg, gta
MX: mexico city, guadalajara, monterrey, cdmx | BR: são paulo, sao paulo, rio de janeiro | AR: buenos aires
CL: santiago | CO: bogotá, bogota, medellin, medellín | UY: montevideo | PE: lima
"""

_NOWHERE: Final = """
cambridge, birmingham, victoria, richmond, santa fe, georgia, columbia, alexandria, burlington, newcastle, waterloo
europe, eu, emea, apac, latam, asia, africa, north america, south america, americas, worldwide, world, global, globally
anywhere, earth, international, nordics, scandinavia, dach, benelux, uk/eu, us/eu, downtown, midtown, metro area
america, est, pst, cet, gmt, utc, us timezones, us time zones, eu timezones, multiple locations, various locations
"""
"""Places of no one country: the same name in several, or wider than a country."""

# Without Oklahoma: in headers "REMOTE OK" and "VISA OK" outnumber it by far.
_US_STATES: Final = frozenset(
    re.findall(
        r"[A-Z]{2}",
        """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OR
    PA RI SC SD TN TX UT VT VA WA WV WI WY DC""",
    )
)
_PROVINCES: Final = frozenset(["ON", "BC", "QC", "AB", "MB", "NS", "NB", "SK"])


def _read(table: str) -> dict[str, str]:
    places: dict[str, str] = {}
    for entry in re.split(r"[\n|]", table.strip()):
        code, names = entry.split(":")
        places.update((name.strip(), code.strip()) for name in names.split(","))
    return places


_AMBIGUOUS: Final = frozenset(name.strip() for name in re.split(r"[\n,]", _NOWHERE.strip()))
_LONG_NAMES: Final = {name: code for name, code in NAMES.items() if len(name) > 3 or not name.isascii()}
COUNTRIES: Final = {
    name: code
    for name, code in (_LONG_NAMES | {name: to_iso2(name) or "" for name in _SHORT_NAMES}).items()
    if name not in _AMBIGUOUS
}
CITIES: Final = {name: code for name, code in _read(_CITIES).items() if name not in _AMBIGUOUS}

_FILLER = re.compile(
    r"""(?ix)\b(?:fully|100%|remotely|remote(?:[ -](?:first|only|ok|friendly))?|on-?\s?site|in[ -]office|hybrid|only|or
    |and|based|in|near|downtown|area|greater|local|flexible|possible|preferred|friendly|ok|any|also|within|from|the
    |metro|time\s?zones?|wfh|work|home|central|north|south|east|west|full[ -]?time|part[ -]?time|contract)\b"""
)
_BRACKETED = re.compile(r"\([^()]*\)?|\[[^\[\]]*\]?")
_PART = re.compile(r"[,/;&+()\[\]]|\s+(?:or|and|in|from)\s+|\s[-–—]\s", re.IGNORECASE)


def _plain(part: str) -> str:
    return part.strip(" .:*-–—'\"").lower().replace("st. ", "st ")


def _code_of(part: str) -> str | None:
    word = part.strip(" .:*")
    if word in _US_STATES:
        return "US"
    if word in _PROVINCES:
        return "CA"
    last = word.rsplit(" ", 1)[-1]
    if " " in word and last in _US_STATES:
        return "US"
    return None


def _lookup(part: str) -> str | None:
    """Return the country of one part; "" for a place of no one country, None for what is no known place."""
    for name in (_plain(part), _plain(_FILLER.sub(" ", part))):
        name = " ".join(name.split())
        if name in _AMBIGUOUS:
            return ""
        if code := COUNTRIES.get(name) or CITIES.get(name):
            return code
        town, _, country = name.rpartition(" ")
        if country in COUNTRIES and (town in CITIES or town in _AMBIGUOUS):
            return COUNTRIES[country]
    return None


def find_places(segment: str) -> list[str]:
    """Return the countries of the places named in a header segment ("" where a place has no one country)."""
    found: list[str] = []
    for part in _PART.split(segment):
        country = _lookup(part)
        if country is None:
            country = _code_of(part)
        if country is not None:
            found.append(country)
    return found


def is_place(segment: str) -> bool:
    """Tell whether a segment is wholly a place: each part known, or an unknown town before its state or country."""
    bare = _BRACKETED.sub(" ", segment).strip() or segment
    parts = [p for p in _PART.split(bare) if _plain(_FILLER.sub(" ", p))]
    if not parts:
        return False
    known = [_lookup(p) is not None or _code_of(p) is not None for p in parts]
    if all(known):
        return True
    is_short = len(parts) in (2, 3) and len(parts[0].split()) <= 3
    town_before_region = is_short and known[-1] and not known[0] and "," in bare
    return town_before_region and (_code_of(parts[-1]) is not None or _plain(parts[-1]) in COUNTRIES)


def country_of(segments: list[str]) -> str | None:
    """Return the one country that the segments name, or None when they name none or several."""
    countries = {code for segment in segments for code in find_places(segment) if code}
    return countries.pop() if len(countries) == 1 else None
