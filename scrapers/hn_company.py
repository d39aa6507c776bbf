"""Who the employer of a hiring post is: the words that tell a company's name from a role, a place or a sentence."""

import re

from scrapers.places import is_place

_BARS = re.compile(r"\s*[|｜¦│‖]+\s*")
_DOTS = re.compile(r"\s+[•·∙●*]\s+|\s*//\s+")
_SLASHES = re.compile(r"\s+[/\\]\s+")
_DASHES = re.compile(r"\s+[-–—―]+\s+|\s*—\s*|\s+--+\s*")
URL = re.compile(r"(?:https?://|www\.)[^\s|)\]>,]+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[{][^()\[\]{}]*[)\]}]?")
_YC = re.compile(r"[,(\s–-]*\b(?:YC|Y\s?Combinator)[ -]?'?(?:[WSFX]\s?'?\d\d(?:\d\d)?|\d{2,4})?\)?\s*$", re.IGNORECASE)
DOMAIN = re.compile(r"^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?$", re.IGNORECASE)

ROLE = re.compile(
    r"""(?ix)\b(?:engineers?|developers?|devs?|programmers?|scientists?|analysts?|designers?|architects?|managers?
    |administrators?|admins?|sysadmins?|researchers?|interns?|internships?|consultants?|recruiters?|directors?|writers?
    |marketers?|specialists?|technicians?|testers?|hackers?|evangelists?|advocates?|strategists?|generalists?|postdocs?
    |co-?founders?|cto|ceo|coo|cmo|cfo|vps?|head\ of|tech\ leads?|team\ leads?|leads|devops|sres?|swes?|sdets?|qa|pms?
    |full[ -]?stack|front[ -]?end|back[ -]?end|phd|professor|fellows?|roles?|positions?|openings|jobs|executives?
    |account\ executive|assistant|coordinators?|associates?|representatives?|officer|statisticians?|freelancers?
    |mlops|machine\ learning|data\ science|data\ engineering|software\ engineering|product\ management|customer\ success
    |개발자|엔지니어|분석가|디자이너|기획자)\b"""
)
_AGENT_LAST = re.compile(
    r"""(?ix)\b(?:engineers?|developers?|devs?|programmers?|scientists?|analysts?|designers?|architects?|managers?
    |administrators?|sysadmins?|researchers?|interns?|internships?|consultants?|directors?|cto|ceo|coo|devops|sres?|swes?
    |qa|roles?|positions?|openings?|jobs?|leads?|co-?founders?|full[ -]?stack|front[ -]?end|back[ -]?end|hackers?
    |postdocs?|specialists?|evangelists?|marketers?|writers?|technicians?|generalists?|hires?|people|talent|candidates?)
    [^\w]*(?:i{1,3}|[1-5]|wanted|needed|x\d|\d+x?)?[^\w]*$"""
)
_ROLE_FIRST = re.compile(
    r"""(?ix)^(?:(?:senior|sr\.?|junior|jr\.?|lead|principal|staff|founding|head|vp|chief|mid(?:-level)?)(?:[ /,]|$)
    |(?:full[ -]?stack|front[ -]?end|back[ -]?end|software|data|machine\ learning|ml|ai|devops|ios|android|web|product)
    \s+(?:engineer|developer|scientist|designer|architect|manager|analyst|lead)
    |(?:ruby|rails|python|java|javascript|php|golang|c\+\+|react|node|scala|ios|android|devops|cto|interns?|engineers?
    |developers?|designers?)\b)"""
)
TERMS = re.compile(
    r"""(?ix)\b(?:full[ -]?time|part[ -]?time|contract(?:or|ors)?|freelance|permanent|interns?(?:hips?)?|h-?1-?b|visas?
    |salary|remote(?:ly)?|on[ -]?site|in[ -]person|hybrid|wfh|work\ from\ (?:home|anywhere)|worldwide|fte?)\b
    |[$€£₩]\s?\d|\d+\s?k\b|%|\bonly$"""
)
_LOOSE_TERMS = re.compile(
    r"""(?ix)\b(?:perm|relocation|equity|benefits|telecommut\w+|anywhere|competitive|location|local|no\ agencies
    |citizens?(?:hip)?|clearance|temporary|flexible|distributed|in[ -]office|apply|careers?|hours|days?|week|usa?|stock
    |options)\b|\s[/+&]\s
    |^(?:sales|marketing|growth|engineering|blockchain|security|infrastructure|analytics|cloud|frontend|backend)$"""
)
_NAMELESS = re.compile(
    r"""(?ix)\b(?:stealth|confidential|undisclosed|unnamed|anonymous)\b|\bstart-?ups?$|\bour\ client\b
    |\b(?:seed|series\ [a-e]|early|growth|venture|vc|pe)[ -](?:stage|funded|backed)\b
    |^(?:[a-z]+\s)?(?:company|agency|team|project|business|nonprofit|hiring|multiple|various|several|many|seeking)$
    |^(?:new|small|local|large|big|top|top[ -]tier)\s(?:[a-z-]+\s)*(?:company|agency|fund|firm|studio|bank|shop)$
    |^start-?up\b|\b(?:hedge[- ]fund|trading\ firm)$|\bwanted$"""
)
_PROSE = re.compile(
    r"""(?ix)^(?:we|we'(?:re|ve)|i|i'?m|i'?ve|you|they|it|it's|our|my|your|this|that|these|those|there|here|hello|hey
    |anyone|everyone|please|note|looking\ (?:for|to)|hiring|seeking|want|wanted|needed|locations?|positions?|roles?
    |title|job|jobs|untitled|edit|disclaimer|multiple|various|several)\b(?!\.)"""
)
_LOOSE_PROSE = re.compile(
    r"""(?ix)^(?:he|she|what|who|why|how|where|when|if|is|are|do|does|hi|update|join|come|help|just|sorry|thanks|thank
    |also|not|no|yes|any|all|both|one|two|three|some|most|many|and|but|or|so|as|at|in|on|for|with|from|to|of|re|since
    |after|now|get|see|check|email|contact|apply|description|about|requirements|responsibilities|technologies|stack
    |skills|salary|benefits|perks|summary|compensation|website|url|web|the\ (?:company|team|role|position|job|work)
    |candidates?|applicants?|a|an|another|working|work|interested|experience|based|founded|bonus|full|part|on-?site
    |remote|great|feel|other|more|every|each|everything|someone|something|once|while|additionally|currently|today|let's
    |responses?|questions?|senior|junior|lead|engineers|developers|designers|must|us|interview|tech|bonus)\b(?!\.)"""
)
_VERB = re.compile(r"(?i)\b(?:we|we're|we’re|is|are|am|i|you|our|your|looking|seeking|hiring|join|help|who|has|have)\b")
FIELD = re.compile(
    r"(?i)^\W{0,3}(company|employer|회사|locations?|where|roles?|positions?|job title|title|job)\W{0,2}:\s*(.+)$"
)
_IS_HIRING = re.compile(
    r"""(?ix)^(?P<name>.{2,60}?)[,]?\s+(?:is|are|'s)\s+(?:(?:currently|still|also|always|actively|now|again|growing\ and
    |expanding\ and|proudly|excited|happy|busy)\s+){0,2}
    (?:hiring|looking|seeking|searching|recruiting|expanding|growing|on\ the|in\ search)\b"""
)
_IS_A = re.compile(
    r"""(?ix)^(?P<name>.{2,40}?)[,]?\s+(?:is|are)\s+(?:a|an|the|one|building|creating|developing|making|changing|working
    |on\ a|transforming|reinventing|revolutionizing|redefining|helping|bringing|disrupting|establishing)\b"""
)
_AT_WE = re.compile(
    r"(?i)^(?:at|here at|join us at|the team at|our team at|we at|us at)\s+(?P<name>.{2,40}?)\s*,?\s+(?:we|is|are)\b"
)
_ROLE_AT = re.compile(r"(?i)^(?P<role>.{3,80}?)\s+(?:at|@)\s+(?P<name>[^,;:]{2,40}?)\s*(?:[,;:!].*)?$")
_SHOUT = re.compile(
    r"(?i)\s*\b(?:is|are)\s+(?:now\s+|currently\s+|also\s+)?(?:hiring|looking|seeking|recruiting)\b.*$"
    r"|\s+(?:hiring|seeks)\b.*$"
)
_JOB_HOSTS = re.compile(
    r"(?i)(?:lever\.co|greenhouse\.io|ashbyhq|workable|ycombinator|linkedin|angel\.co|wellfound|google\.com|bit\.ly"
    r"|grnh\.se|notion\.|breezy|recruitee|github\.com|stackoverflow|indeed|glassdoor|goo\.gl|youtu|jobvite|workday"
    r"|smartrecruiters|\bt\.co$)"
)


def split_header(header: str) -> list[str]:
    """Return the segments of a header at its strongest separator: bars, else bullets, else spaced dashes."""
    for separator in (_BARS, _DOTS, _DASHES):
        segments = [s.strip(" \t,;") for s in separator.split(header.strip(" |｜-–—*•·"))]
        segments = [s for s in segments if s]
        if len(segments) > 1:
            return segments
    slashed = _SLASHES.split(header.strip())
    return slashed if len(slashed) > 2 else [header.strip()]


def _host_of(segment: str) -> str | None:
    found = URL.search(segment)
    url = found.group() if found else segment
    host = re.sub(r"(?i)^https?://", "", url).split("/")[0].removeprefix("www.")
    return host if DOMAIN.match(host) and not _JOB_HOSTS.search(url) else None


def clean_name(segment: str) -> str:
    """Return a header segment without what is written around a name: brackets, addresses, "(YC S21)", punctuation."""
    name = _YC.sub("", _BRACKETS.sub(" ", URL.sub(" ", segment)))
    name = _SHOUT.sub("", " ".join(name.split()))
    return _YC.sub("", name).strip(" \t.,;:!?*_#>\"“”'`~=-–—|/\\&")


def _is_role(segment: str) -> bool:
    return bool(_AGENT_LAST.search(_BRACKETS.sub("", segment)) or _ROLE_FIRST.match(segment))


def _is_nobody(name: str) -> bool:
    return bool(_PROSE.match(name) or _VERB.search(name) or _NAMELESS.search(name))


def _is_terms(name: str) -> bool:
    return bool(TERMS.search(name) or _is_role(name) or is_place(name))


def is_company(name: str, *, is_leading: bool = False) -> bool:
    """Tell whether a cleaned header segment can be a company's name; when unsure it is not.

    A segment leading a header with bars may begin with a word that elsewhere begins a sentence ("Local", "One").
    """
    words = name.split()
    if not 1 <= len(words) <= 6 or not 2 <= len(name) <= 60 or not re.search(r"[^\W\d_]", name) or "@" in name:
        return False
    if not is_leading and (
        _LOOSE_PROSE.match(name) or _LOOSE_TERMS.search(name) or (name.islower() and len(words) > 2)
    ):
        return False
    return not _is_nobody(name) and (bool(DOMAIN.match(name)) or not _is_terms(name))


def _candidate(segment: str, *, is_leading: bool) -> str | None:
    """Return the company that a segment names."""
    segment = re.sub(r"(?i)^\W*(?:company|description|employer|hiring|about)\s?:\s*", "", segment)
    at = _ROLE_AT.match(segment)
    if at and ROLE.search(at["role"]) and is_company(name := clean_name(at["name"])):
        return name
    if is_place(URL.sub("", segment)) or (not is_leading and ROLE.search(URL.sub("", segment))):
        return None
    head = _DASHES.split(segment)[0] if _DASHES.search(segment) else segment
    head = re.split(
        r"\s*[:;](?:\s+|$)|,\s+(?!(?i:inc|llc|ltd|gmbh|corp|co|lp|llp|plc)\b)|(?<=[^.\s]{3})\.\s", f"{head} "
    )[0]
    name = clean_name(head)
    if not name:
        return _host_of(segment)
    return name if is_company(name, is_leading=is_leading) else None


def _is_backed(name: str, rest: str) -> bool:
    """Tell whether the text itself uses the name again: what an unsure reading needs to count."""
    squeezed = re.sub(r"\W", "", name).lower()
    if len(squeezed) < 2:
        return False
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest):
        return True
    return (
        len(squeezed) > 3 and squeezed in re.sub(r"[-.]", "", " ".join(re.findall(r"\S+\.\S+|\S+@\S+", rest))).lower()
    )


def _named_in_sentence(line: str) -> str | None:
    for pattern in (_AT_WE, _IS_HIRING, _IS_A):
        found = pattern.match(line)
        name = clean_name(found["name"]) if found else ""
        if len(name.split()) <= 4 and (not name[:1].islower() or DOMAIN.match(name)) and is_company(name):
            return name
    return None


def _named_in_segments(segments: list[str], rest: str, *, is_barred: bool) -> str | None:
    """Return the company of the first segment, or of a later one behind segments that are plainly something else."""
    for place, segment in enumerate(segments[:4]):
        is_leading = is_barred and place == 0
        name = _candidate(segment, is_leading=is_leading)
        if name and (is_leading or _is_backed(name, rest)):
            return name
        if not (_is_terms(_BRACKETS.sub("", segment)) or ROLE.search(segment)) or _NAMELESS.search(segment):
            return None
    return None


def find_company(header: str, segments: list[str], lines: list[str]) -> str | None:
    """Return the employer that a post names in a field, its header or its first sentences; None when that is unsure."""
    for line in lines[:6]:
        field = FIELD.match(line)
        if field and field[1].lower() in ("company", "employer", "회사"):
            named = clean_name(split_header(field[2])[0])
            return named if is_company(named) else None
    rest = "\n".join([*segments[1:], *lines[1:]])
    is_barred = bool(_BARS.search(header))
    if len(segments) > 1 and (name := _named_in_segments(segments, rest, is_barred=is_barred)):
        return name
    for line in lines[:4]:
        if sentence := _named_in_sentence(line):
            return sentence
    alone = _candidate(header, is_leading=False) if len(segments) == 1 and len(header) < 120 else None
    return alone if alone and _is_backed(alone, rest) else None
