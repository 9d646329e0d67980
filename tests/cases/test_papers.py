"""The paper forms as data: refused with file and line when wrong, read as they are typed, in both languages."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest

from beneficiaries.papers import load_papers, load_procedures, papers, papers_on
from beneficiaries.papers.answers import MOST_ROWS, read
from beneficiaries.papers.loader import FACTS, FOLDER, PREFILLS
from households.facts import PERSON_FACTS
from policy import LawError, load_law
from tests.portal.test_languages import catalogue


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("common.yaml", "date, required: true, prefill: person.born}", "datum}", "common.yaml:7: 'type' has the unknown value 'datum'"),
        ("common.yaml", "fact: ethnicity", "fact: ethnos", "common.yaml:9: 'fact' has the unknown value 'ethnos'"),
        ("common.yaml", "choices: sex}", "choices: gender}", "common.yaml:8: 'choices' of a field of type 'choice' must be a known list"),
        ("common.yaml", "prefill: person.sex", "prefill: person.six", "common.yaml:8: 'prefill' has the unknown value"),
        ("common.yaml", "name: id_issued_on", "name: id_number", "is written twice in this part"),
        ("common.yaml", "name: id_issued_on,", "name: id_issued_on, colour: red,", "unknown key 'colour'"),
        ("decree-335-2026.yaml", "{part: pledge}\n  - code", "{part: oath}\n  - code", "'part' has the unknown value 'oath'"),
        ("decree-335-2026.yaml", "code: 335-02", "code: 335-01", "code '335-01' is used twice"),
        ("decree-335-2026.yaml", "from: 2026-10-05", "from: soon", "decree-335-2026.yaml:3: 'from' must be a day"),
        ("decree-335-2026.yaml", "when_benefits: [TCXH-5.4]", "when_benefits: [TCXH-9]", "'when_benefits' has the unknown value 'TCXH-9'"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_paper_is_refused_by_file_and_line(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    folder = tmp_path / "forms"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LawError) as refused:
        load_papers(folder)
    assert says in str(refused.value)


def test_a_mistake_in_a_clock_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "forms"
    shutil.copytree(FOLDER, folder)
    text = (folder / "procedures.yaml").read_text(encoding="utf-8")
    (folder / "procedures.yaml").write_text(text.replace(" posting: required,", " posting: perhaps,", 1), encoding="utf-8")
    with pytest.raises(LawError, match=r"procedures.yaml:4: 'posting' has the unknown value 'perhaps'"):
        load_procedures(folder)


def test_papers_are_those_of_the_day_of_receipt() -> None:
    assert [paper.code for paper in papers_on(datetime.date(2026, 10, 5))] == ["335-01", "335-02", "335-03"]
    assert [paper.code for paper in papers_on(datetime.date(2024, 1, 1))] == [
        "20-1a", "20-1b", "20-1c", "20-1d", "20-1dd", "20-2a", "20-2b", "20-03", "20-04",
    ]  # fmt: skip
    assert "176-01" in {paper.code for paper in papers_on(datetime.date(2026, 10, 4))}


def test_papers_ask_for_benefits_and_facts_that_exist() -> None:
    benefits, facts = {rule.benefit for rule in load_law().rules}, {fact.name for fact in PERSON_FACTS} | {"died"}
    for paper in papers().values():
        assert set(paper.benefits) <= benefits, paper.code
        assert {field.fact.split(".")[0] for field in paper.fields if field.fact} <= facts, paper.code
        assert {field.prefill for field in paper.fields if field.prefill} <= PREFILLS
        assert {field.fact for field in paper.fields if field.fact} <= FACTS


def test_the_layouts_that_nobody_saw_say_so() -> None:
    assert {paper.code for paper in papers().values() if not paper.layout_seen} == {"176-01", "335-01", "335-02", "335-03"}


def test_every_word_of_the_papers_is_in_both_languages() -> None:
    english, missing = catalogue("en"), set()
    for paper in papers().values():
        texts = [paper.title, *(section.title for section in paper.sections), *(item.label for item in paper.checklist)]
        for field in paper.fields:
            texts += [field.label, *(column.label for column in field.columns)]
            texts += [choice.label for choice in field.choices if field.name != "ethnicity"]
        missing |= {text for text in texts if not english.get(text)}
    assert missing == set()


def typed(name: str, text: str) -> tuple[str, str]:
    found = read(papers()["335-01"], ["TCXH-5.6", "TCXH-5.8"], {"disabled": "yes", "hiv": "yes", name: text}, complete=False)
    return found.texts[name], found.problems.get(name, "")


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("born", "21112026", "21/11/2026"), ("born", "1949", "1949"), ("born", "9/1949", "09/1949"), ("sex", "2", "female"),
        ("sex", "nữ", "female"), ("ethnicity", "08", "08"), ("ethnicity", "Mông", "08"), ("pension", "1.250.000 đ", "1250000"),
        ("pension", "0", "0"), ("health_insurance", "1", "yes"), ("health_insurance", "Không", "no"),
        ("id_number", "002 088 014 571", "002088014571"),
        ("disability_degree", "1", "extremely_severe"), ("full_name", "  GIÀNG   MÍ PÁO ", "GIÀNG MÍ PÁO"),
    ],
)  # fmt: skip
def test_what_is_typed_fast_is_understood(name: str, text: str, kept: str) -> None:
    assert typed(name, text) == (kept, "")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("born", "31/02/2026", "31/02/2026"), ("sex", "3", "“3” không có trong danh sách"), ("pension", "một triệu", "một triệu"),
        ("pension", "9" * 13, "không phải là số"), ("health_insurance", "3", "có (1) hoặc không (2)"), ("id_number", "123", "12 số"),
        ("disability_certified_on", "2026", "chưa đủ ngày"),
    ],
)  # fmt: skip
def test_what_is_not_understood_stays_and_is_named(name: str, text: str, says: str) -> None:
    kept, problem = typed(name, text)
    assert kept == text
    assert says in problem


def test_rows_of_children_are_read_one_by_one() -> None:
    rows = [{"full_name": "Lò Văn Nam", "born": "02112019"}, {}, {"born": "2020"}, *[{"full_name": "Con", "born": "2021"}] * 20]
    found = read(papers()["335-01"], ["TCXH-5.4"], {"children": rows}, complete=False)
    assert len(found.texts["children"]) <= MOST_ROWS
    assert found.texts["children"][0]["born"] == "02/11/2019"
    assert found.problems == {"children.2.full_name": "Chưa điền “Họ và tên con”."}


def test_only_what_the_benefits_ask_for_must_be_filled_in() -> None:
    paper = papers()["335-01"]
    pension = set(read(paper, ["PENSION-SOCIAL"], {}, complete=True).problems)
    single = set(read(paper, ["TCXH-5.4"], {}, complete=True).problems)
    assert "marital" in single
    assert "marital" not in pension
    # A certificate is asked for from somebody who says to have a disability.
    assert "disability_degree" not in pension
    assert "disability_degree" in read(paper, ["PENSION-SOCIAL"], {"disabled": "yes"}, complete=True).problems


def test_the_checklist_follows_what_is_asked_and_answered() -> None:
    paper = papers()["335-01"]
    assert [item.code for item in paper.items({}, ["PENSION-SOCIAL"])] == ["identity"]
    assert [item.code for item in paper.items({"disabled": "yes", "pregnant": "yes"}, ["TCXH-5.6"])] == [
        "identity",
        "pregnancy",
        "disability",
    ]
    assert "hiv" in [item.code for item in paper.items({}, ["TCXH-5.8"])]
