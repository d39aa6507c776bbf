"""Language: which language a posting is written in, by script first and by its commonest words second."""

import re
from collections import Counter
from typing import Final

_READ_CHARS: Final = 2_000
# Korean postings name most tools in Latin letters, and one syllable stands for about three of them.
_MIN_HANGUL: Final = 0.08
_MIN_LATIN: Final = 0.5
_MIN_STOP_WORDS: Final = 0.03
_FEW_OTHERS: Final = 0.03

_HANGUL: Final = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣ]+")
_LATIN: Final = re.compile("[A-Za-zÀ-ÖØ-öø-ɏ]+")
_STOP_WORDS: Final = {
    "en": "the and of to with you your we our for are is will be or as this that from have at who it an by",
    "de": "und der die das mit für wir dich dir ist ein eine einen du zu bei auf den dem des im von sie oder nicht als",
    "fr": "le les des et vous nous pour une est dans du au avec votre sur un vos en nos ou qui par aux être",
    "es": "el los las y con para una del nuestro como se su tu un que en por más es nuestra al lo ser experiencia",
    "pt": "os as e com para uma você nosso em do da dos das não no na um que mais nossa ou ser por ao são experiência",
    "other": "og er til af som vi het een van voor je wij och för att är det på il di che per della sono gli nella w"
    " z do jest oraz się ve bir için ile med av en de på som",
}


def _weigh_words() -> dict[str, list[tuple[str, float]]]:
    homes: dict[str, list[str]] = {}
    for lang, words in _STOP_WORDS.items():
        for word in set(words.split()):
            homes.setdefault(word, []).append(lang)
    # A word that several languages share says less about each of them.
    return {word: [(lang, 1 / len(langs)) for lang in langs] for word, langs in homes.items()}


_WEIGHTS: Final = _weigh_words()


def detect(text: str) -> str:
    """Return ko, en, de, fr, es, pt or other, from the first 2,000 characters; without evidence, other."""
    text = text[:_READ_CHARS]
    # Most texts are plainly Latin; their letters need no counting.
    if len(text) - len(text.encode("ascii", "ignore")) > _FEW_OTHERS * len(text):
        n_hangul = sum(map(len, _HANGUL.findall(text)))
        n_latin = sum(map(len, _LATIN.findall(text)))
        if n_hangul and n_hangul >= _MIN_HANGUL * (n_hangul + n_latin):
            return "ko"
        if n_latin < _MIN_LATIN * sum(map(str.isalpha, text)):
            return "other"
    words = text.lower().split()
    scores: dict[str, float] = dict.fromkeys(_STOP_WORDS, 0.0)
    for word, n in Counter(filter(_WEIGHTS.__contains__, words)).items():
        for lang, weight in _WEIGHTS[word]:
            scores[lang] += n * weight
    best = max(scores, key=lambda lang: scores[lang])
    return best if words and scores[best] >= _MIN_STOP_WORDS * len(words) else "other"
