"""Listed benefits: the paragraph of Article 5 (Decree 20/2021) and the amount, as lists word them."""

import datetime as dt
import re
from functools import lru_cache

from households.importing.findings import Cell, Read, info, warning
from households.importing.texts import cell_text, is_blank
from posasoft.core.money import parse_dong
from posasoft.core.names import fold, nfc_name

_DECREE = re.compile(r"(?:nghị định|nđ|n đ|nd)\s*(?:số)?\s*[-.:]?\s*\d+.*$|\d+/\d{4}/.*$")
_POINT = r"(?:điểm|đ\.?|d\.?)\s*([a-dđ])\b"
_PARAGRAPH = r"(?:khoản|khoan|kh\.?|k\.?)\s*([1-8])\s*([a-dđ])?\b"
_SHORT = re.compile(r"(?:5\s*[.,/\-]\s*)?([1-8])\s*[.,\-]?\s*([a-dđ])?")
_CATEGORIES = (
    ("5.1", "mo coi|khong nguon nuoi duong|bi bo roi"),
    ("5.4", "don than"),
    ("5.6", "khuiet tat|nguoi khuiet tat|nkt"),
    ("5.7", "duoi 3 tuoi|duoi 36 thang"),
    ("5.5c", "tu du 80|tren 80|80 tuoi"),
)
_HIGHEST_AMOUNT = 20_000_000
_LOWEST_AMOUNT = 50_000


def read_article(value: Cell) -> Read[str]:
    """Return "5.6" or "5.5c"; the point is kept only for paragraph 5 (the elderly), where the benefit differs by it."""
    if value is None or is_blank(value):
        return Read(None)
    if isinstance(value, dt.date):
        return _from_date(value)
    return _article(cell_text(value))


def _from_date(value: dt.date) -> Read[str]:
    """Excel makes 5.6 typed by hand a date, the fifth of June (or the sixth of May)."""
    pair = sorted((value.day, value.month), key=lambda number: number != 5)
    if pair[0] == 5 and 1 <= pair[1] <= 8:
        return Read(f"5.{pair[1]}", (warning(f"Excel đã đổi thành ngày; hiểu là khoản {pair[1]} Điều 5"),))
    return Read(None, (warning(f"Không rõ khoản trợ cấp “{cell_text(value)}”; để trống"),))


@lru_cache(maxsize=4096)
def _article(text: str) -> Read[str]:
    lowered = _DECREE.sub("", nfc_name(text).casefold()).strip(" ,.-")
    lowered = re.sub(r"điều\s*5\b|đ5\b|d5\b", " ", lowered).strip(" ,.-")
    paragraph = re.search(_PARAGRAPH, lowered)
    if paragraph:
        point = re.search(_POINT, lowered[: paragraph.start()] + " " + lowered[paragraph.end() :])
        return _coded(paragraph[1], paragraph[2] or (point[1] if point else None), text)
    short = _SHORT.fullmatch(lowered)
    if short:
        return _coded(short[1], short[2], text)
    return _by_words(fold(text), text)


def _coded(paragraph: str, point: str | None, text: str) -> Read[str]:
    if paragraph != "5":
        return Read(f"5.{paragraph}")
    if point is None:
        return Read("5.5", (warning(f"“{text}” không ghi điểm (a, b, c, d) của khoản 5"),))
    return Read(f"5.5{'d' if point == 'đ' else point}")


def _by_words(folded: str, text: str) -> Read[str]:
    for article, words in _CATEGORIES:
        if any(word in folded for word in words.split("|")):
            return Read(article, (info(f"“{text}” hiểu là khoản {article[2]} Điều 5"),))
    return Read(None, (warning(f"Không rõ khoản trợ cấp “{text}”; để trống"),))


def read_amount(value: Cell, *, unit: int = 1) -> Read[int]:
    """Return đồng; `unit` is 1,000 when the heading says so. An amount too small for a month counts in thousands, with a warning."""
    if value is None or is_blank(value):
        return Read(None)
    if isinstance(value, dt.date | dt.time | dt.timedelta | bool):
        return Read(None, (warning("Không phải số tiền; để trống"),))
    try:
        amount = _whole(value, unit)
    except ValueError:
        return Read(None, (warning(f"Không rõ số tiền “{cell_text(value)}”; để trống"),))
    return _plausible(amount, cell_text(value))


def _whole(value: str | int | float, unit: int) -> int:
    if isinstance(value, int | float):
        amount = round(value * unit)
        # 1.5 without a unit heading is 1.5 million typed short, not one and a half đồng.
        return amount if unit > 1 or float(value).is_integer() else round(value * 1_000_000) if value < 20 else round(value * 1_000)
    text = re.sub(r"(?i)/\s*(tháng|thg|th|người).*$|một tháng.*$", "", nfc_name(value)).strip(" .-")
    # Only the unit of the heading is applied to plain numbers; 360 nghìn says its own.
    own_unit = re.search(r"[a-zđ]", text.casefold().replace("đồng", "").replace("đ", "").replace("vnd", "").replace("vnđ", ""))
    return parse_dong(re.sub(r"\.0$", "", text)) * (1 if own_unit else unit)


def _plausible(amount: int, text: str) -> Read[int]:
    if amount == 0:
        return Read(None)
    if 0 < amount < 20_000:
        return _plausible_thousands(amount * 1_000, text)
    if amount < _LOWEST_AMOUNT or amount > _HIGHEST_AMOUNT:
        return Read(amount, (warning(f"Số tiền {text} khác thường, hãy kiểm tra"),))
    return Read(amount)


def _plausible_thousands(amount: int, text: str) -> Read[int]:
    shown = f"{amount:,}".replace(",", ".")
    return Read(amount, (warning(f"“{text}” hiểu là nghìn đồng: {shown} đ"),))
