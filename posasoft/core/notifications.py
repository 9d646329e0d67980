"""Notices to users: in the page, and counted in an e-mail digest. Titles and links name no citizen; the e-mail holds only counts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from posasoft.core import outbox
from posasoft.core.models import Notification, NotificationSettings, User
from posasoft.core.scope import COUNTRY, Scope, apply

TOPIC = "mail.digest"
MONDAY = 0

# Raw, because the row belongs to somebody else: RETURNING would be refused by that user's policy.
_TELL = "INSERT INTO core_notification (user_id, kind, title, link) SELECT unnest(%s::bigint[]), %s, %s, %s"
_HOLDERS = """
SELECT DISTINCT r.user_id FROM core_roleassignment r JOIN core_user u ON u.id = r.user_id AND u.is_active LEFT JOIN core_area a ON a.id = r.area_id
WHERE r.role = ANY (%(roles)s) AND r.scope_kind = 'area' AND r.since <= %(day)s AND (r.until IS NULL OR r.until > %(day)s)
  AND (r.area_id IS NULL OR (a.position <= %(area)s AND %(area)s < a.position_end))
"""


def notify(
    *,
    kind: str,
    title: str,
    link: str = "",
    users: Iterable[int] = (),
    role: str | Sequence[str] = (),
    area: int | None = None,
    excluding: int | None = None,
) -> int:
    """Tell users by id, or everybody who holds a role on an area position today; how many. In the caller's transaction."""
    told = set(users)
    if role:
        told |= holders([role] if isinstance(role, str) else list(role), area or 0)
    told.discard(excluding or 0)
    if told:
        with connection.cursor() as cursor:
            cursor.execute(_TELL, [sorted(told), kind, title[:200], link[:200]])
    return len(told)


def holders(roles: Sequence[str], area: int) -> set[int]:
    """Ids of the active users who hold one of the roles on an area position today."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, {"roles": list(roles), "day": timezone.localdate(), "area": area})
        return {row[0] for row in cursor.fetchall()}


def unread(by: Scope) -> int:
    """What the bell shows: at most 100; 0 for somebody who does not want to be told in the page."""
    if by.user_id is None or NotificationSettings.objects.filter(user=by.user_id, in_page=False).exists():
        return 0
    return Notification.objects.filter(user=by.user_id, read_at__isnull=True)[:100].count()


def of_user(by: Scope) -> QuerySet[Notification]:
    """The notices of the acting user, the newest first."""
    return Notification.objects.filter(user=by.user_id or 0).order_by("-pk")


def mark_read(*, ids: Sequence[int] | None = None, by: Scope) -> int:
    """The user has read these notices, or all of them; how many were new."""
    found = of_user(by).filter(read_at__isnull=True)
    return (found if ids is None else found.filter(pk__in=ids)).order_by().update(read_at=Now())


def settings_of(by: Scope) -> NotificationSettings:
    """How the acting user wants to be told; not saved when it is the usual way."""
    return NotificationSettings.objects.filter(user=by.user_id).first() or NotificationSettings(user_id=by.user_id or 0)


def choose(*, in_page: bool, digest: str, by: Scope) -> None:
    """Keep how the user wants to be told. Raises ValueError for a digest that does not exist."""
    NotificationSettings.objects.update_or_create(
        user_id=by.user_id or 0, defaults={"in_page": in_page, "digest": NotificationSettings.Digest(digest).value}
    )


def send_digests(day: datetime.date) -> int:
    """Put one message for each user with unread, not yet counted notices into the outbox; how many.

    Daily from Monday to Friday, weekly on Mondays. Counted notices are marked in the same transaction, so that a digest counts each once.
    """
    if day.weekday() > 4:
        return 0
    with transaction.atomic():
        apply(COUNTRY)
        waiting = (
            Notification.objects.filter(digested_at__isnull=True, read_at__isnull=True).exclude(user__email="").filter(user__is_active=True)
        )
        without = NotificationSettings.objects.filter(digest=NotificationSettings.Digest.NONE).values("user")
        weekly = NotificationSettings.objects.filter(digest=NotificationSettings.Digest.WEEKLY).values("user")
        waiting = waiting.exclude(user__in=without)
        if day.weekday() != MONDAY:
            waiting = waiting.exclude(user__in=weekly)
        rows = list(
            Notification.objects.select_for_update(skip_locked=True).filter(pk__in=waiting.values("pk")).values_list("pk", "user_id")
        )
        Notification.objects.filter(pk__in=[pk for pk, _user in rows]).update(digested_at=Now())
        numbers: dict[int, int] = {}
        for _pk, user_id in rows:
            numbers[user_id] = numbers.get(user_id, 0) + 1
        for user_id, number in sorted(numbers.items()):
            outbox.publish(topic=TOPIC, payload={"user_id": user_id, "count": number, "day": day.isoformat()})
    return len(numbers)


def counts_by_kind(by: Scope) -> list[tuple[str, int]]:
    """Unread notices by kind, for the page's head."""
    return list(of_user(by).filter(read_at__isnull=True).order_by().values_list("kind").annotate(n=Count("pk")).order_by("-n"))


@outbox.transport(TOPIC)
def mail(payload: dict[str, Any]) -> None:
    """Send one digest: how many notices wait, and where. A second delivery has the same Message-ID, so that the mailbox shows it once."""
    user = User.objects.filter(pk=payload["user_id"], is_active=True).exclude(email="").first()
    if user is None:
        return
    with translation.override(settings.LANGUAGE_CODE):
        count = int(payload["count"])
        subject = _("POSASoft: %(count)d thông báo chưa đọc") % {"count": count}
        waiting = _("Bạn có %(count)d thông báo chưa đọc. Xem tại: %(link)s") % {
            "count": count,
            "link": settings.SITE_URL + reverse("portal:notifications"),
        }
        how = _("Đổi cách nhận thông báo ở trang trên. Thư này gửi tự động.")
        body = f"{waiting}\n\n{how}\n"
    identity = f"<digest-{user.pk}-{payload['day']}@posasoft>"
    EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email], headers={"Message-ID": identity}).send()
