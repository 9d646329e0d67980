"""Agencies of the demonstration: the post in every commune of one province, a bank and an e-wallet for all of it, and clerks who may sign in."""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from payments.models import Agency, AgencyPost, Channel, ServicePoint
from payments.operations.sending import hand_sent_to
from posasoft.core import second_factor
from posasoft.core.models import Area, Level, Role, RoleAssignment, User
from posasoft.core.scope import COUNTRY, acting
from posasoft.env import env_text

SINCE, UNTIL = datetime.date(2025, 1, 1), datetime.date(2027, 12, 31)
AGENCIES = (
    {"code": "VNPOST", "name": "Bưu điện Việt Nam", "kind": Channel.POST, "fee_per_payment": 9_500},
    {
        "code": "LPBANK", "name": "Ngân hàng LPBank", "kind": Channel.BANK, "fee_per_payment": 1_100, "bic": "LVBKVNVX",
        "paying_account": "9527101234567",
    },
    {"code": "VIETTEL", "name": "Viettel Money", "kind": Channel.EWALLET, "fee_basis_points": 30},
)  # fmt: skip
# user name, name, level of the area on the way up from the commune, and whether at its counter
CLERKS = (("buudien.xa", "Lù Thị Sen", Level.COMMUNE, True), ("buudien.tinh", "Hà Văn Lực", Level.PROVINCE, False))

_POINTS = """
INSERT INTO payments_servicepoint (agency_id, code, name, commune_id, address, phone, hours, is_active, province_no, area_pos)
SELECT %(agency)s, 'BD' || a.code, 'Bưu điện ' || lower(left(a.name, 1)) || substr(a.name, 2), a.id,
  'Trung tâm ' || lower(left(a.name, 1)) || substr(a.name, 2), '', '7 giờ 30 đến 17 giờ, thứ Hai đến thứ Bảy', true,
  a.province_no, a.position
FROM core_area a WHERE a.level = 'commune' AND a.valid_to IS NULL AND a.position >= %(lo)s AND a.position < %(hi)s
ON CONFLICT DO NOTHING
"""
_AREAS = """
INSERT INTO payments_servicearea (agency_id, channel, commune_id, service_point_id, since, province_no, area_pos)
SELECT %(agency)s, %(kind)s, a.id, p.id, %(since)s, a.province_no, a.position
FROM core_area a LEFT JOIN payments_servicepoint p ON p.agency_id = %(agency)s AND p.code = 'BD' || a.code
WHERE a.level = 'commune' AND a.valid_to IS NULL AND a.position >= %(lo)s AND a.position < %(hi)s
ON CONFLICT DO NOTHING
"""


class Command(BaseCommand):
    """Made once; a second run changes nothing."""

    help = "Makes the demonstration's paying agencies, their counters and clerks. The clerks' password comes from DEMO_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", default="00721")

    def handle(self, *args: Any, commune: str, **options: Any) -> None:
        if not settings.DEMONSTRATION or len(env_text("DEMO_PASSWORD")) < 8:
            raise CommandError("For a demonstration only: set DEMO=1, HTTPS=0 and DEMO_PASSWORD (at least 8 characters).")
        place = Area.objects.filter(level=Level.COMMUNE, code=commune, valid_to__isnull=True, position__isnull=False).first()
        if place is None:
            raise CommandError(f"There is no commune {commune} today: load the areas first (load_areas), or name another with --commune.")
        with acting(COUNTRY):
            province = Area.objects.get(
                level=Level.PROVINCE, position__lte=place.position, position_end__gt=place.position, valid_to__isnull=True
            )
            agencies = [self._agency(terms, province) for terms in AGENCIES]
            for username, full_name, level, at_counter in CLERKS:
                self._clerk(username, full_name, place if level == Level.COMMUNE else province, agencies[0], place if at_counter else None)
            counters = ServicePoint.objects.count()
        self.stdout.write(f"  {len(agencies)} agencies in {province.name}, {counters} counters, {len(CLERKS)} clerks")

    def _agency(self, terms: dict[str, Any], province: Area) -> Agency:
        contract = {"contract_no": f"01/2025/HĐ-{terms['code']}", "contract_from": SINCE, "contract_until": UNTIL}
        agency, _made = Agency.objects.get_or_create(code=terms["code"], defaults={**terms, **contract})
        values: dict[str, Any] = {
            "agency": agency.pk,
            "kind": agency.kind,
            "since": SINCE,
            "lo": province.position,
            "hi": province.position_end,
        }
        with connection.cursor() as cursor:
            if agency.kind == Channel.POST:
                cursor.execute(_POINTS, values)
            cursor.execute(_AREAS, values)
        return agency

    def _clerk(self, username: str, full_name: str, area: Area, agency: Agency, counter: Area | None) -> None:
        hashed = make_password(env_text("DEMO_PASSWORD"))
        user, _known = User.objects.get_or_create(username=username, defaults={"full_name": full_name, "password": hashed})
        held, _known = RoleAssignment.objects.get_or_create(
            user=user, role=Role.AGENCY_CLERK, area=area, since=SINCE, defaults={"scope_kind": "lists"}
        )
        point = ServicePoint.objects.get(agency=agency, code=f"BD{counter.code}") if counter else None
        post, _known = AgencyPost.objects.get_or_create(assignment=held, defaults={"agency": agency, "service_point": point})
        hand_sent_to(post)
        second_factor.enrol_invented(user=user)
