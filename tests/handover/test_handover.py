"""A post passes with its open work: nothing is forgotten on a desk, and nobody keeps what is no longer theirs."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from beneficiaries.models import Case
from households.models import ChangeRequest
from posasoft.core.models import Area, AssignedItem, Handover, Role, RoleAssignment, SavedView, User, WorkItem
from posasoft.core.scope import Scope
from posasoft.portal.handover import HandoverError, complete, draft
from tests.browser.cast import Places, make_officer, make_places
from tests.support.database import owner

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)


@dataclass
class Desk:
    places: Places
    my: User
    lan: User
    post: RoleAssignment

    @property
    def by(self) -> Scope:
        area = self.places.commune
        return Scope("area", area.position or 0, area.position_end or 0, self.my.pk, Role.COMMUNE_OFFICER, self.post.pk)


def task(area: Area, assignee: User, title: str) -> WorkItem:
    return WorkItem.objects.create(kind="visit", title=title, assignee=assignee, province_no=2, area_pos=area.position)


@pytest.fixture
def desk() -> Desk:
    places = make_places()
    my = make_officer("my", "Vàng Thị Mỷ", Role.COMMUNE_OFFICER, places.commune)
    lan = make_officer("lan", "Lý Thị Lan", Role.COMMUNE_OFFICER, places.commune)
    return Desk(places, my, lan, my.roles.get())


def fill(desk: Desk) -> None:
    commune = desk.places.commune
    here = {"province_no": 2, "area_pos": commune.position}
    task(commune, desk.my, "Thăm hộ ông Páo")
    task(desk.places.neighbour, desk.my, "Việc ở xã bên")
    Case.objects.create(form="335/01", commune=commune, created_by=desk.my, assignee=desk.my, **here)
    ChangeRequest.objects.create(kind="death", requested_by=desk.my, status="draft", **here)
    ChangeRequest.objects.create(kind="death", requested_by=desk.my, status="returned", decided_by=desk.lan, **here)
    for user in (desk.my, desk.lan):
        SavedView.objects.create(page="households", name="Hộ cần thăm", owner=user, role="commune_officer", area=commune)


def passed(desk: Desk) -> Handover:
    row = draft(assignment=desk.post, to_user=desk.lan, effective_on=TODAY, note="Hộ ông Páo đang chờ giấy.", by=desk.by)
    return complete(handover=row, by=desk.by)


def test_open_work_drafts_and_views_go_to_the_successor(desk: Desk) -> None:
    fill(desk)
    row = passed(desk)
    assert row.moved == {"tasks": 1, "cases": 0, "case_drafts": 1, "requests": 1, "views": 1}
    with owner():
        assert WorkItem.objects.get(title="Thăm hộ ông Páo").assignee == desk.lan
        assert Case.objects.get().created_by == desk.lan
        assert sorted(SavedView.objects.filter(owner=desk.lan).values_list("name", flat=True)) == ["Hộ cần thăm", "Hộ cần thăm (bàn giao)"]


def test_work_of_another_area_stays(desk: Desk) -> None:
    fill(desk)
    passed(desk)
    with owner():
        assert WorkItem.objects.get(title="Việc ở xã bên").assignee == desk.my


def test_who_returned_a_request_does_not_become_the_one_who_asks(desk: Desk) -> None:
    fill(desk)
    passed(desk)
    with owner():
        assert ChangeRequest.objects.get(status="returned").requested_by == desk.my


def test_the_predecessors_role_ends_on_the_day(desk: Desk) -> None:
    passed(desk)
    desk.post.refresh_from_db()
    assert desk.post.until == TODAY


def test_nothing_moves_before_it_is_complete(desk: Desk) -> None:
    fill(desk)
    draft(assignment=desk.post, to_user=desk.lan, effective_on=TODAY, note="", by=desk.by)
    with owner():
        assert WorkItem.objects.get(title="Thăm hộ ông Páo").assignee == desk.my
    desk.post.refresh_from_db()
    assert desk.post.until is None


def test_a_post_is_handed_over_once(desk: Desk) -> None:
    row = passed(desk)
    with pytest.raises(HandoverError, match="đã hoàn tất"):
        complete(handover=row, by=desk.by)


def test_an_officer_cannot_make_somebody_an_officer(desk: Desk) -> None:
    nam = User.objects.create(username="nam", full_name="Hoàng Văn Nam")
    row = draft(assignment=desk.post, to_user=nam, effective_on=TODAY, note="", by=desk.by)
    with pytest.raises(HandoverError, match="chưa có vai trò"):
        complete(handover=row, by=desk.by)
    assert not nam.roles.exists()


def test_nobody_hands_over_a_neighbours_post(desk: Desk) -> None:
    neighbour = make_officer("pa", "Vàng Thị Pà", Role.COMMUNE_OFFICER, desk.places.neighbour)
    with pytest.raises(HandoverError, match="không giữ vai trò"):
        draft(assignment=neighbour.roles.get(), to_user=desk.lan, effective_on=TODAY, note="", by=desk.by)


def test_the_wizard_goes_from_form_to_minutes(desk: Desk, client: Client) -> None:
    fill(desk)
    client.force_login(desk.my)
    asked = {"assignment": desk.post.pk, "to_user": "lan", "effective_on": "21/11/2026", "note": "Hộ ông Páo đang chờ giấy."}
    drafted = client.post(reverse("portal:handovers"), asked)
    row = Handover.objects.get()
    assert drafted["Location"] == reverse("portal:handover", args=[row.public_id])
    assert "Sẽ chuyển sang người nhận" in client.get(drafted["Location"]).content.decode()
    client.post(reverse("portal:handover_complete", args=[row.public_id]))
    client.force_login(desk.lan)
    assert "Đã chuyển sang người nhận" in client.get(drafted["Location"]).content.decode()
    pdf = client.get(reverse("portal:handover_minutes", args=[row.public_id]))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "BIÊN BẢN" in text
    assert "Vàng Thị Mỷ" in text


def test_an_unknown_successor_is_named_and_nothing_typed_is_lost(desk: Desk, client: Client) -> None:
    client.force_login(desk.my)
    asked = {"assignment": desk.post.pk, "to_user": "khongco", "effective_on": "21/11/2026", "note": "Ghi chú dài"}
    page = client.post(reverse("portal:handovers"), asked).content.decode()
    assert "“khongco”" in page
    assert "Ghi chú dài" in page


def test_a_stranger_finds_no_handover(desk: Desk, client: Client) -> None:
    row = draft(assignment=desk.post, to_user=desk.lan, effective_on=TODAY, note="", by=desk.by)
    client.force_login(make_officer("pa", "Vàng Thị Pà", Role.COMMUNE_OFFICER, desk.places.neighbour))
    assert client.get(reverse("portal:handover", args=[row.public_id])).status_code == 404


def test_a_collaborators_households_pass_from_the_day_of_the_handover(desk: Desk, client: Client) -> None:
    """A role on households alone may write no hand-over by itself: the system clears its desk, and the households go along."""
    sua = make_officer("sua", "Giàng Thị Súa", Role.COLLABORATOR, desk.places.commune)
    make_officer("mua", "Sùng Thị Múa", Role.COLLABORATOR, desk.places.commune)
    post = sua.roles.get()
    AssignedItem.objects.create(assignment=post, kind="households", object_id=4711, since=datetime.date(2026, 1, 1))
    client.force_login(sua)
    asked = {"assignment": post.pk, "to_user": "mua", "effective_on": TODAY.strftime("%d/%m/%Y"), "note": ""}
    drafted = client.post(reverse("portal:handovers"), asked)
    assert drafted.status_code == 302
    client.post(reverse("portal:handover_complete", args=[Handover.objects.get().public_id]))
    held = AssignedItem.objects.filter(object_id=4711, until__isnull=True)
    assert [(item.assignment.user.username, item.since) for item in held] == [("mua", TODAY)]


def test_a_collaborator_gives_up_a_draft(desk: Desk, client: Client) -> None:
    sua = make_officer("sua", "Giàng Thị Súa", Role.COLLABORATOR, desk.places.commune)
    client.force_login(sua)
    asked = {"assignment": sua.roles.get().pk, "to_user": "lan", "effective_on": TODAY.strftime("%d/%m/%Y"), "note": ""}
    client.post(reverse("portal:handovers"), asked)
    row = Handover.objects.get()
    assert client.post(reverse("portal:handover_drop", args=[row.public_id])).status_code == 302
    assert not Handover.objects.exists()
