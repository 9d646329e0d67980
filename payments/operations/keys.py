"""Keys of agencies' programs: made, shown once, found again by their hash, taken back."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import secrets

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Agency, ApiCall, ApiKey
from payments.operations.agencies import AgencyRefused
from posasoft.core import audit
from posasoft.core.models import Role
from posasoft.core.scope import Scope

# What a key may do; the API's views name the one they ask for.
SCOPES = {
    "deliveries.read": gettext_lazy("Xem và tải danh sách"),
    "deliveries.confirm": gettext_lazy("Xác nhận đã nhận"),
    "results.write": gettext_lazy("Gửi kết quả chi trả"),
}
LONGEST_DAYS = 366
# Long enough to look into a key that was tried or misused.
KEPT_DAYS = 30
PREFIX = "psk"
_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_[A-Za-z0-9_-]{{43}}")


@transaction.atomic
def issue(*, agency: Agency, name: str, scopes: list[str], expires_on: datetime.date, by: Scope) -> tuple[ApiKey, str]:
    """A new key and its secret, which is not kept: 256 random bits need no slow hash. Raises AgencyRefused."""
    _check(by)
    today = timezone.localdate()
    if not scopes or not set(scopes) <= set(SCOPES):
        raise AgencyRefused(_("Chọn ít nhất một việc mà chương trình được làm."), "scopes")
    if not today < expires_on <= today + datetime.timedelta(days=LONGEST_DAYS):
        raise AgencyRefused(_("Hạn dùng phải sau hôm nay và không quá một năm."), "expires_on")
    prefix = secrets.token_hex(6)
    secret = f"{PREFIX}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        agency=agency, name=name.strip(), prefix=prefix, hash=_hash(secret), scopes=sorted(set(scopes)), expires_on=expires_on,
        made_by_id=by.user_id,
    )  # fmt: skip
    audit.record(verb="issue_key", kind="agency", object_id=agency.pk, by=by, key=prefix, scopes=key.scopes, until=expires_on.isoformat())
    return key, secret


@transaction.atomic
def revoke(*, key: ApiKey, by: Scope) -> bool:
    """Close a key from the next request on; False when it was closed before. Raises AgencyRefused."""
    _check(by)
    if not ApiKey.objects.filter(pk=key.pk, revoked_at__isnull=True).update(revoked_at=Now(), revoked_by_id=by.user_id):
        return False
    audit.record(verb="revoke_key", kind="agency", object_id=key.agency_id, by=by, key=key.prefix)
    return True


def forget_calls() -> int:
    """Forget calls older than KEPT_DAYS, which no limit asks about; how many. Twice is once. What was read and done stands in the trail."""
    with transaction.atomic():
        number, _models = ApiCall.objects.filter(at__lt=timezone.now() - datetime.timedelta(days=KEPT_DAYS)).delete()
    return int(number)


def find(secret: str) -> ApiKey | None:
    """The key of a secret if it is in force today: not expired, not revoked, of an agency that still pays."""
    form = _FORM.fullmatch(secret)
    key = ApiKey.objects.select_related("agency").filter(prefix=form[1]).first() if form else None
    # Compared even when there is none: how long the answer takes says nothing about prefixes.
    same = hmac.compare_digest(key.hash if key else "0" * 64, _hash(secret))
    if key is None or not same:
        return None
    in_force = key.revoked_at is None and key.expires_on > timezone.localdate() and key.agency.is_active
    return key if in_force else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(by: Scope) -> None:
    if by.role != Role.ADMINISTRATOR:
        raise AgencyRefused(_("Chỉ quản trị hệ thống cấp và thu hồi khóa."))
