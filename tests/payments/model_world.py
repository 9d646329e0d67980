"""The two communes in which test_months_model.py plays: families, the hands of lists and decisions, the post, the law before and after a decree."""

from __future__ import annotations

import csv
import datetime
import io
import json
import uuid
from collections.abc import Iterable
from contextlib import ExitStack

import time_machine
from django.core.management import call_command
from django.db import connection

from beneficiaries.models import Decision, DecisionDocument
from beneficiaries.operations import decision_documents
from households.models import Change, Household, Person
from households.operations import NewPerson, register_household, start_change
from payments.channels.blank import blank
from payments.models import Agency, CycleRule, PaymentLine, PaymentList, ServiceArea, ServicePoint
from payments.operations.results import apply, receive, stage
from payments.outcomes import OUTCOMES, REASONS
from policy import loader
from posasoft.core.models import Area, Role, User
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY, Scope, acting
from tests.corrections.scene import DECREE_335, JULY
from tests.households.cast import JANUARY, area
from tests.payments.model import ALLOWANCE, PAID, REGULAR, Book, Key, Life, List, Part
from tests.support.database import owner

FIRST = JULY
PROVINCE, POSITIONS = 3 * 10**10, (30_010_010_000, 30_010_020_000)
HANDS = (("prepare", Role.COMMUNE_OFFICER), ("check", Role.COMMUNE_OFFICER), ("approve", Role.COMMUNE_CHAIR), ("release", Role.PROVINCE_OFFICER),
         ("draft", Role.COMMUNE_OFFICER), ("sign", Role.COMMUNE_CHAIR), ("agree", Role.PROVINCE_OFFICER))  # fmt: skip


class World:
    """Two communes of one province from their first month on, and the model's book of them.

    The first family of each commune lives there for good, so that each month has a list of each.
    """

    def __init__(self) -> None:
        super().__init__()
        call_command("flush", verbosity=0, interactive=False)
        self.law = ExitStack()
        self.law.enter_context(loader.without(DECREE_335))
        province = area("province", "08", "Tỉnh Tuyên Quang", PROVINCE, 10**10)
        self.province = province
        self.communes = [
            area("commune", code, name, position, 10**4, province)
            for code, name, position in zip(("00721", "00724"), ("Xã Đồng Văn", "Xã Phố Bảng"), POSITIONS, strict=True)
        ]
        self.people = {
            name: Scope("area", *WHOLE_COUNTRY, User.objects.create(username=name, full_name=name, password="!").pk, role, 1)
            for name, role in HANDS
        }
        self._the_post()
        self.month = FIRST
        self.book = Book()
        self.steady: set[int] = set()
        self.resumed: set[int] = set()
        for commune in self.communes:
            home = self.register(commune)
            for person in self.book.members(home):
                self.steady.add(person)
                self.decide(person, FIRST)

    def teardown(self) -> None:
        self.law.close()

    def _the_post(self) -> None:
        with owner():
            self.agency = Agency.objects.create(code="VNPOST", name="Bưu điện", kind="post")
            where = {"province_no": 3, "area_pos": POSITIONS[0]}
            self.point = ServicePoint.objects.create(agency=self.agency, code="BD1", name="Bưu điện xã", commune=self.communes[0], **where)
            for commune in self.communes:
                ServiceArea.objects.create(
                    agency=self.agency, service_point=self.point, commune=commune, channel="post", since=JANUARY, province_no=3,
                    area_pos=commune.position or 0,
                )  # fmt: skip

    def the_law_comes(self) -> None:
        self.law.close()

    def keep_back(self, share: int) -> None:
        with owner():
            CycleRule.objects.create(province_no=3, since=FIRST, recovery_share_percent=share)

    def change(self, reason: str) -> Change:
        return start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=POSITIONS[0], reason=reason)

    def register(self, commune: Area) -> int:
        with acting(COUNTRY):
            number = Household.objects.count()
            home = register_household(
                commune=commune, village=None, residence_kind="rural", since=JANUARY, poverty={"class": "none"},
                change=self.change("thử nghiệm"), by=COUNTRY,
                members=[NewPerson(f"Chủ Hộ {number}", "male", datetime.date(1980, 1, 1), relation="head")] + [
                    NewPerson(f"Người {number}.{one}", "female", datetime.date(1975, 2, 3), relation="other", facts={
                        "disability": {"degree": "severe", "type": "mobility", "certified": "2025-02-03"}})
                    for one in range(2)
                ],
            )  # fmt: skip
            for person in Person.objects.filter(household=home, relation="other"):
                self.book.lives[person.pk] = Life([(JANUARY, home.pk)])
            self.book.communes[home.pk] = commune.pk
        return home.pk

    def decide(self, person: int, since: datetime.date) -> None:
        row = Person.objects.get(pk=person)
        Decision.objects.create(
            person=row, household_id=row.household_id, benefit=ALLOWANCE, signed_on=since, from_month=since, source="decision",
            change=self.change("quyết định"), province_no=row.province_no, area_pos=row.area_pos,
        )  # fmt: skip
        self.book.lives[person].since, self.book.lives[person].until = since, None

    def sign(self, kind: str, people: Iterable[int], ground: str = "") -> list[DecisionDocument]:
        """Papers of one kind for some people, drafted by the officer and signed by the chair on the first day of the present month."""
        with time_machine.travel(datetime.datetime.combine(self.month, datetime.time(5), datetime.UTC), tick=True), acting(COUNTRY):
            papers = []
            for person in people:
                drafted = decision_documents.prepare(
                    kind=kind, person=Person.objects.get(pk=person), by=self.people["draft"], ground=ground
                )
                papers.append(decision_documents.submit(document=drafted, by=self.people["draft"]))
            done = decision_documents.sign(documents=papers, by=self.people["sign"])
        assert not done.held, done.held
        return done.signed

    def regular(self) -> list[Key]:
        """The regular lists of the present month; none before it was run."""
        return [key for key in sorted(self.book.lists) if key.month == self.month and key.kind == REGULAR]

    def lists_of(self, keys: Iterable[Key]) -> list[PaymentList]:
        return [
            PaymentList.objects.get(month=key.month, kind=key.kind, commune_id=key.commune, sequence=key.sequence) for key in keys
        ]  # fmt: skip

    def answer(self, key: Key, fates: dict[int, str], text: bool = False) -> None:
        with owner():
            (pay_list,) = self.lists_of([key])
            found = PaymentLine.objects.filter(month=key.month, list_id=pay_list.pk, household_id__in=fates)
            lines = {line.household_id: str(line.public_id) for line in found}
            said = {lines[home]: ("paid", "") if fate == PAID else ("unpaid", fate) for home, fate in fates.items()}
            content = _table(pay_list.pk, said) if text else json.dumps(
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


def lines_of(month: datetime.date) -> dict[Key, dict[int, tuple[dict[Part, int], int]]]:
    """List → household → its own parts and total, of a month; parts carried over belong to the line they come from."""
    with owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.kind, l.commune_id, l.sequence, p.household_id, p.total, x.p, x.b, (x.m || '-01')::date, x.a FROM payments_paymentline p"
            " JOIN payments_paymentlist l ON l.id = p.list_id LEFT JOIN LATERAL"
            " jsonb_to_recordset(p.components) AS x(p bigint, b text, m text, a bigint, o bigint) ON x.o IS NULL WHERE p.month = %s",
            [month],
        )
        found: dict[Key, dict[int, tuple[dict[Part, int], int]]] = {}
        for kind, commune, sequence, home, total, person, benefit, part_month, amount in cursor.fetchall():
            parts, _total = found.setdefault(Key(month, kind, commune, sequence), {}).setdefault(home, ({}, total))
            if benefit is not None:
                parts[person, benefit, part_month] = amount
    return found


def as_lines(lists: dict[Key, List]) -> dict[Key, dict[int, tuple[dict[Part, int], int]]]:
    return {key: {home: (line.parts, line.total) for home, line in held.lines.items()} for key, held in lists.items()}
