"""Lines that name a village or a poverty class for the rows below them: “I. Thôn Lũng Táo”, “B. Hộ cận nghèo”."""

import re
from functools import lru_cache

from posasoft.core.names import fold, name_case, nfc_name

# With accents: "bản" is a village, "ban" a committee.
_WORDS = (
    "thôn|bản|xóm|ấp|khu phố|khu dân cư|khu|tổ dân phố|tổ|buôn|bon|làng|khóm|phum|sóc|plei|tdp|tiểu khu|khối phố"
    "|khối|đội|cụm dân cư|cụm|phố|kdc|kp|plây|bôn"
)
_VILLAGE = re.compile(rf"^(?:{_WORDS})\b[\s.:]*(?:số\b)?", re.IGNORECASE)
_VILLAGE_PLAIN = re.compile(rf"^(?:{fold(_WORDS.replace('|', '0')).replace('0', '|')})\b\s*(?:so\b)?")
_NUMBERING = re.compile(r"^\s*(?:[IVXLC]+|[A-ZĐ]|\d{1,2})\s*[.)/\-:]+\s*(?=\S)")
_TAIL = re.compile(r"\s*(?:[:;(–]|\s-\s|,)\s*(?:tổng|có|gồm|số|\d|cộng|[(]).*$|\s*\(.*\)\s*$|\s*[:;]\s*\d+.*$", re.IGNORECASE)
_GENERIC_SHEETS = re.compile(
    r"^(sheet|trang|trang tinh|bang|ds|danh sach|tong hop|du lieu|data|bieu|mau|phu luc|pl|list|table|book)\b.*|^\d+$"
)


@lru_cache(maxsize=4096)
def village_of_line(text: str) -> str | None:
    """Return the village that a heading line names (“III. Thôn Lũng Táo: 25 hộ” → “Thôn Lũng Táo”), or None."""
    bare = _NUMBERING.sub("", nfc_name(text))
    bare = _TAIL.sub("", bare).strip(" :.-–")
    # A file typed without any accents is compared without them.
    match = _VILLAGE_PLAIN.match(fold(bare)) if bare.isascii() else _VILLAGE.match(bare)
    if match is None or len(match[0]) >= len(bare) or len(bare.split()) > 8:
        return None
    # “Thôn: Lũng Táo” is Thôn Lũng Táo.
    bare = re.sub(r"^(\S+(?: dân phố| phố| khu| số)?)\s*:\s*", r"\1 ", bare, flags=re.IGNORECASE)
    return _case(nfc_name(bare))


def _case(name: str) -> str:
    """THÔN LŨNG TÁO → Thôn Lũng Táo, TỔ DÂN PHỐ 2 → Tổ dân phố 2."""
    if name != name.upper() or name == name.lower():
        return name
    return re.sub(r"^(Tổ) Dân Phố|^(Khu) Phố|^(Tiểu) Khu|^(Khu) Dân Cư", _small_tail, name_case(name))


def _small_tail(match: re.Match[str]) -> str:
    return match[0][:1] + match[0][1:].lower()


def village_of_sheet(name: str) -> str | None:
    """Return the village that a sheet's name gives, or None for names such as Sheet1 or Hộ nghèo."""
    village = village_of_line(name)
    if village is not None:
        return village
    folded = fold(name)
    if _GENERIC_SHEETS.match(folded) or poverty_of_line(name) is not None or "ngheo" in folded or not folded:
        return None
    return nfc_name(name)


@lru_cache(maxsize=4096)
def poverty_of_line(text: str) -> str | None:
    """Return the class that a heading, title or sheet name gives for all rows below; None when it names both or none."""
    folded = fold(text)
    near = bool(re.search(r"\bcan ngheo\b", folded))
    poor = bool(re.search(r"\b(ho|dien) ngheo\b", folded)) or folded in ("ngheo", "hn")
    if near == poor:
        return None
    return "near_poor" if near else "poor"
