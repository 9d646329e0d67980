"""After a change: months already computed are computed again, released money is recovered or topped up, and what was paid on is not undone."""

from __future__ import annotations

import datetime

import pytest

from beneficiaries import operations
from beneficiaries.models import Decision, Entitlement
from households.models import ChangeRequest
from households.operations import requests
from payments.models import Correction, PaymentLine, PaymentList
from payments.operations import release, work_run
from posasoft.core import jobs
from posasoft.core.scope import COUNTRY, acting
from posasoft.portal import changing
from posasoft.portal.queries.preview_of_change import preview
from tests.changes.cast import Town, draft
from tests.changes.cast import town as make_town
from tests.changes.test_money_before_sending import DECEMBER, DO, NOVEMBER, OCTOBER, PAO, SEPTEMBER, decide
from tests.support.database import as_scope, owner
from tests.support.payments import approved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(transactional_db: None) -> Town:
    with as_scope(COUNTRY):
        t = make_town()
        decide(t, DO, "PENSION-SOCIAL")
    return t


def run(month: datetime.date, *, released: bool) -> None:
    with acting(COUNTRY):
        started = operations.start_run(month=month, by=COUNTRY)
    work_run(started.pk)
    if released:
        with acting(COUNTRY):
            release(lists=approved(PaymentList.objects.filter(month=month, status="draft")), by=COUNTRY)


def applied(town: Town, row: ChangeRequest) -> ChangeRequest:
    with acting(town.mai):
        row = changing.submit(request=row, by=town.mai)
    with acting(town.chair):
        return changing.approve(request=row, by=town.chair)


def test_a_late_death_is_shown_as_recovery_recalculated_and_recovered(town: Town) -> None:
    for month in (SEPTEMBER, OCTOBER, NOVEMBER):
        run(month, released=month != NOVEMBER)
    with acting(town.mai):
        row = draft(town, "death", town.mai, person=DO, day=datetime.date(2026, 9, 10))
        shown = preview(row, town.mai)
    # September and October are released; November's list is a draft, which only changes.
    assert (shown.arrears, shown.recovery) == (10_800_000, 540_000)
    assert [m.ordered is not None for m in shown.months] == [True, True, False, False]
    applied(town, row)
    jobs.run_all()
    with owner():
        pension = Entitlement.objects.get(benefit="PENSION-SOCIAL", superseded_by_run=None, person=town.people[DO])
        assert pension.until_month == OCTOBER
    run(DECEMBER, released=False)
    with owner():
        owed = {c.month: c.due - c.ordered for c in Correction.objects.filter(person_id=town.people[DO].pk, benefit="PENSION-SOCIAL")}
        assert owed[OCTOBER] == -540_000


def test_what_a_released_list_was_drawn_from_is_not_undone(town: Town) -> None:
    with acting(town.mai):
        row = draft(town, "poverty", town.mai, household=town.family, payload={"class": "near_poor", "ground": "within_year"})
    done = applied(town, row)
    jobs.run_all()
    run(NOVEMBER, released=False)
    with acting(town.chair):
        changing.undo(request=done, by=town.chair)
    with acting(town.mai):
        again = draft(town, "poverty", town.mai, household=town.family, payload={"class": "near_poor", "ground": "within_year"})
    done = applied(town, again)
    run(NOVEMBER, released=True)
    with owner():
        assert PaymentLine.objects.filter(household_id=town.family.pk).exists()
    with acting(town.chair), pytest.raises(requests.CannotUndo, match="chốt"):
        changing.undo(request=done, by=town.chair)
    with owner():
        assert town.family.poverty == "near_poor"


def test_decisions_follow_a_split_and_come_back_with_its_undo(town: Town) -> None:
    payload = {"members": [town.people[DO].pk], "head": town.people[DO].pk, "residence_kind": "rural", "poverty": "poor"}
    with acting(town.mai):
        row = draft(town, "split", town.mai, household=town.family, payload=payload)
    done = applied(town, row)
    with owner():
        assert Decision.objects.get(person=town.people[DO]).household_id == town.person(DO).household_id != town.family.pk
    with acting(town.chair):
        changing.undo(request=done, by=town.chair)
    with owner():
        assert Decision.objects.get(person=town.people[DO]).household_id == town.family.pk


def test_two_records_of_one_person_are_paid_once_and_parted_again(town: Town) -> None:
    decide(town, PAO, "PENSION-SOCIAL")
    with acting(town.mai):
        row = draft(town, "merge_persons", town.mai, person=PAO, payload={"other": town.people[DO].pk}, day=None)
        row = changing.submit(request=row, by=town.mai)
    with acting(town.province):
        done = changing.approve(request=row, by=town.province)
    with owner():
        open_ = Decision.objects.filter(until_month=None, benefit="PENSION-SOCIAL")
        assert list(open_.values_list("person_id", flat=True)) == [town.people[PAO].pk]
    with acting(town.province):
        changing.undo(request=done, by=town.province)
    with owner():
        assert set(Decision.objects.filter(until_month=None).values_list("person_id", flat=True)) == {
            town.people[PAO].pk,
            town.people[DO].pk,
        }
