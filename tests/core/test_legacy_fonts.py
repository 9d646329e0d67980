"""Text of old fonts is recognised and converted; Unicode and ASCII never are."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from households.generator.namebook import draw_names
from posasoft.core.legacy_fonts import detect_legacy, detect_legacy_column, guess_legacy, needs_conversion, to_unicode
from posasoft.core.legacy_tables import CP1258, TCVN3, VNI
from posasoft.core.syllables import is_syllable

VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]
SMALL = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
CAPITAL = [letter.upper() for letter in SMALL]
NAMES = [
    *("Nguyễn Văn Toản", "Trần Thị Hoà", "Thào Chí Sính", "Đặng Thị Ổn", "Vàng Mí Sử", "Giàng A Ngọ", "Lò Thị Ưng", "Phạm Đình Quý"),
    *("Bùi Khắc Tiệp", "Dương Thuỳ Linh", "Hoàng Kiều Oanh", "Lê Nguyệt Ánh", "Võ Thị Bưởi", "Ngô Xuân Trường", "Mã Thị Xuyến"),
]
MINORITY = [
    *("H'Nia Niê", "Y Blô Êban", "K'Brêu", "Krông Búk", "Ksor H'Brông", "Rơ Châm Ngé", "A Viết Lố", "Hồ Thị Nhừi"),
    *("Kim Sô Phia", "Đinh Văn Rêu", "Thạch Thị Sà Rươne"),
]


def typed_in(table, text):
    """`text` as a typist of the old font stored it."""
    codes = {letter: code for code, letter in table.items()}
    # TCVN3 has no capitals with tones: typists of .VnTime left the small letter.
    return "".join(codes.get(letter) or codes.get(letter.lower(), letter) for letter in text)


def typed_in_cp1258(text):
    """Vowel with its shape, then the tone as a mark of its own, seen as Latin-1."""
    codes = {letter: code for code, letter in CP1258.items()}
    marked = []
    for letter in unicodedata.normalize("NFC", text):
        decomposed = unicodedata.normalize("NFD", letter)
        tone = next((mark for mark in decomposed if mark in TONES[1:]), "")
        base = unicodedata.normalize("NFC", decomposed.replace(tone, "")) if tone else letter
        marked += [codes.get(base, base), codes.get(tone, tone)]
    return "".join(marked)


@pytest.mark.parametrize("letter", SMALL)
def test_every_small_letter_comes_back_from_tcvn3(letter):
    assert to_unicode(typed_in(TCVN3, letter), "tcvn3") == letter
    assert to_unicode(typed_in(TCVN3, letter), "tcvn3", font=".VnTimeH") == letter.upper()


@pytest.mark.parametrize("letter", SMALL + CAPITAL)
def test_every_letter_comes_back_from_vni_and_cp1258(letter):
    assert to_unicode(typed_in(VNI, letter), "vni") == letter
    assert to_unicode(typed_in_cp1258(letter), "cp1258") == letter


@pytest.mark.parametrize("letter", "ĂÂĐÊÔƠƯ")
def test_tcvn3_keeps_the_seven_capitals_it_has(letter):
    assert to_unicode(typed_in(TCVN3, letter), "tcvn3") == letter


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(" ".join))
def test_names_typed_in_old_fonts_are_recognised_and_converted(name):
    for encoding, typed in (("tcvn3", typed_in(TCVN3, name)), ("vni", typed_in(VNI, name)), ("cp1258", typed_in_cp1258(name))):
        found = detect_legacy(typed)
        assert found == encoding, typed
        # A toned initial capital does not exist in TCVN3 and is restored from its neighbours.
        assert to_unicode(typed, found) == name


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("NGUYÔN V¡N TO¶N", "NGUYỄN VĂN TOẢN"),
        ("TRÇN THÞ HOA", "TRẦN THỊ HOA"),
        ("Vò Hïng", "Vũ Hùng"),
        ("Hµ Néi", "Hà Nội"),
        ("Hoµng ¸nh", "Hoàng Ánh"),
        ("§Æng thÞ ón", "Đặng thị ún"),
        ("D­¬ng", "Dương"),
    ],
)
def test_tcvn3_capitals_are_restored(typed, meant):
    assert to_unicode(typed, "tcvn3") == meant


@given(st.lists(st.sampled_from([*NAMES, *MINORITY]), min_size=1, max_size=4).map(" ".join))
def test_real_unicode_names_are_never_taken_for_legacy(name):
    for text in (name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)):
        assert detect_legacy(text) is None
        assert detect_legacy(text, font="Times New Roman") is None


@given(
    st.lists(
        st.builds(
            lambda initial, rime, tone, case: case(unicodedata.normalize("NFC", initial + rime[0] + tone + rime[1:])),
            st.sampled_from(["", "b", "ch", "đ", "h", "kh", "l", "ng", "ph", "t", "th", "tr", "v"]),
            st.sampled_from(["a", "ai", "an", "ang", "âu", "e", "ê", "i", "iu", "o", "oi", "ô", "ôn", "ơ", "u", "un", "ư", "ưng"]),
            st.sampled_from(TONES),
            st.sampled_from([str.lower, str.upper, str.title]),
        ),
        max_size=4,
    ).map(" ".join)
)
def test_whatever_is_possible_vietnamese_is_left_alone(text):
    assert all(is_syllable(word) for word in text.split())
    assert detect_legacy(text) is None


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_ascii_is_never_legacy(text):
    assert detect_legacy(text) is None
    assert detect_legacy(text, font=".VnTime") is None


def test_the_font_decides_what_is_ambiguous_alone():
    assert detect_legacy("Vò") is None
    assert detect_legacy("Vò", font=".VnTime") == "tcvn3"
    assert detect_legacy("Hoàng", font="VNI-Times") == "vni"
    assert guess_legacy("Vò", font=".VnTime").confidence == 1.0
    assert detect_legacy("Nguyễn", font=".VnTime") is None


def test_the_column_decides_what_is_ambiguous_alone():
    column = ["Vò", "NguyÔn V¨n To¶n", "TrÇn ThÞ Hoµ", "LÌ", "Hoa"]
    assert detect_legacy_column(column) == "tcvn3"
    assert detect_legacy_column([typed_in(VNI, name) for name in NAMES] + ["Hoàng"]) == "vni"
    assert detect_legacy_column(NAMES) is None
    assert detect_legacy_column(["An", "Hoa", ""]) is None
    assert detect_legacy_column([*NAMES, "NguyÔn V¨n To¶n"]) is None


@pytest.mark.parametrize("people", [1, 2, 3, 5, 8, 9, 10, 12, 14, 16, 26])
@pytest.mark.parametrize(("encoding", "table"), [("tcvn3", TCVN3), ("vni", VNI)])
def test_a_column_of_any_peoples_names_comes_back_whole(people, encoding, table):
    rng = np.random.default_rng(people)
    draws = rng.random((4, 300))
    names = draw_names(np.full(300, people), draws[0] < 0.5, *draws[1:]).tolist()
    column = [typed_in(table, name) for name in names]
    assert detect_legacy_column(column) == encoding
    back = [to_unicode(cell, encoding) if needs_conversion(cell, encoding) else cell for cell in column]
    assert [one for one, other in zip(names, back, strict=True) if one.casefold() != other.casefold()] == []
    # What TCVN3 cannot write is a capital with a tone inside a name of one capital letter: ambiguous with small letters.
    assert sum(one != other for one, other in zip(names, back, strict=True)) <= 3


@pytest.mark.parametrize("word", ["Nguyễn", "nghiêng", "Quý", "gì", "giếng", "khuỷu", "oằn", "ưỡn", "Yến", "huýt", "thuở"])
def test_possible_syllables(word):
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["NguyÔnx", "Trçnk", "mac", "mãc", "bb", "quq", "ngg", "êban", "qu"])
def test_impossible_syllables(word):
    assert not is_syllable(word)
