"""Papers handed in are what their names say, small enough, few enough, without programs inside, and encrypted where they lie."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from beneficiaries.models import Case, CaseAttachment
from beneficiaries.operations import attachments, cases
from beneficiaries.operations.case_moves import CaseRefused
from posasoft.core.models import AuditEvent, User
from posasoft.core.scope import Scope
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import as_scope, owner

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"
JPG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + b"\0" * 60 + b"\xff\xd9"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]  # pytest-django's own settings object


def word(**more: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("word/document.xml", b"<w:document/>")
        for name, content in more.items():
            package.writestr(name.replace("__", "/"), content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("giay-xac-nhan.pdf", PDF, "application/pdf"), ("IMG_0001.JPG", JPG, "image/jpeg"), ("anh.png", PNG, "image/png"),
        ("don.docx", word(), attachments.WORD),
    ],
)  # fmt: skip
def test_ordinary_papers_are_kept(draft: Callable[..., Case], by: Scope, name: str, content: bytes, kind: str) -> None:
    row = attachments.attach(case=draft(), file_name=name, content=content, item="disability", by=by)
    assert (row.media_type, row.size, row.sha256) == (kind, len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("giay.pdf", PNG, "không phải loại như phần đuôi"),
        ("anh.png", b"MZ\x90\0" + b"\0" * 100, "không phải loại như phần đuôi"),
        ("anh.jpg", b"<html><script>alert(1)</script></html>", "không phải loại như phần đuôi"),
        ("bang.xlsx", b"PK\x03\x04" + b"\0" * 50, "chỉ nhận PDF"),
        ("chay.exe", b"MZ", "chỉ nhận PDF"),
        ("giay.pdf.exe", PDF, "chỉ nhận PDF"),
        ("rong.pdf", b"", "rỗng"),
        ("to.pdf", PDF + b"\0" * attachments.MOST_BYTES, "lớn hơn 10 MB"),
        ("don.docx", word(word__vbaProject=b"x"), "macro"),
        ("don.docx", word(word__embeddings__oleObject1=b"x"), "macro"),
        ("don.docx", b"PK\x03\x04khong phai zip", "không phải loại như phần đuôi"),
        ("don.docx", word(bom=b"\0" * 60_000_000), "không phải loại như phần đuôi"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_in_clear_words(
    draft: Callable[..., Case], by: Scope, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(CaseRefused, match=says):
        attachments.attach(case=draft(), file_name=name, content=content, item="", by=by)
    assert not CaseAttachment.objects.exists()


def test_a_renamed_macro_document_is_found_by_its_content_types(draft: Callable[..., Case], by: Scope) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("[Content_Types].xml", b'<Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>')
        package.writestr("word/document.xml", b"<w:document/>")
    with pytest.raises(CaseRefused, match="macro"):
        attachments.attach(case=draft(), file_name="don.docx", content=buffer.getvalue(), item="", by=by)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"), ("C:\\Users\\mai\\giay.pdf", "giay.pdf"), ("gi\0ấy\n1.pdf", "giấy 1.pdf"),
        ('a"b<c>.pdf', "abc.pdf"), ("", "tep"), ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)  # fmt: skip
def test_names_lose_their_folders_and_tricks(given: str, kept: str) -> None:
    assert attachments.clean_name(given) == kept


def test_the_twenty_first_paper_is_refused(draft: Callable[..., Case], by: Scope) -> None:
    case = draft()
    for number in range(attachments.MOST_FILES):
        attachments.attach(case=case, file_name=f"{number}.pdf", content=PDF, item="", by=by)
    with pytest.raises(CaseRefused, match="nhiều nhất 20 tệp"):
        attachments.attach(case=case, file_name="them.pdf", content=PDF, item="", by=by)


def test_what_lies_on_the_disk_cannot_be_read_there(draft: Callable[..., Case], by: Scope, tmp_path: Path) -> None:
    attachments.attach(case=draft(), file_name="Giàng Mí Páo.pdf", content=PDF, item="", by=by)
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) == 1
    assert b"Catalog" not in files[0].read_bytes()
    assert "Giàng" not in files[0].name


def test_papers_of_a_received_case_stay(draft: Callable[..., Case], by: Scope) -> None:
    case = draft()
    row = attachments.attach(case=case, file_name="a.pdf", content=PDF, item="", by=by)
    cases.receive(case=case, received_on=cast.TODAY.date(), by=by)
    with pytest.raises(CaseRefused, match="không gỡ"):
        attachments.remove(attachment=CaseAttachment.objects.select_related("case").get(pk=row.pk), by=by)


def test_a_paper_is_added_opened_and_taken_off_on_the_page(
    enter: Callable[[User], Client], officer: User, draft: Callable[..., Case], places: Places
) -> None:
    case, client = draft(), enter(officer)
    bad, good = SimpleUploadedFile("sai.pdf", PNG), SimpleUploadedFile("giấy xác nhận.pdf", PDF)
    body = client.post(f"/cases/{case.public_id}/files/", {"files": [bad, good], "item": "disability"}, headers={"HX-Request": "true"})
    assert "Nội dung tệp sai.pdf không phải loại" in body.content.decode()
    assert "Đã thêm tệp giấy xác nhận.pdf" in body.content.decode()
    with owner():
        row = CaseAttachment.objects.get()
    opened = client.get(f"/cases/{case.public_id}/files/{row.public_id}/")
    assert b"".join(opened.streaming_content) == PDF
    assert opened["Content-Disposition"].startswith("attachment;")
    with owner():
        assert AuditEvent.objects.filter(verb="export", object_kind="case", detail__sha256=row.sha256).exists()
        stranger = cast.make_officer("ben", "Sùng A Bên", "commune_officer", places.neighbour)
    with as_scope(places.neighbour):
        assert not CaseAttachment.objects.exists()
    client.post(f"/cases/{case.public_id}/files/{row.public_id}/remove/")
    assert client.get(f"/cases/{case.public_id}/files/{row.public_id}/").status_code == 404
    assert enter(stranger).get(f"/cases/{case.public_id}/files/{row.public_id}/").status_code == 404
