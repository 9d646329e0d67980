"""Lists to choose from, in the order officers read them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from households.models.registry import DisabilityDegree, DisabilityType, FosteredBy, Poverty, Relation, ResidenceKind, Sex, Studying

Choices = tuple[tuple[str, str], ...]


def _of(labels: list[tuple[str, str]]) -> Choices:
    return tuple((value, str(label)) for value, label in labels)


NONE = ""
SEX = _of(Sex.choices)
RELATION = _of(Relation.choices)
NOT_HEAD = tuple(pair for pair in RELATION if pair[0] != "head")
RESIDENCE = _of(ResidenceKind.choices)
POVERTY = _of(Poverty.choices)
DEGREE: Choices = ((NONE, _("Không khuyết tật")), *_of(DisabilityDegree.choices))
DISABILITY_TYPE: Choices = ((NONE, _("Chưa xác định dạng tật")), *_of(DisabilityType.choices))
STUDYING: Choices = ((NONE, _("Không đi học")), *_of(Studying.choices))
FOSTERED: Choices = ((NONE, _("Không có ai nhận chăm sóc")), *_of(FosteredBy.choices))
RAISING: Choices = (("alone", _("Một mình nuôi con")), ("under_36", _("Nuôi con dưới 36 tháng tuổi")))
BEGIN_END: Choices = (("begin", _("Bắt đầu từ ngày này")), ("end", _("Thôi từ ngày này")))
GROUND: Choices = (
    ("yearly", _("Rà soát định kỳ hằng năm")),
    ("within_year", _("Rà soát phát sinh trong năm")),
    ("complaint", _("Giải quyết khiếu nại, phản ánh")),
)
# Decree 20/2021 (and 335/2026), Article 5.1, points a to l.
SITUATION: Choices = (
    (NONE, _("Không thuộc trường hợp nào")),
    ("a", _("a) Bị bỏ rơi chưa có người nhận làm con nuôi")),
    ("b", _("b) Mồ côi cả cha và mẹ")),
    ("c", _("c) Mồ côi cha hoặc mẹ, người còn lại bị tuyên bố mất tích")),
    ("d", _("d) Mồ côi cha hoặc mẹ, người còn lại đang ở cơ sở trợ giúp xã hội")),
    ("dd", _("đ) Mồ côi cha hoặc mẹ, người còn lại đang chấp hành án phạt tù hoặc biện pháp xử lý hành chính")),
    ("e", _("e) Cả cha và mẹ bị tuyên bố mất tích")),
    ("g", _("g) Cả cha và mẹ đang ở cơ sở trợ giúp xã hội")),
    ("h", _("h) Cả cha và mẹ đang chấp hành án phạt tù hoặc biện pháp xử lý hành chính")),
    ("i", _("i) Cha hoặc mẹ bị tuyên bố mất tích, người còn lại đang ở cơ sở trợ giúp xã hội")),
    ("k", _("k) Cha hoặc mẹ bị tuyên bố mất tích, người còn lại đang chấp hành án")),
    ("l", _("l) Cha hoặc mẹ đang ở cơ sở trợ giúp xã hội, người còn lại đang chấp hành án")),
)
