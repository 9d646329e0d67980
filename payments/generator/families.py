"""Families of the demonstration's commune: accounts, who collects for them, a line of one's own, and what was reported late."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from households.models import Household, Person
from households.operations import requests
from payments.generator.hands import Scene
from payments.models import Account, PaymentLine, PaymentList
from payments.operations.accounts import COOLING_DAYS, NewAccount, add_account, confirm_account
from payments.operations.receivers import NewReceiver, add_receiver, confirm_receiver, set_contact, set_own_line
from posasoft.core.models import Area, AssignedItem
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, Scope, acting

ADULT = 18
# kind, provider; whether it is confirmed and has been for long
ACCOUNTS = (
    ("bank", "LPBANK", True, True), ("bank", "AGRIBANK", True, True), ("bank", "LPBANK", True, True), ("ewallet", "VIETTEL_MONEY", True, True),
    ("ewallet", "VIETTEL_MONEY", True, True), ("bank", "AGRIBANK", True, False), ("bank", "LPBANK", False, False),
)  # fmt: skip
WITH_TEXTS, VISITED = 12, 8


def lines_of(month: datetime.date, commune: Area) -> list[PaymentLine]:
    """The commune's lines of a month that pay something, in the order of households."""
    lists = PaymentList.objects.filter(month=month, commune=commune).values("pk")
    return list(PaymentLine.objects.filter(month=month, list_id__in=lists, total__gt=0, payee_id__isnull=False).order_by("household_id"))


def prepare(month: datetime.date, at: Scene, visited: Collection[int] = ()) -> None:
    """Accounts, receivers, own lines, telephones and late news of families that the month has paid; once."""
    with acting(COUNTRY):
        if Account.objects.filter(area_pos__gte=at.commune.position, area_pos__lt=at.commune.position_end).exists():
            return
        lines = lines_of(month, at.commune)
        people = {
            person.pk: person for person in Person.objects.filter(pk__in=[line.payee_id for line in lines]).select_related("household")
        }
        grown = [line for line in lines if line.household_id not in visited and _is_grown(people[line.payee_id or 0], at.today)]
        theirs = lines_of(month, at.neighbour)
        neighbours = list(Person.objects.filter(pk__in=[line.payee_id for line in theirs[:1]]).select_related("household"))
    several = [line for line in grown if len({part["p"] for part in line.components if part["p"]}) > 1]
    _late_news(month, several, at)
    used = {line.household_id for line in several[:3]}
    free = iter([people[line.payee_id or 0] for line in grown if line.household_id not in used])
    for number, (terms, person) in enumerate(zip(ACCOUNTS, free, strict=False)):
        _account(person, terms, number, at.hands.officer, at.hands.chair, at.today)
    for person in neighbours:
        _account(person, ("bank", "LPBANK", True, True), 90, at.hands.other_officer, at.hands.other_chair, at.today)
    _receivers(free, at)
    _own_line(several[2:3], at)
    _reached([line.household_id for line in lines[:WITH_TEXTS]], at)
    _assign([*visited, *(line.household_id for line in lines[:VISITED] if line.household_id not in visited)], at)


def _is_grown(person: Person, today: datetime.date) -> bool:
    return person.born is not None and today.year - person.born.year > ADULT and person.died_on is None


def _account(person: Person, terms: tuple[str, str, bool, bool], number: int, first: Scope, second: Scope, today: datetime.date) -> None:
    kind, provider, confirmed, long_ago = terms
    digits = f"09{12_345_600 + number:08}" if kind == "ewallet" else f"{9_704_150_000_000 + number * 7_919}"
    # Who waits has another name at the bank: the chair must say why it is right.
    holder = person.full_name if confirmed else f"{person.full_name} Văn"
    consent = today - datetime.timedelta(days=3)
    with acting(first):
        new = NewAccount(kind, provider, digits, holder, "paper", consent, f"{number + 1:02}/GĐN-TK")
        account = add_account(person=person, new=new, by=first)
    if confirmed:
        with acting(second):
            confirm_account(account=account, by=second)
    if long_ago:
        # The demonstration has no weeks to wait: these were recorded before the month began.
        began = (today.replace(day=1) - datetime.timedelta(days=COOLING_DAYS + 30)).replace(day=5)
        with acting(COUNTRY):
            Account.objects.filter(pk=account.pk).update(
                since=began, consent_on=began, cooling_until=began + datetime.timedelta(days=COOLING_DAYS)
            )


def _receivers(free: Iterator[Person], at: Scene) -> None:
    """One whose paper ends within the month, one that the chair has not confirmed."""
    for number, (name, paper, ends, confirmed) in enumerate(
        (("Vừ Thị Chở", "authorised", 20, True), ("Lầu Mí Sính", "guardian", 360, False))
    ):
        person = next(free, None)
        if person is None:
            return
        since = add_months(at.today.replace(day=1), -1)
        new = NewReceiver(
            name, f"00{2_090_000_311 + number:010}", "", "con dâu" if number == 0 else "chú ruột", paper, f"{17 + number}/UBND-CT",
            since - datetime.timedelta(days=9), since, at.today + datetime.timedelta(days=ends),
        )  # fmt: skip
        with acting(at.hands.officer):
            receiver = add_receiver(household=person.household, person=None, new=new, by=at.hands.officer)
        if confirmed:
            with acting(at.hands.chair):
                confirm_receiver(receiver=receiver, by=at.hands.chair)


def _own_line(lines: Sequence[PaymentLine], at: Scene) -> None:
    for line in lines:
        person = next(part["p"] for part in line.components if part["p"] not in (None, line.payee_id))
        with acting(at.hands.officer):
            set_own_line(
                person=Person.objects.get(pk=person), ground="wish", note="Muốn tự nhận phần của mình", since=at.today, by=at.hands.officer
            )


def _late_news(month: datetime.date, lines: Sequence[PaymentLine], at: Scene) -> None:
    """A death and a graver disability of the month before, reported only now: a recovery, kept back by shares, and arrears."""
    before = add_months(month, -1)
    with acting(COUNTRY):
        members = {(line.household_id, part["p"]) for line in lines for part in line.components if part["p"] not in (None, line.payee_id)}
        old = Person.objects.filter(pk__in=[person for _home, person in members], born__isnull=False).order_by("born").first()
        paid = {part["p"] for line in lines_of(month, at.commune) for part in line.components if part["b"].startswith("TCXH-5.6")}
        worse = Person.objects.filter(pk__in=paid, disability_degree="severe", died_on__isnull=True).order_by("pk")
        ill = (worse.exclude(household_id=old.household_id or 0) if old else worse).first()
    if old is not None:
        _report("death", old, {}, before.replace(day=12), at)
    if ill is not None:
        values: dict[str, Any] = {
            "degree": "extremely_severe",
            "type": ill.disability_type,
            "certified": f"{ill.disability_certified_on or before}",
        }
        _report("disability", ill, values, before.replace(day=2), at)


def _report(kind: str, person: Person, payload: dict[str, Any], day: datetime.date, at: Scene) -> None:
    paper = [{"kind": kind, "number": "31/UBND", "issued_on": day.isoformat(), "issuer": f"UBND {at.commune.name}"}]
    with acting(at.hands.officer):
        row = requests.save_draft(by=at.hands.officer, kind=kind, person=person)
        row = requests.declare(
            request=row, payload=payload, effective_on=day, by=at.hands.officer, reason="Gia đình báo muộn", documents=paper
        )
        row = requests.submit(request=row, by=at.hands.officer)
    with acting(at.hands.chair):
        requests.approve(request=row, by=at.hands.chair)


def _reached(homes: Sequence[int], at: Scene) -> None:
    with acting(at.hands.officer):
        for number, household in enumerate(Household.objects.filter(pk__in=homes).order_by("pk")):
            set_contact(household=household, phone=f"09{87_000_100 + number:08}", wants_texts=number % 4 != 3, by=at.hands.officer)


def _assign(homes: Sequence[int], at: Scene) -> None:
    """The collaborator's own households."""
    with acting(COUNTRY):
        AssignedItem.objects.bulk_create(
            [
                AssignedItem(
                    assignment_id=at.hands.collaborator.assignment_id or 0, kind="households", object_id=home, since=at.today.replace(day=1)
                )
                for home in homes
            ],
            ignore_conflicts=True,
        )
