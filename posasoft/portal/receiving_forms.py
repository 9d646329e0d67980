"""Forms of “Nhận tiền”: an account, an authorised receiver, a line of one's own, the household's telephone."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from households.models import Household, Person
from payments.models import AccountKind, Consent, OwnLine, OwnLineGround, ReceiverPaper
from payments.operations import accounts, receivers
from payments.operations.accounts import PayeeRefused
from payments.providers import PROVIDERS
from posasoft.core.months import add_months, first_of_month, format_month, iso_month, parse_month
from posasoft.core.scope import Scope

MONTHS_AHEAD = 6


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "05/11/2026"})
    )


class PeopleField(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's own class takes none at run time
    """Somebody of the household, by name; found by public id."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Person.objects.none(), to_field_name="public_id", **options)

    def label_from_instance(self, obj: Any) -> str:
        return cast("Person", obj).full_name


class ReceivingForm(forms.Form):
    """What the forms share: the household whose people can be chosen, and saving by an operation that may refuse a field."""

    title: Any = ""

    def __init__(self, *args: Any, household: Household, **options: Any) -> None:
        super().__init__(*args, **options)
        self.household = household
        if "person" in self.fields:
            people = Person.objects.filter(household=household, canonical__isnull=True, died_on__isnull=True).order_by("born", "pk")
            cast("PeopleField", self.fields["person"]).queryset = people

    def save(self, by: Scope) -> bool:
        """Record it; False, with the refusal at its field, when the operation refuses."""
        try:
            self.record(by)
        except PayeeRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, str(refused))
            return False
        return True

    def record(self, by: Scope) -> None:
        """Call the operation. Raises PayeeRefused."""
        raise NotImplementedError


class AccountForm(ReceivingForm):
    """A bank account or e-wallet; the number is shown in full on this form only."""

    title = gettext_lazy("Thêm tài khoản, ví")
    person = PeopleField(label=gettext_lazy("Của ai"))
    kind = forms.ChoiceField(label=gettext_lazy("Loại"), choices=AccountKind.choices)
    provider = forms.ChoiceField(label=gettext_lazy("Ngân hàng, ví"), choices=[(one.code, one.name) for one in PROVIDERS.values()])
    number = forms.CharField(
        label=gettext_lazy("Số tài khoản"), max_length=40, help_text=gettext_lazy("Ví điện tử: số điện thoại của ví."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    holder_name = forms.CharField(
        label=gettext_lazy("Tên chủ tài khoản"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Đúng như ngân hàng ghi; không cần dấu. Khác tên trong sổ thì người xác nhận phải ghi rõ vì sao."),
    )  # fmt: skip
    consent = forms.ChoiceField(label=gettext_lazy("Sự đồng ý của người nhận"), choices=Consent.choices)
    consent_on = _day(gettext_lazy("Đồng ý ngày"))
    consent_no = forms.CharField(label=gettext_lazy("Số giấy đề nghị, nơi lưu bản ghi âm"), max_length=80)

    def record(self, by: Scope) -> None:
        """Record the account."""
        given = dict(self.cleaned_data)
        accounts.add_account(person=given.pop("person"), new=accounts.NewAccount(**given), by=by)


class ReceiverForm(ReceivingForm):
    """Somebody who collects cash for the household, or for one person's own line."""

    title = gettext_lazy("Thêm người nhận thay")
    person = PeopleField(label=gettext_lazy("Nhận cho ai"), required=False, empty_label=gettext_lazy("Cả hộ"))
    full_name = forms.CharField(label=gettext_lazy("Họ và tên người nhận thay"), max_length=120)
    number = forms.CharField(
        label=gettext_lazy("Số định danh"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )
    phone = forms.CharField(label=gettext_lazy("Điện thoại"), max_length=20, required=False)
    relation = forms.CharField(label=gettext_lazy("Quan hệ với người được nhận"), max_length=60)
    paper = forms.ChoiceField(
        label=gettext_lazy("Giấy tờ"), choices=[one for one in ReceiverPaper.choices if one[0] != ReceiverPaper.FUNERAL]
    )
    paper_no = forms.CharField(label=gettext_lazy("Số giấy tờ"), max_length=80)
    paper_on = _day(gettext_lazy("Ngày của giấy tờ"))
    since = _day(gettext_lazy("Nhận thay từ ngày"))
    until = _day(
        gettext_lazy("Hết hạn ngày"), gettext_lazy("Từ ngày này không nhận thay nữa. Giấy ủy quyền không ghi thời hạn có hiệu lực một năm.")
    )

    def record(self, by: Scope) -> None:
        """Record the receiver."""
        given = dict(self.cleaned_data)
        receivers.add_receiver(household=self.household, person=given.pop("person"), new=receivers.NewReceiver(**given), by=by)


class OwnLineForm(ReceivingForm):
    """A person who is paid on a line of his own."""

    title = gettext_lazy("Tách dòng chi trả riêng")
    person = PeopleField(label=gettext_lazy("Cho ai"))
    ground = forms.ChoiceField(label=gettext_lazy("Lý do"), choices=OwnLineGround.choices)
    since = forms.ChoiceField(label=gettext_lazy("Từ danh sách tháng"))
    note = forms.CharField(label=gettext_lazy("Ghi chú"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        cast("forms.ChoiceField", self.fields["since"]).choices = months_ahead()

    def record(self, by: Scope) -> None:
        """Record the decision."""
        given = self.cleaned_data
        receivers.set_own_line(
            person=given["person"], ground=given["ground"], note=given["note"], since=parse_month(given["since"]), by=by
        )  # fmt: skip


class ContactForm(ReceivingForm):
    """How the household is reached."""

    title = gettext_lazy("Điện thoại nhận tin")
    phone = forms.CharField(
        label=gettext_lazy("Điện thoại"), max_length=20, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    wants_texts = forms.BooleanField(label=gettext_lazy("Muốn nhận tin nhắn"), required=False)

    def record(self, by: Scope) -> None:
        """Record the telephone."""
        receivers.set_contact(household=self.household, by=by, **self.cleaned_data)


FORMS: dict[str, type[ReceivingForm]] = {"account": AccountForm, "receiver": ReceiverForm, "own-line": OwnLineForm, "contact": ContactForm}


def months_ahead() -> list[tuple[str, str]]:
    """This month and the next ones, to choose from."""
    first = first_of_month(timezone.localdate())
    months = [add_months(first, shift) for shift in range(MONTHS_AHEAD)]
    return [(iso_month(month), format_month(month)) for month in months]


def end_own_line(line: OwnLine, month: str, by: Scope) -> None:
    """End a line of one's own from a month that was chosen. Raises PayeeRefused."""
    chosen = [value for value, _label in months_ahead() if value >= iso_month(line.since)]
    first = month if month in chosen else (*chosen, iso_month(line.since))[0]
    receivers.end_own_line(line=line, until=parse_month(first), by=by)
