"""Money: whole đồng as int, shown as 1.234.567 đ and read as people type it."""

import re
from decimal import Decimal

CURRENCY_SIGN = "đ"
LARGEST_AMOUNT = 10**15
_UNITS = {"nghin": 1_000, "ngan": 1_000, "k": 1_000, "trieu": 1_000_000, "tr": 1_000_000, "ty": 1_000_000_000, "ti": 1_000_000_000}
_UNIT_WORDS = {"nghìn": "nghin", "ngàn": "ngan", "triệu": "trieu", "tỷ": "ty", "tỉ": "ti"}
_TYPED = re.compile(r"(-?[\d.,\s]*\d)\s*([^\W\d]*)\.?")
_CURRENCY = re.compile(r"\s*(đồng|dong|vnđ|vnd|đ|d|₫)\.?$", re.IGNORECASE)
_GROUPED = re.compile(r"-?\d{1,3}(?:([.,\s])\d{3})(?:\1\d{3})*")
_EMPTY_FRACTION = re.compile(r"(?<=\d{3})[.,]0{1,2}$")
_FRACTION = re.compile(r"-?\d+[.,]\d+")


def format_number(amount: int) -> str:
    """Return 1234567 as '1.234.567'."""
    return f"{amount:,}".replace(",", ".")


def format_dong(amount: int) -> str:
    """Return 1234567 as '1.234.567 đ' (the space does not break)."""
    return f"{format_number(amount)}\u00a0{CURRENCY_SIGN}"


def parse_dong(text: str) -> int:
    """Read a typed amount: '1.234.567 đ', '1,000,000', '750000', '360 nghìn', '1,5 triệu'.

    Points, commas and spaces group thousands; a decimal is understood only before a unit word. Raises ValueError
    with a Vietnamese sentence when the text has another or a second reading ('1.5', '12.34.567').
    """
    typed = _CURRENCY.sub("", text.replace("\u00a0", " ").strip())
    match = _TYPED.fullmatch(typed)
    if match is None:
        raise _not_an_amount(text)
    number, word = match[1].strip(), match[2].lower()
    unit = _UNITS.get(_UNIT_WORDS.get(word, word)) if word else 1
    if unit is None:
        raise _not_an_amount(text)
    amount = _scaled(number, unit) if unit > 1 and _FRACTION.fullmatch(number) else _whole(number, text) * unit
    if amount is None or abs(amount) > LARGEST_AMOUNT:
        raise _not_an_amount(text)
    return amount


def _whole(number: str, text: str) -> int:
    plain = _EMPTY_FRACTION.sub("", number)
    if _GROUPED.fullmatch(plain):
        plain = re.sub(r"[.,\s]", "", plain)
    if not re.fullmatch(r"-?\d+", plain):
        raise _not_an_amount(text)
    return int(plain)


def _scaled(number: str, unit: int) -> int | None:
    """Return '1,5' × 1.000.000 as 1500000; None when it is no whole number of đồng."""
    amount = Decimal(number.replace(",", ".")) * unit
    return int(amount) if amount == int(amount) else None


def _not_an_amount(text: str) -> ValueError:
    return ValueError(f"“{text.strip()}” không phải là số tiền đồng; hãy viết như 1.234.567.")
