"""Decisions: who is paid, who waits for one, who has one without reason, and which of several governs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from beneficiaries.evaluation import Scope, explain, month_sql
from beneficiaries.evaluation.case_tables import CASE_TABLES, create_tables, fill_decisions, fill_tables, place
from beneficiaries.evaluation.cases import read_case
from policy import load_law

AN, BA, ME, CHA, BE, ONG = range(1, 7)
FAMILY = {
    "name": "a family and a neighbour", "month": "2026-11", "household": {"poverty": "poor"},
    "persons": [
        {"id": "an", "born": "2018-02-10", "no_parental_care": "b"},
        {"id": "ba", "born": "1940-02-10"},
        {"id": "me", "born": "1995-02-10", "disability": {"degree": "severe"}, "pregnant": True, "raises_under_36_months": ["be"]},
        {"id": "cha", "born": "1995-02-10", "disability": {"degree": "severe"}, "raises_under_36_months": ["be"]},
        {"id": "be", "born": "2025-02-10"},
        {"id": "ong", "born": "1950-02-10", "no_supporter": True, "facility_eligible": True},
    ],
}  # fmt: skip
NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def family(db: None) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        create_tables(cursor)
        fill_tables(cursor, place([read_case(FAMILY, load_law())]))
        yield
        transaction.set_rollback(True)


def decide(*rows: tuple[int | None, str, str | None, str], until: str | None = None) -> None:
    """(person, benefit, signed, from month) as active decisions, the last one ending in ``until``."""
    day = date.fromisoformat
    with connection.cursor() as cursor:
        fill_decisions(
            cursor, [(person, 1, benefit, day(signed) if signed else None, day(start)) for person, benefit, signed, start in rows]
        )
        if until:
            cursor.execute("UPDATE case_decision SET until_month = %s WHERE id = %s", [until, len(rows)])


def select(projection: str = "lines", month: date = NOVEMBER, **options: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(month_sql(load_law(), month, CASE_TABLES, scope=Scope(household_ids=(1,)), projection=projection, **options))
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def paid(month: date = NOVEMBER) -> set[tuple[int, str, int]]:
    return {(row["person_id"], row["benefit"], row["amount"]) for row in select(month=month, programmes=["tcxh", "care"])}


def test_nothing_is_paid_without_a_decision(family: None) -> None:
    assert paid() == set()


def test_a_line_names_its_decision_its_law_and_what_the_rule_saw(family: None) -> None:
    decide((AN, "TCXH-5.1", "2024-05-06", "2024-05-01"))
    [line] = select()
    assert (line["person_id"], line["household_id"], line["decision_id"], line["arrears"]) == (AN, 1, 1, False)
    assert (line["law_version"], str(line["coefficient"])) == ("335/2026/NĐ-CP 2026-10", "1.500")
    assert '"age": 8' in str(line["facts"]).replace("'", '"')


def test_a_decision_pays_from_its_month_until_before_its_end(family: None) -> None:
    decide((AN, "TCXH-5.1", "2024-05-06", "2024-05-01"), until="2026-11-01")
    assert [paid(month) for month in (date(2024, 4, 1), NOVEMBER)] == [set(), set()]
    assert paid(date(2026, 10, 1)) == {(AN, "TCXH-5.1", 810_000)}


def test_a_month_before_the_signature_is_arrears(family: None) -> None:
    decide((AN, "TCXH-5.1", "2026-12-15", "2026-10-01"))
    assert [line["arrears"] for line in select()] == [True]
    assert [line["arrears"] for line in select(month=date(2026, 12, 1), programmes=["tcxh"])] == [False]


def test_an_inherited_decision_without_signature_is_never_arrears(family: None) -> None:
    decide((AN, "TCXH-5.1", None, "2026-01-01"))
    assert [line["arrears"] for line in select()] == [False]


def test_of_several_decisions_the_latest_signed_one_governs(family: None) -> None:
    decide(
        (AN, "TCXH-5.1", "2024-05-06", "2024-05-01"),
        (AN, "TCXH-5.1", "2026-03-01", "2026-03-01"),
        (AN, "TCXH-5.1", "2027-03-01", "2026-11-01"),
    )
    assert [(line["decision_id"], line["arrears"]) for line in select()] == [(2, False)]


def test_decisions_carry_over_to_the_benefit_that_succeeds(family: None) -> None:
    decide((BA, "TCXH-5.5c", "2022-05-06", "2022-05-01"), (ONG, "TCXH-5.5d", "2023-05-06", "2023-05-01"))
    assert paid() == {(BA, "PENSION-SOCIAL", 540_000), (ONG, "TCXH-5.5b", 1_620_000)}
    assert paid(date(2025, 6, 1)) == {(BA, "TCXH-5.5c", 500_000), (ONG, "TCXH-5.5d", 1_500_000)}


def test_a_code_that_changed_its_meaning_does_not_carry_over(family: None) -> None:
    decide((ONG, "TCXH-5.5b", "2023-05-06", "2023-05-01"))
    assert (ONG, "TCXH-5.5b", 1_620_000) not in paid()


def test_a_benefit_without_decision_does_not_exclude_one_with(family: None) -> None:
    decide((ONG, "TCXH-5.5a", "2023-05-06", "2023-05-01"))
    assert paid() == {(ONG, "TCXH-5.5a", 1_080_000)}


def test_the_eligible_without_decision_are_found_with_their_best_benefit(family: None) -> None:
    decide((AN, "TCXH-5.1", None, "2026-01-01"))
    waiting = {(row["person_id"], row["benefit"]) for row in select("not_enrolled", programmes=["tcxh"])}
    assert waiting == {(BA, "PENSION-SOCIAL"), (ME, "TCXH-5.6"), (CHA, "TCXH-5.6"), (ONG, "TCXH-5.5b")}


def test_the_enrolled_whose_conditions_do_not_hold_are_found(family: None) -> None:
    decide((AN, "TCXH-5.1", None, "2026-01-01"), (BE, "TCXH-5.1", None, "2026-01-01"))
    assert [(row["person_id"], row["benefit"], row["decision_id"]) for row in select("no_longer")] == [(BE, "TCXH-5.1", 2)]


def test_a_one_off_benefit_is_paid_in_the_first_month_of_its_decision_only(family: None) -> None:
    decide((ME, "EMERGENCY-INJURY", "2026-11-03", "2026-11-01"), (None, "EMERGENCY-REPAIR", "2026-11-03", "2026-11-01"))
    found = {(row["person_id"], row["benefit"], row["amount"]) for row in select()}
    assert found == {(ME, "EMERGENCY-INJURY", 5_400_000), (None, "EMERGENCY-REPAIR", 20_000_000)}
    assert select(month=date(2026, 12, 1), programmes=["emergency"]) == []


def test_two_disabled_spouses_receive_one_care_line_and_the_other_hears_why(family: None) -> None:
    decide((ME, "CARE-disabled-parent", None, "2026-01-01"), (CHA, "CARE-disabled-parent", None, "2026-01-01"))
    assert paid() == {(ME, "CARE-disabled-parent", 1_080_000)}
    [father] = explain(load_law(), NOVEMBER, scope=Scope(person_ids=(CHA,)), tables=CASE_TABLES, programmes=["care"])
    reason = next(finding for finding in father.refused if finding.benefit == "CARE-disabled-parent")
    assert (father.person_id, reason.status) == (CHA, "couple")
    assert any("vợ và chồng" in check.vi and not check.holds for check in reason.checks)


def test_the_loser_of_an_overlap_hears_which_benefit_won(family: None) -> None:
    decide((ONG, "TCXH-5.5a", None, "2026-01-01"), (ONG, "TCXH-5.5d", None, "2026-01-01"))
    [old] = explain(load_law(), NOVEMBER, scope=Scope(person_ids=(ONG,)), tables=CASE_TABLES)
    loser = next(finding for finding in old.refused if finding.benefit == "TCXH-5.5a")
    assert loser.status == "overlap"
    assert "TCXH-5.5b" in [check.value for check in loser.checks if not check.holds]
    assert [finding.en for finding in old.paid] == ["Elderly person fit for a facility and cared for in the community"]
