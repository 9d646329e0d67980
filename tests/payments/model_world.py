"""The commune in which test_months_model.py plays: two families and more, the hands of a list, the post; and how its files are written and read."""

from __future__ import annotations

import csv
import datetime
import io
import json
import uuid

from django.core.management import call_command
from django.db import connection

from beneficiaries.models import Decision
from households.models import Household, Person
from households.operations import NewPerson, register_household, start_change
from payments.channels.blank import blank
from payments.models import Agency, PaymentLine, PaymentList, ServiceArea, ServicePoint
from payments.operations.results import apply, receive, stage
from payments.outcomes import OUTCOMES, REASONS
from posasoft.core.models import Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.households.cast import JANUARY, area
from tests.payments.model import ALLOWANCE, PAID, Book, Life, Month, Part
from tests.support.database import owner

FIRST = datetime.date(2026, 11, 1)
POSITION = 30_010_010_000


class World:
    """A commune of one province from its first month on, and the model's book of it."""

    def __init__(self) -> None:
        super().__init__()
        call_command("flush", verbosity=0, interactive=False)
        province = area("province", "08", "Tỉnh Tuyên Quang", 3 * 10**10, 10**10)
        self.commune = area("commune", "00721", "Xã Đồng Văn", POSITION, 10**4, province)
        self.cause = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=POSITION, reason="thử nghiệm")
        self.people = {
            name: Scope("area", *WHOLE_COUNTRY, User.objects.create(username=name, password="!").pk, role, 1)
            for name, role in (("prepare", Role.COMMUNE_OFFICER), ("check", Role.COMMUNE_OFFICER), ("approve", Role.COMMUNE_CHAIR),
                               ("release", Role.PROVINCE_OFFICER))
        }  # fmt: skip
        with owner():
            self.agency = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
            where = {"province_no": 3, "area_pos": POSITION}
            self.point = ServicePoint.objects.create(agency=self.agency, code="BD1", name="Bưu điện xã", commune=self.commune, **where)
            ServiceArea.objects.create(
                agency=self.agency, service_point=self.point, commune=self.commune, channel="post", since=JANUARY, **where
            )
        self.month = FIRST
        self.book = Book()
        for _ in range(2):
            self.register()
        for person in list(self.book.lives):
            self.decide(person, FIRST)

    def register(self) -> None:
        with acting(COUNTRY):
            number = Household.objects.count()
            home = register_household(
                commune=self.commune, village=None, residence_kind="rural", since=JANUARY, poverty={"class": "none"},
                change=self.cause, by=COUNTRY,
                members=[NewPerson(f"Chủ Hộ {number}", "male", datetime.date(1980, 1, 1), relation="head")] + [
                    NewPerson(f"Người {number}.{one}", "female", datetime.date(1975, 2, 3), relation="other", facts={
                        "disability": {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}})
                    for one in range(2)
                ],
            )  # fmt: skip
            for person in Person.objects.filter(household=home, relation="other"):
                self.book.lives[person.pk] = Life(home.pk)

    def decide(self, person: int, since: datetime.date) -> None:
        row = Person.objects.get(pk=person)
        Decision.objects.create(
            person=row, household_id=row.household_id, benefit=ALLOWANCE, signed_on=since, from_month=since, source="decision",
            change=self.cause, province_no=row.province_no, area_pos=row.area_pos,
        )  # fmt: skip
        self.book.lives[person].since, self.book.lives[person].until = since, None

    def held_now(self) -> Month:
        return self.book.months.get(self.month) or Month({}, "none")

    def list_of(self, month: datetime.date) -> PaymentList:
        return PaymentList.objects.get(month=month)

    def answer(self, month: datetime.date, fates: dict[int, str], text: bool = False) -> None:
        with owner():
            lines = {line.household_id: str(line.public_id) for line in PaymentLine.objects.filter(month=month, household_id__in=fates)}
            said = {lines[home]: ("paid", "") if fate == PAID else ("unpaid", fate) for home, fate in fates.items()}
            content = _table(self.list_of(month).pk, said) if text else json.dumps(
                [{"line": line, "outcome": outcome, "reason": reason} for line, (outcome, reason) in said.items()]
            ).encode()  # fmt: skip
            for _twice in range(2):
                batch = receive(
                    agency=self.agency, service_point=self.point, content=content, format="csv" if text else "json", by=COUNTRY,
                    client_key=str(uuid.uuid5(uuid.NAMESPACE_OID, content.decode())),
                )  # fmt: skip
                done = apply(batch=stage(batch=batch, by=COUNTRY), by=COUNTRY)
            assert (done.status, done.counts) == ("applied", {"applied": len(fates)}), done.refusal


def _table(list_id: int, said: dict[str, tuple[str, str]]) -> bytes:
    """The agency's own table of a list, filled in for some lines."""
    content, _number = blank(list_id, "csv")
    heading, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    filled = io.StringIO(newline="")
    writer = csv.writer(filled, delimiter=";")
    writer.writerow(heading)
    for row in rows:
        outcome, reason = said.get(row[heading.index("Mã dòng")], ("", ""))
        row[heading.index("Kết quả")] = OUTCOMES.get(outcome, "")
        row[heading.index("Lý do không trả")] = REASONS.get(reason, "")
        writer.writerow(row)
    return filled.getvalue().encode()


def lines_of(month: datetime.date) -> dict[int, tuple[dict[Part, int], int]]:
    """Household → its own parts and total, from the list of a month; parts carried over belong to the line they come from."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.household_id, p.total, x.p, x.b, (x.m || '-01')::date, x.a FROM payments_paymentline p"
            " LEFT JOIN LATERAL jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, a bigint, o bigint) ON x.o IS NULL"
            " WHERE p.month = %s",
            [month],
        )
        found: dict[int, tuple[dict[Part, int], int]] = {}
        for home, total, person, benefit, part_month, amount in cursor.fetchall():
            parts, _total = found.setdefault(home, ({}, total))
            if benefit is not None:
                parts[person, benefit, part_month] = amount
    return found
