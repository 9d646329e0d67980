"""Whether declared values can be true together and of these people. Parsing is the form's; this is the registry's own look."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from households.change_kinds import KINDS, Effective, Type
from households.models import ChangeRequest, Household, Person
from households.queries.requests import DAY, living
from posasoft.core.models import Area, PeriodLock

Errors = dict[str, str]
FIRST_DAY = datetime.date(1900, 1, 1)
_ID = re.compile(r"\d{9}|\d{12}")


def errors_of(request: ChangeRequest) -> Errors:
    """Field -> what is wrong with it, empty when the request can be sent. "effective_on" is the day, "" the whole."""
    errors = _missing(request) | _day(request)
    if errors:
        return errors
    check = _OF_KIND.get(request.kind)
    found = _people(request) | _homes(request)
    return found | (check(request, request.payload) if check and not found else {})


def _missing(request: ChangeRequest) -> Errors:
    values = request.payload
    return {
        field.name: _("Chưa điền ô này.")
        for field in KINDS[request.kind].fields
        if field.required and values.get(field.name) in (None, "", [])
    }


def _day(request: ChangeRequest) -> Errors:
    if KINDS[request.kind].effective == Effective.ALWAYS:
        return {}
    day, today = request.effective_on, timezone.localdate()
    if day is None:
        return {DAY: _("Chưa ghi ngày.")}
    if day > today:
        return {DAY: _("Ngày này chưa tới: chỉ báo việc đã xảy ra.")}
    if day < FIRST_DAY:
        return {DAY: _("Ngày này quá xa trong quá khứ.")}
    person = Person.objects.filter(pk=request.person_id).first() if request.person_id else None
    if person and person.born and person.born_precision == "day" and day < person.born:
        return {DAY: _("Ngày này trước ngày sinh của người được báo.")}
    if person and person.died_on and day > person.died_on and request.kind != "death":
        return {DAY: _("Người này đã mất trước ngày ấy.")}
    return {}


def _people(request: ChangeRequest) -> Errors:
    """Members named in fields live in the household of the request."""
    kind, values = KINDS[request.kind], request.payload
    home = Household.objects.filter(pk=request.household_id).first() if request.household_id else None
    inside = set(living(home).values_list("pk", flat=True)) if home else set()
    found = {}
    for field in (field for field in kind.fields if field.type in (Type.MEMBER, Type.MEMBERS)):
        named = values.get(field.name)
        if not set(named if isinstance(named, list) else [named]) - {None} <= inside:
            found[field.name] = _("Người này không còn ở hộ.")
    return found


def _homes(request: ChangeRequest) -> Errors:
    """Households named in fields exist in the range, go on, and are others than the request's own."""
    found = {}
    own = {request.household_id}
    if request.person_id and request.kind in ("marriage", "join"):
        own.add(Person.objects.values_list("household_id", flat=True).get(pk=request.person_id or 0))
    for field in KINDS[request.kind].fields:
        number = request.payload.get(field.name)
        if field.type != Type.HOUSEHOLD or not number:
            continue
        home = Household.objects.filter(pk=number, ended_on__isnull=True, canonical__isnull=True).first()
        if home is None:
            found[field.name] = _("Không có hộ này trong địa bàn, hoặc hộ đã kết thúc.")
        elif number in own:
            found[field.name] = _("Đây chính là hộ đang mở; hãy ghi mã của hộ kia.")
    return found


def _leaving(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    inside = list(living(Household.objects.get(pk=request.household_id or 0)))
    leaving, staying = set(values["members"]), [p for p in inside if p.pk not in values["members"]]
    if not staying:
        return {"members": _("Phải có ít nhất một người ở lại; cả hộ đi thì dùng loại thay đổi khác.")}
    if values["head"] not in leaving:
        return {"head": _("Chủ hộ mới phải là một trong những người rời hộ.")}
    stays = values.get("stays_head")
    if stays in leaving:
        return {"stays_head": _("Người này rời hộ.")}
    if not stays and not any(p.relation == "head" for p in staying):
        return {"stays_head": _("Chủ hộ cũ rời hộ: hãy chọn ai làm chủ hộ của hộ ở lại.")}
    return {}


def _head(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    is_head = Person.objects.filter(pk=values["head"], relation="head").exists()
    return {"head": _("Người này đang là chủ hộ.")} if is_head else {}


def _death(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    dead = Person.objects.filter(pk=request.person_id or 0, died_on=request.effective_on).exists()
    return {DAY: _("Sổ đã ghi người này mất ngày ấy.")} if dead else {}


def _disability(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    certified, today = values.get("certified"), timezone.localdate().isoformat()
    if values.get("type") and not values.get("degree"):
        return {"degree": _("Có dạng tật thì phải có mức độ.")}
    return {"certified": _("Ngày cấp giấy chưa tới.")} if certified and certified > today else {}


def _pregnancy(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    if values.get("pregnant") and Person.objects.filter(pk=request.person_id or 0, sex="male").exists():
        return {"pregnant": _("Người này được ghi là nam; hãy đính chính giới tính trước.")}
    until = values.get("until")
    return {"until": _("Ngày dự sinh phải sau ngày bắt đầu.")} if until and until <= str(request.effective_on) else {}


def _raising(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    if values["child"] == request.person_id:
        return {"child": _("Không ai tự nuôi chính mình.")}
    adult, child = Person.objects.get(pk=request.person_id or 0), Person.objects.get(pk=values["child"])
    if adult.born and child.born and child.born <= adult.born:
        return {"child": _("Người con phải trẻ hơn người nuôi.")}
    linked = adult.raises.filter(kind=values["raising"], child=child, until__isnull=True).exists()
    if linked and values["turn"] == "begin":
        return {"turn": _("Sổ đã ghi người này đang nuôi con ấy.")}
    return {"turn": _("Sổ không ghi người này đang nuôi con ấy.")} if not linked and values["turn"] == "end" else {}


def _number(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    number = values.get("national_id")
    return {"national_id": _("Số định danh có 12 chữ số (số cũ 9 chữ số).")} if number and not _ID.fullmatch(number) else {}


def _birth_date(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    born = datetime.date.fromisoformat(values["born"][0])
    person = Person.objects.filter(pk=request.person_id or 0).first() if request.kind == "correct_birth" else None
    if born > timezone.localdate() or (person and person.died_on and born > person.died_on):
        return {"born": _("Ngày sinh này không thể có.")}
    if request.kind == "move_in" and request.effective_on and born > request.effective_on:
        return {"born": _("Người này sinh sau ngày đến ở.")}
    return _number(request, values)


def _poverty(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    household = Household.objects.get(pk=request.household_id or 0)
    year = request.effective_on.year if request.effective_on else 0
    locked = PeriodLock.objects.filter(area_id=household.commune_id, year=year, form="poverty", reopened_at__isnull=True).exists()
    return {DAY: _("Số liệu hộ nghèo năm %(year)d của xã đã khóa.") % {"year": year}} if locked else {}


def _new_household(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    if not Area.objects.filter(pk=values.get("commune") or 0, position__isnull=False).exists():
        return {"": _("Chưa rõ hộ mới ở xã nào.")}
    numbers = [row["national_id"] for row in values["people"] if row.get("national_id")]
    if len(numbers) != len(set(numbers)):
        return {"people": _("Hai người không thể có cùng số định danh.")}
    return {}


def _transfer(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    place = request.household or (request.person.household if request.person else None)
    same = place is not None and place.commune_id == values["to_area"]
    return {"to_area": _("Đây là xã hiện ở. Đổi thôn trong xã thì dùng “Đổi chỗ ở trong xã”.")} if same else {}


def _record(request: ChangeRequest, values: dict[str, Any]) -> Errors:
    twin = Person.objects.filter(pk=values["other"], canonical__isnull=True).exclude(pk=request.person_id or 0).exists()
    return {} if twin else {"other": _("Không có hồ sơ này, hoặc đây chính là hồ sơ đang mở.")}


_OF_KIND: dict[str, Callable[[ChangeRequest, dict[str, Any]], Errors]] = {
    "split": _leaving, "divorce": _leaving, "head": _head, "death": _death, "disability": _disability, "pregnancy": _pregnancy,
    "raising": _raising, "correct_id": _number, "birth": _number, "correct_birth": _birth_date, "move_in": _birth_date, "poverty": _poverty,
    "new_household": _new_household, "transfer": _transfer, "transfer_person": _transfer, "merge_persons": _record,
}  # fmt: skip
