"""Every kind of change: true from its day, as before on the day before, and gone without a trace when it is undone."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from households.change_kinds import KINDS
from households.models import ChangeRequest, Household, Person, Raising
from households.operations import requests
from households.operations.effects import EFFECTS
from households.operations.requests import snapshots
from households.queries import household_on
from tests.changes.cast import DAY, Town, report
from tests.support.database import as_scope

BEFORE = DAY - datetime.timedelta(days=1)
PAO, DO, SINH, MAI, NAM = "Giàng Mí Páo", "Giàng Thị Dợ", "Giàng Mí Sính", "Lò Thị Mai", "Lò Văn Nam"


@dataclass(frozen=True)
class Story:
    """Who, what is declared, and what must be true of the registry afterwards."""

    kind: str
    about: str
    payload: Callable[[Town], dict[str, Any]]
    after: Callable[[Town], object]
    is_day: bool = True


def facts(t: Town, name: str, day: datetime.date = DAY) -> dict[str, Any]:
    home = household_on(t.person(name).household_id, day)
    assert home is not None
    return next(m.facts for m in home.members if m.id == t.people[name].pk)


def names(home: int, day: datetime.date) -> set[str]:
    found = household_on(home, day)
    return {m.full_name for m in found.members} if found else set()


def only(t: Town, *members: str) -> dict[str, Any]:
    return {"members": [t.people[m].pk for m in members], "head": t.people[members[0]].pk, "residence_kind": "rural", "poverty": "poor"}


STORIES = [
    Story("birth", "h", lambda t: {"full_name": "Giàng Thị Sua", "sex": "female", "relation": "child", "ethnicity": "08"},
          lambda t: "Giàng Thị Sua" in names(t.family.pk, DAY) and "Giàng Thị Sua" not in names(t.family.pk, BEFORE)),
    Story("death", DO, lambda t: {}, lambda t: t.person(DO).died_on == DAY and DO in names(t.family.pk, BEFORE)),
    Story("marriage", MAI, lambda t: {"target": t.family.pk, "relation": "spouse"},
          lambda t: MAI in names(t.family.pk, DAY) and MAI in names(t.second.pk, BEFORE)),
    Story("divorce", "h", lambda t: {**only(t, PAO, SINH), "stays_head": t.people[DO].pk, "alone": True},
          lambda t: Raising.objects.filter(adult=t.people[PAO], child=t.people[SINH], kind="alone", since=DAY).exists()),
    Story("split", "h", lambda t: {**only(t, PAO, SINH), "stays_head": t.people[DO].pk},
          lambda t: names(t.family.pk, DAY) == {DO} and t.person(SINH).household.poverty == "poor"),
    Story("join", NAM, lambda t: {"target": t.family.pk, "relation": "other"}, lambda t: NAM in names(t.family.pk, DAY)),
    Story("merge_households", "h", lambda t: {"other": t.second.pk},
          lambda t: {MAI, NAM} <= names(t.family.pk, DAY) and Household.objects.get(pk=t.second.pk).ended_on == DAY),
    Story("head", "h", lambda t: {"head": t.people[DO].pk, "old_relation": "child"},
          lambda t: (t.person(DO).relation, t.person(PAO).relation) == ("head", "child")),
    Story("relation", DO, lambda t: {"relation": "other"}, lambda t: t.person(DO).relation == "other", is_day=False),
    Story("move_in", "h", lambda t: {"full_name": "Sùng Thị Chở", "sex": "female", "born": ["1990-01-01", "year"], "relation": "spouse",
                                     "national_id": "002190001234"},
          lambda t: Person.objects.get(full_name="Sùng Thị Chở").national_ids.get().tail == "234"),
    Story("move_within", "h", lambda t: {"village": t.village.pk, "residence_kind": "rural", "address": "Xóm trên"},
          lambda t: t.family.area_pos == t.village.position and t.person(PAO).area_pos == t.village.position),
    Story("move_out", "h", lambda t: {"where": "Lào"}, lambda t: t.family.ended_on == DAY),
    Story("move_out_person", DO, lambda t: {"where": "Lào"},
          lambda t: DO not in names(t.family.pk, DAY) and t.person(DO).household.ended_on == DAY),
    Story("merge_persons", PAO, lambda t: {"other": t.people[MAI].pk}, lambda t: t.person(MAI).canonical_id == t.people[PAO].pk, is_day=False),
    Story("merge_records", "h", lambda t: {"other": t.second.pk},
          lambda t: Household.objects.get(pk=t.second.pk).canonical_id == t.family.pk and MAI in names(t.family.pk, BEFORE), is_day=False),
    Story("poverty", "h", lambda t: {"class": "near_poor", "b1": 140, "b2": 20, "ground": "within_year"},
          lambda t: (t.family.poverty, t.family.b1, t.family.poverty_since) == ("near_poor", 140, DAY)),
    Story("disability", SINH, lambda t: {"degree": "severe", "type": "sight", "certified": "2026-09-10"},
          lambda t: facts(t, SINH)["disability"]["degree"] == "severe" and "disability" not in facts(t, SINH, BEFORE)),
    Story("schooling", SINH, lambda t: {"studying": "lower_secondary", "boards": True},
          lambda t: (facts(t, SINH)["studying"], facts(t, SINH, BEFORE)["studying"]) == ("lower_secondary", "primary")),
    Story("orphan", SINH, lambda t: {"situation": "b"}, lambda t: facts(t, SINH)["no_parental_care"] == "b"),
    Story("pregnancy", MAI, lambda t: {"pregnant": True, "until": "2026-12-20"}, lambda t: facts(t, MAI)["pregnant"] is True),
    Story("hiv", PAO, lambda t: {"hiv": True}, lambda t: facts(t, PAO)["hiv"] is True),
    Story("pension", DO, lambda t: {"amount": 1_200_000, "other_income": True}, lambda t: facts(t, DO)["pension"] == 1_200_000),
    Story("supporter", DO, lambda t: {"no_supporter": True, "facility": True}, lambda t: facts(t, DO)["no_supporter"] is True),
    Story("fostering", SINH, lambda t: {"fostered_by": "outside"}, lambda t: facts(t, SINH)["fostered_by"] == "outside"),
    Story("raising", PAO, lambda t: {"child": t.people[SINH].pk, "raising": "alone", "turn": "begin"},
          lambda t: Raising.objects.filter(adult=t.people[PAO], since=DAY, until=None).exists()),
    Story("ethnicity", PAO, lambda t: {"ethnicity": "08"}, lambda t: facts(t, PAO, BEFORE)["ethnicity"] == "08", is_day=False),
    Story("correct_name", PAO, lambda t: {"full_name": "Giàng Mí Pao"}, lambda t: t.person(PAO).name_key == "giang mi pao", is_day=False),
    Story("correct_birth", DO, lambda t: {"born": ["1947-03-02", "day"]},
          lambda t: (t.person(DO).born, t.person(DO).born_precision) == (datetime.date(1947, 3, 2), "day"), is_day=False),
    Story("correct_sex", PAO, lambda t: {"sex": "female"}, lambda t: t.person(PAO).sex == "female", is_day=False),
    Story("correct_id", PAO, lambda t: {"national_id": "002088000999"},
          lambda t: list(t.person(PAO).national_ids.filter(until=None).values_list("tail", flat=True)) == ["999"], is_day=False),
]  # fmt: skip
ELSEWHERE = {"new_household", "transfer", "transfer_person"}


def approver(t: Town, row: ChangeRequest) -> Any:
    return t.chair if t.chair.role in KINDS[row.kind].rights.approvers else t.province


def apply(t: Town, story: Story) -> ChangeRequest:
    home = t.family if story.about == "h" else None
    if story.kind == "raising":
        home = None
    row = report(
        t, story.kind, t.mai, person="" if story.about == "h" else story.about, household=home, payload=story.payload(t),
        day=DAY if story.is_day else None,
    )  # fmt: skip
    return row if row.status == "applied" else requests.approve(request=row, by=approver(t, row))


def everything() -> snapshots.Rows:
    return snapshots.take(
        list(Household.objects.order_by("pk").values_list("pk", flat=True)),
        list(Person.objects.order_by("pk").values_list("pk", flat=True)),
    )


def test_every_kind_of_the_table_has_an_effect_and_a_story() -> None:
    assert set(KINDS) == set(EFFECTS)
    assert {story.kind for story in STORIES} | ELSEWHERE == set(KINDS)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.kind)
def test_a_change_is_true_from_its_day_and_undone_leaves_no_trace(town: Town, story: Story) -> None:
    before = everything()
    row = apply(town, story)
    assert row.status == "applied"
    assert story.after(town), "not in the registry"
    assert everything() != before
    undone = requests.undo(request=row, by=approver(town, row), reason="Báo nhầm")
    assert undone.status == "undone"
    assert everything() == before


def test_a_household_nobody_knew_is_entered_with_its_people_and_taken_out_again(town: Town) -> None:
    before = everything()
    people = [
        {"full_name": "Thào A Sử", "sex": "male", "born": ["1980-01-01", "year"], "relation": "head", "national_id": "002080004321"},
        {"full_name": "Thào Thị Dua", "sex": "female", "born": ["2024-05-06", "day"], "relation": "child", "ethnicity": "08"},
    ]
    payload = {"village": town.village.pk, "residence_kind": "rural", "poverty": "poor", "b1": 100, "b2": 50, "people": people}
    row = requests.approve(request=report(town, "new_household", town.mai, payload=payload), by=town.chair)
    home = Household.objects.get(pk=Person.objects.get(full_name="Thào A Sử").household_id)
    assert names(home.pk, DAY) == {"Thào A Sử", "Thào Thị Dua"}
    assert (home.village_id, home.poverty, home.b1) == (town.village.pk, "poor", 100)
    requests.undo(request=row, by=town.chair)
    assert everything() == before


def test_the_papers_of_a_change_are_kept_with_it(town: Town) -> None:
    row = apply(town, next(s for s in STORIES if s.kind == "death"))
    assert row.change is not None
    assert row.change.documents.get().number == "12/GCN"


def test_changes_are_undone_only_from_the_top(town: Town) -> None:
    degree = next(s for s in STORIES if s.kind == "disability")
    first = apply(town, degree)
    payload = {"degree": "extremely_severe", "type": "sight", "certified": "2026-10-01"}
    second = requests.approve(
        request=report(town, "disability", town.mai, person=SINH, payload=payload, day=datetime.date(2026, 10, 1)), by=town.chair
    )
    with pytest.raises(requests.CannotUndo, match="thay đổi mới hơn"):
        requests.undo(request=first, by=town.chair)
    requests.undo(request=second, by=town.chair)
    requests.undo(request=first, by=town.chair)
    assert town.person(SINH).disability_degree is None


def test_the_serving_role_undoes_inside_its_own_commune_only(town: Town) -> None:
    row = apply(town, next(s for s in STORIES if s.kind == "poverty"))
    with as_scope(town.their_chair), pytest.raises((requests.NotAllowed, ChangeRequest.DoesNotExist)):
        requests.undo(request=row, by=town.their_chair)
