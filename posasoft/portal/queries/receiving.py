"""How the people of a household receive money, now and before, within the scope."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from households.models import Household, Person
from payments.models import Account, Contact, OwnLine, Receiver
from payments.providers import name_of
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope


@dataclass(frozen=True)
class AccountRow:
    """An account and where it stands: waiting (for a second person), cooling, used or ended."""

    account: Account
    provider: str
    state: str


@dataclass(frozen=True)
class ReceiverRow:
    """A receiver and where it stands: waiting, coming, used or ended."""

    receiver: Receiver
    state: str


@dataclass(frozen=True)
class Receiving:
    """What the tab shows; the rows that hold now first."""

    accounts: list[AccountRow]
    receivers: list[ReceiverRow]
    own_lines: list[OwnLine]
    contact: Contact | None


def receiving(household: Household, scope: Scope, today: datetime.date) -> Receiving:
    """Everything recorded about a household's ways of being paid."""
    people = Person.objects.filter(household=household)
    rows = in_scope(Account.objects.all(), scope).filter(person__in=people).select_related("person", "made_by", "confirmed_by")
    others = in_scope(Receiver.objects.all(), scope).filter(household=household).select_related("person", "made_by", "confirmed_by")
    accounts = [AccountRow(row, name_of(row.provider), _of_account(row, today)) for row in rows.order_by("-pk")]
    found = [ReceiverRow(row, _of_receiver(row, today)) for row in others.order_by("-pk")]
    lines = in_scope(OwnLine.objects.all(), scope).filter(person__in=people).select_related("person", "made_by").order_by("-pk")
    return Receiving(
        sorted(accounts, key=lambda row: row.state == "ended"), sorted(found, key=lambda row: row.state == "ended"), list(lines),
        in_scope(Contact.objects.all(), scope).filter(household=household).first(),
    )  # fmt: skip


def _of_account(row: Account, today: datetime.date) -> str:
    if row.until is not None and row.until <= today:
        return "ended"
    if row.confirmed_at is None:
        return "waiting"
    return "cooling" if row.cooling_until > today else "used"


def _of_receiver(row: Receiver, today: datetime.date) -> str:
    if row.until <= today:
        return "ended"
    if row.confirmed_at is None:
        return "waiting"
    return "coming" if row.since > today else "used"
