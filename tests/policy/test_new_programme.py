"""A new decree or programme is YAML only: written into a folder, it is paid, explained and printed, and no line of code knows its name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from beneficiaries.evaluation.case_run import evaluate_cases
from policy import LAW_FOLDER, Law, load_folders
from policy.document import document

INVENTED = """
instrument: 999/2027/NĐ-CP
title: {vi: Hỗ trợ sữa học đường, en: School milk}
signed: 2027-01-15
in_force_from: 2027-03-01
certainty: found
programmes:
  - {name: milk, title: {vi: Sữa học đường, en: School milk}, owner: Bộ Y tế, fund: Ngân sách trung ương}
parameters:
  - {name: milk_level, unit: đồng, title: {vi: Mức sữa học đường, en: School milk level}}
  - {name: milk_age, unit: number, title: {vi: Tuổi uống sữa, en: Milk age}}
values:
  - {parameter: milk_level, value: 60000, money_applies_from: 2027-03-01, article: Điều 4}
  - {parameter: milk_level, value: 80000, money_applies_from: 2028-01-01, article: Điều 4}
  - {parameter: milk_age, value: 6, money_applies_from: 2027-03-01, article: Điều 2}
rules:
  - benefit: MILK
    programme: milk
    title: {vi: Sữa cho trẻ mẫu giáo vùng khó khăn, en: Milk for kindergarten children of difficult areas}
    article: Điều 3
    from_month: 2027-03
    subject: person
    needs_decision: false
    conditions:
      - {if: age < milk_age, vi: Dưới 6 tuổi, en: Under 6}
      - {if: "studying in ('nursery', 'preschool')", vi: Đang học nhà trẻ, mẫu giáo, en: In nursery or kindergarten}
      - {if: area is not null, vi: Ở vùng khó khăn, en: In a difficult area}
    coefficient:
      - {when: "area = 'extremely_difficult'", value: 1.5, vi: đặc biệt khó khăn, en: extremely difficult}
      - {value: 1.0, vi: khó khăn, en: difficult}
    amount: {parameter: milk_level}
""".replace("vi: Đang học nhà trẻ, mẫu giáo,", 'vi: "Đang học nhà trẻ, mẫu giáo",')


@pytest.fixture
def law(tmp_path: Path) -> Law:
    (tmp_path / "milk.yaml").write_text(INVENTED, encoding="utf-8")
    return load_folders(LAW_FOLDER, tmp_path)


def child(month: str, **household: Any) -> dict[str, Any]:
    return {
        "name": "An in kindergarten",
        "month": month,
        "programmes": ["milk"],
        "household": household,
        "persons": [{"id": "an", "born": "2023-05-10", "studying": "preschool"}],
    }


@pytest.mark.django_db
def test_it_is_paid_from_its_month_by_its_level_and_coefficient(law: Law) -> None:
    cases = [child("2027-02", area="difficult"), child("2027-03", area="difficult"), child("2028-02", area="extremely_difficult")]
    amounts = [[line["amount"] for line in answer["lines"]] for answer in evaluate_cases(cases, law)]
    assert amounts == [[], [60_000], [120_000]]


@pytest.mark.django_db
def test_its_named_threshold_ends_it_with_the_birthday_month(law: Law) -> None:
    amounts = [answer["family_total"] for answer in evaluate_cases([child(f"2029-0{no}", area="difficult") for no in (5, 6)], law)]
    assert amounts == [80_000, 0]


@pytest.mark.django_db
def test_its_refusal_names_article_condition_and_value(law: Law) -> None:
    answer = evaluate_cases([child("2027-04")], law)[0]
    [refusal] = answer["refused"]
    assert (refusal["benefit"], refusal["article"]) == ("MILK", "Điều 3 (999/2027/NĐ-CP)")
    assert {"condition": "Ở vùng khó khăn", "value": None, "holds": False} in refusal["why"]
    assert {"condition": "Dưới 6 tuổi", "value": 3, "holds": True} in refusal["why"]


def test_it_stands_on_the_legal_officers_page(law: Law) -> None:
    page = document(law)
    assert "### MILK" in page
    assert "60.000 đồng | 01/03/2027 | 999/2027/NĐ-CP | Điều 4" in page


def test_a_later_amendment_leaves_the_old_version_as_it_was(law: Law) -> None:
    [rule] = [rule for rule in law.rules if rule.benefit == "MILK"]
    assert (rule.from_month, rule.until_month) == (date(2027, 3, 1), None)
