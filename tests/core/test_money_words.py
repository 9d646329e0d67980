"""Money in words says every class, and reads back as the same number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posasoft.core.money_words import SOUTHERN, money_words, number_words

DIGITS = {word: value for value, word in enumerate(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"])}
DIGITS |= {"mốt": 1, "tư": 4, "lăm": 5}


def read_back(words):
    """A separately written reader of numbers below a billion, from left to right."""
    total = current = 0
    for word in words.split():
        if word == "trăm":
            current *= 100
        elif word == "mười":
            current += 10
        elif word == "mươi":
            current += current % 10 * 9
        elif word in ("nghìn", "triệu"):
            total += current * (1_000 if word == "nghìn" else 1_000_000)
            current = 0
        elif word != "linh":
            current += DIGITS[word]
    return total + current


def read_number(words):
    value = 0
    for part in words.split(" tỷ"):
        value = value * 10**9 + (read_back(part) if part.strip() else 0)
    return value


@given(st.integers(0, 10**18) | st.integers(0, 10**6) | st.builds(lambda a, b: a * 10**b, st.integers(1, 2000), st.integers(0, 14)))
def test_words_read_back_as_the_number(number):
    assert read_number(number_words(number)) == number


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (100, "Một trăm đồng"),
        (101, "Một trăm linh một đồng"),
        (104, "Một trăm linh tư đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (115, "Một trăm mười lăm đồng"),
        (1_000, "Một nghìn đồng"),
        (1_001, "Một nghìn không trăm linh một đồng"),
        (1_010, "Một nghìn không trăm mười đồng"),
        (10_005, "Mười nghìn không trăm linh năm đồng"),
        (100_000, "Một trăm nghìn đồng"),
        (540_000, "Năm trăm bốn mươi nghìn đồng"),
        (1_205_000, "Một triệu hai trăm linh năm nghìn đồng"),
        (1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
        (1_000_015, "Một triệu không nghìn không trăm mười lăm đồng"),
        (1_000_100, "Một triệu không nghìn một trăm đồng"),
        (15_000_000, "Mười lăm triệu đồng"),
        (1_000_000_000, "Một tỷ đồng"),
        (1_000_000_015, "Một tỷ không triệu không nghìn không trăm mười lăm đồng"),
        (1_000_500_000, "Một tỷ không triệu năm trăm nghìn đồng"),
        (2_005_000_000, "Hai tỷ không trăm linh năm triệu đồng"),
        (37_100_000_000_000, "Ba mươi bảy nghìn một trăm tỷ đồng"),
        (1_000_005_000_000_000, "Một triệu không nghìn không trăm linh năm tỷ đồng"),
        (10**18, "Một tỷ tỷ đồng"),
        (-540_000, "Âm năm trăm bốn mươi nghìn đồng"),
    ],
)
def test_zeros_are_said_where_they_stand(amount, words):
    assert money_words(amount) == words


def test_every_pattern_of_zero_digits_reads_back():
    for pattern in range(1, 1 << 12):
        number = int("".join("0" if not pattern >> place & 1 else "7" for place in range(12)))
        assert read_number(number_words(number)) == number


def test_southern_words_and_the_round_mark_are_settings():
    assert money_words(1_205_000, style=SOUTHERN) == "Một triệu hai trăm lẻ năm ngàn đồng"
    assert money_words(540_000, mark_round=True) == "Năm trăm bốn mươi nghìn đồng chẵn"
    assert money_words(540_500, mark_round=True) == "Năm trăm bốn mươi nghìn năm trăm đồng"


def test_beyond_the_limit_is_refused():
    with pytest.raises(ValueError, match="quá lớn"):
        number_words(10**18 + 1)
