"""A file that comes in is small, is what it says, and opens nothing (tests 27–31)."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineError, CalamineWorkbook

from households.importing.findings import ListRefused
from households.importing.limits import DEFAULT_LIMITS, Limits, check_file
from households.importing.reading import ReadOptions, read_list
from households.models import ImportBatch
from posasoft.core.models import Area, User
from tests.browser.cast import Places, day
from tests.support.database import owner

OPTIONS = ReadOptions(today=day("2026-11-21"), list_date=day("2025-12-31"))
SECRET = "mat-khau-cua-may-chu"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(shared: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    """The smallest xlsx whose one text is in ``shared``, the part with the shared strings, written as it is."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>'
    book = f'<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
    parts = {
        "_rels/.rels": RELATIONS.format(f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'),
        "xl/_rels/workbook.xml.rels": RELATIONS.format(
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        ),
        "xl/workbook.xml": book,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": shared,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def written(folder: Path, content: bytes, name: str = "a.xlsx") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def everything_read(path: Path) -> str:
    """Every cell that the engine makes of a file, or its words of refusal, and what the reader of lists says of it."""
    try:
        cells = str(CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    except CalamineError as error:
        cells = type(error).__name__
    try:
        return cells + repr(list(read_list(path, OPTIONS).households()))
    except ListRefused as refusal:
        return cells + str(refusal)


def test_the_smallest_workbook_is_one(tmp_path: Path) -> None:
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>Giàng</t></si></sst>'
    assert "Giàng" in everything_read(written(tmp_path, workbook(shared)))


def test_no_file_of_the_server_comes_in_through_an_entity(tmp_path: Path) -> None:
    secret = written(tmp_path, SECRET.encode(), "secret.txt")
    doctype = f'<!DOCTYPE sst [<!ENTITY x SYSTEM "file://{secret}">]>'
    shared = (
        f'<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&x;</t></si></sst>'
    )
    assert SECRET not in everything_read(written(tmp_path, workbook(shared)))


def test_entities_that_multiply_do_not_fill_the_memory(tmp_path: Path) -> None:
    entities = "".join(f"<!ENTITY a{n} '{''.join([f'&a{n - 1};'] * 10)}'>" for n in range(1, 9))
    doctype = f'<!DOCTYPE sst [<!ENTITY a0 "ha ha ha ha">{entities}]>'
    shared = (
        f'<?xml version="1.0"?>{doctype}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&a8;</t></si></sst>'
    )
    assert len(everything_read(written(tmp_path, workbook(shared)))) < 100_000


def test_a_small_file_that_unpacks_into_a_large_one_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    shared = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a</t></si></sst>'
    bomb = written(tmp_path, workbook(shared, extra={"xl/media/a.bin": bytes(8 * 1024 * 1024)}))
    assert bomb.stat().st_size < 50_000
    with pytest.raises(ListRefused, match="giải nén"):
        check_file(bomb, Limits(unpacked=4 * 1024 * 1024))
    assert DEFAULT_LIMITS.unpacked <= 1024**3


def test_ten_thousand_parts_are_refused(tmp_path: Path) -> None:
    many = written(tmp_path, workbook("<sst/>", extra={f"x/{n}": b"" for n in range(10_000)}))
    with pytest.raises(ListRefused, match="phần bên trong"):
        check_file(many)


def test_a_size_over_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ListRefused, match="vượt mức"):
        check_file(written(tmp_path, b"x" * 2048), Limits(size=1024))


class Unread(io.BytesIO):
    """A body that must not be read."""

    def read(self, *_size: object) -> bytes:
        raise AssertionError("the body was read")


def test_a_request_longer_than_any_upload_is_refused_before_it_is_read(client: Client) -> None:
    large = client.generic("POST", "/imports/", b"", CONTENT_LENGTH=str(65 * 1024 * 1024), **{"wsgi.input": Unread()})
    assert large.status_code == 413
    assert "Chưa có gì được nhận" in large.content.decode()
    assert client.generic("POST", "/imports/", b"", CONTENT_LENGTH="-5", **{"wsgi.input": Unread()}).status_code == 413


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.xlsx.js", "a"])
def test_other_kinds_of_files_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ListRefused, match="không phải bảng tính"):
        check_file(written(tmp_path, b"x", name))


@pytest.mark.parametrize(
    "content",
    [b"%PDF-1.7\n%junk", b"<html><script>alert(1)</script></html>", b"MZ\x90\x00" + bytes(200), bytes(500), b"PK\x03\x04 not a zip"],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.ods"])
def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(ListRefused):
        read_list(written(tmp_path, content, name), OPTIONS)


@pytest.fixture
def send(mai: User, places: Places, come_in: Callable[..., Client]) -> Callable[..., str]:
    """Upload a list under a name; the name it is kept under, or the page that refuses it."""

    def upload(name: str, content: bytes = b"STT,Ho ten\n1,Giang A\n") -> str:
        client = come_in("mai")
        with owner():
            commune = Area.objects.get(code="00721")
        file = SimpleUploadedFile("x.csv", content)
        file._name = name  # as a browser that does not clean names would send it
        answer = client.post("/imports/", {"file": file, "area": commune.pk, "area_date": "31/12/2025"})
        return "" if answer.status_code == 302 else answer.content.decode()

    return upload


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["../../../../tmp/chiem.csv", "..\\..\\chiem.csv", "/etc/cron.d/chiem.csv", "a\u202evsc.exe.csv", "a\r\nSet-Cookie: x=1.csv"]
)
def test_the_name_of_a_file_decides_nothing_about_where_it_lies(send: Callable[..., str], name: str, settings: object) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings.MEDIA_ROOT = folder  # type: ignore[attr-defined]  # a setting
        send(name)
        for batch in ImportBatch.objects.all():
            assert ".." not in batch.file.name
            assert "chiem" not in batch.file.name
            assert "\n" not in batch.file_name
            assert (Path(folder) / batch.file.name).resolve().is_relative_to(Path(folder).resolve())
    assert not Path("/tmp/chiem.csv").exists()
