"""Proof of the books, province by province: every rule of ``queries.proofs``, and each list's checksum made again from its lines."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.db import connection, transaction

from payments.channels import table
from payments.models import LedgerCheck
from payments.operations.release import checksums
from payments.queries import proofs
from payments.queries.proofs import Finding
from posasoft.core import vault
from posasoft.core.models import Area, Level
from posasoft.core.scope import COUNTRY, apply

# The agencies' files of so many list months are read again each night.
FILES_OF = 3


def prove(*, month: datetime.date | None = None, province_code: str = "") -> Iterator[tuple[Area, LedgerCheck]]:
    """Prove each province's books for one list month, or all of them, and keep the answer. Raises Area.DoesNotExist for an unknown province."""
    provinces = Area.objects.filter(level=Level.PROVINCE, valid_to=None).order_by("position")
    if province_code:
        provinces = Area.objects.filter(pk=Area.objects.get(level=Level.PROVINCE, code=province_code, valid_to=None).pk)
    for province in provinces:
        yield province, _prove(province, month)


def _prove(province: Area, month: datetime.date | None) -> LedgerCheck:
    assert province.province_no is not None
    assert province.position is not None
    started = time.monotonic()
    with transaction.atomic():
        apply(COUNTRY)
        months = proofs.months_with_lists(province.province_no)
        if month is not None:
            # Arrears of a month lie in later lists.
            months = [one for one in months if one >= month]
        findings = _findings(province.province_no, months) if months else []
        lines, amount = proofs.size(province.province_no, months) if months else (0, 0)
        if months:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE proof_part, proof_stand, proof_due, proof_known, proof_booked, proof_waiting, proof_differs")
        return LedgerCheck.objects.create(
            province_no=province.province_no, area_pos=province.position, month=month, seconds=round(time.monotonic() - started, 2),
            lines=lines, amount=amount, findings=[asdict(one) | {"month": one.month.isoformat()} for one in findings],
        )  # fmt: skip


def _findings(province_no: int, months: list[datetime.date]) -> list[Finding]:
    proofs.gather(province_no, months)
    found = [one for rule in proofs.RULES if (one := proofs.first_broken(rule, province_no, months)) is not None]
    others = (_changed_file(province_no, months), _other_file(province_no, months))
    return [*found, *(one for one in others if one is not None)]


def _other_file(province_no: int, months: list[datetime.date]) -> Finding | None:
    """Files in the hands of the agencies: what is kept is what was sent, and its sum is the list's; and the files signed off at the release. Of the
    latest months only."""
    wrong: list[tuple[int, datetime.date, dict[str, Any]]] = []
    for pk, month, name, sha256, is_named in proofs.kept_files(province_no, months[-FILES_OF:]):
        held = _kept(name)
        if held is None or not is_named or hashlib.sha256(held).hexdigest() != sha256:
            wrong.append((pk, month, {"signed_off": sha256, "file": hashlib.sha256(held).hexdigest() if held is not None else ""}))
    for pk, month, payable, files in proofs.delivered_files(province_no, months[-FILES_OF:]):
        for one in files:
            kept = _kept(one["file"])
            total = _total(kept) if kept is not None and one["format"] == "csv" else payable
            if kept is None or hashlib.sha256(kept).hexdigest() != one["sha256"] or total != payable:
                wrong.append((pk, month, {"list": payable, "file": total, "format": one["format"]}))
    if not wrong:
        return None
    pk, month, figures = min(wrong, key=lambda found: (found[1], found[0]))
    return Finding("list_is_its_file", "payments_paymentlist", pk, "", month, figures, len({found[0] for found in wrong}))


def _kept(name: str) -> bytes | None:
    try:
        with vault.open_file(name) as file:
            return file.read()
    except OSError:
        return None


def _total(content: bytes) -> int:
    """The sum of the column of what is to be paid in a file of a channel, -1 when there is no such column; đồng."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    title = table.MONEYS[-1].title
    heading = next((row for row in rows if title in row), None)
    if heading is None:
        return -1
    place = heading.index(title)
    return sum(int(row[place]) for row in rows if len(row) > place and row[place])


def _changed_file(province_no: int, months: list[datetime.date]) -> Finding | None:
    wrong = []
    lists = proofs.released_lists(province_no, months)
    for month in sorted({row[1] for row in lists}):
        of_month = {pk: checksum for pk, when, checksum in lists if when == month}
        again = checksums(month, list(of_month))
        wrong += [(pk, month) for pk in of_month if again[pk] != of_month[pk]]
    if not wrong:
        return None
    pk, month = wrong[0]
    return Finding("list_is_as_released", "payments_paymentlist", pk, "", month, {}, len(wrong))
