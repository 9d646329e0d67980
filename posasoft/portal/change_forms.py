"""A form for each kind of change, drawn from the table of kinds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from households.change_kinds import KINDS, Effective, Field, Type
from households.models import ChangeRequest, Household, Person
from households.queries.requests import DAY, living, present_values
from posasoft.core.models import Area, Level
from posasoft.core.names import fold
from posasoft.core.scope import Scope
from posasoft.portal import change_fields as own
from posasoft.portal.change_words import DOCUMENTS

LONGEST = 1000
MOST_NAMES = 120


class ChangeForm(forms.Form):
    """The fields of a kind, its day, the paper it rests on, and the reason. ``payload()`` is what the request keeps."""

    def __init__(self, *args: Any, request: ChangeRequest, scope: Scope, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.scope, self.kind = request, scope, KINDS[request.kind]
        if self.kind.effective == Effective.EVENT:
            self.fields[DAY] = own.DayField(label=_(self.kind.day_label))
        for field in self.kind.fields:
            self.fields[field.name] = self._field(field)
        self._add_paper()
        self.fields["reason"] = forms.CharField(label=_("Căn cứ, lý do"), max_length=300, help_text=_("Ai báo, dựa vào đâu."))

    def _add_paper(self) -> None:
        if not self.kind.documents:
            return
        kinds = [(kind, DOCUMENTS[kind]) for kind in self.kind.documents]
        self.fields["document_kind"] = forms.ChoiceField(
            label=_("Giấy tờ kèm theo"), choices=[*kinds, ("", _("Chưa có"))], required=False, initial=kinds[0][0]
        )
        self.fields["document_number"] = forms.CharField(label=_("Số giấy tờ"), max_length=60, required=False)
        self.fields["document_issued_on"] = own.DayField(label=_("Ngày cấp giấy tờ"), required=False)
        self.fields["document_issuer"] = forms.CharField(label=_("Nơi cấp"), max_length=120, required=False)

    def _field(self, field: Field) -> forms.Field:
        options: dict[str, Any] = {
            "label": _(field.label), "help_text": _(field.help) if field.help else "", "required": field.required,
            "initial": field.initial or None,
        }  # fmt: skip
        return _MAKERS[field.type](self, field, options)

    def people(self) -> list[tuple[str, str]]:
        """Living members of the household in question."""
        home = self.request.household or (self.request.person.household if self.request.person else None)
        return [(str(p.pk), p.full_name) for p in living(home)] if home else []

    def villages(self) -> list[tuple[str, str]]:
        """Villages in force of the commune in question."""
        home = self.request.household or (self.request.person.household if self.request.person else None)
        commune = home.commune_id if home else self.request.payload.get("commune")
        found = Area.objects.filter(level=Level.VILLAGE, parent=commune, position__isnull=False, valid_to__isnull=True)
        return [("", "–"), *((str(v.pk), v.name) for v in found.order_by("name_key"))]

    def clean(self) -> dict[str, Any]:
        """Turn codes and names into the household or record they mean, inside the officer's range."""
        cleaned = super().clean() or {}
        for field in self.kind.fields:
            text = cleaned.get(field.name)
            if field.type == Type.HOUSEHOLD and text:
                self._resolve(field.name, self._household(str(text)), _("Không có hộ mang mã này trong địa bàn."))
            elif field.type == Type.RECORD and text:
                self._resolve(field.name, self._record(str(text)), _("Không tìm thấy đúng một người. Ghi mã hộ rồi họ tên."))
        return cleaned

    def _resolve(self, name: str, found: int | None, message: str) -> None:
        if found is None:
            self.add_error(name, message)
        else:
            self.cleaned_data[name] = found

    def _household(self, code: str) -> int | None:
        inside = Household.objects.filter(code=code.strip(), area_pos__gte=self.scope.lo, area_pos__lt=self.scope.hi)
        return inside.values_list("pk", flat=True).first()

    def _record(self, text: str) -> int | None:
        code, _space, name = text.strip().partition(" ")
        home = self._household(code)
        found = Person.objects.filter(household=home or 0, name_key=fold(name)).exclude(pk=self.request.person_id or 0)
        ids = list(found.values_list("pk", flat=True)[:2])
        return ids[0] if len(ids) == 1 else None

    def payload(self) -> dict[str, Any]:
        """Declared values by field, of a valid form."""
        return {field.name: _stored(field, self.cleaned_data.get(field.name)) for field in self.kind.fields}

    def documents(self) -> list[dict[str, Any]]:
        """The paper, when one was named."""
        data = self.cleaned_data
        if not data.get("document_kind") or not (data.get("document_number") or data.get("document_issued_on")):
            return []
        return [
            {
                "kind": data["document_kind"], "number": data.get("document_number") or "", "issued_on": data.get("document_issued_on"),
                "issuer": data.get("document_issuer") or "",
            }
        ]  # fmt: skip


def _stored(field: Field, value: Any) -> Any:
    if value in (None, ""):
        return False if field.type == Type.YES_NO else None
    if field.type in (Type.MEMBER, Type.VILLAGE):
        return int(value)
    if field.type == Type.MEMBERS:
        return sorted(int(pk) for pk in value)
    return value


def _choices(form: ChangeForm, field: Field, options: dict[str, Any]) -> forms.Field:
    found = [(value, _(label)) for value, label in field.choices]
    if "" in dict(field.choices):
        return own.NoneField(choices=found, **(options | {"required": True}))
    if field.required and not field.initial:
        found = [("", _("– chọn –")), *found]
    return forms.ChoiceField(choices=found, **options)


def _text(**more: Any) -> Callable[[ChangeForm, Field, dict[str, Any]], forms.Field]:
    return lambda form, field, options: forms.CharField(**(options | more))


_MAKERS: dict[Type, Callable[[ChangeForm, Field, dict[str, Any]], forms.Field]] = {
    Type.TEXT: _text(max_length=200),
    Type.NOTE: _text(max_length=300),
    Type.HOUSEHOLD: _text(max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off"})),
    Type.RECORD: _text(max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"})),
    Type.NAME: lambda form, field, options: own.NameField(max_length=120, **options),
    Type.DATE: lambda form, field, options: own.DayField(**options),
    Type.PARTIAL: lambda form, field, options: own.PartialField(**options),
    Type.CHOICE: _choices,
    Type.YES_NO: lambda form, field, options: own.YesNoField(**options),
    Type.NUMBER: lambda form, field, options: forms.IntegerField(min_value=0, max_value=1000, **options),
    Type.MONEY: lambda form, field, options: own.MoneyField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **options),
    Type.VILLAGE: lambda form, field, options: forms.ChoiceField(choices=form.villages(), **options),
    Type.COMMUNE: lambda form, field, options: own.CommuneField(**options),
    Type.ETHNICITY: lambda form, field, options: forms.ChoiceField(choices=own.ethnic_choices(), **options),
    Type.MEMBER: lambda form, field, options: forms.ChoiceField(choices=[("", _("– chọn –")), *form.people()], **options),
    Type.MEMBERS: lambda form, field, options: forms.MultipleChoiceField(
        choices=form.people(), widget=forms.CheckboxSelectMultiple, **options
    ),
    Type.NATIONAL_ID: lambda form, field, options: own.NumberField(
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **options
    ),
    Type.PEOPLE: lambda form, field, options: own.PeopleField(**options),
}


def typed_of(data: QueryDict) -> dict[str, Any]:
    """What was posted, as a draft keeps it: one text per name, a list where several were ticked."""
    skipped = ("csrfmiddlewaretoken", "next")
    kept = {name[:60]: [plain(value) for value in values] for name, values in data.lists() if name not in skipped}
    return {plain(name): values if len(values) > 1 or name == "members" else values[0] for name, values in list(kept.items())[:MOST_NAMES]}


def plain(text: str) -> str:
    """Typed text as a database keeps it: without the zero byte, and no longer than anybody types."""
    return text.replace("\x00", "")[:LONGEST]


def form_for(request: ChangeRequest, scope: Scope) -> ChangeForm:
    """The form of a draft as it was left; a fresh one starts from what the registry says."""
    form = ChangeForm(request=request, scope=scope)
    kind = KINDS[request.kind]
    typed: Mapping[str, Any] = request.typed
    if typed:
        for name in form.fields:
            if name in typed:
                form.initial[name] = typed[name]
        for field in kind.fields:
            if field.type == Type.PEOPLE:
                form.initial[field.name] = form.fields[field.name].widget.value_from_datadict(typed, {}, field.name)
        return form
    now = present_values(request)
    for field in kind.fields:
        if field.registry and field.registry not in ("members", "id_tail"):
            value = now[field.name]
            form.initial[field.name] = own.money_as_typed(value) if field.type == Type.MONEY else own.as_typed(value)
    return form
