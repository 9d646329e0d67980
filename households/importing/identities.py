"""National ids as typed: lost zeros, spaces, dots, apostrophes, numbers, scientific notation, old nine-digit cards."""

import datetime as dt
import re
from dataclasses import dataclass

from households.importing.findings import Cell, Read, Remark, error, info, warning
from households.importing.texts import cell_text, is_blank, words

# Province codes of birth registration in the twelve-digit number (the 63 provinces; codes do not change after mergers).
_PROVINCES = frozenset(
    int(code)
    for code in words(
        "1|2|4|6|8|10|11|12|14|15|17|19|20|22|24|25|26|27|30|31|33|34|35|36|37|38|40|42|44|45|46|48|49|51|52|54|56|58|60|62|64|66|67|68"
        "|70|72|74|75|77|79|80|82|83|84|86|87|89|91|92|93|94|95|96"
    )
)
_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+?(\d+)")
_GROUPS = re.compile(r"\d[\d .\-']*\d|\d")


@dataclass(frozen=True)
class Identity:
    """Twelve digits, or an old card's nine."""

    national_id: str | None
    old_id: str | None = None


def read_identity(value: Cell) -> Read[Identity]:
    """Return the number as twelve digits; anything else gives None for it and says why."""
    if value is None or is_blank(value):
        return Read(None)
    if isinstance(value, dt.date | dt.time | dt.timedelta | bool):
        return Read(None, (error("Excel đã đổi số định danh thành ngày; để trống, hãy nhập lại dạng chữ"),))
    if isinstance(value, int | float):
        return _from_number(float(value))
    return _from_text(cell_text(value))


def _from_number(value: float) -> Read[Identity]:
    if not value.is_integer() or value <= 0 or value >= 1e15:
        return Read(None, (error("Số định danh bị Excel đổi thành số lẻ hoặc quá dài; để trống, hãy nhập lại dạng chữ"),))
    digits = str(int(value))
    if len(digits) >= 10 and digits.endswith("00000"):
        return Read(None, (error("Số định danh đã mất các chữ số cuối (dạng 2.09E+11); để trống, hãy nhập lại"),))
    return _from_digits(digits)


def _from_text(text: str) -> Read[Identity]:
    if len(text) == 12 and text.isdecimal():
        return _from_digits(text)
    text = text.lstrip("'`").strip()
    if match := _SCIENTIFIC.fullmatch(text.replace(" ", "")):
        fraction = match[2] or ""
        missing = int(match[3]) - len(fraction)
        if missing:
            return Read(None, (error(f"Số định danh đã mất các chữ số cuối ({text}); để trống, hãy nhập lại"),))
        return _from_digits(match[1] + fraction)
    remarks: list[Remark] = []
    text = re.sub(r"\.0$", "", text)
    if re.search(r"\d[oOlI]|[oOlI]\d", text):
        text = text.translate(str.maketrans("oOlI", "0011"))
        remarks.append(warning("chữ O, l gõ thay số 0, 1"))
    tokens = re.findall(r"\d+", text)
    whole = any(len(token) == 12 for token in tokens)
    found = tokens if whole else [re.sub(r"\D", "", group) for group in _GROUPS.findall(text)]
    if not found:
        return Read(None, (warning(f"“{text}” không phải số định danh; để trống"),))
    if len(found) > 1:
        return _from_several(found, text)
    if re.search(r"[^\W\d_]", re.sub(r"(?i)(cccd|cmnd|cmt|đdcn|số|so|:)", "", text)):
        remarks.append(warning(f"có chữ kèm theo số định danh: “{text}”"))
    read = _from_digits(found[0])
    return Read(read.value, (*remarks, *read.remarks))


def _from_several(found: list[str], text: str) -> Read[Identity]:
    full = [digits for digits in found if len(digits) == 12]
    if len(full) == 1:
        old = next((digits for digits in found if len(digits) == 9), None)
        return Read(Identity(full[0], old), (info(f"Ô có hai số, lấy số định danh 12 chữ số: {full[0]}"), *_province_remark(full[0])))
    joined = "".join(found)
    if len(joined) == 12 and not full:
        return _from_digits(joined)
    return Read(None, (error(f"Không rõ số định danh trong “{text}”; để trống, hãy sửa lại"),))


def _from_digits(digits: str) -> Read[Identity]:
    if len(digits) == 12:
        return Read(Identity(digits), _province_remark(digits))
    if len(digits) in (10, 11):
        padded = digits.zfill(12)
        remark = warning(f"Thiếu số 0 ở đầu, hiểu là {padded}")
        if int(padded[:3]) not in _PROVINCES or int(padded[3]) > 3:
            return Read(None, (error(f"Số định danh chỉ có {len(digits)} chữ số; để trống, hãy sửa lại"),))
        return Read(Identity(padded), (remark,))
    if len(digits) in (8, 9):
        old = digits.zfill(9)
        return Read(Identity(None, old), (warning(f"Số CMND cũ ({old}), không phải số định danh 12 chữ số; chưa có số định danh"),))
    return Read(None, (error(f"Số định danh có {len(digits)} chữ số thay vì 12; để trống, hãy sửa lại"),))


def _province_remark(digits: str) -> tuple[Remark, ...]:
    if int(digits[:3]) in _PROVINCES:
        return ()
    return (warning(f"Ba số đầu {digits[:3]} không phải mã tỉnh nơi đăng ký khai sinh, hãy kiểm tra"),)


def sex_of(national_id: str) -> str:
    """The sex that the fourth digit states: even male, odd female."""
    return "female" if int(national_id[3]) % 2 else "male"


def year_of(national_id: str) -> int:
    """The birth year that digits four to six state."""
    return 1900 + int(national_id[3]) // 2 * 100 + int(national_id[4:6])


def compare(national_id: str, sex: str | None, year: int | None) -> tuple[Remark, ...]:
    """Soft checks: a mismatch is a warning to review, never a rejection."""
    remarks: list[Remark] = []
    if sex is not None and sex_of(national_id) != sex:
        remarks.append(warning(f"Chữ số thứ tư của số định danh ứng với {'nữ' if sex == 'male' else 'nam'}, trái với giới tính đã ghi"))
    if year is not None and year_of(national_id) != year:
        remarks.append(warning(f"Số định danh ứng với năm sinh {year_of(national_id)}, danh sách ghi {year}"))
    return tuple(remarks)
