"""Births, deaths, and who lives with whom."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from households.change_kinds import choices
from households.change_kinds.rights import RECORDS, UPKEEP, WEIGHTY
from households.change_kinds.shapes import Effective, Field, Kind, Subject, Type

LIFE = _("Sinh, mất")
FAMILY = _("Hôn nhân, gia đình")
PLACE = _("Nơi ở")
RECORD = _("Hồ sơ trùng")

_NAME = Field("full_name", _("Họ và tên"), Type.NAME)
_SEX = Field("sex", _("Giới tính"), Type.CHOICE, choices=choices.SEX)
_ETHNICITY = Field("ethnicity", _("Dân tộc"), Type.ETHNICITY, required=False)
_ID = Field(
    "national_id", _("Số định danh cá nhân"), Type.NATIONAL_ID, required=False, help=_("12 chữ số; chứng minh nhân dân cũ có 9 chữ số.")
)
_VILLAGE = Field("village", _("Thôn, bản, tổ dân phố"), Type.VILLAGE, required=False, registry="household:village_id")
_RESIDENCE = Field("residence_kind", _("Khu vực"), Type.CHOICE, choices=choices.RESIDENCE, initial="rural")
_CLASS = Field("poverty", _("Phân loại hộ mới"), Type.CHOICE, choices=choices.POVERTY, initial="none")
_LEAVING = Field("members", _("Những người rời hộ"), Type.MEMBERS, help=_("Ít nhất một người phải ở lại."), registry="members")
_NEW_HEAD = Field("head", _("Chủ hộ mới"), Type.MEMBER, help=_("Phải là một trong những người rời hộ."))
_TARGET = Field("target", _("Mã hộ đến ở"), Type.HOUSEHOLD, help=_("Ví dụ 08-00721-000123, trong địa bàn của bạn."))
_STAYS_HEAD = Field("stays_head", _("Chủ hộ của hộ ở lại"), Type.MEMBER, required=False, help=_("Chỉ cần khi chủ hộ cũ rời hộ."))
_TO_HELP = _("Gõ tên xã rồi chọn. Chỉ chuyển khi nơi đến đồng ý nhận.")
_RECORD_HELP = _("Mã hộ rồi họ tên, ví dụ 08-00721-000123 Giàng Thị Sua. Hồ sơ đang mở được giữ lại.")
_SAME_HELP = _("Người cùng tên và ngày sinh được coi là một. Hồ sơ đang mở được giữ lại.")

KINDS = (
    Kind(
        "birth", _("Sinh con"), LIFE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            _NAME, _SEX,
            Field("relation", _("Quan hệ với chủ hộ"), Type.CHOICE, choices=choices.NOT_HEAD, initial="child"),
            _ETHNICITY, _ID,
        ),
        documents=("birth",), writes=("membership", "ethnicity"), day_label=_("Ngày sinh"), guards=("household:ended_on",),
    ),
    Kind(
        "death", _("Người mất"), LIFE, Subject.PERSON, WEIGHTY, documents=("death",), writes=("died_on",), day_label=_("Ngày mất"),
        day_registry="person:died_on", guards=("person:household_id",),
    ),
    Kind(
        "marriage", _("Kết hôn, về ở với vợ hoặc chồng"), FAMILY, Subject.PERSON, WEIGHTY,
        fields=(_TARGET, Field("relation", _("Quan hệ với chủ hộ đến ở"), Type.CHOICE, choices=choices.NOT_HEAD, initial="spouse")),
        documents=("marriage",), writes=("membership", "raising"), day_label=_("Về ở chung từ ngày"), guards=("person:household_id",),
    ),
    Kind(
        "divorce", _("Ly hôn, ra ở riêng"), FAMILY, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            _LEAVING, _NEW_HEAD, _STAYS_HEAD, _VILLAGE, _RESIDENCE, _CLASS,
            Field("alone", _("Chủ hộ mới một mình nuôi con"), Type.YES_NO, required=False, help=_("Các con rời hộ cùng người này.")),
        ),
        documents=("divorce",), writes=("membership", "residence", "poverty", "raising"), day_label=_("Ra ở riêng từ ngày"),
        guards=("household:ended_on",),
    ),
    Kind(
        "split", _("Tách hộ"), FAMILY, Subject.HOUSEHOLD, WEIGHTY, fields=(_LEAVING, _NEW_HEAD, _STAYS_HEAD, _VILLAGE, _RESIDENCE, _CLASS),
        documents=("list",), writes=("membership", "residence", "poverty"), day_label=_("Tách hộ từ ngày"), guards=("household:ended_on",),
    ),
    Kind(
        "join", _("Về ở cùng hộ khác"), FAMILY, Subject.PERSON, WEIGHTY,
        fields=(_TARGET, Field("relation", _("Quan hệ với chủ hộ đến ở"), Type.CHOICE, choices=choices.NOT_HEAD, initial="other")),
        writes=("membership",), day_label=_("Về ở chung từ ngày"), guards=("person:household_id",),
    ),
    Kind(
        "merge_households", _("Nhập hai hộ làm một"), FAMILY, Subject.HOUSEHOLD, WEIGHTY,
        fields=(Field("other", _("Mã hộ nhập vào hộ này"), Type.HOUSEHOLD, help=_("Mọi người của hộ ấy về hộ này; hộ ấy kết thúc.")),),
        writes=("membership", "ended_on"), day_label=_("Nhập hộ từ ngày"), guards=("household:ended_on",),
    ),
    Kind(
        "head", _("Đổi chủ hộ"), FAMILY, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            Field("head", _("Chủ hộ mới"), Type.MEMBER, registry="head"),
            Field("old_relation", _("Chủ hộ cũ là gì của chủ hộ mới"), Type.CHOICE, choices=choices.NOT_HEAD, initial="other"),
        ),
        writes=("membership",), day_label=_("Làm chủ hộ từ ngày"),
    ),
    Kind(
        "relation", _("Quan hệ với chủ hộ"), FAMILY, Subject.PERSON, UPKEEP,
        fields=(Field("relation", _("Quan hệ với chủ hộ"), Type.CHOICE, choices=choices.NOT_HEAD, registry="person:relation"),),
        writes=("membership",), effective=Effective.ALWAYS,
    ),
    Kind(
        "move_in", _("Người từ nơi khác đến ở"), PLACE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            _NAME, _SEX, Field("born", _("Ngày sinh"), Type.PARTIAL, help=_("Chỉ biết năm hay tháng thì ghi 1949 hoặc 09/1949.")),
            Field("relation", _("Quan hệ với chủ hộ"), Type.CHOICE, choices=choices.NOT_HEAD, initial="other"), _ETHNICITY, _ID,
        ),
        documents=("residence",), writes=("membership", "ethnicity", "raising"), day_label=_("Đến ở từ ngày"),
        guards=("household:ended_on",),
    ),
    Kind(
        "new_household", _("Hộ mới, chưa có trong sổ"), PLACE, Subject.AREA, WEIGHTY,
        fields=(
            Field("village", _("Thôn, bản, tổ dân phố"), Type.VILLAGE, required=False), _RESIDENCE,
            Field("address", _("Địa chỉ"), Type.TEXT, required=False), Field("poverty", _("Phân loại hộ"), Type.CHOICE,
                  choices=choices.POVERTY, initial="none"),
            Field("b1", _("Điểm B1"), Type.NUMBER, required=False), Field("b2", _("Điểm B2"), Type.NUMBER, required=False),
            Field("people", _("Thành viên"), Type.PEOPLE, help=_("Dòng đầu là chủ hộ. Dòng để trống được bỏ qua.")),
        ),
        documents=("residence",), writes=("residence", "poverty", "membership"), day_label=_("Ở tại địa bàn từ ngày"),
    ),
    Kind(
        "move_within", _("Đổi chỗ ở trong xã"), PLACE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(
            Field("village", _("Thôn, bản, tổ dân phố"), Type.VILLAGE, registry="household:village_id"),
            Field("residence_kind", _("Khu vực"), Type.CHOICE, choices=choices.RESIDENCE, registry="household:residence_kind"),
            Field("address", _("Địa chỉ"), Type.TEXT, required=False, registry="household:address"),
        ),
        writes=("residence",), day_label=_("Ở chỗ mới từ ngày"), day_registry="household:residence_since",
    ),
    Kind(
        "move_out", _("Cả hộ chuyển ra khỏi địa bàn quản lý"), PLACE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(Field("where", _("Chuyển đến đâu"), Type.TEXT, help=_("Ra nước ngoài, không rõ nơi đến… Không dùng khi chuyển sang xã khác.")),),
        writes=("ended_on",), day_label=_("Chuyển đi từ ngày"), day_registry="household:ended_on", guards=("household:commune_id",),
    ),
    Kind(
        "move_out_person", _("Một người chuyển ra khỏi địa bàn quản lý"), PLACE, Subject.PERSON, WEIGHTY,
        fields=(Field("where", _("Chuyển đến đâu"), Type.TEXT, help=_("Ra nước ngoài, không rõ nơi đến…")),),
        writes=("membership", "ended_on"), day_label=_("Chuyển đi từ ngày"), guards=("person:household_id",),
    ),
    Kind(
        "transfer", _("Chuyển hộ sang xã khác"), PLACE, Subject.HOUSEHOLD, WEIGHTY,
        fields=(Field("to_area", _("Xã, phường nơi đến"), Type.COMMUNE, help=_TO_HELP),),
        documents=("residence",), writes=("residence",), day_label=_("Ở nơi mới từ ngày"), guards=("household:commune_id", "household:ended_on"),
    ),
    Kind(
        "transfer_person", _("Chuyển một người sang xã khác"), PLACE, Subject.PERSON, WEIGHTY,
        fields=(Field("to_area", _("Xã, phường nơi đến"), Type.COMMUNE, help=_TO_HELP),),
        documents=("residence",), writes=("membership", "residence"), day_label=_("Ở nơi mới từ ngày"),
        guards=("person:household_id", "person:died_on"),
    ),
    Kind(
        "merge_persons", _("Hai hồ sơ là một người"), RECORD, Subject.PERSON, RECORDS,
        fields=(Field("other", _("Hồ sơ trùng"), Type.RECORD, help=_RECORD_HELP),),
        writes=("canonical",), effective=Effective.ALWAYS, guards=("person:canonical_id",),
    ),
    Kind(
        "merge_records", _("Hai hồ sơ là một hộ"), RECORD, Subject.HOUSEHOLD, RECORDS,
        fields=(Field("other", _("Mã hộ bị trùng"), Type.HOUSEHOLD, help=_SAME_HELP),),
        writes=("canonical", "membership"), effective=Effective.ALWAYS, guards=("household:canonical_id",),
    ),
)  # fmt: skip
