"""The theatre of the fault tests: a small country on the stage, its officers, its payer, and its rows as they are before a round."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from payments.models import Agency, ServiceArea, ServicePoint
from payments.operations import keys, work_run
from posasoft.core.models import Area, Role, RoleAssignment, User
from posasoft.core.scope import WHOLE_COUNTRY, Scope
from tests.faults import country
from tests.faults.stage import Stage
from tests.support.database import owner
from tests.support.second_factor import enrol_if_required

PROVINCES = (11, 12)

# Everything that a round writes, not who pays where; the tables that hold something before it are filled again from copies.
_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
  AND (c.relname LIKE 'payments\\_%' AND c.relname <> ALL (ARRAY['payments_agency', 'payments_servicepoint', 'payments_servicearea',
    'payments_agencypost', 'payments_apikey', 'payments_noticetemplate'])
    OR c.relname = ANY (ARRAY['core_dutydone', 'core_hold', 'core_auditevent', 'core_auditseal', 'core_workitem', 'core_notification',
    'core_job', 'core_joblogline', 'core_outboxmessage', 'core_assigneditem', 'core_usersession']))
ORDER BY 1
"""
_COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


@dataclass
class Theatre:
    """The stage with its country: people, draft lists, and copies of all rows as they are before a round."""

    stage: Stage
    secret: str = ""
    tables: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)

    def settle(self) -> None:
        """Two provinces of two communes, their officers, and the draft lists of November."""
        country.settle(provinces=PROVINCES, communes=2, homes=6)
        with owner():
            for place in Area.objects.filter(level="commune"):
                for name, role in (
                    ("can-bo", Role.COMMUNE_OFFICER),
                    ("chu-tich", Role.COMMUNE_CHAIR),
                    ("pho-chu-tich", Role.COMMUNE_CHAIR),
                ):
                    _officer(f"{name}-{place.code}", role, place)
            for place in Area.objects.filter(level="province"):
                _officer(f"cum-{place.code}", Role.CLUSTER_OFFICER, place)
                _officer(f"tinh-{place.code}", Role.PROVINCE_OFFICER, place)
            self.secret = _settle_payer()
        work_run(country.begin().pk)
        with owner(), connection.cursor() as cursor:
            cursor.execute(_TABLES)
            self.tables = [row[0] for row in cursor.fetchall()]
            cursor.execute("CREATE SCHEMA kept")
            for table in self.tables:
                cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                if cursor.fetchone()[0]:
                    cursor.execute(_COLUMNS, [table])
                    self.kept[table] = cursor.fetchone()[0]
                    cursor.execute(f"CREATE TABLE kept.{table} AS TABLE {table}")

    def reset(self) -> None:
        """Every row as it was before the first round."""
        with owner(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(self.tables)}")
            # Lines need their lists.
            for table in sorted(self.kept, key=lambda name: (name == "payments_paymentline", name)):
                columns = self.kept[table]
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept.{table}")


def _officer(username: str, role: Role, place: Area) -> None:
    user = User.objects.create_user(username, full_name=username)
    RoleAssignment.objects.create(user=user, role=role, area=place, since=datetime.date(2026, 1, 1))
    enrol_if_required(user)


def _settle_payer() -> str:
    """One post office pays everything, at a counter in each commune; the secret of its program."""
    post = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
    for place in Area.objects.filter(level="commune"):
        located = {"agency": post, "commune": place, "province_no": place.province_no, "area_pos": place.position}
        point = ServicePoint.objects.create(code=place.code, name=f"Điểm {place.name}", **located)
        ServiceArea.objects.create(channel="post", service_point=point, since=country.NOVEMBER, **located)
    by = Scope("area", *WHOLE_COUNTRY, role=Role.ADMINISTRATOR)
    until = timezone.localdate() + datetime.timedelta(days=300)
    return keys.issue(agency=post, name="Chương trình", scopes=["results.write"], expires_on=until, by=by)[1]
