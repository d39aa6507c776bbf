"""Countries: which ISO 3166 two-letter code a country column stands for."""

import re
from typing import Final

_CODES: Final = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA
CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA
GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS
RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW
TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

_NAMES: Final = """
AE uae, are, united arab emirates | AR arg, argentina | AT aut, austria, österreich | AU aus, australia | BD bangladesh
BE bel, belgium, belgië, belgique | BG bulgaria | BR bra, brazil, brasil | BY belarus | CA can, canada, 캐나다
CH che, switzerland, schweiz, suisse, swiss | CI ivory coast, côte d'ivoire | CL chile | CM cameroon
CN chn, china, 중국
CO colombia | CR costa rica | CY cyprus | CZ cze, czechia, czech republic | DE deu, germany, deutschland, 독일
DK dnk, denmark, danmark | DO dominican republic | EC ecuador | EE estonia | EG egypt | ES esp, spain, españa
ET ethiopia
FI fin, finland, suomi | FR fra, france, metropolitan france, 프랑스
GB uk, u k, gbr, united kingdom, great britain, england, scotland, wales, northern ireland, 영국 | GE georgia
GR greece | GT guatemala | HK hong kong, hong kong sar | HR croatia | HU hungary | ID indonesia | IE irl, ireland, éire
IL isr, israel | IN ind, india, 인도 | IR iran | IS iceland | IT ita, italy, italia | JM jamaica | JO jordan
JP jpn, japan, 일본, 日本 | KE kenya | KH cambodia | KZ kazakhstan
KR kor, korea, south korea, republic of korea, korea republic of, korea south, 한국, 대한민국 | KY cayman islands
LK sri lanka | LT lithuania | LU luxembourg | LV latvia | MA morocco | ML mali | MT malta | MX mex, mexico, méxico
MY malaysia | NG nigeria | NL nld, netherlands, the netherlands, nederland, holland | NO nor, norway, norge
NZ new zealand | PA panama | PE peru | PH philippines, the philippines | PK pakistan | PL pol, poland, polska
PR puerto rico | PT prt, portugal | QA qatar
RO romania | RS serbia | RU russia, russian federation | RW rwanda | SA saudi arabia
SE swe, sweden, sverige | SG sgp, singapore, 싱가포르 | SI slovenia | SK slovakia | SN senegal | TG togo | TH thailand
TN tunisia | TR turkey, türkiye | TW taiwan, 대만 | UA ukraine | UG uganda
US usa, u s, u s a, united states, united states of america, the united states, america, 미국 | UY uruguay
UZ uzbekistan | VE venezuela | VN vietnam, viet nam, 베트남 | ZA south africa
"""
_KNOWN: Final = frozenset(_CODES.split())
NAMES: Final = {
    name.strip(): entry.strip()[:2]
    for entry in re.split(r"[|\n]", _NAMES.strip())
    for name in entry.strip()[3:].split(",")
}
"""Two-letter code by name, in lower case and without punctuation; three-letter codes are among the names."""
_PUNCTUATION: Final = re.compile(r"[.,()\s]+")


def to_iso2(name: str | None) -> str | None:
    """Return the two-letter code for a country's code or name; None for regions, unions and what is not known.

    Of several names in one ("Korea, Republic of") those that are known must agree.
    """
    if not name:
        return None
    key = _PUNCTUATION.sub(" ", name).strip().casefold()
    if code := NAMES.get(key):
        return code
    codes = {code for part in name.split(",") if (code := NAMES.get(part.strip().casefold()))}
    if codes:
        return codes.pop() if len(codes) == 1 else None
    return key.upper() if key.upper() in _KNOWN else None
