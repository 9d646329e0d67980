"""Notices: queued once by key, words checked and filled, texts sent once with retries, letters where no text can go, nothing personal in logs."""

from __future__ import annotations

import io
import logging
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pypdf import PdfReader

from payments import sms
from payments.documents.letters import letters
from payments.models import Notice, NoticeTemplate
from payments.operations import notice_words, notices, receivers
from payments.operations.notice_words import WordsRefused, code_on_paper, fill, plain, preview
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, acting
from tests.beneficiaries.test_month_run import NOVEMBER, people
from tests.households.cast import Cast
from tests.people.world import lan, line_ids, pays, released

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]
PHONE = "0912000111"


def reachable(cast: Cast, *, wants_texts: bool = True) -> None:
    with acting(COUNTRY):
        receivers.set_contact(household=cast.family, phone=PHONE, wants_texts=wants_texts, by=lan())


def paydays() -> int:
    with acting(COUNTRY):
        return notices.queue_paydays(month=NOVEMBER, lo=WHOLE_COUNTRY[0], hi=WHOLE_COUNTRY[1], by=lan())


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_PROVIDER, settings.SMS_FOLDER = "file", tmp_path / "sms"
    return tmp_path / "sms"


def test_a_payday_is_announced_once_however_often_it_is_asked_for(people: Cast) -> None:
    pays(people, "post", "Bưu điện")
    released(NOVEMBER)
    assert (paydays(), paydays()) == (1, 0)
    notice = Notice.objects.get()
    assert (notice.medium, notice.state) == ("letter", "queued")
    assert notice.facts == {
        "tien": "1.620.000", "thang": "11/2026", "tu_ngay": "02/11/2026", "den_ngay": "10/11/2026",
        "noi_nhan": "Bưu điện Đồng Văn, Chợ Đồng Văn",
    }  # fmt: skip


@pytest.mark.parametrize(("wants", "medium"), [(True, "text"), (False, "letter")])
def test_whoever_wants_no_texts_gets_a_letter(people: Cast, wants: bool, medium: str) -> None:
    reachable(people, wants_texts=wants)
    released(NOVEMBER)
    paydays()
    assert Notice.objects.get().medium == medium


def test_a_text_goes_out_once_without_accents_and_leaves_no_trace_of_the_family_in_logs(
    people: Cast, outbox: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reachable(people)
    released(NOVEMBER)
    paydays()
    assert notices.send_due() == {"sent": 1}
    Notice.objects.update(state="queued", next_try_at="2026-01-01T00:00Z")
    assert notices.send_due() == {"sent": 1}
    (file,) = outbox.glob("*.txt")
    phone, words = file.read_text(encoding="utf-8").splitlines()
    notice = Notice.objects.get()
    assert phone == PHONE
    assert words.startswith("Gia dinh ong/ba Giang Mi Pao duoc nhan 1.620.000 d tro cap thang 11/2026 tu 02/11/2026 den 10/11/2026")
    assert code_on_paper(notice.code) in words
    assert words.isascii()
    assert file.stat().st_mode & 0o077 == 0
    assert PHONE not in caplog.text
    assert "Páo" not in caplog.text
    assert notice.code not in caplog.text


class Provider(types.ModuleType):
    """A provider that answers as told, one answer after the other."""

    def __init__(self, *answers: sms.Sent | Exception) -> None:
        super().__init__("payments.sms.scripted")
        self.answers, self.refs = list(answers), []  # type: tuple[list[sms.Sent | Exception], list[str]]

    def send(self, text: sms.Text) -> sms.Sent:
        self.refs.append(text.ref)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_a_provider_that_is_away_is_tried_again_later_under_the_same_id(
    people: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted = Provider(sms.Trouble("down"), sms.Sent(sms.State.SENT, "R1"))
    monkeypatch.setitem(sys.modules, "payments.sms.scripted", scripted)
    settings.SMS_PROVIDER = "scripted"
    with time_machine.travel("2026-11-02 09:00:00+07:00", tick=False):
        reachable(people)
        released(NOVEMBER)
        paydays()
        assert notices.send_due() == {"later": 1}
        assert notices.send_due() == {}
    with time_machine.travel("2026-11-02 09:06:00+07:00"):
        assert notices.send_due() == {"sent": 1}
    assert len(set(scripted.refs)) == 1
    notice = Notice.objects.get()
    assert (notice.state, notice.tries, notice.provider_ref) == ("sent", 2, "R1")


def test_a_number_that_takes_no_message_gets_a_letter(people: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "payments.sms.scripted", Provider(sms.Sent(sms.State.NEVER, trouble="unknown")))
    settings.SMS_PROVIDER = "scripted"
    reachable(people)
    released(NOVEMBER)
    paydays()
    assert notices.send_due() == {"letter": 1}
    notice = Notice.objects.get()
    assert (notice.medium, notice.state, notice.template.medium, notice.trouble) == ("letter", "queued", "letter", "unknown")


def test_letters_of_a_village_are_one_file_with_a_page_for_each_and_count_as_printed(people: Cast) -> None:
    released(NOVEMBER)
    paydays()
    found = list(Notice.objects.select_related("template"))
    pages = PdfReader(io.BytesIO(letters(list(notice_words.written(found)), commune="Xã Đồng Văn", village="Má Lủng"))).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    for words in (
        "Giấy báo nhận tiền trợ cấp tháng 11/2026",
        "Kính gửi ông/bà Giàng Mí Páo",
        "1.620.000 đồng",
        code_on_paper(found[0].code),
    ):
        assert words in text
    with acting(COUNTRY):
        assert (notices.mark_printed(notices=found, by=lan()), notices.mark_printed(notices=found, by=lan())) == (1, 0)


def test_households_are_told_with_facts_of_the_caller(people: Cast) -> None:
    with acting(COUNTRY):
        for _ in range(2):
            notices.queue(
                kind="suspension", key="suspend:2026-11", month=NOVEMBER, households=[people.family.pk], facts={"ly_do": "ba tháng không nhận"},
                by=COUNTRY,
            )  # fmt: skip
    ((_notice, words),) = notice_words.written(list(Notice.objects.select_related("template")))
    assert "tạm dừng từ tháng 11/2026. Lý do: ba tháng không nhận." in words.body


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{ten} nhận {tien} từ {tu_ngay}, mã {ma}, {so_dinh_danh}", "so_dinh_danh"),
        ("{ten} nhận {tien} từ {tu_ngay}", "{ma}"),
        ("{% include 'x' %} {tien} {tu_ngay} {ma}", "{ }"),
        ("{tien.__class__} {tien} {tu_ngay} {ma}", "{ }"),
        ("x" * 400 + "{tien} {tu_ngay} {ma}", "306"),
    ],
)
def test_a_template_with_what_it_may_not_hold_is_refused(body: str, says: str) -> None:
    with pytest.raises(WordsRefused, match=says.replace("{", r"\{").replace("}", r"\}")):
        preview("payday", "text", "Tiêu đề", body)


def test_a_new_version_of_words_leaves_queued_notices_as_they_were(people: Cast) -> None:
    released(NOVEMBER)
    paydays()
    body = "Mời ông/bà {ten} nhận {tien} đồng từ {tu_ngay}. Mã {ma}."
    with acting(COUNTRY):
        notice_words.save_template(kind="payday", medium="letter", title="Mời nhận tiền", body=body, by=lan())
        notice_words.save_template(kind="payday", medium="letter", title="Mời nhận tiền", body=body, by=lan())
    assert list(NoticeTemplate.objects.filter(kind="payday", medium="letter").order_by("version").values_list("version", flat=True)) == [
        1,
        2,
    ]
    assert Notice.objects.get().template.version == 1


def test_variables_are_only_filled_in() -> None:
    assert fill("{ten} {khong_co} {ma}", {"ten": "{ma}", "ma": "1"}) == "{ma}  1"
    assert plain("Đồng Văn, Hà Nội") == "Dong Van, Ha Noi"


def test_an_unknown_kind_or_target_is_a_mistake_of_the_caller() -> None:
    for asked in ({"kind": "x", "households": [1]}, {"kind": "payday"}, {"kind": "payday", "lines": [1]}):
        with pytest.raises(ValueError, match="notice"):
            notices.queue(key="k", by=COUNTRY, **asked)  # type: ignore[arg-type]  # a plain mapping


def test_nobody_on_the_list_writes_nothing(people: Cast) -> None:
    released(NOVEMBER)
    with acting(COUNTRY):
        assert notices.queue(kind="payday", key="k", month=NOVEMBER, lines=[], by=COUNTRY) == 0
        assert notices.queue(kind="unpaid", key="k", month=NOVEMBER, lines=line_ids(NOVEMBER), by=COUNTRY) == 1
