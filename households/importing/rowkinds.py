"""Which rows are no persons: totals, village lines, signatures, repeated headings, page numbers."""

import re
from collections.abc import Sequence

from households.importing.findings import Cell
from households.importing.texts import cached_fold

_TOTAL = re.compile(
    r"^(tong cong|tong so|tong|cong|cong don|luy ke|toan xa|toan thon|cong trang|mang sang|chuien sang|tong hop"
    r"|cong thon|cong ban|tong ho|tong khau|so ho|trong do)\b"
)
_TOTAL_ALONE = re.compile(r"\b\d+ (ho|khau|nhan khau|nguoi)\b")
_SIGNATURE = re.compile(
    r"^(nguoi lap|tm ub|tm uy|tm |kt |lap bieu|nguoi lap bieu|chu tich|pho chu tich|xac nhan|can bo|truong thon"
    r"|bi thu|thu truong|ke toan|ki ten"
    r"|ngai \d{1,2} thang|.{1,30} ngai (\d{1,2} )?thang .{0,12}nam|nguoi bao cao|nguoi tong hop|noi nhan|ki ghi ro"
    r"|truong ban|dai dien|uy ban nhan dan|i ban nhan dan"
    r"|u b n d|ubnd|cong chuc|giam doc|thu ki|uw ban|mat tran|truong ban chi dao|trong ban|ban chi dao|xac nhan cua)"
)
_HOUSEHOLD = re.compile(r"^(\d+ )?(ho (ong|ba|gia dinh|so|thu) |ho \d+)")
_PAGE = re.compile(r"^(trang|page)( so)? \d+( (tren|of) \d+| \d+)?$")
_COUNTED = re.compile(r"(\d[\d.]*)\s*(hộ|nhân khẩu|khẩu|người|thành viên)", re.IGNORECASE)


def first_text(row: Sequence[Cell]) -> str:
    """The first text of a row, folded."""
    return next((cached_fold(value) for value in row if isinstance(value, str) and cached_fold(value)), "")


def is_total(row: Sequence[Cell]) -> bool:
    """Whether a row (without data of a person) is a total or sub-total."""
    text = first_text(row)
    return bool(_TOTAL.match(text)) or bool(_TOTAL_ALONE.search(text) and len([value for value in row if value is not None]) <= 3)


def is_signature(row: Sequence[Cell]) -> bool:
    """Whether a row opens the signature block."""
    return any(isinstance(value, str) and _SIGNATURE.match(cached_fold(value)) for value in row)


def is_page_line(row: Sequence[Cell]) -> bool:
    """Whether a row is a page number."""
    return bool(_PAGE.match(first_text(row)))


def is_household_line(text: str) -> bool:
    """Whether a line only names the household whose members follow: “Hộ ông Sùng Mí Páo”, “Hộ số 3”."""
    return bool(_HOUSEHOLD.match(cached_fold(text)))


def counted(row: Sequence[Cell]) -> dict[str, int]:
    """The numbers of households and persons that a total states in words: “180 hộ, 671 khẩu”."""
    found: dict[str, int] = {}
    for value in row:
        for number, unit in _COUNTED.findall(value) if isinstance(value, str) else ():
            found.setdefault("households" if unit.lower() == "hộ" else "persons", int(number.replace(".", "")))
    return found
