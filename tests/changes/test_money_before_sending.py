"""What a change does to the money of this and past months is shown before it is sent, and nothing of the look remains."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection

from beneficiaries.models import Decision
from households.operations import requests
from policy import load_law
from posasoft.core.models import AreaClass
from posasoft.portal import changing
from posasoft.portal.queries.preview_of_change import Preview, evaluate, preview
from tests.changes.cast import Town, draft
from tests.support.database import owner

DO, SINH, MAI, NAM, PAO = "Giàng Thị Dợ", "Giàng Mí Sính", "Lò Thị Mai", "Lò Văn Nam", "Giàng Mí Páo"
SEPTEMBER = datetime.date(2026, 9, 1)
OCTOBER, NOVEMBER, DECEMBER = (datetime.date(2026, number, 1) for number in (10, 11, 12))


def decide(t: Town, name: str, benefit: str, month: str = "2026-01-01") -> Decision:
    person = t.person(name)
    with owner():
        return Decision.objects.create(
            person=person, household=person.household, benefit=benefit, signed_on=datetime.date.fromisoformat(month),
            from_month=datetime.date.fromisoformat(month), number="1/QĐ", source="decision", change=t.base.change, province_no=3,
            area_pos=person.area_pos,
        )  # fmt: skip


def by_month(found: Preview) -> dict[datetime.date, int]:
    return {month.month: month.difference for month in found.months}


def rows() -> dict[str, int]:
    """How many rows every table holds."""
    counts = {}
    with owner(), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts


def test_a_death_two_months_late_is_paid_for_its_own_month_and_stops_after_it(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    found = preview(draft(town, "death", town.mai, person=DO, day=datetime.date(2026, 9, 10)), town.mai)
    # The funeral's support in the month of the death; the pension is still paid for that month.
    assert by_month(found) == {SEPTEMBER: 10_800_000, OCTOBER: -540_000, NOVEMBER: -540_000, DECEMBER: -540_000}
    assert [(line.who, line.benefit) for line in found.changed[1].lines] == [(DO, "PENSION-SOCIAL")]
    assert (found.arrears, found.recovery) == (0, 0)


def test_nothing_of_a_preview_remains(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    row = draft(town, "split", town.mai, household=town.family, payload={
        "members": [town.people[PAO].pk], "head": town.people[PAO].pk, "stays_head": town.people[DO].pk, "residence_kind": "rural",
        "poverty": "none",
    })  # fmt: skip
    before = rows()
    preview(row, town.mai)
    assert rows() == before


def test_a_child_born_to_a_poor_family_shows_the_case_to_open(town: Town) -> None:
    with owner():
        AreaClass.objects.create(area=town.base.dong_van, difficulty="extremely_difficult", since=datetime.date(2025, 7, 1), source="x")
        type(town.family).objects.filter(pk=town.family.pk).update(difficulty="extremely_difficult")
    payload = {"full_name": "Giàng Thị Sua", "sex": "female", "relation": "child", "ethnicity": "08"}
    found = preview(draft(town, "birth", town.mai, household=town.family, payload=payload), town.mai)
    assert ("Giàng Thị Sua", "TCXH-5.7") in [(line.who, line.benefit) for line in found.eligible]
    assert all(line.difference > 0 for line in found.eligible)


def test_poverty_regained_and_lost_changes_what_hangs_on_the_class(town: Town) -> None:
    payload = {"class": "none", "ground": "within_year"}
    found = preview(draft(town, "poverty", town.mai, household=town.family, payload=payload), town.mai)
    lost = {line.benefit for month in found.changed for line in month.lines}
    assert "POWER" in lost
    gained = preview(draft(town, "poverty", town.mai, household=town.second, payload={"class": "poor", "ground": "within_year"}), town.mai)
    assert sum(month.difference for month in gained.months) > 0 > sum(month.difference for month in found.months)


def test_a_disability_that_grew_worse_raises_the_level_from_its_month(town: Town) -> None:
    decide(town, SINH, "TCXH-5.6")
    certificate = {"degree": "severe", "type": "sight", "certified": "2026-01-01"}
    requests.approve(
        request=requests.submit(
            request=draft(town, "disability", town.mai, person=SINH, payload=certificate, day=datetime.date(2026, 1, 1)), by=town.mai
        ),
        by=town.chair,
    )
    worse = certificate | {"degree": "extremely_severe", "certified": "2026-10-09"}
    found = preview(draft(town, "disability", town.mai, person=SINH, payload=worse, day=datetime.date(2026, 10, 9)), town.mai)
    differences = by_month(found)
    assert differences[OCTOBER] == differences[NOVEMBER] == differences[DECEMBER] > 0


def test_a_split_leaves_the_sum_where_nothing_depends_on_it(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    row = draft(town, "split", town.mai, household=town.family, payload={
        "members": [town.people[DO].pk], "head": town.people[DO].pk, "residence_kind": "rural", "poverty": "poor",
    })  # fmt: skip
    found = preview(row, town.mai)
    pensions = [line for month in found.changed for line in month.lines if line.benefit == "PENSION-SOCIAL"]
    assert pensions == []
    assert sum(month.difference for month in found.months) >= 0


def test_what_was_previewed_is_what_happens(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    row = draft(town, "death", town.mai, person=DO)
    found = preview(row, town.mai)
    changing.approve(request=changing.submit(request=row, by=town.mai), by=town.chair)
    after = evaluate(load_law(), [town.family.pk], [month.month for month in found.months])
    assert {m: sum(money.values()) for m, money in after.items()} == {month.month: month.after for month in found.months}


def test_a_name_changes_no_money(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    found = preview(draft(town, "correct_name", town.mai, person=DO, payload={"full_name": "Giàng Thị Dơ"}, day=None), town.mai)
    assert found.changed == ()
    assert found.coming.before == found.coming.after >= 540_000


@pytest.mark.parametrize("who", [PAO, DO])
def test_whoever_leaves_the_registry_is_due_nothing_after_that_month(town: Town, who: str) -> None:
    benefit = "PENSION-SOCIAL" if who == DO else "TCXH-5.6"
    decide(town, who, benefit)
    if who == PAO:
        with owner():
            type(town.people[PAO]).objects.filter(pk=town.people[PAO].pk).update(disability_degree="severe", disability_type="sight")
    found = preview(draft(town, "move_out_person", town.mai, person=who, payload={"where": "Lào"}), town.mai)
    mine = {month.month: [line for line in month.lines if line.who == who] for month in found.months}
    assert mine[SEPTEMBER] == []
    assert all(line.after == 0 < line.before for line in mine[OCTOBER])
    assert mine[OCTOBER]
