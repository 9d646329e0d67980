"""New households and persons, and moves."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from households.crypto import seal
from households.models import Change, Household, NationalId, Person, SearchToken
from households.operations.facts import UnknownSubjectError, located, set_fact
from posasoft.core import audit
from posasoft.core.models import Area, AreaClass
from posasoft.core.names import fold, fold_tokens, nfc_name, sort_key
from posasoft.core.scope import Scope


@dataclass(frozen=True)
class NewPerson:
    """What is known of a person at entry; ``facts`` maps fact names (households.facts) to their JSON values, held since ``since``."""

    full_name: str
    sex: str | None
    born: datetime.date | None
    born_precision: str = "day"
    relation: str | None = None
    national_id: str | None = None
    facts: dict[str, Any] | None = None


def household_code(commune: Area, household_id: int) -> str:
    """The code printed on papers: official codes of province and commune at registration, and a number that is never used again."""
    province = commune.parent.code if commune.parent else f"{commune.province_no or 0:02d}"
    return f"{province}-{commune.code}-{household_id:06d}"


def _difficulty(commune: Area, village: Area | None, day: datetime.date) -> str | None:
    """The class of the village if it has one, else the commune's: the law speaks of *xã, thôn đặc biệt khó khăn*."""
    classes = AreaClass.objects.filter(
        Q(until__isnull=True) | Q(until__gt=day), since__lte=day, area__in=[area for area in (village, commune) if area]
    )
    found = {row.area_id: row.difficulty for row in classes}
    return found.get(village.pk if village else 0) or found.get(commune.pk)


@transaction.atomic
def register_household(
    *, commune: Area, village: Area | None, residence_kind: str, since: datetime.date | None, members: list[NewPerson], change: Change,
    by: Scope, poverty: dict[str, Any] | None = None, address: str = "",
) -> Household:  # fmt: skip
    """Create a household with its members, all since one day. ``poverty`` is {"class", "b1", "b2"}. Raises ValueError for a commune of the past."""
    if commune.position is None or commune.province_no is None:
        raise ValueError(f"{commune.name} không còn là đơn vị hành chính hiện hành")
    poverty = poverty or {"class": "none"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('households_household', 'id'))")
        household_id = cursor.fetchone()[0]
    household = Household.objects.create(
        id=household_id,
        code=household_code(commune, household_id),
        commune=commune,
        village=village,
        province_no=commune.province_no,
        area_pos=(village or commune).position or commune.position,
        address=address,
        difficulty=_difficulty(commune, village, since or datetime.date.min),
        residence_kind=residence_kind,
        residence_since=since,
        poverty=poverty["class"],
        b1=poverty.get("b1"),
        b2=poverty.get("b2"),
        poverty_since=since,
        change=change,
    )
    for member in members:
        register_person(household=household, person=member, since=since, change=change, by=by)
    audit.record(verb="register_household", kind="households_household", object_id=household.pk, by=by, area=located(household))
    return household


@transaction.atomic
def register_person(*, household: Household, person: NewPerson, since: datetime.date | None, change: Change, by: Scope) -> Person:
    """Add a person to a household since a day, with what is known of them."""
    name = nfc_name(person.full_name)
    row = Person.objects.create(
        full_name=name,
        name_key=fold(name),
        name_sort=sort_key(name),
        sex=person.sex,
        born=person.born,
        born_precision=person.born_precision,
        household=household,
        relation=person.relation,
        household_since=since,
        change=change,
        province_no=household.province_no,
        area_pos=household.area_pos,
    )
    SearchToken.objects.bulk_create(
        [SearchToken(token=token[:40], area_pos=row.area_pos, person_id=row.pk) for token in sorted(set(fold_tokens(name)))]
    )
    if person.national_id:
        sealed = seal(person.national_id)
        NationalId.objects.create(
            person=row, kind="cccd" if len(person.national_id) == 12 else "cmnd", number_enc=sealed.number_enc, number_index=sealed.number_index,
            tail=sealed.tail, change=change, province_no=row.province_no, area_pos=row.area_pos,
        )  # fmt: skip
    for fact, value in (person.facts or {}).items():
        set_fact(subject="p", subject_id=row.pk, fact=fact, value=value, since=since, change=change, by=by)
    audit.record(verb="register_person", kind="households_person", object_id=row.pk, by=by, area=(row.province_no, row.area_pos))
    return row


# Rows that carry the household's place now; money rows of past months keep the place where they were paid.
_PLACED = (
    ("households_person", "household_id = %(id)s"),
    ("households_nationalid", "person_id IN (SELECT id FROM households_person WHERE household_id = %(id)s)"),
    ("households_raising", "adult_id IN (SELECT id FROM households_person WHERE household_id = %(id)s)"),
    ("households_document", "household_id = %(id)s OR person_id IN (SELECT id FROM households_person WHERE household_id = %(id)s)"),
    ("households_searchtoken", "person_id IN (SELECT id FROM households_person WHERE household_id = %(id)s)"),
    (
        "households_factspell",
        "(subject = 'h' AND subject_id = %(id)s) OR (subject = 'p' AND subject_id IN (SELECT id FROM households_person WHERE household_id = %(id)s))",
    ),
)


@transaction.atomic
def move_household(
    *, household_id: int, commune: Area, village: Area | None, residence_kind: str, since: datetime.date, change: Change, by: Scope
) -> None:
    """The whole household lives elsewhere from a day on; its rows follow, so that the new commune sees it and the old one no longer does.

    Raises UnknownSubjectError. Runs in a scope that holds both places: a transfer is accepted by the level above or by the system.
    """
    household = Household.objects.filter(pk=household_id).first()
    if household is None or commune.position is None:
        raise UnknownSubjectError(household_id)
    value = {
        "commune_id": commune.pk,
        "village_id": village.pk if village else None,
        "difficulty": _difficulty(commune, village, since),
        "kind": residence_kind,
    }
    set_fact(subject="h", subject_id=household_id, fact="residence", value=value, since=since, change=change, by=by)
    place = {"id": household_id, "province": commune.province_no, "position": (village or commune).position}
    with connection.cursor() as cursor:
        for table, where in _PLACED:
            province = "" if table == "households_searchtoken" else "province_no = %(province)s, "
            cursor.execute(f"UPDATE {table} SET {province}area_pos = %(position)s WHERE {where}", place)
        cursor.execute("UPDATE households_household SET province_no = %(province)s, area_pos = %(position)s WHERE id = %(id)s", place)
    audit.record(
        verb="move_household", kind="households_household", object_id=household_id, by=by,
        area=(commune.province_no or 0, place["position"] or 0), since=str(since),
    )  # fmt: skip
