"""The day's heads of the audit chain, to be kept outside this database: on paper, in a mailbox, with the provinces."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from posasoft.core import outbox, sealing
from posasoft.core.models import Area, Level
from posasoft.core.scope import COUNTRY, apply
from posasoft.core.sealing import DayHead

TOPIC = "mail.audit_heads"
COLUMNS = ("tinh_so", "ngay", "so_mat_xich", "ma_kiem_chung", "ten_tinh")


def province_names() -> dict[int, str]:
    """Names of the provinces in force by their number."""
    found = Area.objects.filter(level=Level.PROVINCE, position__isnull=False).values_list("province_no", "name")
    return {number: name for number, name in found if number is not None}


def name_of(province_no: int, names: dict[int, str]) -> str:
    """A chain's name: the province, or what lies in none (sign-ins, the trail of the centre)."""
    return names.get(
        province_no, _("Ngoài các tỉnh (cấp trung ương, đăng nhập)") if province_no == 0 else _("Tỉnh số %(n)d") % {"n": province_no}
    )


def as_csv(heads: list[DayHead]) -> str:
    """The heads as `verify_audit --heads` reads them."""
    text, names = io.StringIO(newline=""), province_names()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([head.province_no, head.day.isoformat(), head.seq, head.hash, name_of(head.province_no, names)] for head in heads)
    return "\ufeff" + text.getvalue()


def hand_out(day: datetime.date) -> int:
    """Put one message for each address of AUDIT_HEADS_TO into the outbox; to how many."""
    with transaction.atomic():
        apply(COUNTRY)
        for number in range(len(settings.AUDIT_HEADS_TO)):
            outbox.publish(topic=TOPIC, payload={"day": day.isoformat(), "address_no": number})
    return len(settings.AUDIT_HEADS_TO)


@outbox.transport(TOPIC)
def mail(payload: dict[str, Any]) -> None:
    """Send the heads of a day; there is nothing personal in them."""
    day = datetime.date.fromisoformat(payload["day"])
    address = settings.AUDIT_HEADS_TO[payload["address_no"]]
    with transaction.atomic():
        apply(COUNTRY)
        text = as_csv(sealing.heads_of_day(day))
    message = EmailMessage(
        _("POSASoft: mã kiểm chứng nhật ký ngày %(day)s") % {"day": day.strftime("%d/%m/%Y")},
        _("Hãy lưu tệp đính kèm ở nơi khác với hệ thống. Khi kiểm tra: ./run manage verify_audit --heads <tệp>"),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers={"Message-ID": f"<heads-{day.isoformat()}-{payload['address_no']}@posasoft>"},
    )
    message.attach(f"ma-kiem-chung-{day.isoformat()}.csv", text, "text/csv")
    message.send()
