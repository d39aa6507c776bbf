"""Citation: the line and the BibTeX entry to cite a result by."""

from collections.abc import Mapping
from typing import Any, Final

from analysis import wording

TITLE: Final = "airflow-demand: how often job postings ask for Apache Airflow"
AUTHOR: Final = "airflow-demand contributors"
LICENCE: Final = "CC BY 4.0"


def cite(attrs: Mapping[Any, Any], lang: str) -> str:
    """Return a line to cite a result by, and after an empty line its BibTeX entry.

    `attrs` are those of the result: vintage, code_version and query are used as far as they are there. The year is that
    of the data.
    """
    vintage, version = attrs.get("vintage"), attrs.get("code_version")
    year = str(vintage)[:4] if vintage else ""
    edition = [wording.say(lang, "version", version=version)] if version else []
    edition.append(wording.say(lang, "vintage", vintage=vintage) if vintage else wording.say(lang, "no_vintage"))
    asked = wording.title(attrs, lang)
    when = f" ({year})" if year else ""
    line = ". ".join(part for part in (f"{AUTHOR}{when}", TITLE, ", ".join(edition), asked, LICENCE) if part)
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": TITLE,
        "year": year,
        "version": str(version or ""),
        "note": "; ".join([*edition, asked, LICENCE]),
    }
    entry = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"{line}.\n\n@misc{{airflow-demand,\n{entry}\n}}"
