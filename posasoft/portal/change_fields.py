"""Fields of the forms that report changes: what officers type, and what a request keeps of it (JSON)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from households.change_kinds import choices
from posasoft.core.dates import format_date, format_partial, parse_date, parse_partial
from posasoft.core.models import Area, Level
from posasoft.core.money import format_number, parse_dong
from posasoft.core.names import name_case
from posasoft.portal.change_words import ethnic_groups

ROWS = 8
DAY_HINT = {"inputmode": "numeric", "placeholder": "05/11/2026", "autocomplete": "off"}
COLUMNS = ("full_name", "sex", "born", "relation", "ethnicity", "national_id")


class DayField(forms.CharField):
    """A day as people write it; kept as ISO text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=DAY_HINT), **options)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_date(text).isoformat()
        except ValueError as error:
            raise ValidationError(str(error)) from error


class PartialField(forms.CharField):
    """A birth date of which only the year or the month may be known; kept as [first day, precision]."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs=DAY_HINT | {"placeholder": "05/11/2019"}), **options)

    def clean(self, value: Any) -> list[str] | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            partial = parse_partial(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return [partial.day.isoformat(), partial.precision]


class MoneyField(forms.CharField):
    """Đồng as people write them."""

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            amount = parse_dong(text) if text else 0
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if amount < 0:
            raise ValidationError(_("Số tiền không thể âm."))
        return amount


class NameField(forms.CharField):
    """A personal name, in name case when it was written in capitals."""

    def clean(self, value: Any) -> str:
        return name_case(super().clean(value))


class NumberField(forms.CharField):
    """A national id: digits; spaces and points are dropped."""

    def clean(self, value: Any) -> str:
        digits = "".join(c for c in super().clean(value) if c not in " .-")
        if digits and (not digits.isdigit() or len(digits) not in (9, 12)):
            raise ValidationError(_("Số định danh có 12 chữ số (số cũ 9 chữ số)."))
        return digits


class NoneField(forms.ChoiceField):
    """A choice of which the empty one means "none": nothing is left open, so it is not called optional."""

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value})


class YesNoField(NoneField):
    """Yes or no, always one of the two."""

    def __init__(self, **options: Any) -> None:
        options.pop("required", None)
        super().__init__(choices=(("no", gettext_lazy("Không")), ("yes", gettext_lazy("Có"))), **options)

    def clean(self, value: Any) -> bool:
        return bool(super().clean(value) == "yes")


class CommuneField(forms.CharField):
    """A commune in force, typed and chosen from a list: "Xã Sà Phìn, Tuyên Quang (00724)"; kept as its id."""

    def __init__(self, **options: Any) -> None:
        attrs = {
            "list": "communes", "autocomplete": "off", "hx-get": "/changes/communes/", "hx-trigger": "input changed delay:200ms",
            "hx-target": "#communes", "hx-include": "this",
        }  # fmt: skip
        super().__init__(widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        code = text.rpartition("(")[2].rstrip(") ")
        found = list(Area.objects.filter(level=Level.COMMUNE, position__isnull=False, code=code)[:2]) if code.isdigit() else []
        if text and len(found) != 1:
            raise ValidationError(_("Hãy gõ tên xã rồi chọn một dòng trong danh sách."))
        return found[0].pk if found else None


class PeopleInput(forms.Widget):
    """A table of rows, one person each."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[dict[str, str]]:
        return [{column: str(data.get(f"{name}-{row}-{column}", "")).strip() for column in COLUMNS} for row in range(ROWS)]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = [*(value or []), *({} for _row in range(ROWS - len(value or [])))]
        context = {"name": name, "rows": rows, "sexes": choices.SEX, "relations": choices.RELATION, "groups": ethnic_choices()}
        return render_to_string("portal/changes/_people.html", context)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class PeopleField(forms.Field):
    """People of a household nobody knew; rows without a name are left out, the first is the head."""

    widget = PeopleInput

    def clean(self, value: Any) -> list[dict[str, Any]]:
        rows = [row for row in value or [] if row.get("full_name")]
        if self.required and not rows:
            raise ValidationError(_("Ghi ít nhất một người."))
        return [self._person(number, row) for number, row in enumerate(rows, start=1)]

    def _person(self, number: int, row: dict[str, str]) -> dict[str, Any]:
        try:
            born = parse_partial(row["born"]) if row.get("born") else None
            number_ = NumberField(required=False).clean(row.get("national_id", ""))
        except (ValueError, ValidationError) as error:
            words = error.messages[0] if isinstance(error, ValidationError) else str(error)
            raise ValidationError(_("Dòng %(n)d: %(what)s") % {"n": number, "what": words}) from error
        allowed = {"sex": dict(choices.SEX), "relation": dict(choices.RELATION), "ethnicity": dict(ethnic_groups())}
        if len(row["full_name"]) > 120 or any(row.get(name) and row[name] not in values for name, values in allowed.items()):
            raise ValidationError(_("Dòng %(n)d: %(what)s") % {"n": number, "what": _("Giá trị không hợp lệ.")})
        if born and born.day > timezone.localdate():
            raise ValidationError(_("Dòng %(n)d: %(what)s") % {"n": number, "what": _("Ngày sinh này không thể có.")})
        return {
            "full_name": name_case(row["full_name"]), "sex": row.get("sex") or None, "born": [born.day.isoformat(), born.precision] if born else None,
            "relation": "head" if number == 1 else (row.get("relation") or "other"), "ethnicity": row.get("ethnicity") or None,
            "national_id": number_ or None,
        }  # fmt: skip


def ethnic_choices() -> list[tuple[str, str]]:
    """The 54 groups by code, an empty choice first."""
    return [("", "–"), *ethnic_groups()]


def as_typed(value: Any) -> Any:
    """A payload's value as one would type it, for a form that is opened again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and len(value) == 2 and value[1] in ("day", "month", "year"):
        return format_partial(datetime.date.fromisoformat(value[0]), value[1])
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return format_date(datetime.date.fromisoformat(value))
    return value


def money_as_typed(value: Any) -> str:
    """1200000 → 1.200.000."""
    return format_number(int(value or 0))


__all__ = [
    "CommuneField", "DayField", "MoneyField", "NameField", "NoneField", "NumberField", "PartialField", "PeopleField", "YesNoField", "as_typed",
    "ethnic_choices", "money_as_typed",
]  # fmt: skip
