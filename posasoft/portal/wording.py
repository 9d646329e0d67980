"""Facts in words, as pages write them."""

from __future__ import annotations

import csv
import datetime
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

import posasoft.core
from households.models import registry
from policy import load_law
from posasoft.core.dates import format_date
from posasoft.core.models import AreaClass

FACTS = {
    "residence": gettext_lazy("Nơi ở"),
    "poverty": gettext_lazy("Phân loại hộ"),
    "membership": gettext_lazy("Thuộc hộ"),
    "ethnicity": gettext_lazy("Dân tộc"),
    "disability": gettext_lazy("Khuyết tật"),
    "no_parental_care": gettext_lazy("Không có cha mẹ chăm sóc"),
    "was_in_5_1": gettext_lazy("Từng hưởng khoản 1 Điều 5"),
    "studying": gettext_lazy("Đang học"),
    "hiv": gettext_lazy("Nhiễm HIV"),
    "no_supporter": gettext_lazy("Không có người phụng dưỡng"),
    "facility_eligible": gettext_lazy("Đủ điều kiện vào cơ sở"),
    "pension": gettext_lazy("Lương hưu, trợ cấp BHXH"),
    "other_income": gettext_lazy("Có trợ cấp khác"),
    "pregnant": gettext_lazy("Mang thai"),
    "fostered_by": gettext_lazy("Được chăm sóc bởi"),
    "boards_at_school": gettext_lazy("Học bán trú"),
}
TONES = {"poor": "stop", "near_poor": "warn", "none": "ok"}
DIFFICULTY = {"difficult": gettext_lazy("Vùng khó khăn"), "extremely_difficult": gettext_lazy("Vùng đặc biệt khó khăn")}
DOCUMENTS = {
    "disability_certificate": gettext_lazy("Giấy xác nhận khuyết tật"),
    "decision": gettext_lazy("Quyết định"),
    "list": gettext_lazy("Danh sách"),
    "survey": gettext_lazy("Phiếu rà soát"),
    "birth": gettext_lazy("Giấy khai sinh"),
    "death": gettext_lazy("Giấy chứng tử"),
}
RUN_STATES = {
    "queued": gettext_lazy("Chờ"),
    "running": gettext_lazy("Đang tính"),
    "done": gettext_lazy("Đã tính"),
    "failed": gettext_lazy("Lỗi"),
    "cancelled": gettext_lazy("Đã dừng"),
}
CHANGE_KINDS = {"new": gettext_lazy("Mới"), "stopped": gettext_lazy("Thôi hưởng"), "changed": gettext_lazy("Đổi mức")}
CHOICES = {"studying": registry.Studying, "fostered_by": registry.FosteredBy}
ETHNIC_GROUPS = Path(posasoft.core.__path__[0]) / "data" / "ethnic_groups.csv"


@cache
def ethnic_groups() -> dict[str, str]:
    """Code → name of every ethnic group of the official list."""
    with ETHNIC_GROUPS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def ethnic_group(code: str | None) -> str:
    """08 → Mông; empty when not stated."""
    return ethnic_groups().get(code or "", "")


def tr(label: object) -> str:
    """A label that is data (a choice of a model) in the language of the page."""
    return _(str(label))


def fact_name(fact: str) -> str:
    return str(FACTS.get(fact, fact))


def poverty(value: str) -> str:
    """poor → Hộ nghèo."""
    return _(registry.Poverty(value).label)


def disability(degree: str | None, kind: str | None) -> str:
    """Degree and kind: Đặc biệt nặng · Vận động; empty without a degree."""
    if not degree:
        return ""
    words = [_(registry.DisabilityDegree(degree).label)]
    if kind:
        words.append(_(registry.DisabilityType(kind).label))
    return " · ".join(words)


def is_stated(fact: str, value: Any) -> bool:
    """Whether there is anything to draw: an unset fact, a false one or a pension of nothing says nothing."""
    if fact == "disability":
        return bool(value and value.get("degree"))
    if fact == "pension":
        return bool(value)
    return value not in (None, False, "")


def fact_value(fact: str, value: Any) -> str:
    """The value of a spell in words; residence and membership need names of areas and are written by their callers."""
    if fact == "poverty":
        return poverty(value["class"])
    if fact == "disability":
        return disability(value.get("degree"), value.get("type"))
    if fact in CHOICES and value:
        return _(CHOICES[fact](value).label)
    if fact == "pension":
        return f"{number_format(value)} đ"
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    return str(value)


def tone(fact: str, value: Any) -> str:
    """Colour means something: brick poor, amber near-poor, jade what grounds a benefit, sky the rest."""
    if fact == "poverty":
        return TONES[value["class"]]
    return "ok" if fact in ("disability", "no_parental_care", "no_supporter") else "info"


CODES = {
    value: label
    for choices in (
        registry.Poverty,
        registry.ResidenceKind,
        registry.Sex,
        registry.DisabilityDegree,
        registry.DisabilityType,
        registry.Studying,
        registry.FosteredBy,
        AreaClass.Difficulty,
    )
    for value, label in choices.choices
    if value not in ("none", "other")
}
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def seen_value(value: Any) -> str:
    """A value as a condition saw it: codes in words, days and numbers in our formats; several facts joined with semicolons."""
    if value is None:
        return _("chưa có thông tin")
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, dict):
        return "; ".join(f"{fact_label(name)}: {seen_value(entry)}" for name, entry in value.items())
    if isinstance(value, int):
        return str(number_format(value))
    text = str(value)
    if ISO_DAY.fullmatch(text):
        return format_date(datetime.date.fromisoformat(text))
    return _(str(CODES[text])) if text in CODES else text


def fact_label(name: str) -> str:
    """A fact of the law's vocabulary by its Vietnamese or English meaning."""
    fact = load_law().vocabulary.get(name)
    if fact is None:
        return fact_name(name)
    return fact.en if get_language() == "en" else fact.vi
