"""docs/law.md says what the program holds."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from policy import load_law
from policy.document import document


def test_the_page_is_fresh() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "law.md").read_text(encoding="utf-8")
    assert page == document(load_law()), "docs/law.md is stale: run './run manage document_law'"


def test_every_value_and_rule_shows_its_source() -> None:
    law = load_law()
    sources = [level.source for parameter in law.parameters.values() for level in parameter.levels] + [rule.source for rule in law.rules]
    assert all(source.instrument and source.article and source.certainty for source in sources)


def test_every_instrument_of_the_page_is_cited_by_article() -> None:
    page = document(load_law())
    instruments = (
        "136/2013",
        "20/2021",
        "76/2024",
        "147/2025",
        "176/2025",
        "335/2026",
        "102/2009",
        "28/2014",
        "81/2021",
        "116/2016",
        "66/2025",
    )
    for instrument in instruments:
        assert instrument in page
