"""What was written wrongly of a person: true from the beginning, so without a day."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction

from households.crypto import seal
from households.models import Change, NationalId, Person, SearchToken
from households.operations.facts import UnknownSubjectError
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.names import fold, fold_tokens, nfc_name, sort_key
from posasoft.core.scope import Scope


def write_tokens(person: Person) -> None:
    """The words by which a person is found, anew."""
    SearchToken.objects.filter(person_id=person.pk).delete()
    words = sorted({token[:40] for token in fold_tokens(person.full_name)})
    SearchToken.objects.bulk_create([SearchToken(token=word, area_pos=person.area_pos, person_id=person.pk) for word in words])


@transaction.atomic
def correct_person(*, person_id: int, change: Change, by: Scope, **values: Any) -> None:
    """Correct name, sex, or birth (``full_name``, ``sex``, ``born`` with ``born_precision``) of a person. Raises UnknownSubjectError."""
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise UnknownSubjectError(person_id)
    if "full_name" in values:
        name = nfc_name(values["full_name"])
        values |= {"full_name": name, "name_key": fold(name), "name_sort": sort_key(name)}
    with because(change=change.pk, by=by, reason=change.reason):
        Person.objects.filter(pk=person_id).update(**values)
    if "full_name" in values:
        person.full_name = values["full_name"]
        write_tokens(person)
    area = (person.province_no, person.area_pos)
    audit.record(verb="correct", kind="households_person", object_id=person_id, by=by, area=area, fields=sorted(values))


@transaction.atomic
def replace_national_id(*, person: Person, number: str, on: datetime.date, change: Change, by: Scope) -> NationalId:
    """Another number from now on; the one of the same kind that stood here ends on a day."""
    kind = "cccd" if len(number) == 12 else "cmnd"
    sealed = seal(number)
    with because(change=change.pk, by=by, reason=change.reason):
        NationalId.objects.filter(person=person, kind=kind, until__isnull=True).update(until=on)
        row = NationalId.objects.create(
            person=person, kind=kind, number_enc=sealed.number_enc, number_index=sealed.number_index, tail=sealed.tail, change=change,
            province_no=person.province_no, area_pos=person.area_pos,
        )  # fmt: skip
    audit.record(verb="replace_id", kind="households_person", object_id=person.pk, by=by, area=(person.province_no, person.area_pos))
    return row
