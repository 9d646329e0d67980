"""A household goes to another commune only when that commune accepts it; both sides see where it stands, and the money goes along."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from beneficiaries.models import Decision
from households.models import ChangeRequest, Household, Person, Transfer
from households.operations import requests
from households.queries.requests import seen_by
from policy import load_law
from policy.model import Override
from posasoft.core.models import Area, WorkItem
from posasoft.core.notifications import of_user
from posasoft.core.scope import COUNTRY
from posasoft.portal import changing
from posasoft.portal.queries.preview_of_change import preview
from tests.changes.cast import Town, draft, report
from tests.changes.test_every_kind import everything
from tests.changes.test_money_before_sending import DO, NOVEMBER, PAO, decide
from tests.households.cast import area
from tests.support.database import as_scope, owner


def send(town: Town, kind: str = "transfer", *, person: str = "", to: Area | None = None) -> Transfer:
    """Asked by Mai, approved by the chair: it waits at the other side."""
    payload = {"to_area": (to or town.base.pho_bang).pk}
    row = report(town, kind, town.mai, person=person, household=None if person else town.family, payload=payload)
    waiting = changing.approve(request=row, by=town.chair)
    assert waiting.status == "waiting_receiver"
    with owner():
        return Transfer.objects.get(request=row)


def test_until_it_is_accepted_nothing_moves_and_the_receiver_sees_a_sheet(town: Town) -> None:
    transfer = send(town)
    with as_scope(town.base.pho_bang):
        assert list(Transfer.objects.values_list("pk", flat=True)) == [transfer.pk]
        assert not Household.objects.filter(pk=town.base.family.pk).exists()
        assert not ChangeRequest.objects.exists()
        item = WorkItem.objects.get()
        assert (item.kind, item.link) == ("receive_transfer", f"/changes/transfers/{transfer.public_id}/")
    with as_scope(town.base.dong_van):
        assert not Transfer.objects.exists()
        assert Household.objects.filter(pk=town.base.family.pk).exists()
        assert ChangeRequest.objects.get().status == "waiting_receiver"
    sheet = str(transfer.sheet)
    assert "2088000571" not in sheet
    assert "disability" not in sheet
    assert set(transfer.sheet) == {"kind", "who", "code", "poverty", "people"}


def test_accepted_the_rows_follow_and_the_sender_reads_it(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    transfer = send(town)
    with as_scope(town.pa):
        changing.accept_transfer(transfer=transfer, by=town.pa, village=None, residence_kind="rural")
    with as_scope(town.base.pho_bang):
        assert {p.full_name for p in Person.objects.filter(household=town.base.family.pk)} == {PAO, DO, "Giàng Mí Sính"}
        assert Decision.objects.get().household_id == town.base.family.pk
    with as_scope(town.base.dong_van):
        assert not Person.objects.filter(full_name=PAO).exists()
        assert ChangeRequest.objects.get().status == "applied"
        assert list(seen_by(town.mai).values_list("status", flat=True)) == ["applied"]
    with as_scope(town.mai):
        assert any("đã ghi vào sổ" in n.title for n in of_user(town.mai))
    with owner():
        assert not WorkItem.objects.filter(done_at=None).exists()


def test_refused_the_household_stays_and_the_sender_reads_why(town: Town) -> None:
    transfer = send(town)
    with as_scope(town.pa), pytest.raises(requests.Invalid):
        requests.refuse_transfer(transfer=transfer, by=town.pa, reason=" ")
    with as_scope(town.pa):
        requests.refuse_transfer(transfer=transfer, by=town.pa, reason="Chưa thấy hộ đến ở")
    with as_scope(town.base.dong_van):
        row = ChangeRequest.objects.get()
        assert (row.status, row.decision_reason) == ("refused", "Chưa thấy hộ đến ở")
        assert Household.objects.filter(pk=town.base.family.pk).exists()


def test_withdrawn_it_is_gone_from_the_other_side(town: Town) -> None:
    transfer = send(town)
    with as_scope(town.mai):
        requests.withdraw(request=ChangeRequest.objects.get(), by=town.mai)
    with as_scope(town.pa):
        assert Transfer.objects.get().status == "withdrawn"
        with pytest.raises(requests.WrongMoment):
            changing.accept_transfer(transfer=transfer, by=town.pa, village=None, residence_kind="rural")
        assert not WorkItem.objects.filter(done_at=None).exists()


def test_the_sender_does_not_accept_in_the_receivers_place(town: Town) -> None:
    transfer = send(town)
    for scope in (town.mai, town.chair, town.province):
        with pytest.raises(requests.NotAllowed):
            changing.accept_transfer(transfer=transfer, by=scope, village=None, residence_kind="rural")
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(decided_by_id=transfer.sent_by_id)


def test_one_person_joins_a_household_there(town: Town) -> None:
    transfer = send(town, "transfer_person", person=DO)
    with as_scope(town.pa):
        target = Household.objects.get()
        changing.accept_transfer(transfer=transfer, by=town.pa, village=None, residence_kind="rural", household=target, relation="parent")
        assert Person.objects.get(full_name=DO).household_id == target.pk
    with as_scope(town.base.dong_van):
        assert {p.full_name for p in Person.objects.filter(household=town.base.family.pk)} == {PAO, "Giàng Mí Sính"}


def test_a_village_of_another_commune_is_refused(town: Town) -> None:
    transfer = send(town)
    with as_scope(town.pa), pytest.raises(requests.Invalid, match="không thuộc xã"):
        changing.accept_transfer(transfer=transfer, by=town.pa, village=town.village, residence_kind="rural")


def test_a_transfer_is_undone_by_the_level_that_sees_both(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    before = everything()
    transfer = send(town)
    with as_scope(town.pa):
        changing.accept_transfer(transfer=transfer, by=town.pa, village=None, residence_kind="rural")
    with owner():
        row = ChangeRequest.objects.get()
    for one_side in (town.chair, town.their_chair):
        with pytest.raises(requests.NotAllowed):
            changing.undo(request=row, by=one_side)
    with as_scope(town.province):
        changing.undo(request=row, by=town.province)
    with as_scope(COUNTRY):
        assert everything() == before
        assert Decision.objects.get().area_pos == town.base.family.area_pos
        assert Transfer.objects.get().status == "undone"


def test_between_provinces_the_other_provinces_law_pays(town: Town) -> None:
    decide(town, DO, "PENSION-SOCIAL")
    with owner():
        other = area("province", "01", "Thành phố Hà Nội", 1 * 10**10, 10**10)
        commune = area("commune", "00004", "Phường Ba Đình", 10_010_010_000, 10**4, other)
        Area.objects.filter(pk__in=[other.pk, commune.pk]).update(province_no=1)
        commune.refresh_from_db()
    raised = Override("01", "social_pension", Decimal(700_000), datetime.date(2025, 7, 1), None, "Nghị quyết của tỉnh")
    law = dataclasses.replace(load_law(), overrides=(raised,))
    row = draft(town, "transfer", town.mai, household=town.family, payload={"to_area": commune.pk})
    found = preview(row, town.mai, law)
    line = next(line for month in found.months if month.month == NOVEMBER for line in month.lines if line.benefit == "PENSION-SOCIAL")
    assert (line.before, line.after) == (540_000, 700_000)
