"""Released lists as the files that are signed: made once, kept in the vault, found again under their SHA-256.

What is paid is frozen by the release itself. Names, ids and places are those of the day on which the file is made: by a job right after the release,
or for the first reader, whoever is sooner. From then on everybody reads that file, whatever becomes of the registry.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from payments.documents.pdf import pdf
from payments.documents.workbook import workbook
from payments.models import ListFile, PaymentList
from payments.statuses import FROZEN
from posasoft.core import vault
from posasoft.core.models import Role

FOLDER = "lists"
MAKERS = {"pdf": pdf, "xlsx": workbook}
# The file is for those who pay and sign: with whole ids. Who may not see them is never handed it.
AS_ROLE = Role.COMMUNE_OFFICER

_KEEP = """
INSERT INTO payments_listfile (pay_list_id, format, file, sha256, size, province_no, area_pos)
VALUES (%(list)s, %(format)s, %(file)s, %(sha256)s, %(size)s, %(province)s, %(area)s) ON CONFLICT (pay_list_id, format) DO NOTHING
"""


def sign_off(*, lists: Iterable[PaymentList]) -> list[ListFile]:
    """The files of released lists, those that are missing made now; a second time, or two at once, makes none anew. Raises ValueError for a list
    that is not released."""
    found: list[ListFile] = []
    for pay_list in lists:
        if pay_list.status not in FROZEN:
            raise ValueError(pay_list.pk)
        there = {row.format for row in ListFile.objects.filter(pay_list=pay_list)}
        for format_ in MAKERS.keys() - there:
            _keep(pay_list, format_)
        found += ListFile.objects.filter(pay_list=pay_list).order_by("format")
    return found


def _keep(pay_list: PaymentList, format_: str) -> None:
    stored = vault.store(MAKERS[format_](pay_list, role=AS_ROLE), folder=FOLDER, suffix=f".{format_}")
    values: dict[str, Any] = {
        "list": pay_list.pk, "format": format_, "file": stored.name, "sha256": stored.sha256, "size": stored.size,
        "province": pay_list.province_no, "area": pay_list.area_pos,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        is_first = bool(cursor.rowcount)
        if is_first and format_ == "pdf":
            cursor.execute("UPDATE payments_paymentlist SET file_sha256 = %(sha256)s WHERE id = %(list)s", values)
    if not is_first:
        vault.delete(stored.name)


def content(pay_list: PaymentList, format_: str) -> bytes:
    """The kept file of a released list, made now if it is not there yet. Raises vault.UnreadableFile when it was altered."""
    return read(next(row for row in sign_off(lists=[pay_list]) if row.format == format_))


def read(row: ListFile) -> bytes:
    """The content of a kept file. Raises vault.UnreadableFile when it was altered."""
    with vault.open_file(row.file) as file:
        return file.read()
