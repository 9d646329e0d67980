"""Disability and schooling as lists word them."""

import re
from functools import lru_cache

from households.importing.findings import Cell, Disability, Read, Remark, info, warning
from households.importing.texts import cell_text, is_blank, is_mark, words
from posasoft.core.names import fold

_TYPES = (
    ("mental", "than kinh tam than|than kinh|tam than|dong kinh|tk tt|tktt|tt tk|tk tam than|roi loan tam than|tam than phan liet|bai nao"),
    ("intellectual", "tri tue|thieu nang|cham phat trien|tt|down|cham phat trien tri tue|tri nao|thieu nang tri tue|tu ki"),
    ("hearing_speech", "nghe noi|nghe|noi|cam diec|cam|diec|khiem thinh|nghe va noi|nn"),
    ("sight", "nhin|mu|khiem thi|mat|thi luc|mu loa|mu mat|hong mat"),
    ("mobility", "van dong|liet|cut|que|chan tai|vd|bai liet|chan|tai|teo co|liet nua nguoi|cut chan|cut tai"),
    ("other", "khac|tat khac|khuiet tat khac|dang khac"),
)
_DEGREES = (
    ("extremely_severe", "dac biet nang|db nang|dbn|dac biet|dac biet n|d b n|muc dac biet nang|db|nang db|dac biet nang 81|dac nang"),
    ("severe", "nang|n|muc nang|nag"),
    ("mild", "nhe|nh|muc nhe|nhe va trung binh"),
)
_NONE = frozenset(("khong", "ko", "k", "0", "binh thuong", "khong khuiet tat", "khong co"))
_PERCENT = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s*%")


def _phrases(table: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    pairs = [(phrase, code) for code, phrases in table for phrase in phrases.split("|")]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


_TYPE_PHRASES = _phrases(_TYPES)
_DEGREE_PHRASES = _phrases(_DEGREES)
_TYPE_WHOLE, _DEGREE_WHOLE = dict(_TYPE_PHRASES), dict(_DEGREE_PHRASES)


def read_disability_type(value: Cell) -> Read[str]:
    """Return the type code; a cell that names two types gives the first with a warning."""
    if value is None or is_blank(value):
        return Read(None)
    return _type(cell_text(value))


@lru_cache(maxsize=2048)
def _type(text: str) -> Read[str]:
    folded = fold(text)
    for prefix in ("khuiet tat ", "kt ", "tat ", "dang "):
        folded = folded.removeprefix(prefix)
    if folded in _NONE:
        return Read(None)
    if folded in _TYPE_WHOLE:
        return Read(_TYPE_WHOLE[folded])
    found = _contained(folded, _TYPE_PHRASES)
    if not found:
        return Read(None, (warning(f"Không nhận ra dạng tật “{text}”; để trống"),))
    if len(set(found)) > 1:
        return Read(found[0], (warning(f"“{text}” có nhiều dạng tật, lấy dạng đầu"),))
    return Read(found[0])


def read_disability_degree(value: Cell) -> Read[str]:
    """Return the degree code; a percentage counts as ≥ 81 extremely severe, 61–80 severe, less mild (Law 51/2010)."""
    if value is None or is_blank(value):
        return Read(None)
    if isinstance(value, float) and 0 < value <= 1:
        return _by_percent(round(value * 100), cell_text(value))
    return _degree(cell_text(value))


@lru_cache(maxsize=2048)
def _degree(text: str) -> Read[str]:
    folded = fold(_PERCENT.sub("", text))
    if folded in _NONE:
        return Read(None)
    if folded in _DEGREE_WHOLE:
        return Read(_DEGREE_WHOLE[folded])
    if match := _PERCENT.search(text):
        found = _contained(folded, _DEGREE_PHRASES)
        return Read(found[0]) if found else _by_percent(int(match[1]), text)
    found = _contained(folded, _DEGREE_PHRASES)
    if found:
        return Read(found[0])
    return Read(None, (warning(f"Không nhận ra mức độ khuyết tật “{text}”; để trống"),))


def _by_percent(percent: int, text: str) -> Read[str]:
    degree = "extremely_severe" if percent >= 81 else "severe" if percent >= 61 else "mild"
    return Read(degree, (warning(f"Mức độ suy ra từ tỷ lệ “{text}”, hãy kiểm tra giấy xác nhận"),))


def _contained(folded: str, phrases: list[tuple[str, str]]) -> list[str]:
    """Codes of the phrases found as whole words, in order of appearance; a phrase inside a longer found one does not count."""
    rest = f" {folded} "
    found: list[tuple[int, str]] = []
    for phrase, code in phrases:
        position = rest.find(f" {phrase} ")
        if position >= 0:
            found.append((position, code))
            rest = rest.replace(f" {phrase} ", f" {'#' * len(phrase)} ", 1)
    return [code for _, code in sorted(found)]


def read_disability(value: Cell) -> Read[Disability]:
    """Read one column that holds type and degree together: “Vận động – nặng”, “ĐBN”, x."""
    if value is None or is_blank(value):
        return Read(None)
    text = cell_text(value)
    folded = fold(_PERCENT.sub("", text))
    if folded in _NONE:
        return Read(None)
    if is_mark(value):
        return Read(Disability(None, None), (warning("Có khuyết tật nhưng không ghi dạng và mức độ"),))
    degrees = _contained(folded, _DEGREE_PHRASES)
    types = _contained(folded, _TYPE_PHRASES)
    if not degrees and not types:
        return Read(None, (warning(f"Không nhận ra khuyết tật “{text}”; để trống"),))
    remarks: list[Remark] = []
    if len(set(types)) > 1 or len(set(degrees)) > 1:
        remarks.append(warning(f"“{text}” có nhiều cách hiểu, lấy phần đầu"))
    return Read(Disability(types[0] if types else None, degrees[0] if degrees else None), tuple(remarks))


_STUDY_WORDS = (
    ("nursery", "nha tre|nhom tre"),
    ("preschool", "mau giao|mam non|mg|mn|lop la|lop choi|lop mam|mg lon|mg nho|mg nho|5 tuoi|hs mam non|mau giao lon"),
    ("vocational", "trung cap|hoc nghe|nghe|tc|so cap|trung cap nghe|tc nghe|trung tam gdnn|trung hoc chuien nghiep|thcn|tccn"),
    ("college", "cao dang|cd|cao dang nghe|sv cao dang|sinh vien cao dang|cao dang su pham"),
    ("university", "dai hoc|dh|sinh vien|sinh vien dai hoc|sv|sv dai hoc|hoc vien|sv dh|sinh vien dh"),
    ("upper_secondary", "thpt|cap 3|cap iii|trung hoc pho thong|ptth|pt trung hoc|hs thpt|cap ba|gdtx|bo tuc thpt"),
    ("lower_secondary", "thcs|cap 2|cap ii|trung hoc co so|ptcs|hs thcs|cap hai|dtnt thcs"),
    ("primary", "tieu hoc|cap 1|cap i|th|hs tieu hoc|cap mot"),
)
_NOT_STUDYING = frozenset(
    words(
        "khong|ko|k|nghi hoc|da nghi hoc|bo hoc|da bo hoc|thoi hoc|chua di hoc|khong di hoc|khong hoc|mu chu|khong biet chu|da nghi"
        "|da tot nghiep|tot nghiep|chua hoc|con nho|chua den tuoi|lao dong|da ra truong|khong con hoc|0|biet chu|da thoi hoc|chua"
        "|xoa mu"
    )
)
_STUDY_WHOLE = {phrase: code for code, phrases in _STUDY_WORDS for phrase in phrases.split("|")}
_CLASS = re.compile(
    r"(?:lop|l|hs lop|hoc sinh lop|hoc lop|dang hoc lop|hs|dang hoc|hs l)?\s*(\d{1,2})\s*(?:[a-h]\d?)?(?: (?:truong .*|pt.*|th.*))?"
)
_LEVEL_REACHED = re.compile(r"(\d{1,2})\s*/\s*(?:10|12)")
_ROMAN_CLASS = re.compile(r"\blop (i{1,3}|iv|v|vi{1,3}|ix|x|xi{1,2})\b")


def read_studying(value: Cell) -> Read[str]:
    """Return the level of school attended; “nghỉ học” and a level reached (9/12) are None with a remark."""
    if value is None or is_blank(value):
        return Read(None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _class(int(value), cell_text(value)) if float(value).is_integer() else _unknown_study(cell_text(value))
    return _studying(cell_text(value))


@lru_cache(maxsize=4096)
def _studying(text: str) -> Read[str]:
    folded = fold(text)
    if folded in _NOT_STUDYING:
        return Read(None, (info(f"“{text}”: hiểu là không đi học"),))
    if _LEVEL_REACHED.fullmatch(text.strip()):
        return Read(None, (info(f"“{text}” là trình độ đã học hết, không phải đang học; để trống"),))
    folded = _ROMAN_CLASS.sub(lambda match: f"lop {_ROMAN[match[1]]}", folded)
    if match := _CLASS.fullmatch(folded):
        return _class(int(match[1]), text)
    if folded in _STUDY_WHOLE:
        return Read(_STUDY_WHOLE[folded])
    if any(word in folded for word in ("nghi hoc", "bo hoc", "thoi hoc", "tot nghiep")):
        return Read(None, (info(f"“{text}”: hiểu là không đi học"),))
    if match := re.search(r"\blop (\d{1,2})", folded):
        return _class(int(match[1]), text)
    found = _contained(folded, [(phrase, code) for phrase, code in _STUDY_BY_LENGTH if len(phrase) > 2])
    return Read(found[0]) if found else _unknown_study(text)


_STUDY_BY_LENGTH = sorted(_STUDY_WHOLE.items(), key=lambda pair: -len(pair[0]))
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12}


def _class(number: int, text: str) -> Read[str]:
    if 1 <= number <= 5:
        return Read("primary")
    if 6 <= number <= 9:
        return Read("lower_secondary")
    return Read("upper_secondary") if 10 <= number <= 12 else _unknown_study(text)


def _unknown_study(text: str) -> Read[str]:
    return Read(None, (warning(f"Không rõ đang học gì: “{text}”; để trống"),))


def level_of_age(age: int) -> str | None:
    """The usual level of a pupil of this age (full years at the end of the calendar year), or None."""
    for last, level in ((2, "nursery"), (5, "preschool"), (10, "primary"), (14, "lower_secondary"), (18, "upper_secondary")):
        if age <= last:
            return level
    return None
