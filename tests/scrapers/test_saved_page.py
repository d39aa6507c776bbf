from pathlib import Path

import pytest

from analysis.classify.tagger import Tagger
from scrapers.importing import import_files
from scrapers.rows import ImportProblem
from scrapers.saved_page import read_page
from scrapers.store import Store

PAGES = Path(__file__).parents[1] / "pages" / "saved_pages"


def test_structured_data_goes_before_the_visible_text() -> None:
    (found,) = read_page(PAGES / "structured.html")
    assert found["native_id"] == "BL-4711"
    assert found["url"] == "https://careers.birchline.example/jobs/4711"
    assert (found["company"], found["country"]) == ("Birchline GmbH", "DE")
    assert found["text"] == "You run our lake.\nRequirements\n- Airflow & dbt"
    assert "is_page_text" not in found


def test_microdata_page() -> None:
    (found,) = read_page(PAGES / "microdata.html")
    assert (found["title"], found["company"], found["location"]) == ("Platform Engineer", "Tidewater Labs", "Leeds, GB")
    assert found["native_id"] == found["url"] == "https://tidewater.example/work/platform"
    assert found["posted_at"] == "2022-11-30"


def test_visible_text_of_a_korean_page_in_its_old_encoding() -> None:
    (found,) = read_page(PAGES / "korean_plain.html")
    assert found["title"] == "데이터 엔지니어 (경력)"
    assert found["is_page_text"] is True
    assert found["text"].split("\n") == [
        "데이터 엔지니어 (경력)",
        "자격요건",
        "파이썬으로 배치를 만들어 보신 분",
        "- Airflow를 운영해 보신 분",
        "- 뷁틱한 로그도 웃으며 읽는 분",
        "우대사항",
        "- dbt 경험",
        "근무지 | 대전",
    ]


def test_a_page_may_lie_about_its_charset(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes('<meta charset="utf-8"><h1>데이터 분석가</h1>'.encode("cp949"))
    assert read_page(path)[0]["title"] == "데이터 분석가"


def test_several_postings_on_a_page_share_no_address(tmp_path: Path) -> None:
    path = tmp_path / "list.html"
    path.write_text(
        '<link rel="canonical" href="https://x.example/jobs"><script type="application/ld+json">'
        '[{"@type":"JobPosting","title":"One"},{"@type":"JobPosting","title":"Two"}]</script>'
    )
    assert [(p["title"], p["url"], p["native_id"]) for p in read_page(path)] == [
        ("One", None, None),
        ("Two", None, None),
    ]


def test_empty_page_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.html"
    path.write_text(" \n")
    with pytest.raises(ImportProblem, match=r"empty\.html: the file is empty"):
        read_page(path)


def test_a_page_of_the_kind_of_google_careers_keeps_its_headings(tmp_path: Path) -> None:
    store = Store(tmp_path)
    import_files([PAGES / "google_like.html"], store, dataset="saved", company="Google")
    (row,) = (row for batch in store.postings("saved") for row in batch.to_pylist())
    lines = row["text"].split("\n")
    assert [line for line in lines if line.endswith(("qualifications:", "Responsibilities"))] == [
        "Minimum qualifications:",
        "Preferred qualifications:",
        "Responsibilities",
    ]
    assert "- Experience with Apache Airflow & dbt." in lines
    assert not {"Jobs", "Apply", "Information collected and processed as part of your profile."} & set(lines)
    skills = {s.skill: s.level for s in Tagger().tag(row["title"], row["text"]).skills}
    assert skills == {
        **{"airflow": "preferred", "dbt": "preferred", "kafka": "required", "python": "required"},
        "spark": "mentioned",
    }
