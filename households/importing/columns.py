"""The columns a list can have, and every heading under which communes write them.

A heading is compared in folded form (no accents, small letters): the longest phrase found in it as whole words decides; a
phrase with = in front must be the whole heading.
"""

import re
from functools import lru_cache

from posasoft.core.names import fold, nfc_name

NAME_FIELDS = ("name", "head_name", "member_name", "name_family", "name_given")
# Fields whose blank cells below the head mean the head's value.
HOUSEHOLD_FIELDS = ("village", "address", "poverty", "poverty=poor", "poverty=near_poor", "b1", "b2", "household_code")

FIELD_TITLES = {
    "no": "Số thứ tự",
    "household_no": "Số thứ tự hộ",
    "household_code": "Mã hộ",
    "name": "Họ và tên",
    "head_name": "Họ tên chủ hộ (cột riêng)",
    "member_name": "Họ tên thành viên (cột riêng)",
    "name_family": "Họ và tên đệm",
    "name_given": "Tên",
    "relation": "Quan hệ với chủ hộ",
    "born": "Ngày, tháng, năm sinh",
    "born_male": "Ngày sinh – cột Nam",
    "born_female": "Ngày sinh – cột Nữ",
    "born_day": "Ngày sinh – ngày",
    "born_month": "Ngày sinh – tháng",
    "born_year": "Ngày sinh – năm",
    "sex": "Giới tính",
    "sex=male": "Đánh dấu Nam",
    "sex=female": "Đánh dấu Nữ",
    "ethnicity": "Dân tộc",
    "national_id": "Số định danh, CCCD",
    "old_id": "Số CMND cũ",
    "village": "Thôn, bản, tổ dân phố",
    "address": "Địa chỉ",
    "poverty": "Phân loại hộ",
    "poverty=poor": "Đánh dấu hộ nghèo",
    "poverty=near_poor": "Đánh dấu hộ cận nghèo",
    "b1": "Điểm B1",
    "b2": "Điểm B2",
    "disability": "Khuyết tật (dạng và mức độ)",
    "disability_type": "Dạng tật",
    "disability_degree": "Mức độ khuyết tật",
    "disability_type=mobility": "Đánh dấu khuyết tật vận động",
    "disability_type=hearing_speech": "Đánh dấu khuyết tật nghe, nói",
    "disability_type=sight": "Đánh dấu khuyết tật nhìn",
    "disability_type=mental": "Đánh dấu khuyết tật thần kinh, tâm thần",
    "disability_type=intellectual": "Đánh dấu khuyết tật trí tuệ",
    "disability_type=other": "Đánh dấu khuyết tật khác",
    "disability_degree=extremely_severe": "Đánh dấu mức đặc biệt nặng",
    "disability_degree=severe": "Đánh dấu mức nặng",
    "disability_degree=mild": "Đánh dấu mức nhẹ",
    "studying": "Đang học",
    "benefit": "Khoản, Điều 5 (trợ cấp)",
    "amount": "Số tiền trợ cấp",
    "died": "Ngày mất",
    "note": "Ghi chú",
    "ignore": "Không dùng",
}

_PHRASES: dict[str, str] = {
    "no": "=stt|=tt|=số tt|=số thứ tự|=s tt|=st|=no|=thứ tự",
    "household_no": "stt hộ|tt hộ|số tt hộ|số thứ tự hộ|=hộ số|=số hộ|=hộ",
    "person_no": "stt khẩu|tt khẩu|stt thành viên|stt tv|stt nhân khẩu|=số tt khẩu|=stt trong hộ|=tt trong hộ",
    "household_code": "mã hộ|mã số hộ|=mã hgđ|mã hộ gia đình|mã hộ nghèo",
    "name": "họ và tên|họ tên|=tên|=họ và tên chủ hộ thành viên|chủ hộ thành viên|chủ hộ và thành viên|chủ hộ và các thành viên"
    "|họ và tên chủ hộ và thành viên|họ tên chủ hộ và thành viên|họ và tên chủ hộ và các thành viên|họ và tên chủ hộ các thành viên"
    "|họ và tên chủ hộ thành viên|họ tên chủ hộ thành viên|họ tên chủ hộ và các thành viên|họ và tên người|họ tên người|=hoten|=họ & tên"
    "|họ và tên các thành viên trong hộ|họ và tên từng người|họ và tên đối tượng|họ và tên thành viên trong hộ"
    "|họ và tên nhân khẩu|=fullname"
    "|họ và tên chủ hộ và nhân khẩu|họ tên các thành viên|họ và tên các thành viên",
    "head_name": "họ và tên chủ hộ|họ tên chủ hộ|tên chủ hộ|=chủ hộ|họ và tên hộ|họ tên hộ|=hộ gia đình|chủ hộ gia đình",
    "member_name": "họ và tên thành viên|họ tên thành viên|tên thành viên|=thành viên|thành viên trong hộ|thành viên hộ|tên nhân khẩu"
    "|=nhân khẩu|họ tên nhân khẩu|thành viên trong gia đình|thành viên gia đình|=các thành viên",
    "name_family": "họ và tên đệm|họ đệm|họ tên đệm|=họ|họ và chữ đệm|họ lót|họ và tên lót",
    "relation": "quan hệ với chủ hộ|quan hệ|=qh|qh với chủ hộ|mối quan hệ|mqh|=qhvch|=qh chủ hộ|quan hệ chủ hộ|q hệ|qh ch|quan hệ với ch",
    "born": "ngày tháng năm sinh|ngày sinh|năm sinh|=ntns|sinh ngày|sinh năm|tháng năm sinh|=ngaysinh|=ns|=ngày tháng năm"
    "|=sinh|ngày th năm sinh"
    "|ngày tháng sinh|=dob|ngày tháng năm s",
    "sex": "giới tính|=giới|nam nữ|=gt|=phái|nam hay nữ|=g tính",
    "sex=male": "=nam|=nam x",
    "sex=female": "=nữ|=nữ x|=phụ nữ|nữ đánh dấu x|=là nữ|nữ đánh x",
    "ethnicity": "dân tộc|=dt|tộc người|=d tộc|=dântộc",
    "national_id": "cccd|định danh|căn cước|ddcn|cccd cmnd|cmnd cccd|cmnd cmtnd|cmnd căn cước|cmt cccd|giấy tờ tùy thân|gttt"
    "|=số giấy tờ|cmnd hoặc"
    "|cccd ddcn|=cmndcccd|cmnd định danh|chứng minh nhân dân căn cước|cmtnd cccd|cmnd thẻ căn cước|số cmnd cccd"
    "|cmnd cccd ddcn|=cmndcc|số đd"
    "|số định danh cá nhân|mã định danh|mã số định danh|số căn cước công dân|số cccd ddcn",
    "old_id": "cmnd|=cmt|=cmtnd|chứng minh nhân dân|=số cmt|=số cmtnd|chứng minh thư|số cmnd cũ",
    "village": "thôn|bản|xóm|ấp|khu phố|tổ dân phố|buôn|làng|khóm|thôn tổ dân phố|thôn bản|=tổ|khu dân cư|=khu|phum|sóc|tdp"
    "|bon|=địa bàn|tên thôn"
    "|thôn bản xóm|thôn xóm|ấp khóm|ấp khu phố|địa chỉ thôn|địa chỉ thôn bản|tiểu khu|=khối|khối phố|khối xóm|=đội|=cụm|=tổ thôn|plei|tổ dp",
    "address": "địa chỉ|nơi ở|chỗ ở|nơi cư trú|thường trú|=nơi đktt|nơi đăng ký",
    "poverty": "phân loại hộ|diện hộ|loại hộ|=phân loại|=diện|hộ nghèo cận nghèo|kết quả phân loại|hộ nghèo hộ cận nghèo"
    "|diện nghèo|thuộc diện"
    "|nghèo cận nghèo|phân loại hộ nghèo hộ cận nghèo|phân loại hộ nghèo|phân loại nghèo|kết quả rà soát|=loại|diện hộ nghèo|đối tượng hộ"
    "|phân loại hộ nghèo cận nghèo|hộ nghèo hay cận nghèo|loại hộ nghèo cận nghèo|loại hộ nghèo hộ cận nghèo"
    "|thuộc hộ|=xếp loại hộ|xếp loại",
    "poverty=poor": "=hộ nghèo|=nghèo|=hn|=hộ n|=hộ nghèo x",
    "poverty=near_poor": "=hộ cận nghèo|=cận nghèo|=hcn|=cn|=hộ cn|=cận|=hộ cận|=hộ cận nghèo x",
    "b1": "b1|điểm b1|tổng điểm b1|=điểm thu nhập",
    "b2": "b2|điểm b2|tổng điểm b2|=điểm thiếu hụt",
    "disability": "khuyết tật|tình trạng khuyết tật|=nkt|=kt|người khuyết tật|dạng tật và mức độ|dạng tật mức độ|dạng khuyết tật và mức độ",
    "disability_type": "dạng tật|dạng khuyết tật|loại tật|loại khuyết tật|dạng kt|loại kt|=tật|=dạng|khuyết tật dạng",
    "disability_degree": "=mức độ|mức độ khuyết tật|mức độ kt|mđkt|mức độ tật|mức kt|mức độ khuyết tật nặng|=mức độ nặng nhẹ"
    "|khuyết tật mức độ|mức khuyết tật",
    "studying": "đang học|đang học lớp|học lớp|=lớp|đi học|tình trạng đi học|trình độ|trình độ học vấn|cấp học|bậc học"
    "|đang theo học|=học sinh"
    "|trình độ văn hóa|học vấn|tình trạng học tập|=học|học sinh sinh viên|đang học cấp|hiện đang học|lớp đang học|học sinh lớp|học lớp mấy",
    "benefit": "khoản|khoản điều 5|khoản điều 5 nđ 20|đối tượng bảo trợ|=đối tượng|loại đối tượng|đối tượng btxh|điều khoản"
    "|diện hưởng|nhóm đối tượng"
    "|đối tượng hưởng|khoản điểm|theo khoản|đối tượng trợ cấp|đối tượng theo nđ 20|diện trợ cấp|đối tượng bảo trợ xã hội|loại trợ cấp",
    "amount": "số tiền|mức trợ cấp|mức hưởng|tiền trợ cấp|trợ cấp hằng tháng|trợ cấp hàng tháng|mức tiền|kinh phí|=thành tiền"
    "|=tiền|mức tchtt"
    "|số tiền trợ cấp|tctx|trợ cấp xã hội|mức hưởng trợ cấp|mức tc|số tiền hưởng|=trợ cấp|số tiền tháng|được hưởng mức|mức được hưởng",
    "died": "ngày mất|ngày chết|năm mất|ngày tháng năm mất|ngày tháng năm chết|=chết|ngày từ trần",
    "note": "ghi chú|chú thích|=g chú|=diễn giải|=gc",
    "ignore": "hệ số|số khẩu|số nhân khẩu|tổng số khẩu|tổng điểm|nghề nghiệp|điện thoại|sđt|bhyt|thẻ|ngày cấp|nơi cấp|=tuổi"
    "|nguyên nhân|thiếu hụt"
    "|ký nhận|sổ hộ|tôn giáo|lao động|thu nhập|việc làm|nhà ở|nước sạch|vệ sinh|từ tháng|quyết định|tài khoản"
    "|ngân hàng|số thành viên|dân số"
    "|chức vụ|số người|nhu cầu|quê quán|ngày cấp cccd|nơi cấp cccd|ngày cấp cmnd|nơi cấp cmnd|ngày cấp cccd cmnd"
    "|nơi cấp cccd cmnd|quốc tịch"
    "|số điện thoại chủ hộ|thẻ bhyt|năm công nhận|thời điểm|ngày vào|tình trạng hôn nhân|hôn nhân|mã số bhxh"
    "|mã bhxh|xã|huyện|tỉnh|ký tên|chữ ký",
}

# Sub-headings that mean something only below a group heading.
_TYPE_MARKS = {
    "van dong": "mobility",
    "nghe noi": "hearing_speech",
    "nghe": "hearing_speech",
    "nhin": "sight",
    "than kinh tam than": "mental",
    "than kinh": "mental",
    "tam than": "mental",
    "tri tue": "intellectual",
    "khac": "other",
    "tat khac": "other",
    "khuiet tat khac": "other",
}
_DEGREE_MARKS = {
    "dac biet nang": "extremely_severe",
    "dbn": "extremely_severe",
    "db nang": "extremely_severe",
    "nang": "severe",
    "nhe": "mild",
}
# Compared with accents: "Nam" is the column of men, "Năm" the year.
_BELOW_BORN = {"nam": "born_male", "nữ": "born_female", "ngày": "born_day", "tháng": "born_month", "năm": "born_year"}


SUB_HEADINGS = frozenset((*_TYPE_MARKS, *_DEGREE_MARKS))


def fold_label(text: str) -> str:
    """Fold a heading; a hyphen between words separates them here."""
    return fold(text.replace("-", " ").replace("–", " "))


def _compiled() -> tuple[dict[str, str], list[tuple[str, str]]]:
    whole: dict[str, str] = {}
    inside: list[tuple[str, str]] = []
    for name, phrases in _PHRASES.items():
        for phrase in phrases.split("|"):
            folded = fold_label(phrase.lstrip("="))
            whole.setdefault(folded, name)
            if not phrase.startswith("="):
                inside.append((f" {folded} ", name))
    # The longest phrase wins: "quan hệ với chủ hộ" is no "chủ hộ".
    return whole, sorted(inside, key=lambda entry: -len(entry[0]))


_WHOLE, _INSIDE = _compiled()
_BRACKETS = re.compile(r"\(([^()]*)\)?")
_OF_A_YEAR = re.compile(r"\b(cuoi |dau )?(nam )?20\d\d$")


@lru_cache(maxsize=8192)
def field_of_label(text: str) -> str | None:
    """Return the field that one heading names by itself, or None. What stands in brackets only explains: “Điểm B1 (thu nhập)”."""
    bare, inside = _BRACKETS.sub(" ", text), " ".join(_BRACKETS.findall(text))
    found = _match(fold_label(bare))
    if found in (None, "address") and inside:
        explained = _match(fold_label(inside))
        return explained if explained == "village" or found is None else found
    return found


def _match(folded: str) -> str | None:
    folded = _OF_A_YEAR.sub("", folded).strip()
    if folded in _WHOLE:
        return _WHOLE[folded]
    padded = f" {folded} "
    return next((name for phrase, name in _INSIDE if phrase in padded), None)


@lru_cache(maxsize=4096)
def field_of_path(path: tuple[str, ...]) -> str | None:
    """Return the field of a column from its headings, top group first: ("Năm sinh", "Nam") is the birth date of men."""
    if not path:
        return None
    if len(path) == 1:
        return field_of_label(path[0])
    group = " ".join(path[:-1])
    above = field_of_label(group)
    return _below(above, fold_label(group), path[-1]) or field_of_label(path[-1]) or field_of_label(" ".join(path)) or above


def _below(above: str | None, group: str, label: str) -> str | None:
    """The meaning of a sub-heading under its group, where the group changes it."""
    own = fold_label(label)
    if above == "born":
        return _BELOW_BORN.get(nfc_name(label).casefold())
    if above in ("disability", "disability_type", "disability_degree"):
        return _below_disability(own)
    if above in ("benefit", "amount") or any(word in group for word in ("tro cap", "tcxh", "tchtt", "che do")):
        return {"muc": "amount", "tien": "amount", "muc huong": "amount", "dien": "benefit", "loai": "benefit"}.get(own)
    if "diem" in group and own in ("b1", "b2"):
        return own
    return None


def _below_disability(own: str) -> str | None:
    if own in _TYPE_MARKS:
        return f"disability_type={_TYPE_MARKS[own]}"
    if own in _DEGREE_MARKS:
        return f"disability_degree={_DEGREE_MARKS[own]}"
    return {"loai": "disability_type", "dang": "disability_type", "muc": "disability_degree", "muc do": "disability_degree"}.get(own)
