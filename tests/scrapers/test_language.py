import timeit

import pytest

from scrapers.language import detect


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("We are looking for an engineer to build the pipelines of our team.", "en"),
        ("Airflow와 Spark로 데이터 파이프라인을 운영합니다. Kafka, Kubernetes, Terraform, AWS", "ko"),
        ("데이터 엔지니어", "ko"),
        ("Wir suchen dich für den Aufbau der Plattform und die Pflege von Daten.", "de"),
        ("Nous cherchons une personne pour les données et la plateforme avec vous.", "fr"),
        ("Buscamos una persona para el equipo de datos y los procesos con nuestro cliente.", "es"),
        ("Procuramos uma pessoa para os dados e não só, com você no nosso time.", "pt"),
        ("Vi søger en ny kollega til vores team, og du er god til at lære på det nye.", "other"),
        ("データ基盤を作るエンジニアを募集しています", "other"),
        ("Мы ищем инженера данных в команду", "other"),
        ("12345 +++", "other"),
        ("", "other"),
    ],
)
def test_detects(text: str, lang: str) -> None:
    assert detect(text) == lang


def test_a_korean_name_makes_no_korean_posting() -> None:
    text = "We build the tools that the teams of 한빛데이터 use, and you will be part of it with all of us. " * 5
    assert detect(text) == "en"


def test_only_the_beginning_counts() -> None:
    assert detect("the work of our team and you " * 100 + "가나다 " * 10_000) == "en"


def test_is_fast() -> None:
    text = "You will build the pipelines of our team with Airflow; ideally you’ve run it before. " * 60
    assert min(timeit.repeat(lambda: detect(text), number=20, repeat=5)) / 20 < 0.0005
