"""Practice: everybody has an invented commune of their own, and it touches nothing else."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Entitlement, Package
from households.models import Household, Person
from payments.models import PaymentLine, PaymentList
from posasoft.core import practice
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope
from posasoft.portal.practice import enter, give_up
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db


def learner(name: str) -> Scope:
    user = User.objects.create(username=name, full_name=name)
    held = RoleAssignment.objects.create(user=user, role=Role.COMMUNE_OFFICER, since=datetime.date(2025, 1, 1))
    return Scope("area", 100, 200, user.pk, Role.COMMUNE_OFFICER, held.pk)


def own_range(by: Scope) -> Scope:
    space = practice.space_of(by.user_id or 0)
    assert space is not None
    return Scope("area", *practice.range_of(space.number), by.user_id, Role.COMMUNE_OFFICER)


def test_a_first_entry_makes_a_commune_with_families_and_money() -> None:
    mai = learner("mai")
    enter(by=mai, role=Role.COMMUNE_OFFICER)
    with as_scope(own_range(mai)):
        assert Household.objects.count() == 20
        assert Person.objects.filter(full_name="Giàng Mí Sình").exists()
        assert Entitlement.objects.filter(benefit="TCXH-5.6", amount__gt=0).exists()
        assert PaymentList.objects.get().households == PaymentLine.objects.count() == Package.objects.count()
        assert Area.objects.get(level="commune", position__gte=practice.FIRST).name == "Xã Thực Hành"


def test_a_second_entry_finds_the_same_commune() -> None:
    mai = learner("mai")
    assert enter(by=mai, role=Role.COMMUNE_OFFICER) == enter(by=mai, role=Role.COMMUNE_CHAIR)


def test_two_learners_never_meet() -> None:
    mai, nam = learner("mai"), learner("nam")
    enter(by=mai, role=Role.COMMUNE_OFFICER)
    enter(by=nam, role=Role.COMMUNE_OFFICER)
    with as_scope(own_range(mai)):
        assert Household.objects.count() == 20
        assert Area.objects.filter(level="commune", position__gte=practice.FIRST).count() == 1


def test_the_country_sees_no_practice() -> None:
    with as_scope(COUNTRY):
        before = (Household.objects.count(), Area.objects.count(), PaymentList.objects.count())
    enter(by=learner("mai"), role=Role.COMMUNE_OFFICER)
    with as_scope(COUNTRY):
        assert (Household.objects.count(), Area.objects.count(), PaymentList.objects.count()) == before
        assert not Area.objects.filter(name="Tỉnh Thực Hành").exists()


def test_beginning_anew_gives_untouched_families() -> None:
    mai = learner("mai")
    enter(by=mai, role=Role.COMMUNE_OFFICER)
    with as_scope(own_range(mai)):
        Person.objects.filter(full_name="Thào A Lử").update(full_name="Đã sửa")
    give_up(by=mai)
    enter(by=mai, role=Role.COMMUNE_OFFICER)
    with as_scope(own_range(mai)):
        assert Person.objects.filter(full_name="Thào A Lử").exists()
        assert not Person.objects.filter(full_name="Đã sửa").exists()


@pytest.fixture
def learning(client: Client) -> Client:
    client.force_login(User.objects.get(pk=learner("mai").user_id))
    client.post(reverse("portal:practice_enter"), {"role": "commune_officer"})
    return client


def test_every_page_says_that_it_is_practice(learning: Client) -> None:
    page = learning.get(reverse("portal:households"))
    assert "Chế độ thực hành" in page.content.decode()
    assert "Giàng Mí Tủa" in page.content.decode()
    assert 'class="practising"' in page.content.decode()


def test_leaving_shows_the_real_area_again(learning: Client) -> None:
    learning.post(reverse("portal:practice_leave"))
    page = learning.get(reverse("portal:households")).content.decode()
    assert "Giàng Mí Tủa" not in page
    assert 'class="practising"' not in page


def test_nobody_practises_in_a_higher_role(learning: Client) -> None:
    learning.post(reverse("portal:practice_enter"), {"role": "administrator"})
    assert learning.session[practice.SESSION_KEY] == Role.COMMUNE_OFFICER


def test_an_exercise_is_ticked_once_it_is_done(learning: Client) -> None:
    assert "Đã làm" not in learning.get(reverse("portal:practice")).content.decode()
    space = practice.space_of(User.objects.get(username="mai").pk)
    assert space is not None
    with as_scope(Scope("area", *practice.range_of(space.number), role=Role.COMMUNE_OFFICER)):
        home = Person.objects.get(full_name="Giàng Thị Máy").household.public_id
    learning.get(reverse("portal:household", args=[home]))
    assert "Đã làm" in learning.get(reverse("portal:practice")).content.decode()
