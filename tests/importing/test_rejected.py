"""Rejected rows go back to the commune with the reasons beside the cells."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings

from households.models import ImportFinding, ImportRow
from households.staging import operations
from households.staging.masking import masked
from households.staging.rejected import rejected_workbook
from posasoft.core.scope import COUNTRY, NOWHERE
from tests.households.cast import Cast, cast
from tests.importing.staged import stage_file
from tests.importing.test_accept import SAMPLE
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    return cast()


def test_the_workbook_holds_the_communes_own_columns_and_the_reasons(people: Cast) -> None:
    batch = stage_file(SAMPLE, people.dong_van)
    operations.reject(batch=batch, blocks=[1], by=COUNTRY)

    sheet = openpyxl.load_workbook(io.BytesIO(rejected_workbook(batch, role="commune_officer"))).active
    rows = list(sheet.iter_rows(values_only=True))

    assert rows[0][1] == "Họ và tên chủ hộ/ thành viên"
    assert rows[0][-2:] == ("Dòng trong tệp gốc", "Lỗi")
    assert [row[-2] for row in rows[1:]] == [9, 10, 11, 12, 13, 14]
    assert "Thiếu số 0" in rows[4][-1]
    assert sheet.cell(5, 7).comment is not None


def test_findings_never_hold_a_whole_number_of_an_identity_paper(people: Cast) -> None:
    batch = stage_file(SAMPLE, people.dong_van)

    assert ImportFinding.objects.filter(batch=batch, row=12).values_list("value", flat=True)[0] == "•••••••463"
    assert not ImportFinding.objects.filter(batch=batch, message__regex=r"\d{8}").exists()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("002 051 223872", "•••••••••872"),
        ("1.000.000", "1.000.000"),
        ("16.09.1949", "16.09.1949"),
        ("đã chết 10/2025", "đã chết 10/2025"),
        ("70897918", "•••••918"),
    ],
)
def test_masking_leaves_dates_and_amounts(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_a_list_is_seen_only_within_its_commune(people: Cast) -> None:
    stage_file(SAMPLE, people.dong_van)

    with as_scope(people.pho_bang):
        assert not ImportRow.objects.exists()
        assert not ImportFinding.objects.exists()
    with as_scope(NOWHERE):
        assert not ImportRow.objects.exists()
    with as_scope(people.dong_van):
        assert ImportRow.objects.count() == 671


def test_a_role_that_may_not_see_whole_numbers_gets_their_last_digits(people: Cast) -> None:
    batch = stage_file(SAMPLE, people.dong_van)
    operations.reject(batch=batch, blocks=[1], by=COUNTRY)

    def cells(role: str) -> str:
        sheet = openpyxl.load_workbook(io.BytesIO(rejected_workbook(batch, role=role))).active
        return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row)

    assert re.search(r"\d{9,12}", cells("commune_officer"))
    assert not re.search(r"\d{9,12}", cells("administrator"))
    assert "•••" in cells("administrator")
