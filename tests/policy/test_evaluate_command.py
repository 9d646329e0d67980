"""``manage evaluate``: one JSON object a line, and exit codes that a script can trust."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

CASE: dict[str, Any] = {
    "name": "orphan of both parents",
    "month": "2024-07",
    "programmes": ["tcxh"],
    "household": {"poverty": "none", "residence": "rural", "area": None},
    "persons": [{"id": "an", "born": "2018-02-10", "no_parental_care": "b"}],
    "expect": [{"for": "an", "benefit": "TCXH-5.1", "coefficient": 1.5, "amount": 750_000}],
}


def run(tmp_path: Path, *cases: Any, text: str | None = None, check: bool = False) -> tuple[int, str, str]:
    path = tmp_path / "cases.yaml"
    path.write_text(text if text is not None else yaml.safe_dump(list(cases), allow_unicode=True), encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("evaluate", str(path), json=True, check=check, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def with_person(**facts: Any) -> dict[str, Any]:
    return {**CASE, "persons": [{"id": "an", "born": "2018-02-10", **facts}]}


@pytest.mark.django_db
def test_it_prints_one_object_a_line_with_lines_refusals_and_total(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, CASE, {**CASE, "name": "again"})
    assert code == 0
    first, second = map(json.loads, out.splitlines())
    assert (first["name"], second["name"], first["month"], first["family_total"]) == (CASE["name"], "again", "2024-07", 750_000)
    [line] = first["lines"]
    assert (line["for"], line["benefit"], line["coefficient"], line["amount"]) == ("an", "TCXH-5.1", "1.5", 750_000)
    assert line["article"].endswith("(20/2021/NĐ-CP)")
    assert all(check["holds"] for check in line["why"])
    refused = {entry["benefit"]: entry for entry in first["refused"]}
    assert any(not check["holds"] for check in refused["TCXH-5.7"]["why"])


@pytest.mark.django_db
def test_the_arithmetic_is_shown(tmp_path: Path) -> None:
    _, out, _ = run(tmp_path, CASE)
    conditions = [check["condition"] for check in json.loads(out)["lines"][0]["why"]]
    assert any("500.000 đồng × 1,5 = 750.000 đồng" in text for text in conditions)


@pytest.mark.django_db
def test_check_exits_1_on_a_difference_and_prints_both(tmp_path: Path) -> None:
    wrong = {**CASE, "expect": [{"for": "an", "benefit": "TCXH-5.1", "amount": 1}]}
    code, _, err = run(tmp_path, CASE, wrong, check=True)
    assert code == 1
    assert "expected:" in err
    assert "750000" in err


@pytest.mark.django_db
def test_a_commune_code_counts_in_its_months_only(tmp_path: Path) -> None:
    with_code = {**CASE, "household": {"commune": "00001"}}
    assert [run(tmp_path, {**with_code, "month": month})[0] for month in ("2024-07", "2025-06", "2025-07")] == [0, 0, 2]


@pytest.mark.django_db
def test_check_exits_0_when_all_agree(tmp_path: Path) -> None:
    assert run(tmp_path, CASE, check=True)[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({**CASE, "mood": "good"}, ("orphan of both parents", "mood", "good")),
        (with_person(shoe_size=42), ("shoe_size", "42")),
        (with_person(died="2024-02-30"), ("died", "2024-02-30", "not a possible date")),
        ({**CASE, "month": "2024-13"}, ("month", "2024-13")),
        (with_person(no_parental_care="z"), ("no_parental_care", "'z'")),
        (with_person(disability={"degree": "awful"}), ("disability.degree", "'awful'")),
        (with_person(disability={"degree": "mild", "colour": "red"}), ("colour", "red")),
        (with_person(hiv="yes"), ("hiv", "'yes'")),
        (with_person(pension=-1), ("pension", "-1")),
        (with_person(raises_alone=["bo"]), ("raises_alone", "'bo'")),
        (with_person(ethnicity="77"), ("ethnicity", "'77'")),
        (with_person(studying=[{"from": "2024-05-01", "to": "2024-05-01", "value": "primary"}]), ("studying", "ends before it begins")),
        (
            with_person(hiv=[{"to": "2024-05-01", "value": True}, {"from": "2024-04-01", "value": True}]),
            ("hiv", "begins before the spell before it ends"),
        ),
        ({**CASE, "household": {"poverty": "rich"}}, ("poverty", "'rich'")),
        ({**CASE, "household": {"commune": "691"}}, ("commune", "'691'")),
        ({**CASE, "household": {"commune": "99999"}}, ("commune", "'99999'", "2024-07")),
        ({**CASE, "programmes": ["gifts"]}, ("programmes", "'gifts'")),
        ({**CASE, "decisions": [{"for": "an", "benefit": "TCXH-9", "signed": "2024-01-01"}]}, ("decisions.benefit", "'TCXH-9'")),
        ({**CASE, "persons": [{"id": "an"}, {"id": "an"}]}, ("id", "'an'", "twice")),
        ({"name": "no month", "persons": []}, ("no month", "month", "missing")),
    ],
)
def test_a_mistake_exits_2_and_names_case_field_and_value(tmp_path: Path, case: dict[str, Any], words: tuple[str, ...]) -> None:
    code, out, err = run(tmp_path, case)
    assert (code, out) == (2, "")
    for word in words:
        assert word in err


@pytest.mark.django_db
def test_an_impossible_date_without_quotes_is_named_too(tmp_path: Path) -> None:
    text = "- {name: An, month: 2024-07, persons: [{id: an, born: 2018-02-30}]}"
    code, _, err = run(tmp_path, text=text)
    assert code == 2
    assert "case 'An': field 'born': value '2018-02-30' is not a possible date" in err


@pytest.mark.django_db
def test_dates_without_quotes_and_an_empty_list_of_decisions_or_programmes_are_understood(tmp_path: Path) -> None:
    person = "persons: [{id: an, born: 2018-02-10, no_parental_care: b}]"
    text = f"- {{name: A, month: 2024-07, {person}}}\n- {{name: B, month: 2024-07, decisions: [], {person}}}\n"
    text += f"- {{name: C, month: 2024-07, programmes: [], {person}}}\n- {{name: D, month: 2010-01, {person}}}\n"
    code, out, _ = run(tmp_path, text=text)
    assert code == 0
    assert [json.loads(line)["family_total"] for line in out.splitlines()] == [750_000, 0, 0, 0]
    waiting = {entry["benefit"]: entry for entry in json.loads(out.splitlines()[1])["refused"]}
    assert waiting["TCXH-5.1"]["why"][-2] == {"condition": "Có quyết định đang có hiệu lực", "value": None, "holds": False}


@pytest.mark.parametrize("text", ["name: not a list", "- [", "\x00"])
def test_an_unreadable_file_exits_2(tmp_path: Path, text: str) -> None:
    assert run(tmp_path, text=text)[0] == 2


def test_a_missing_file_exits_2(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        call_command("evaluate", str(tmp_path / "nowhere.yaml"), stdout=io.StringIO(), stderr=io.StringIO())
    assert stop.value.code == 2
