import json
import time
from typing import Any

import pytest

from scrapers.jobposting import find_jobpostings, to_fields

POSTING = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Data Engineer"}
PLAIN = json.dumps(POSTING)


def page(*blocks: str) -> str:
    scripts = "".join(f'<script type="application/ld+json">{b}</script>' for b in blocks)
    return f"<html><head>{scripts}</head><body><p>Job</p></body></html>"


@pytest.mark.parametrize(
    "block",
    [
        PLAIN,
        f"[{PLAIN}]",
        json.dumps({"@graph": [{"@type": "WebPage"}, POSTING]}),
        json.dumps({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": POSTING}]}),
        json.dumps({**POSTING, "@type": ["Thing", "JobPosting"]}),
        json.dumps({**POSTING, "@type": "http://schema.org/JobPosting"}),
        json.dumps({"@type": "schema:JobPosting", "schema:title": "Data Engineer"}),
        json.dumps({"@type": "https://schema.org/JobPosting/", "http://schema.org/title": "Data Engineer"}).replace(
            "JobPosting/", "JobPosting"
        ),
        json.dumps({"@Type": "JobPosting", "Title": "Data Engineer"}),
        PLAIN.replace('"', "&quot;"),
        f"<![CDATA[{PLAIN}]]>",
        f"//<![CDATA[\n{PLAIN}\n//]]>",
        f"/*<![CDATA[*/{PLAIN}/*]]>*/",
        f"<!--\n{PLAIN}\n-->",
        PLAIN + ";",
        PLAIN[:-1] + ",}",
        PLAIN[:-1] + r', "salary": "\$90k, 5\% more"}',
        PLAIN[:-1] + ', "description": "two\nlines\tand a tab"}',
        PLAIN[:-1] + r', "salary": "\$90k", "tags": ["a",],}',
        "\ufeff" + PLAIN,
        '{"@type": "WebSite"}' + PLAIN,
    ],
)
def test_every_shape_in_the_wild_is_read(block: str) -> None:
    assert [p["title"] for p in find_jobpostings(page(block))] == ["Data Engineer"]


def test_a_broken_block_never_loses_its_siblings() -> None:
    other = json.dumps({**POSTING, "title": "Analyst"})
    found = find_jobpostings(page(PLAIN, '{"@type": "JobPosting", "title": "cut of', "", "[" * 100_000, "null", other))
    assert [p["title"] for p in found] == ["Data Engineer", "Analyst"]


def test_valid_text_is_not_mended() -> None:
    block = json.dumps({**POSTING, "description": "lists [1, 2,] and &lt;b&gt; and C:\\\\x"})
    assert find_jobpostings(page(block))[0]["description"] == "lists [1, 2,] and &lt;b&gt; and C:\\\\x"


def test_microdata_is_read_where_there_is_no_json() -> None:
    html = """<body itemscope itemtype="https://schema.org/WebPage"><div itemscope itemtype="http://schema.org/JobPosting">
      <h1 itemprop="title">BI Analyst</h1><meta itemprop="datePosted" content="2024-02-29">
      <div itemprop="hiringOrganization" itemscope itemtype="http://schema.org/Organization">
        <a itemprop="url" href="https://x.example">x</a><b itemprop="name">Kelp</b></div>
      <span itemprop="employmentType">FULL_TIME</span><span itemprop="employmentType">CONTRACT</span>
      <div itemprop="description"><p>Reports</p><ul><li>Airflow</li></ul></div></div></body>"""
    (found,) = map(to_fields, find_jobpostings(html))
    assert found["title"] == "BI Analyst"
    assert found["company"] == "Kelp"
    assert (found["posted_at"], found["posted_at_kind"]) == ("2024-02-29", "structured")
    assert found["employment_type"] == "FULL_TIME, CONTRACT"
    assert found["text"] == "Reports\n- Airflow"
    assert find_jobpostings(page(PLAIN) + html)[0]["title"] == "Data Engineer"


def test_no_posting_is_no_error() -> None:
    assert find_jobpostings("") == []
    assert find_jobpostings("<p>nothing here</p>") == []
    assert find_jobpostings(page('{"@type": "Organization", "name": "JobPosting"}')) == []


@pytest.mark.parametrize(
    "bomb",
    [
        '<script type="application/ld+json">' * 100_000,
        '<div itemscope itemtype="http://schema.org/JobPosting">' * 20_000,
        page('{"@graph":' * 50_000),
        page("{" + '"a":1,' * 500_000),
    ],
    ids=["scripts", "items", "graphs", "keys"],
)
def test_bombs_end_soon(bomb: str) -> None:
    started = time.process_time()
    find_jobpostings(bomb)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"title": " Data &amp; ML  Engineer "}, {"title": "Data & ML Engineer"}),
        ({"hiringOrganization": "Acme"}, {"company": "Acme"}),
        ({"hiringOrganization": [{"Name": "Acme"}]}, {"company": "Acme"}),
        ({"jobLocation": "Oslo, Norway"}, {"location": "Oslo, Norway", "country": None}),
        (
            {"jobLocation": {"address": {"addressLocality": "Seoul", "addressCountry": "KR"}}},
            {"location": "Seoul, KR", "country": "KR"},
        ),
        (
            {"jobLocation": [{"Address": {"AddressCountry": {"Name": "Germany"}}}, {"address": "Lyon"}]},
            {"location": "Germany; Lyon", "country": "DE"},
        ),
        (
            {"jobLocation": [{"address": {"addressCountry": "DE"}}, {"address": {"addressCountry": "FR"}}]},
            {"location": "DE; FR", "country": None},
        ),
        ({"jobLocationType": "TELECOMMUTE"}, {"remote": True}),
        ({"jobLocationType": "https://schema.org/TELECOMMUTE"}, {"remote": True}),
        ({}, {"remote": None, "title": None, "text": "", "posted_at": None, "posted_at_kind": "seen"}),
        ({"datePosted": "2023-04-05T06:00:00Z"}, {"posted_at": "2023-04-05T06:00:00+00:00"}),
        ({"datePosted": "yesterday"}, {"posted_at": None, "posted_at_kind": "seen"}),
        ({"identifier": {"@type": "PropertyValue", "name": "Acme", "value": 77}}, {"native_id": "77"}),
        ({"identifier": "R-9"}, {"native_id": "R-9"}),
        ({"mainEntityOfPage": {"@id": "https://x.example/1"}}, {"url": "https://x.example/1"}),
        ({"description": "&lt;p&gt;R&amp;amp;D&lt;/p&gt;"}, {"text": "R&D"}),
    ],
)
def test_to_fields(given: dict[str, Any], expected: dict[str, Any]) -> None:
    fields = to_fields(given)
    assert {k: fields[k] for k in expected} == expected


def test_requirements_in_a_property_of_their_own_join_the_text_once() -> None:
    posting = {
        "description": "<p>We build.</p><p>Airflow, daily</p>",
        "qualifications": "<ul><li>Airflow, daily</li></ul>",
        "responsibilities": ["Run Spark", "Run Kafka"],
    }
    assert to_fields(posting)["text"] == "We build.\nAirflow, daily\n\nResponsibilities\nRun Spark\nRun Kafka"
