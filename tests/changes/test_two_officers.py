"""Two officers at once: one wins, the other is shown what is newer and chooses field by field. Real transactions, real threads."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from households.models import Change, ChangeRequest, Person
from households.operations import requests
from posasoft.core.models import User, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from posasoft.portal.queries.preview_of_change import preview
from tests.changes.cast import Town, draft, report
from tests.changes.cast import town as make_town
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db(transaction=True)
SINH, DO = "Giàng Mí Sính", "Giàng Thị Dợ"


@pytest.fixture
def town(transactional_db: None) -> Town:
    with as_scope(COUNTRY):
        return make_town()


def second_chair(town: Town) -> Scope:
    with owner():
        user = User.objects.create_user("pho", full_name="Phó Chủ tịch")
    return Scope("area", town.chair.lo, town.chair.hi, user.pk, town.chair.role)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run in threads that start together, each with its own connection and transaction; results or exceptions in their order."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[number] = work()
        except Exception as error:  # handed to the test
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def approval(row: ChangeRequest, by: Scope) -> Callable[[], str]:
    def approve() -> str:
        with acting(by):
            return requests.approve(request=row, by=by).status

    return approve


def test_one_request_approved_twice_is_applied_once(town: Town) -> None:
    other = second_chair(town)
    with acting(town.mai):
        row = report(town, "death", town.mai, person=DO)
    results = at_once(approval(row, town.chair), approval(row, other))
    assert results.count("applied") == 1
    assert sum(isinstance(result, requests.WrongMoment) for result in results) == 1
    with owner():
        assert Change.objects.filter(kind="request").count() == 1


def test_two_requests_on_one_fact_the_second_sees_the_conflict_and_chooses(town: Town) -> None:
    other = second_chair(town)
    with acting(town.mai):
        mild = report(town, "disability", town.mai, person=SINH, payload={"degree": "mild", "type": "sight"})
    with acting(town.province):
        severe = report(town, "disability", town.province, person=SINH, payload={"degree": "severe", "type": "sight"})
    results = at_once(approval(mild, town.chair), approval(severe, other))
    assert results.count("applied") == 1
    lost = next(result for result in results if isinstance(result, requests.Conflict))
    degree = next(d for d in lost.differences if d.field == "degree")
    assert degree.before is None
    assert {degree.theirs, degree.yours} == {"mild", "severe"}
    loser = severe if results[0] == "applied" else mild
    with acting(other if loser is severe else town.chair):
        requests.approve(
            request=loser, by=other if loser is severe else town.chair,
            choices={d.field: "yours" if d.field == "degree" else "theirs" for d in lost.differences},
        )  # fmt: skip
    with owner():
        assert Person.objects.get(pk=town.people[SINH].pk).disability_degree == degree.yours


def test_theirs_keeps_what_the_registry_says(town: Town) -> None:
    with acting(town.mai):
        row = report(town, "poverty", town.mai, household=town.family, payload={"class": "none", "b1": 150, "b2": 9, "ground": "complaint"})
    with owner():
        type(town.family).objects.filter(pk=town.family.pk).update(b1=133)
    with acting(town.chair), pytest.raises(requests.Conflict):
        requests.approve(request=row, by=town.chair)
    with acting(town.chair):
        requests.approve(request=row, by=town.chair, choices={"b1": "theirs"})
    with owner():
        assert (town.family.poverty, town.family.b1, town.family.b2) == ("none", 133, 9)


def test_a_death_meanwhile_stops_a_split_that_counted_on_the_dead(town: Town) -> None:
    leaving = {"members": [town.people[DO].pk], "head": town.people[DO].pk, "residence_kind": "rural", "poverty": "poor"}
    with acting(town.mai):
        split = report(town, "split", town.mai, household=town.family, payload=leaving)
        death = report(town, "death", town.mai, person=DO)
    with acting(town.chair):
        requests.approve(request=death, by=town.chair)
    with acting(town.chair), pytest.raises(requests.Conflict):
        requests.approve(request=split, by=town.chair)
    with acting(town.chair), pytest.raises(requests.Invalid, match="không còn ở hộ"):
        requests.approve(request=split, by=town.chair, choices={"members": "yours"})


def test_a_preview_lets_go_of_the_family_at_once(town: Town) -> None:
    with acting(town.mai):
        row = draft(town, "death", town.mai, person=DO)
    with acting(town.mai):
        preview(row, town.mai)
        # The transaction of the page is still open here; another officer's is not kept waiting.
        results = at_once(lambda: _touch(town))
    assert results == [1]


def _touch(town: Town) -> int:
    with acting(town.chair):
        connections["default"].cursor().execute("SET LOCAL lock_timeout = '2s'")
        return Person.objects.filter(pk=town.people[DO].pk).update(full_name="Giàng Thị Dợ")


def test_a_refused_conflict_leaves_the_request_waiting_with_its_task(town: Town) -> None:
    with acting(town.mai):
        row = report(town, "death", town.mai, person=DO)
    with owner():
        Person.objects.filter(pk=town.people[DO].pk).update(household=town.second)
    with acting(town.chair), pytest.raises(requests.Conflict):
        requests.approve(request=row, by=town.chair)
    with owner():
        row.refresh_from_db()
        assert (row.status, row.decided_by_id) == ("submitted", None)
        assert WorkItem.objects.filter(kind="approve_change", done_at=None).count() == 1
