"""The officer sees why past months differ and who entered it; the province sees what a decree changes, and another officer agrees."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from beneficiaries.models import Decision
from households.operations import confirm_death
from payments.models import Correction, LawCorrection, Waiver
from payments.operations.law_corrections import compute_effects
from posasoft.core import jobs
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import GRANDMOTHER, NOVEMBER, correct, named
from tests.corrections.scene import AUGUST, DECREE_335, JULY, OCTOBER, SEPTEMBER, compute, law_without, pay
from tests.corrections.test_decree_335 import DECREE
from tests.households.cast import Cast
from tests.support.database import owner
from tests.support.second_factor import confirm, enrol_if_required

pytestmark = pytest.mark.django_db(transaction=True)


def officer(role: Role, area: Area | None, name: str = "can.bo") -> Client:
    client = Client()
    user = User.objects.create(username=f"{name}.{role}", full_name=f"Cán Bộ {name}")
    RoleAssignment.objects.create(user=user, role=role, area=area, since=datetime.date(2025, 1, 1))
    enrol_if_required(user)
    client.force_login(user)
    return client


@pytest.fixture
def late_death(people: Cast) -> Cast:
    pay(SEPTEMBER, OCTOBER)
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 8, 12), change=correct(people), by=COUNTRY)
    compute(NOVEMBER)
    return people


def test_each_cause_with_its_sums_and_each_household_with_old_new_and_difference(late_death: Cast) -> None:
    page = officer(Role.COMMUNE_OFFICER, late_death.dong_van).get(reverse("portal:corrections"), {"cause": "death"}).content.decode()
    for words in ("Người hưởng đã mất", "1.080.000", GRANDMOTHER, "12/08/2026", "đính chính", "09/2026", "-540.000"):
        assert words in page, words
    theirs = officer(Role.COMMUNE_OFFICER, late_death.pho_bang, "ben").get(reverse("portal:corrections")).content.decode()
    assert GRANDMOTHER not in theirs
    assert "Không có tháng nào" in theirs


def test_the_chair_gives_up_what_nobody_can_pay_back_after_the_second_factor(late_death: Cast) -> None:
    with owner():
        ids = list(Correction.objects.values_list("pk", flat=True))
    chair = officer(Role.COMMUNE_CHAIR, late_death.dong_van)
    asked = chair.post(reverse("portal:correction_waive"), {"correction": ids, "reason": "Không còn ai"})
    assert asked.status_code == 302
    with owner():
        assert not Waiver.objects.exists()
    confirm(chair)
    refused = chair.post(reverse("portal:correction_waive"), {"correction": ids, "reason": "Không còn ai"}, follow=True).content.decode()
    assert "Hộ còn đang hưởng" in refused
    # The boy's benefit ends as well: no line is left to take the 1.080.000 of September and October from.
    with owner():
        Decision.objects.filter(benefit="TCXH-5.6").update(until_month=NOVEMBER)
    compute(NOVEMBER)
    done = chair.post(reverse("portal:correction_waive"), {"correction": ids, "reason": "Không còn ai"}, follow=True).content.decode()
    assert "Đã thôi thu hồi các khoản đã chọn." in done
    assert "Không có tháng nào" in done
    with owner():
        assert sorted(Waiver.objects.values_list("amount", "reason")) == [(540_000, "Không còn ai")] * 2


def test_the_province_starts_and_another_officer_agrees(people: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bring_the_decree = law_without(monkeypatch, tmp_path / "law", DECREE_335)
    pay(JULY, AUGUST, SEPTEMBER)
    bring_the_decree()
    province = Area.objects.get(level="province")
    first = officer(Role.PROVINCE_OFFICER, province, "mot")
    page = first.get(reverse("portal:law_effects")).content.decode()
    assert f"{DECREE} (ký 21/08/2026): từ tháng 07/2026" in page
    assert first.post(reverse("portal:law_effects_start"), {"instrument": DECREE}).status_code == 302
    jobs.run_all()
    page = first.get(reverse("portal:law_effects")).content.decode()
    for words in ("truy lĩnh 360.000", "cần một người khác đồng ý", "80.000", "08/2026"):
        assert words in page, words
    with owner():
        row = LawCorrection.objects.get()
    second = officer(Role.PROVINCE_OFFICER, province, "hai")
    confirm(second)
    second.post(reverse("portal:law_effects_decide"), {"row": [row.pk], "move": "agree", "reason": "Công văn 12"})
    with owner():
        assert LawCorrection.objects.get().status == "agreed"
    assert "Công văn 12" in second.get(reverse("portal:law_effects")).content.decode()


def test_a_commune_has_no_say_in_it(people: Cast) -> None:
    chair = officer(Role.COMMUNE_CHAIR, people.dong_van)
    assert chair.get(reverse("portal:law_effects")).status_code == 403
    assert chair.post(reverse("portal:law_effects_decide"), {"row": [1]}).status_code == 403


def test_the_file_has_the_rows_of_the_page(late_death: Cast) -> None:
    client = officer(Role.COMMUNE_OFFICER, late_death.dong_van)
    assert client.get(reverse("portal:export_new", args=["corrections"]), {"cause": "death"}).status_code == 200


def test_effects_of_a_document_of_no_computed_month_are_refused(people: Cast) -> None:
    province = officer(Role.PROVINCE_OFFICER, Area.objects.get(level="province"))
    answered = province.post(reverse("portal:law_effects_start"), {"instrument": DECREE}, follow=True).content.decode()
    assert "Chọn văn bản cần tính tác động" in answered
    with acting(COUNTRY), pytest.raises(Exception, match="không có mức"):
        compute_effects(instrument="1/2099/NĐ-CP", area=Area.objects.get(level="province"), by=COUNTRY)
