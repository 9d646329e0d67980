"""The pages: one officer records after confirming who he is, another confirms; the neighbour's is not there; sums, samples and letters as shown."""

from __future__ import annotations

import io
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from households.models import Household
from payments.models import Account, Notice, OwnLine, Receiver, VerificationAnswer, VerificationPlan, VerificationSample
from payments.operations import cashless, receivers, verification
from posasoft.core.models import Area, AuditEvent, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, acting
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, named, people
from tests.browser.cast import make_officer
from tests.households.cast import Cast
from tests.people.world import BOY, HEAD, LONG_AGO, lan, pays, released, sent, with_account, with_receiver
from tests.support.database import owner
from tests.support.second_factor import confirm, enrol_if_required

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def desk(name: str, role: Role, area: Area | None, *, confirmed: bool = True) -> Client:
    with owner():
        user = make_officer(name, name.title(), role, area)
        enrol_if_required(user)
    client = Client()
    client.force_login(user)
    if confirmed:
        confirm(client)
    return client


@pytest.fixture
def officer(people: Cast) -> Client:
    return desk("mai", Role.COMMUNE_OFFICER, people.dong_van)


def receiving(household: Household) -> str:
    return reverse("portal:household_receiving", args=[household.public_id])


def form_of(household: Household, kind: str) -> str:
    return reverse("portal:receiving_new", args=[household.public_id, kind])


def account_typed(**changed: str) -> dict[str, str]:
    return {
        "person": str(named(HEAD).public_id), "kind": "bank", "provider": "AGRIBANK", "number": "3400 205 123 456", "holder_name": "PAO GIANG MI",
        "consent": "paper", "consent_on": f"{LONG_AGO:%d/%m/%Y}", "consent_no": "12/ĐN", **changed,
    }  # fmt: skip


def test_an_account_is_entered_by_one_and_confirmed_by_another(people: Cast, officer: Client) -> None:
    assert officer.post(form_of(people.family, "account"), account_typed()).status_code == 302
    with acting(COUNTRY):
        account = Account.objects.get()
    shown = officer.get(receiving(people.family)).content.decode()
    assert "Chờ xác nhận" in shown
    assert "3400205123456" not in shown
    assert "Xác nhận đã đối chiếu giấy tờ" not in shown
    act = reverse("portal:receiving_act", args=["account", account.public_id, "confirm"])
    assert "không tự xác nhận" in officer.post(act, follow=True).content.decode()
    chair = desk("chu", Role.COMMUNE_CHAIR, people.dong_van)
    assert "Xác nhận đã đối chiếu giấy tờ" in chair.get(receiving(people.family)).content.decode()
    assert "Dùng từ" in chair.post(act, follow=True).content.decode()
    with acting(COUNTRY):
        assert AuditEvent.objects.filter(object_kind="household", verb="read", detail__page="receiving").exists()


def test_without_a_fresh_confirmation_of_who_acts_nothing_is_recorded(people: Cast) -> None:
    client = desk("mai", Role.COMMUNE_OFFICER, people.dong_van, confirmed=False)
    answer = client.post(form_of(people.family, "account"), account_typed())
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("portal:confirm"))
    with acting(COUNTRY):
        assert not Account.objects.exists()


def test_what_is_refused_comes_back_as_typed_at_its_field(people: Cast, officer: Client) -> None:
    answer = officer.post(form_of(people.family, "account"), account_typed(number="12"))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Số tài khoản có từ 6 đến 19 chữ số." in text
    assert "PAO GIANG MI" in text


def test_receiver_own_line_and_telephone_are_recorded_and_ended(people: Cast, officer: Client) -> None:
    typed = {
        "full_name": "Vừ Thị Mai", "number": "002190001234", "relation": "Con dâu", "paper": "authorised", "paper_no": "5", "paper_on": "02/01/2026",
        "since": "05/01/2026", "until": "05/01/2028",
    }  # fmt: skip
    assert officer.post(form_of(people.family, "receiver"), typed).status_code == 302
    with acting(COUNTRY):
        receiver = Receiver.objects.get()
    officer.post(reverse("portal:receiving_act", args=["receiver", receiver.public_id, "end"]), {"reason": "đã mất"})
    month = receivers_month(officer, people.family)
    officer.post(form_of(people.family, "own-line"), {"person": str(named(BOY).public_id), "ground": "wish", "since": month})
    officer.post(form_of(people.family, "contact"), {"phone": "0912 000 111", "wants_texts": "on"})
    text = officer.get(receiving(people.family)).content.decode()
    for words in ("Đã hết hạn", "đã mất", "Theo nguyện vọng của người hưởng", "0912000111"):
        assert words in text
    with acting(COUNTRY):
        line = OwnLine.objects.get()
    officer.post(reverse("portal:receiving_act", args=["own-line", line.public_id, "end"]), {"month": month})
    with acting(COUNTRY):
        assert OwnLine.objects.get().until is not None


def receivers_month(client: Client, household: Household) -> str:
    """The first month that the form offers."""
    text = client.get(form_of(household, "own-line")).content.decode()
    return text.split('name="since"')[1].split('<option value="')[1].split('"')[0]


def test_the_neighbours_account_can_be_neither_seen_nor_confirmed(people: Cast) -> None:
    with acting(COUNTRY):
        account = with_account(cooled=False)
    neighbour = desk("ben", Role.COMMUNE_OFFICER, people.pho_bang)
    assert neighbour.get(receiving(people.family)).status_code == 404
    act = reverse("portal:receiving_act", args=["account", account.public_id, "end"])
    assert neighbour.post(act, {"reason": "x"}).status_code == 404


def test_hotline_answers_a_caller_by_search_and_leaves_its_trace(people: Cast) -> None:
    pays(people, "post", "Bưu điện")
    with_receiver(people.family)
    released(NOVEMBER)
    hotline = desk("hoa", Role.HOTLINE, None)
    found = hotline.post(reverse("portal:payday"), {"q": "giang mi pao"}, follow=True)
    assert "giang" not in found.redirect_chain[-1][0]
    address = reverse("portal:payday_household", args=[people.family.public_id])
    assert address in found.content.decode()
    text = hotline.get(address).content.decode()
    for words in ("1.620.000", "từ 02/11/2026 đến 10/11/2026", "Bưu điện Đồng Văn", "nhận thay: Vừ Thị Mai", "Đang chờ nhận"):
        assert words in text
    with acting(COUNTRY):
        assert AuditEvent.objects.filter(verb="search", detail__page="payday").exists()
        assert AuditEvent.objects.filter(verb="read", detail__page="payday", object_id=str(people.family.public_id)).exists()


def test_letters_are_queued_once_printed_by_village_and_printed_again(people: Cast, officer: Client) -> None:
    released(NOVEMBER)
    for _ in range(2):
        officer.post(reverse("portal:family_notices_queue"), {"month": "2026-11"})
    with acting(COUNTRY):
        assert Notice.objects.count() == 1
    queue = officer.get(reverse("portal:family_notices")).content.decode()
    assert people.family.code in queue
    assert "Giàng Mí Páo" in queue
    to = reverse("portal:family_letters", args=[people.dong_van.pk])
    first = officer.post(to, {"village": "0"})
    assert first["Content-Type"] == "application/pdf"
    assert "Giàng Mí Páo" in PdfReader(io.BytesIO(first.content)).pages[0].extract_text()
    assert officer.post(to, {"village": "0"}).status_code == 404
    assert officer.post(to, {"village": "0", "again": "1"}).status_code == 200
    neighbour = desk("ben", Role.COMMUNE_OFFICER, people.pho_bang)
    assert neighbour.post(to, {"village": "0", "again": "1"}).status_code == 404


def test_words_are_previewed_before_they_are_saved(people: Cast) -> None:
    ministry = desk("bo", Role.MINISTRY_ANALYST, None)
    to = reverse("portal:notice_template", args=["payday", "text"])
    typed = {"title": "Mời", "body": "Moi {ten} nhan {tien} tu {tu_ngay}. Ma {ma}."}
    shown = ministry.post(to, {**typed, "preview": "1"}).content.decode()
    assert "Moi Lo Van Mau nhan 1.620.000 tu 01/12/2026. Ma 4F2A-91C7-0B3D." in shown
    assert ministry.post(to, {**typed, "body": "{nothing}", "save": "1"}).status_code == 422
    assert ministry.post(to, {**typed, "save": "1"}).status_code == 302
    assert "Moi Lo Van Mau" in ministry.get(reverse("portal:notice_templates")).content.decode()


@pytest.fixture
def province(people: Cast) -> Client:
    return desk("tinh", Role.PROVINCE_OFFICER, Area.objects.get(code="08"))


def test_province_draws_commune_asks_and_results_show_with_their_interval(people: Cast, province: Client, officer: Client) -> None:
    sent(NOVEMBER)
    area = Area.objects.get(code="08")
    typed = {"month": "2026-11", "area": str(area.pk), "strata": ["channel"], "confidence": "95", "margin": "5"}
    new = reverse("portal:verification_new")
    if "2026-11" not in province.get(new).content.decode():
        pytest.skip("the month is not offered on this day")
    province.post(new, typed)
    with acting(COUNTRY):
        plan = VerificationPlan.objects.get()
        sample = VerificationSample.objects.get(household=people.family)
    to = reverse("portal:verification_answer", args=[plan.public_id, sample.number])
    told = {
        "client_key": str(uuid.uuid4()), "mode": "visit", "asked_on": "01/11/2026", "reached": "yes", "received": "yes", "amount": "1.620.000",
        "collected_by": "self", "was_charged": "no",
    }  # fmt: skip
    for _ in range(2):
        assert officer.post(to, told).status_code == 302
    with acting(COUNTRY):
        assert VerificationAnswer.objects.count() == 1
    text = province.get(reverse("portal:verification", args=[plan.public_id])).content.decode()
    assert "100,0 %" in text
    # The month has one line here: who asks everybody guesses nothing.
    assert "1 hộ; từ 100,0 đến 100,0 %" in text
    province.post(reverse("portal:verification_close", args=[plan.public_id]))
    again = officer.post(to, {**told, "client_key": str(uuid.uuid4())})
    assert again.status_code == 422


def test_a_collaborator_asks_the_own_households_only(people: Cast) -> None:
    sent(NOVEMBER)
    with acting(COUNTRY):
        plan = verification.draw(month=NOVEMBER, area=Area.objects.get(code="08"), strata=(), confidence=95, margin=500, by=lan())
        sample = VerificationSample.objects.get(household=people.family)
    for own, status in ((people.family, 200), (people.neighbours, 404)):
        client = collaborator(f"ctv{own.pk}", own)
        assert client.get(reverse("portal:verification_answer", args=[plan.public_id, sample.number])).status_code == status
    told = {"client_key": str(uuid.uuid4()), "mode": "visit", "asked_on": "01/11/2026", "reached": "no"}
    client = collaborator("ctvx", people.family)
    assert client.post(reverse("portal:verification_answer", args=[plan.public_id, sample.number]), told).status_code == 302
    with acting(COUNTRY):
        assert VerificationAnswer.objects.get().reached is False


def collaborator(name: str, household: Household) -> Client:
    with owner():
        user = User.objects.create_user(name, full_name=name)
        role = RoleAssignment.objects.create(
            user=user, role=Role.COLLABORATOR, scope_kind="households", area=household.commune, since=LONG_AGO
        )
        role.items.create(kind="households", object_id=household.pk, since=LONG_AGO)
    client = Client()
    client.force_login(user)
    return client


def test_share_without_cash_is_a_bar_with_its_figures(people: Cast, province: Client) -> None:
    pays(people, "bank", "Agribank")
    with_account(HEAD)
    released(NOVEMBER)
    with acting(COUNTRY):
        cashless.count(month=NOVEMBER, lo=WHOLE_COUNTRY[0], hi=WHOLE_COUNTRY[1])
    text = province.get(reverse("portal:cashless"), {"month": "2026-11"}).content.decode()
    assert 'value="100.0"' in text
    assert "1 trong 1 người; 1.620.000" in text
    assert "chưa có danh sách phát hành" in province.get(reverse("portal:cashless"), {"month": f"{DECEMBER:%Y-%m}"}).content.decode()


def test_telephone_of_a_family_is_kept_by_household(people: Cast) -> None:
    with acting(COUNTRY):
        one = receivers.set_contact(household=people.family, phone="0912000111", wants_texts=True, by=lan())
        two = receivers.set_contact(household=people.family, phone="", wants_texts=False, by=lan())
    assert one.pk == two.pk
    assert two.phone == ""
