"""The sign-ins of the demonstration: one officer for each role, on the way from one commune up to the ministry."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from posasoft.core import second_factor
from posasoft.core.models import Area, Level, Role, RoleAssignment, ScopeKind, User
from posasoft.env import env_text

SINCE = datetime.date(2025, 1, 1)
# user name, name, role, level of the area on the way up from the commune (None: the whole country)
PEOPLE = (
    ("canbo.xa", "Vàng Thị Mỷ", Role.COMMUNE_OFFICER, Level.COMMUNE),
    ("chutich.xa", "Sùng Mí Lềnh", Role.COMMUNE_CHAIR, Level.COMMUNE),
    ("cum.xa", "Hoàng Văn Tâm", Role.CLUSTER_OFFICER, Level.CLUSTER),
    ("congtac.xa", "Giàng Thị Say", Role.COLLABORATOR, Level.COMMUNE),
    ("canbo.tinh", "Nguyễn Thị Hoa", Role.PROVINCE_OFFICER, Level.PROVINCE),
    ("phantich.bo", "Trần Quốc Bảo", Role.MINISTRY_ANALYST, None),
    ("duongday", "Lê Thu Hương", Role.HOTLINE, None),
    ("kiemtoan", "Phạm Minh Đức", Role.AUDITOR, None),
    ("quantri", "Đỗ Thanh Sơn", Role.ADMINISTRATOR, None),
)

# In the commune beside it, so that lists and transfers have somebody on the other side.
NEIGHBOURS = (("canbo.xa2", "Ly Thị Dính", Role.COMMUNE_OFFICER), ("chutich.xa2", "Thào Mí Giàng", Role.COMMUNE_CHAIR))


class Command(BaseCommand):
    help = "Makes one sign-in for each role of the demonstration. The password comes from DEMO_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", default="00721")

    def handle(self, *args: Any, commune: str, **options: Any) -> None:
        password = env_text("DEMO_PASSWORD")
        if len(password) < 8:
            raise CommandError("Set DEMO_PASSWORD to the password of the demonstration's sign-ins (at least 8 characters).")
        if not settings.DEMONSTRATION:
            raise CommandError("These sign-ins have second factors that anybody can read: set DEMO=1 and HTTPS=0, on one machine only.")
        with transaction.atomic():
            hashed = make_password(password)
            above = _way_up(commune)
            for username, full_name, role, level in PEOPLE:
                if level is not None and level not in above:
                    continue
                _sign_in(username, full_name, role, above.get(level) if level else None, hashed)
            beside = _beside(above)
            for username, full_name, role in NEIGHBOURS if beside else ():
                _sign_in(username, full_name, role, beside, hashed)
        self.stdout.write(f"  {len(PEOPLE)} sign-ins in {above[Level.COMMUNE].name}")


def _sign_in(username: str, full_name: str, role: Role, area: Area | None, hashed: str) -> None:
    user, _known = User.objects.get_or_create(username=username, defaults={"full_name": full_name, "password": hashed})
    kind = ScopeKind.HOUSEHOLDS if role == Role.COLLABORATOR else ScopeKind.AREA
    RoleAssignment.objects.get_or_create(user=user, role=role, area=area, since=SINCE, defaults={"scope_kind": kind})
    if role in second_factor.REQUIRED:
        second_factor.enrol_invented(user=user)


def _beside(above: dict[Level, Area]) -> Area | None:
    """The next commune of the same cluster, else of the same province."""
    commune, over = above[Level.COMMUNE], above.get(Level.CLUSTER) or above.get(Level.PROVINCE)
    if over is None:
        return None
    others = Area.objects.filter(
        level=Level.COMMUNE, valid_to__isnull=True, position__gte=over.position, position__lt=over.position_end
    ).exclude(pk=commune.pk)  # fmt: skip
    return others.filter(position__gt=commune.position).order_by("position").first() or others.order_by("-position").first()


def _way_up(code: str) -> dict[Level, Area]:
    """The commune of a code today and the areas that hold it, by level. Raises CommandError."""
    commune = Area.objects.filter(level=Level.COMMUNE, code=code, valid_to__isnull=True, position__isnull=False).first()
    if commune is None or commune.position is None:
        raise CommandError(f"There is no commune {code} today: load the areas first (load_areas), or name another with --commune.")
    holding = Area.objects.filter(position__lte=commune.position, position_end__gt=commune.position, valid_to__isnull=True)
    return {Level(area.level): area for area in holding.exclude(level=Level.VILLAGE)} | {Level.COMMUNE: commune}
