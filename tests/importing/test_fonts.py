"""The sample list typed in old fonts, whole or in part, reads the same as in Unicode."""

import datetime as dt
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from households.importing.as_json import reading_as_json
from households.importing.reading import ReadOptions, read_list
from posasoft.core.legacy_tables import TCVN3
from tests.importing.messy import encode
from tests.importing.test_accept import SAMPLE

NAMES = 2
Typed = Callable[[str], str]
_INVERSE = {letter: code for code, letter in TCVN3.items()}


def read(path: Path) -> dict[str, Any]:
    return reading_as_json(read_list(path, ReadOptions(today=dt.date(2026, 11, 21))))


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    return list(read(SAMPLE)["people"])


def retyped(folder: Path, typed: Typed, *, first_row: int = 1, columns: tuple[int, ...] = (), share: float = 1.0) -> dict[str, Any]:
    rng = random.Random(3)
    book = openpyxl.load_workbook(SAMPLE)
    for row in book.worksheets[0].iter_rows(min_row=first_row):
        if rng.random() >= share:
            continue
        for cell in row:
            if isinstance(cell.value, str) and (not columns or cell.column in columns):
                cell.value = typed(cell.value)
    path = folder / "retyped.xlsx"
    book.save(path)
    return read(path)


def tcvn3(text: str) -> str:
    return encode(text, "tcvn3")


def vni(text: str) -> str:
    return encode(text, "vni")


def tcvn3_small(text: str) -> str:
    """Capitals by the font alone: .VnTimeH draws small codes as capitals."""
    return tcvn3(text.lower() if text.isupper() else text)


def tcvn3_beside_unicode_capitals(text: str) -> str:
    return "".join(_INVERSE.get(letter, letter) for letter in unicodedata.normalize("NFC", text))


FONTS = [tcvn3, vni, tcvn3_small, tcvn3_beside_unicode_capitals]


@pytest.mark.parametrize("typed", FONTS)
def test_a_whole_list_in_an_old_font(people: list[dict[str, Any]], tmp_path: Path, typed: Typed) -> None:
    assert retyped(tmp_path, typed)["people"] == people


@pytest.mark.parametrize("typed", FONTS)
def test_headings_in_unicode_above_an_old_font(people: list[dict[str, Any]], tmp_path: Path, typed: Typed) -> None:
    assert retyped(tmp_path, typed, first_row=9)["people"] == people


@pytest.mark.parametrize("typed", FONTS)
def test_only_the_names_in_an_old_font(people: list[dict[str, Any]], tmp_path: Path, typed: Typed) -> None:
    result = retyped(tmp_path, typed, first_row=9, columns=(NAMES,))
    assert result["people"] == people
    assert any("phông" in finding["message"] for finding in result["findings"])


@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("typed", [tcvn3, vni])
def test_rows_pasted_from_an_old_list(people: list[dict[str, Any]], tmp_path: Path, typed: Typed, share: float) -> None:
    assert retyped(tmp_path, typed, first_row=9, share=share)["people"] == people


def test_decomposed_letters_of_another_system(people: list[dict[str, Any]], tmp_path: Path) -> None:
    result = retyped(tmp_path, lambda text: unicodedata.normalize("NFD", text))
    assert result["people"] == people
