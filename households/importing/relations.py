"""Relation to the head of household, sex, and poverty class, as lists word them."""

import re
from functools import lru_cache

from households.importing.findings import Cell, Read, warning
from households.importing.texts import cell_text, is_blank, words
from posasoft.core.names import fold, nfc_name

# Compared with accents, because "bà" (grandmother) and "ba" (father) differ by the tone alone.
_WITH_ACCENTS = {
    "bà": "other",
    "ba": "parent",
    "má": "parent",
    "mạ": "parent",
    "cô": "other",
    "cố": "other",
    "bá": "other",
    "bu": "parent",
    "chủ": "head",
    "chú": "other",
}
_HEAD = "chủ hộ|ch|chu ho|chủ|bản thân|chủ hộ gđ|là chủ hộ|c hộ|chủ nhà|chủ gia đình|đại diện hộ"
_SPOUSE = "vợ|chồng|vo|v|vợ chồng|vợ hai|vợ 2|vợ 1|vợ cả|bạn đời|chồng hờ|vợ hợp pháp|vợ chủ hộ|chồng chủ hộ"
_CHILD = (
    "con|con đẻ|con ruột|con nuôi|con trai|con gái|con riêng|con chung|con cả|con thứ|con út|con đầu|c đẻ"
    "|con ngoài giá thú|con trai cả|con gái út"
)
_PARENT = (
    "bố|mẹ|cha|bố đẻ|mẹ đẻ|cha đẻ|mẹ ruột|cha ruột|bố ruột|ba má|tía|thầy|u|bố nuôi|mẹ nuôi|cha nuôi|cha mẹ|bố mẹ"
    "|mẹ già|bố già|ba ruột|má ruột"
)
_OTHER = (
    "con dâu|con rể|dâu|rể|cháu|cháu nội|cháu ngoại|chắt|ông|ông nội|ông ngoại|bà nội|bà ngoại|anh|chị|em|anh trai"
    "|chị gái|em trai|em gái|cậu|dì|chú|bác|thím|mợ"
    "|bố chồng|mẹ chồng|bố vợ|mẹ vợ|cha chồng|cha vợ|em dâu|em rể|chị dâu|anh rể|cháu dâu|cháu rể|cháu ruột|cháu họ"
    "|khác|người thân|họ hàng|ở nhờ"
    "|cháu đích tôn|người ở cùng|ông bà|anh chị em|em ruột|anh ruột|chị ruột|kế|mẹ kế|bố dượng|dượng"
    "|con riêng của vợ|con riêng của chồng|con chồng|con vợ"
    "|cháu gái|cháu trai|cô ruột|dì ruột|chú ruột|bác ruột|cậu ruột|người giám hộ|cụ|chít|con dâu cả|con dâu út"
    "|nhạc mẫu|nhạc phụ|cháu gọi bằng ông|cùng ở"
)


def _table() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, listed in (("head", _HEAD), ("spouse", _SPOUSE), ("child", _CHILD), ("parent", _PARENT), ("other", _OTHER)):
        found.update({fold(word): code for word in words(listed)})
    return found


_RELATIONS = _table()
_OTHER_FIRST = (
    "con dau",
    "con re",
    "chau",
    "chat",
    "ong",
    "anh",
    "chi",
    "em",
    "dau",
    "re",
    "bo chong",
    "me chong",
    "bo vo",
    "me vo",
    "chu",
    "bac",
    "cau",
    "di",
)
# Abbreviations that stand for several relations.
_AMBIGUOUS = frozenset(("c", "m", "b", "a", "e"))
_SEX_OF_RELATION = {
    **dict.fromkeys(
        ("vo", "me", "me de", "con gai", "chi", "chi gai", "em gai", "con dau", "ba noi", "ba ngoai", "chau gai", "me vo", "me chong"),
        "female",
    ),
    **dict.fromkeys(
        ("chong", "bo", "cha", "bo de", "cha de", "con trai", "anh", "anh trai", "em trai", "con re", "ong noi", "ong ngoai"), "male"
    ),
}


def read_relation(value: Cell) -> Read[str]:
    """Return head, spouse, child, parent or other; blank is None, and so is an unknown word, with a warning."""
    if value is None or is_blank(value):
        return Read(None)
    return _relation(cell_text(value))


@lru_cache(maxsize=4096)
def _relation(text: str) -> Read[str]:
    accented = nfc_name(text).casefold().strip(" .")
    if accented in _WITH_ACCENTS:
        return Read(_WITH_ACCENTS[accented])
    folded = re.sub(r"\b(thu )?\d+$", "", fold(text)).strip()
    if folded in _RELATIONS:
        return Read(_RELATIONS[folded])
    if folded in _AMBIGUOUS:
        return Read(None, (warning(f"Quan hệ viết tắt “{text}” có nhiều cách hiểu; để trống"),))
    if folded.startswith("chu ho"):
        return Read("head")
    if any(folded == word or folded.startswith(f"{word} ") for word in _OTHER_FIRST):
        return Read("other")
    first = _RELATIONS.get(folded.split(" ")[0]) if folded else None
    if first is not None:
        return Read(first, (warning(f"Quan hệ “{text}” hiểu là “{folded.split(' ')[0]}”"),))
    return Read(None, (warning(f"Không nhận ra quan hệ “{text}”; để trống"),))


def sex_of_relation(value: Cell) -> str | None:
    """The sex that a word of relation states (vợ, bố, con gái), or None."""
    return _SEX_OF_RELATION.get(fold(cell_text(value))) if isinstance(value, str) else None


_MALE = frozenset(("nam", "male", "m", "trai", "na", "nam gioi", "n am", "1 nam"))
_FEMALE = frozenset(("nu", "female", "f", "gai", "nu gioi", "n u"))


def read_sex(value: Cell) -> Read[str]:
    """Return male or female from words; None with a warning for anything else (a tick is judged by the column)."""
    if value is None or is_blank(value):
        return Read(None)
    folded = fold(cell_text(value))
    if folded in _MALE:
        return Read("male")
    if folded in _FEMALE:
        return Read("female")
    return Read(None, (warning(f"Không rõ giới tính “{cell_text(value)}”; để trống"),))


_POOR = frozenset(
    words(
        "ho ngheo|ngheo|hn|n|ho n|h ngheo|ho ngheo dtts|ngheo dtts|ho ngheo btxh|ho ngheo khong co kha nang lao dong|ho ngheo da chieu"
        "|hngheo|ngheo da chieu|poor"
    )
)
_NEAR_POOR = frozenset(
    words("ho can ngheo|can ngheo|hcn|cn|can|ho cn|ho can|h can ngheo|c ngheo|can ngheo dtts|ho can ngheo dtts|cngheo|near poor")
)
_NOT_POOR = frozenset(
    words(
        "khong|khong ngheo|thoat ngheo|ho thoat ngheo|thoat can ngheo|binh thuong|trung binh|tb|kha|ho khong ngheo|mstb|ho trung binh"
        "|ho kha|moi thoat ngheo"
    )
)


def read_poverty(value: Cell) -> Read[str]:
    """Return poor or near_poor; a household outside both lists is None with a warning."""
    if value is None or is_blank(value):
        return Read(None)
    folded = fold(cell_text(value))
    if folded in _POOR:
        return Read("poor")
    if folded in _NEAR_POOR or "can ngheo" in folded and "thoat" not in folded and folded.count("ngheo") == 1:
        return Read("near_poor")
    if folded in _NOT_POOR or "thoat" in folded:
        return Read(None, (warning(f"“{cell_text(value)}”: không thuộc hộ nghèo hay cận nghèo; để trống"),))
    if re.search(r"\b(ho )?ngheo\b", folded) and "can" not in folded:
        return Read("poor")
    return Read(None, (warning(f"Không rõ phân loại hộ “{cell_text(value)}”; để trống"),))
