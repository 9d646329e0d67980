"""Papers handed in with a case: checked by content, kept encrypted."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import Any

import puremagic
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from beneficiaries import statuses
from beneficiaries.models import Case, CaseAttachment
from beneficiaries.operations.case_moves import CaseRefused
from posasoft.core import audit, vault
from posasoft.core.names import nfc_name
from posasoft.core.scope import Scope

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Ending as written → what the content must be. Word documents without macros are let in: guardians' papers come so.
ALLOWED = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".docx": WORD}
_UNPACKED = 50 * 1024 * 1024


@transaction.atomic
def attach(*, case: Case, file_name: str, content: bytes, item: str, by: Scope) -> CaseAttachment:
    """Keep one paper. Raises CaseRefused in clear words: too big, too many, another kind than its name says, macros."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if locked.status in statuses.CASE_ENDED or by.role not in (statuses.OFFICER, statuses.CHAIR) or not by.holds(locked.area_pos):
        raise CaseRefused(_("Hồ sơ này không nhận thêm giấy tờ."))
    if locked.attachments.filter(removed_at__isnull=True).count() >= MOST_FILES:
        raise CaseRefused(_("Mỗi hồ sơ có nhiều nhất %(n)d tệp.") % {"n": MOST_FILES})
    name = clean_name(file_name)
    media_type = checked_type(name, content)
    stored = vault.store(content, folder="attachments", suffix=PurePath(name).suffix.lower())
    row = CaseAttachment.objects.create(
        case=locked, stored=stored.name, file_name=name, item=item[:40], media_type=media_type, size=stored.size, sha256=stored.sha256,
        added_by_id=by.user_id, province_no=locked.province_no, area_pos=locked.area_pos,
    )  # fmt: skip
    row.refresh_from_db(fields=["public_id"])
    audit.record(verb="attach", kind="case", object_id=case.public_id, by=by, area=(locked.province_no, locked.area_pos), size=stored.size)
    return row


@transaction.atomic
def remove(*, attachment: CaseAttachment, by: Scope) -> None:
    """Take a paper off the case while it is a draft or being completed; the bytes are kept for the history."""
    if attachment.case.status not in (statuses.DRAFT, statuses.RETURNED):
        raise CaseRefused(_("Hồ sơ đã tiếp nhận; không gỡ giấy tờ được nữa."))
    CaseAttachment.objects.filter(pk=attachment.pk, removed_at__isnull=True).update(removed_at=Now())
    place = (attachment.province_no, attachment.area_pos)
    audit.record(verb="detach", kind="case", object_id=attachment.case.public_id, by=by, area=place)


def clean_name(file_name: str) -> str:
    """The last part of a name, without folders, control characters and quotes; at most 120 letters, the ending kept."""
    last = PurePath(file_name.replace("\\", "/")).name
    shown = "".join(letter for letter in nfc_name(last) if letter.isprintable() and letter not in '"<>|:*?')
    path = PurePath(shown or "tep")
    return f"{path.stem[:100]}{path.suffix[:10]}"


def checked_type(name: str, content: bytes) -> str:
    """The media type by content, which must be what the name says. Raises CaseRefused."""
    if not content:
        raise CaseRefused(_("Tệp %(name)s rỗng.") % {"name": name})
    if len(content) > MOST_BYTES:
        raise CaseRefused(_("Tệp %(name)s lớn hơn 10 MB; hãy chụp hoặc quét lại ở cỡ nhỏ hơn.") % {"name": name})
    wanted = ALLOWED.get(PurePath(name).suffix.lower())
    if wanted is None:
        raise CaseRefused(_("Tệp %(name)s: chỉ nhận PDF, ảnh JPG hoặc PNG, và Word .docx.") % {"name": name})
    if wanted == WORD:
        _check_word(name, content)
    elif wanted not in _types_of(content):
        raise CaseRefused(_("Nội dung tệp %(name)s không phải loại như phần đuôi tên tệp.") % {"name": name})
    return wanted


def _types_of(content: bytes) -> set[str]:
    try:
        found: list[Any] = puremagic.magic_string(content)
    except puremagic.PureError:
        return set()
    # The library lists every format a beginning could be; the ones it is surest of come first.
    best = max(match.confidence for match in found)
    return {match.mime_type for match in found if match.confidence == best}


def _check_word(name: str, content: bytes) -> None:
    """A real Word package, without macros, embedded programs, or more inside than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            entries = package.infolist()
            names = {entry.filename.casefold() for entry in entries}
            kinds = package.read("[Content_Types].xml")[:200_000]
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError):
        raise CaseRefused(_("Nội dung tệp %(name)s không phải loại như phần đuôi tên tệp.") % {"name": name}) from None
    if "word/document.xml" not in names or sum(entry.file_size for entry in entries) > _UNPACKED:
        raise CaseRefused(_("Nội dung tệp %(name)s không phải loại như phần đuôi tên tệp.") % {"name": name})
    if b"macroEnabled" in kinds or any("vbaproject" in entry or "/embeddings/" in entry or "/activex/" in entry for entry in names):
        raise CaseRefused(_("Tệp %(name)s có macro hoặc tệp nhúng; hãy in ra PDF rồi gửi lại.") % {"name": name})
