"""Names are stored in one form, found whatever marks are typed, and listed as Vietnamese lists are."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posasoft.core.names import fold, fold_tokens, name_case, nfc_name, sort_key

LISTED = ["An", "Ánh", "Ân", "Ấn", "Ban", "Dung", "Dũng", "Đạt", "Oanh", "Ổn", "Ơn", "Út", "Ưng"]
SYLLABLES = [*LISTED, "Nguyễn", "Thào", "Hoà", "Hòa", "Thuý", "Lý", "Mỹ", "H'Nia", "K'Brêu", "Y", "Ê-đê", "Đặng", "Quý", "nghiêng"]
names = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Thào   Chí Sính ", "Thào Chí Sính"),
        ("Thào\u00a0Chí\u200b Sính\ufeff", "Thào Chí Sính"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Thuý"), "Nguyễn Thị Thuý"),
        ("H’Nia", "H'Nia"),
        ("Hʼ Mông", "H' Mông"),
        ("H´Nia K`Brêu", "H'Nia K'Brêu"),
        ("Ðặng Văn Ðạt", "Đặng Văn Đạt"),
        ("a\u200b\u0301", "á"),
    ],
)
def test_a_name_is_stored_in_one_form(typed, stored):
    assert nfc_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "cased"),
    [
        ("THÀO CHÍ SÍNH", "Thào Chí Sính"),
        ("thào chí sính", "Thào Chí Sính"),
        ("H'NIA NIÊ", "H'Nia Niê"),
        ("Y BAN", "Y Ban"),
        ("K’BRÊU", "K'Brêu"),
        ("BRU-VÂN KIỀU", "Bru-Vân Kiều"),
        ("Nguyễn văn An", "Nguyễn văn An"),
        ("ĐẶNG THỊ ỔN", "Đặng Thị Ổn"),
        ("", ""),
    ],
)
def test_capitals_become_name_case_and_mixed_case_stays(typed, cased):
    assert name_case(typed) == cased


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("Thuý", "Thúy"),
        ("Lý", "Lí"),
        ("Mỹ", "Mĩ"),
        ("Quý", "Quí"),
        ("Đặng", "dang"),
        ("H'Mông", "Hmong"),
        ("Ê-đê", "êđê"),
        ("NGUYỄN  THỊ", "nguyen thi"),
        ("Hòa.", "hòa"),
    ],
)
def test_spellings_of_one_name_share_a_search_key(one, other):
    assert fold(one) == fold(other)


def test_the_search_key_is_plain_ascii_words():
    assert fold("Đặng Thị Ánh Tuyết (mẹ) – 1949") == "dang thi anh tuiet me 1949"
    assert fold_tokens("Lý Lí Văn Ly") == ["li", "van"]


@given(st.text())
def test_normal_form_and_search_key_are_idempotent(text):
    assert nfc_name(nfc_name(text)) == nfc_name(text)
    assert fold(fold(text)) == fold(text)


@given(names)
def test_decomposed_input_gives_the_same_keys(name):
    decomposed = unicodedata.normalize("NFD", name)
    assert fold(decomposed) == fold(name)
    assert sort_key(decomposed) == sort_key(name)
    assert nfc_name(decomposed) == nfc_name(name)


@given(st.permutations(LISTED))
def test_given_names_sort_by_the_vietnamese_alphabet(shuffled):
    assert sorted(shuffled, key=sort_key) == LISTED


def test_the_whole_alphabet_and_all_tones_are_in_order():
    alphabet = list("aăâbcdđeêghiklmnoôơpqrstuưvxy")
    assert sorted([*alphabet[9:], *alphabet[:9]], key=sort_key) == alphabet
    tones = ["ma", "mà", "mả", "mã", "má", "mạ", "mác", "man"]
    assert sorted([*tones[5:], *tones[:5]], key=sort_key) == tones


def test_lists_sort_by_given_name_then_middle_then_family():
    expected = ["Lê An", "Nguyễn An", "Lê Thị An", "Lê Văn An", "Nguyễn Văn An", "Trần Văn Ân", "Y Ban", "Lê Hồng Đạt"]
    for shuffled in itertools.islice(itertools.permutations(expected), 0, 40_000, 997):
        assert sorted(shuffled, key=sort_key) == expected


@given(st.text())
def test_the_sort_key_is_ascii_so_that_byte_order_is_its_order(text):
    assert sort_key(text).isascii()
