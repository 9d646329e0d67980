"""Users are told in the page and by a digest; nobody is told twice, and no e-mail names anybody."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from posasoft.core import notifications, outbox
from posasoft.core.models import Notification, OutboxMessage, RoleAssignment, User
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.browser.cast import Places
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, SATURDAY = datetime.date(2026, 11, 23), datetime.date(2026, 11, 24), datetime.date(2026, 11, 28)


@pytest.fixture(autouse=True)
def _mailboxes(people: dict[str, User], settings: Any) -> None:
    settings.SITE_URL = "https://posasoft.example"
    with owner():
        for name in ("mai", "chu"):
            User.objects.filter(username=name).update(email=f"{name}@example.vn")


def tell(*names: str, title: str = "Có việc mới") -> None:
    with owner():
        users = list(User.objects.filter(username__in=names).values_list("pk", flat=True))
    with acting(COUNTRY):
        notifications.notify(users=users, kind="test", title=title, link="/households/")


def test_a_role_on_an_area_is_told_there_and_above_but_not_next_door(places: Places, people: dict[str, User]) -> None:
    with acting(COUNTRY):
        told = notifications.notify(kind="t", title="x", role=["commune_chair", "province_officer"], area=places.village.position)

    with owner():
        assert told == 2
        assert set(Notification.objects.values_list("user__username", flat=True)) == {"chu", "tinh"}


def test_a_role_that_has_ended_is_told_no_more(places: Places, people: dict[str, User]) -> None:
    with owner():
        RoleAssignment.objects.filter(user=people["chu"]).update(until=timezone.localdate())
    with acting(COUNTRY):
        assert notifications.notify(kind="t", title="x", role="commune_chair", area=places.commune.position) == 0


def test_the_bell_counts_what_is_new_until_it_is_read(enter: Callable[[str], Client]) -> None:
    tell("mai", "chu")
    tell("mai", title="Tệp đã sẵn sàng")
    client = enter("mai")
    assert '<span class="tag warn">2</span>' in client.get("/notifications/").content.decode()

    with owner():
        one = Notification.objects.filter(user__username="mai").latest("pk")
    assert client.post("/notifications/read/", {"notice": one.pk})["Location"] == "/households/"
    assert '<span class="tag warn">1</span>' in client.get("/notifications/").content.decode()
    client.post("/notifications/read/")
    assert '<span class="tag warn">' not in client.get("/notifications/").content.decode()


def test_nobody_sees_or_reads_the_notices_of_another(enter: Callable[[str], Client], scope_of: Callable[[str], Scope]) -> None:
    tell("chu", title="Chỉ dành cho chủ tịch")
    client = enter("mai")
    assert "Chỉ dành cho chủ tịch" not in client.get("/notifications/").content.decode()
    with owner():
        notice = Notification.objects.get()
    client.post("/notifications/read/", {"notice": notice.pk})

    with as_scope(scope_of("mai")):
        assert not Notification.objects.exists()
        assert Notification.objects.update(read_at=timezone.now()) == 0
    with owner():
        assert Notification.objects.get().read_at is None


def test_whoever_wants_no_number_gets_none(enter: Callable[[str], Client]) -> None:
    tell("mai")
    client = enter("mai")
    client.post("/notifications/choose/", {"digest": "none"})
    assert '<span class="tag warn">' not in client.get("/notifications/").content.decode()


def test_an_unknown_choice_changes_nothing(enter: Callable[[str], Client]) -> None:
    page = enter("mai").post("/notifications/choose/", {"digest": "hourly"}, follow=True).content.decode()
    assert "Hãy chọn một cách nhận thư" in page


def test_the_digest_holds_a_count_and_a_link_and_nothing_else() -> None:
    tell("mai", title="Hồ sơ của Giàng Mí Páo")
    tell("mai")
    assert notifications.send_digests(TUESDAY) == 1
    outbox.drain()

    (letter,) = mail.outbox
    assert letter.to == ["mai@example.vn"]
    assert "2 thông báo" in letter.subject
    assert "https://posasoft.example/notifications/" in letter.body
    assert "Páo" not in letter.subject + letter.body
    with owner():
        assert OutboxMessage.objects.get(topic="mail.digest").payload.keys() == {"user_id", "count", "day"}


def test_a_notice_is_counted_in_one_digest_only() -> None:
    tell("mai")
    assert [notifications.send_digests(day) for day in (MONDAY, MONDAY, TUESDAY)] == [1, 0, 0]
    tell("mai")
    assert notifications.send_digests(TUESDAY) == 1


def test_what_was_read_in_the_page_is_not_mailed(scope_of: Callable[[str], Scope]) -> None:
    tell("mai")
    with acting(scope_of("mai")):
        notifications.mark_read(by=scope_of("mai"))
    assert notifications.send_digests(MONDAY) == 0


def test_the_marks_and_the_message_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    tell("mai")

    def broken(**_message: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "publish", broken)
        with pytest.raises(RuntimeError):
            notifications.send_digests(MONDAY)
    assert notifications.send_digests(MONDAY) == 1


def test_weekly_means_monday_and_none_means_never(scope_of: Callable[[str], Scope]) -> None:
    tell("mai", "chu")
    for name, digest in (("mai", "weekly"), ("chu", "none")):
        with acting(scope_of(name)):
            notifications.choose(in_page=True, digest=digest, by=scope_of(name))

    assert [notifications.send_digests(day) for day in (TUESDAY, SATURDAY, MONDAY)] == [0, 0, 1]


def test_a_user_who_left_gets_no_letter(people: dict[str, User]) -> None:
    tell("mai")
    notifications.send_digests(MONDAY)
    with owner():
        User.objects.filter(username="mai").update(is_active=False)
    outbox.drain()
    assert mail.outbox == []


def test_every_entry_of_the_beat_names_a_task_of_ours() -> None:
    autodiscover_modules("tasks")
    known = set(current_app.tasks)
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= known
    assert {"posasoft.seal_audit", "posasoft.expire_exports", "posasoft.send_digests", "posasoft.hand_out_heads"} <= known
