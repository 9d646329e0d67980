"""Who may apply, who must ask, who approves: as the table says, in the operation and in the database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from households.change_kinds import KINDS, OFFICERS, Right
from households.models import ChangeRequest
from households.operations import requests
from posasoft.core.models import Role, WorkItem
from posasoft.core.scope import Scope
from tests.browser import cast as browser_cast
from tests.changes.cast import DAY, Town, draft, report
from tests.changes.test_every_kind import STORIES, Story, approver
from tests.support.database import owner

DO, PAO = "Giàng Thị Dợ", "Giàng Mí Páo"
DIRECT = {"schooling", "correct_name", "relation"}


def test_the_table_is_what_was_agreed() -> None:
    for code, kind in KINDS.items():
        assert set(kind.rights.roles) <= set(OFFICERS)
        assert kind.rights.approvers, code
        assert (kind.rights.of(Role.COMMUNE_OFFICER) == Right.DIRECT) == (code in DIRECT)
        assert Role.COMMUNE_OFFICER not in kind.rights.approvers
    assert KINDS["hiv"].rights.of(Role.PROVINCE_OFFICER) == Right.NO
    assert Role.COMMUNE_CHAIR not in KINDS["merge_persons"].rights.approvers


@pytest.mark.parametrize("story", STORIES, ids=lambda s: s.kind)
def test_only_light_upkeep_enters_without_a_second_person(town: Town, story: Story) -> None:
    s = story
    home = town.family if s.about == "h" else None
    person = "" if s.about == "h" else s.about
    row = report(town, s.kind, town.mai, person=person, household=home, payload=s.payload(town), day=DAY if s.is_day else None)
    assert (row.status == "applied") == (s.kind in DIRECT)
    if row.status == "submitted":
        with pytest.raises(requests.NotAllowed):
            requests.approve(request=row, by=town.mai)
        with pytest.raises(requests.NotAllowed):
            requests.approve(request=row, by=Scope("area", 0, 9 * 10**15, town.mai.user_id, approver(town, row).role))


@pytest.mark.parametrize("nearest", [Role.PROVINCE_OFFICER, Role.CLUSTER_OFFICER])
def test_a_chair_who_asks_needs_the_level_above(town: Town, nearest: Role) -> None:
    """The task goes to the cluster only where a cluster officer holds the role that day."""
    if nearest == Role.CLUSTER_OFFICER:
        with owner():
            browser_cast.make_officer("cum", "Người Của Cụm", Role.CLUSTER_OFFICER, town.base.dong_van)
    row = report(town, "death", town.chair, person=DO)
    with pytest.raises(requests.NotAllowed):
        requests.approve(request=row, by=town.chair)
    with owner():
        assert WorkItem.objects.get(kind="approve_change").role == nearest
    assert requests.approve(request=row, by=town.province).status == "applied"


def test_the_database_refuses_a_decider_who_asked(town: Town) -> None:
    row = report(town, "death", town.mai, person=DO)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        ChangeRequest.objects.filter(pk=row.pk).update(decided_by_id=town.mai.user_id)


def test_an_applied_request_without_a_change_cannot_be_written(town: Town) -> None:
    row = report(town, "death", town.mai, person=DO)
    with pytest.raises(IntegrityError, match="applied_complete"), transaction.atomic():
        ChangeRequest.objects.filter(pk=row.pk).update(status="applied")


def test_a_neighbour_approves_nothing_here(town: Town) -> None:
    row = report(town, "death", town.mai, person=DO)
    with pytest.raises(requests.NotAllowed):
        requests.approve(request=row, by=town.their_chair)


def test_nobody_mends_or_withdraws_what_another_wrote(town: Town) -> None:
    row = draft(town, "death", town.mai, person=DO)
    with pytest.raises(requests.NotAllowed):
        requests.save_draft(request=row, typed={"reason": "x"}, by=town.chair)
    with pytest.raises(requests.NotAllowed):
        requests.withdraw(request=row, by=town.chair)


def test_what_was_sent_is_no_longer_written_and_is_withdrawn_with_its_task(town: Town) -> None:
    row = report(town, "death", town.mai, person=DO)
    with pytest.raises(requests.WrongMoment):
        requests.save_draft(request=row, typed={"reason": "x"}, by=town.mai)
    assert requests.withdraw(request=row, by=town.mai).status == "withdrawn"
    with owner():
        assert not WorkItem.objects.filter(done_at=None).exists()


def test_a_diagnosis_is_reported_by_those_who_appraise_only(town: Town) -> None:
    with pytest.raises(requests.NotAllowed):
        draft(town, "hiv", town.province, person=PAO, payload={"hiv": True})
