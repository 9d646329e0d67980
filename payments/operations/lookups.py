"""Asking for a payment day without a login: the code of a notice (or the QR's id) and the last digits of the payee's id, or of the receiver's.

Whatever is wrong, the answer is the same: nothing found. Tries are counted by where they come from and by code, as keyed hashes.
"""

from __future__ import annotations

import datetime
import re
import uuid
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from payments.models import LookupTry
from posasoft.core.scope import COUNTRY, Scope, acting

WITHIN, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# A family may share one line with its neighbours and mistype; a thousand ids' endings may not be tried against one code.
MOST_FROM_ONE, MOST_OF_ONE_CODE = 30, 6
# Of a letter that somebody else holds: a thousand endings take fifty days and not one week.
MOST_OF_ONE_CODE_A_DAY = 20
TAIL_DIGITS = 3
CITIZEN = Scope("area", COUNTRY.lo, COUNTRY.hi, role="citizen")

_CODE = re.compile(r"[0-9A-F]{12}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FIND = """
SELECT n.month, n.line_id, n.household_id FROM payments_notice n WHERE (n.code = %(code)s OR n.line_public_id = %(line)s) ORDER BY n.id DESC LIMIT 1
"""
_TAILS = """
SELECT i.tail FROM payments_paymentline p JOIN households_nationalid i ON i.person_id = p.payee_id AND i.until IS NULL
WHERE p.month = %(month)s AND p.id = %(id)s
UNION SELECT r.tail FROM payments_paymentline p JOIN payments_receiver r ON r.id = p.receiver_id WHERE p.month = %(month)s AND p.id = %(id)s
"""


class TooOften(Exception):
    """Asked too often from one place, or too often for one code: later again."""


@dataclass(frozen=True)
class Line:
    """The line a code stands for."""

    month: datetime.date
    line_id: int
    household_id: int


def find(*, code: str, tail: str, source: str) -> Line | None:
    """The line of a notice whose code or QR text this is, if the digits are the ends of an id of whoever collects it; else none.

    ``source`` is where the question comes from (an address); raises TooOften. One transaction of its own for the count, so that a refused try
    counts too.
    """
    wanted = wanted_of(code)
    digits = "".join(letter for letter in tail if letter.isascii() and letter.isdigit())
    with acting(CITIZEN):
        _count(source, wanted)
    with acting(CITIZEN), connection.cursor() as cursor:
        cursor.execute(_FIND, wanted)
        # Asked and compared whatever was found, so that the time tells nothing.
        row = cursor.fetchone() or (None, None, None)
        cursor.execute(_TAILS, {"month": row[0], "id": row[1]})
        matches = [constant_time_compare(known, digits) for (known,) in cursor.fetchall()]
    return Line(*row) if len(digits) == TAIL_DIGITS and any(matches) else None


def wanted_of(code: str) -> dict[str, str | None]:
    """What somebody typed or scanned: the twelve letters of a code, or the last id in the text of a QR; neither is none of both."""
    found = _UUID.findall(code.lower())
    if found:
        return {"code": None, "line": str(uuid.UUID(found[-1]))}
    letters = re.sub(r"[^0-9A-Z]", "", code.upper()).replace("O", "0").replace("I", "1").replace("L", "1")
    return {"code": letters if _CODE.fullmatch(letters) else None, "line": None}


def _count(source: str, wanted: dict[str, str | None]) -> None:
    now = timezone.now()
    limits = [(_hash("from", source), WITHIN, MOST_FROM_ONE)]
    name = wanted["code"] or wanted["line"]
    if name:
        limits += [(_hash("code", name), WITHIN, MOST_OF_ONE_CODE), (_hash("code", name), DAY, MOST_OF_ONE_CODE_A_DAY)]
    for key, within, most in limits:
        if LookupTry.objects.filter(key=key, at__gt=now - within).count() >= most:
            raise TooOften
    LookupTry.objects.bulk_create(LookupTry(key=key, at=now) for key in {key for key, _within, _most in limits})


def _hash(kind: str, value: str) -> str:
    return salted_hmac(f"posasoft.lookup.{kind}", value, algorithm="sha256").hexdigest()[:32]


def purge() -> int:
    """Forget tries that no limit asks about any more; how many."""
    with transaction.atomic():
        number, _models = LookupTry.objects.filter(at__lt=timezone.now() - DAY).delete()
    return int(number)
