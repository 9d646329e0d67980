"""What a person or household is: class, disability, school, care; and corrections of what was written wrongly."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from households.change_kinds import choices
from households.change_kinds.rights import DIAGNOSIS, UPKEEP, WEIGHTY
from households.change_kinds.shapes import Effective, Field, Kind, Subject, Type

STATE = _("Hoàn cảnh")
CORRECTION = _("Đính chính")

KINDS = (
    Kind(
        "poverty", _("Phân loại hộ"), STATE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            Field("class", _("Phân loại"), Type.CHOICE, choices=choices.POVERTY, registry="household:poverty"),
            Field("b1", _("Điểm B1"), Type.NUMBER, required=False, registry="household:b1"),
            Field("b2", _("Điểm B2"), Type.NUMBER, required=False, registry="household:b2"),
            Field("ground", _("Căn cứ"), Type.CHOICE, choices=choices.GROUND),
        ),
        documents=("list", "survey"), writes=("poverty",), day_label=_("Phân loại có hiệu lực từ ngày"), day_registry="household:poverty_since",
    ),
    Kind(
        "disability", _("Khuyết tật"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("degree", _("Mức độ"), Type.CHOICE, required=False, choices=choices.DEGREE, registry="person:disability_degree"),
            Field("type", _("Dạng tật"), Type.CHOICE, required=False, choices=choices.DISABILITY_TYPE, registry="person:disability_type"),
            Field("certified", _("Ngày cấp giấy xác nhận"), Type.DATE, required=False, registry="person:disability_certified_on"),
        ),
        documents=("disability_certificate",), writes=("disability",), day_label=_("Mức độ này có từ ngày"),
        day_registry="person:disability_since",
    ),
    Kind(
        "schooling", _("Đi học"), STATE, Subject.PERSON, UPKEEP,
        fields=(
            Field("studying", _("Bậc học"), Type.CHOICE, required=False, choices=choices.STUDYING, registry="person:studying"),
            Field("boards", _("Học bán trú"), Type.YES_NO, required=False, registry="person:boards_at_school"),
        ),
        writes=("studying", "boards_at_school"), day_label=_("Từ ngày"), day_registry="person:studying_since",
    ),
    Kind(
        "orphan", _("Trẻ không có người nuôi dưỡng"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("situation", _("Trường hợp (khoản 1 Điều 5)"), Type.CHOICE, required=False, choices=choices.SITUATION,
                  registry="person:no_parental_care"),
        ),
        documents=("decision",), writes=("no_parental_care",), day_label=_("Từ ngày"), day_registry="person:no_parental_care_since",
    ),
    Kind(
        "pregnancy", _("Mang thai"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("pregnant", _("Đang mang thai"), Type.YES_NO, required=False, registry="person:pregnant"),
            Field("until", _("Ngày dự sinh"), Type.DATE, required=False),
        ),
        writes=("pregnant",), day_label=_("Từ ngày"), day_registry="person:pregnant_since",
    ),
    Kind(
        "hiv", _("Nhiễm HIV"), STATE, Subject.PERSON, DIAGNOSIS,
        fields=(Field("hiv", _("Nhiễm HIV"), Type.YES_NO, required=False, registry="person:hiv"),),
        documents=("medical",), writes=("hiv",), day_label=_("Từ ngày"), day_registry="person:hiv_since", is_diagnosis=True,
    ),
    Kind(
        "pension", _("Lương hưu, trợ cấp khác"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("amount", _("Lương hưu, trợ cấp BHXH mỗi tháng"), Type.MONEY, required=False, help=_("Không có thì ghi 0."),
                  registry="person:pension"),
            Field("other_income", _("Có trợ cấp hằng tháng khác"), Type.YES_NO, required=False, registry="person:other_income"),
        ),
        writes=("pension", "other_income"), day_label=_("Từ ngày"), day_registry="person:pension_since",
    ),
    Kind(
        "supporter", _("Người phụng dưỡng"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("no_supporter", _("Không có người phụng dưỡng"), Type.YES_NO, required=False, registry="person:no_supporter"),
            Field("facility", _("Đủ điều kiện vào cơ sở trợ giúp xã hội"), Type.YES_NO, required=False, registry="person:facility_eligible"),
        ),
        writes=("no_supporter", "facility_eligible"), day_label=_("Từ ngày"), day_registry="person:no_supporter_since",
    ),
    Kind(
        "fostering", _("Nhận chăm sóc, nuôi dưỡng"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("fostered_by", _("Được chăm sóc bởi"), Type.CHOICE, required=False, choices=choices.FOSTERED, registry="person:fostered_by"),
        ),
        documents=("decision",), writes=("fostered_by",), day_label=_("Từ ngày"), day_registry="person:fostered_by_since",
    ),
    Kind(
        "raising", _("Ai nuôi con"), STATE, Subject.PERSON, WEIGHTY,
        fields=(
            Field("child", _("Người con"), Type.MEMBER),
            Field("raising", _("Nuôi thế nào"), Type.CHOICE, choices=choices.RAISING),
            Field("turn", _("Bắt đầu hay thôi"), Type.CHOICE, choices=choices.BEGIN_END, initial="begin"),
        ),
        writes=("raising",), day_label=_("Từ ngày"), guards=("raises",),
    ),
    Kind(
        "ethnicity", _("Dân tộc"), CORRECTION, Subject.PERSON, WEIGHTY,
        fields=(Field("ethnicity", _("Dân tộc"), Type.ETHNICITY, registry="person:ethnicity"),),
        documents=("birth", "identity"), writes=("ethnicity",), effective=Effective.ALWAYS,
    ),
    Kind(
        "correct_name", _("Đính chính họ tên"), CORRECTION, Subject.PERSON, UPKEEP,
        fields=(Field("full_name", _("Họ và tên đúng"), Type.NAME, registry="person:full_name"),),
        documents=("birth", "identity"), writes=("full_name",), effective=Effective.ALWAYS,
    ),
    Kind(
        "correct_birth", _("Đính chính ngày sinh"), CORRECTION, Subject.PERSON, WEIGHTY,
        fields=(
            Field("born", _("Ngày sinh đúng"), Type.PARTIAL, help=_("Chỉ biết năm hay tháng thì ghi 1949 hoặc 09/1949."), registry="person:born"),
        ),
        documents=("birth", "identity"), writes=("born",), effective=Effective.ALWAYS,
    ),
    Kind(
        "correct_sex", _("Đính chính giới tính"), CORRECTION, Subject.PERSON, WEIGHTY,
        fields=(Field("sex", _("Giới tính đúng"), Type.CHOICE, choices=choices.SEX, registry="person:sex"),),
        documents=("birth", "identity"), writes=("sex",), effective=Effective.ALWAYS,
    ),
    Kind(
        "correct_id", _("Đính chính số định danh"), CORRECTION, Subject.PERSON, WEIGHTY,
        fields=(
            Field("national_id", _("Số đúng"), Type.NATIONAL_ID, help=_("12 chữ số; chứng minh nhân dân cũ có 9 chữ số."), registry="id_tail"),
        ),
        documents=("identity",), writes=("national_id",), effective=Effective.ALWAYS,
    ),
)  # fmt: skip
