"""Money in Vietnamese words, as cheques, receipts and payment lists write it.

Style: the one taught at school and used on vouchers. Once a higher class of three digits has been said, every lower class
is said in full down to the last one that is not zero, so that nothing can be written in afterwards:
1.000.015 is "Một triệu không nghìn không trăm mười lăm đồng", 1.205.000 "Một triệu hai trăm linh năm nghìn đồng".
"""

from dataclasses import dataclass

LARGEST = 10**18
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 10**9


@dataclass(frozen=True)
class NumberStyle:
    """Regional words: 'linh' and 'nghìn' in the North and in state documents, 'lẻ' and 'ngàn' in the South."""

    odd: str = "linh"
    thousand: str = "nghìn"


NORTHERN = NumberStyle()
SOUTHERN = NumberStyle(odd="lẻ", thousand="ngàn")


def number_words(number: int, *, style: NumberStyle = NORTHERN) -> str:
    """Return a whole number in words, small letters. Raises ValueError beyond ±10^18."""
    if abs(number) > LARGEST:
        raise ValueError("Số quá lớn để viết bằng chữ.")
    if number < 0:
        return "âm " + number_words(-number, style=style)
    return " ".join(_words(number, full=False, style=style)) if number else _DIGITS[0]


def money_words(amount: int, *, style: NumberStyle = NORTHERN, mark_round: bool = False) -> str:
    """Return đồng in words with a capital first letter; `mark_round` adds "chẵn" to whole thousands."""
    words = number_words(amount, style=style) + " đồng"
    if mark_round and amount and amount % 1000 == 0:
        words += " chẵn"
    return words[0].upper() + words[1:]


def _words(number: int, *, full: bool, style: NumberStyle) -> list[str]:
    """Words of a positive number; `full` says the leading zero classes and hundreds as well."""
    billions, rest = divmod(number, _BILLION)
    words: list[str] = []
    if billions:
        words = [*_words(billions, full=full, style=style), "tỷ"]
    if rest:
        words += _below_billion(rest, full=full or bool(billions), style=style)
    return words


def _below_billion(number: int, *, full: bool, style: NumberStyle) -> list[str]:
    classes = ((number // 1_000_000, "triệu"), (number // 1_000 % 1_000, style.thousand), (number % 1_000, ""))
    words: list[str] = []
    for position, (value, name) in enumerate(classes):
        nothing_follows = not any(later for later, _ in classes[position:])
        if nothing_follows or (value == 0 and not full and not words):
            continue
        words += _class_words(value, full=full or bool(words), style=style)
        words += [name] if name else []
    return words


def _class_words(value: int, *, full: bool, style: NumberStyle) -> list[str]:
    """Words of one class of three digits; zero is said only as "không" (of nghìn, triệu)."""
    if value == 0:
        return [_DIGITS[0]]
    hundreds, rest = divmod(value, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or full else []
    return words + _below_hundred(rest, after_hundreds=bool(words), style=style)


def _below_hundred(value: int, *, after_hundreds: bool, style: NumberStyle) -> list[str]:
    tens, unit = divmod(value, 10)
    if tens == 0:
        if unit == 0:
            return []
        return [style.odd, "tư" if unit == 4 else _DIGITS[unit]] if after_hundreds else [_DIGITS[unit]]
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    return words + _unit_after_tens(tens, unit)


def _unit_after_tens(tens: int, unit: int) -> list[str]:
    if unit == 0:
        return []
    if unit == 5:
        return ["lăm"]
    if tens > 1 and unit in (1, 4):
        return ["mốt" if unit == 1 else "tư"]
    return [_DIGITS[unit]]
