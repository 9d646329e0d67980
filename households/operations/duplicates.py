"""Two records of one person or one household: nothing is deleted, the one points to the record that is kept."""

from __future__ import annotations

from django.db import transaction

from households.facts import PERSON_FACTS
from households.models import Change, Household, Person, Raising
from households.operations.facts import set_fact
from households.operations.families import join_household
from households.queries.state import spells_of
from posasoft.core import audit
from posasoft.core.history import because
from posasoft.core.scope import Scope


class NotTwins(ValueError):
    """The two records cannot be one; the message is for the screen (Vietnamese)."""


@transaction.atomic
def merge_persons(*, kept: Person, other: Person, change: Change, by: Scope) -> None:
    """``other`` is the same person as ``kept``: rules, lists and payments read ``kept`` only. Its ids, papers and links go over, and facts of
    which ``kept`` says nothing. Raises NotTwins for a record that is merged already, or for a person and itself."""
    if kept.pk == other.pk or kept.canonical_id or other.canonical_id:
        raise NotTwins("Hồ sơ này đã được gộp hoặc trùng chính nó.")
    with because(change=change.pk, by=by, reason=change.reason):
        Person.objects.filter(pk=other.pk).update(canonical=kept)
        Person.objects.filter(canonical=other).update(canonical=kept)
        place = {"province_no": kept.province_no, "area_pos": kept.area_pos}
        known = set(kept.national_ids.filter(until__isnull=True).values_list("kind", flat=True))
        other.national_ids.exclude(kind__in=known).update(person=kept, **place)
        other.documents.update(person=kept, **place)
        _move_links(kept, other)
    _fill_facts(kept, other, change, by)
    audit.record(
        verb="merge_persons", kind="households_person", object_id=kept.pk, by=by, area=(kept.province_no, kept.area_pos), other=other.pk
    )


def _move_links(kept: Person, other: Person) -> None:
    """Who raises whom, where the kept record has no such link of its own."""
    for link in Raising.objects.filter(adult=other):
        if link.child_id != kept.pk and not Raising.objects.filter(kind=link.kind, adult=kept, child_id=link.child_id).exists():
            Raising.objects.filter(pk=link.pk).update(adult=kept)
    for link in Raising.objects.filter(child=other):
        if link.adult_id != kept.pk and not Raising.objects.filter(kind=link.kind, adult_id=link.adult_id, child=kept).exists():
            Raising.objects.filter(pk=link.pk).update(child=kept)


def _fill_facts(kept: Person, other: Person, change: Change, by: Scope) -> None:
    known = spells_of("p", [kept.pk, other.pk], [fact.name for fact in PERSON_FACTS if fact.name != "membership"])
    for fact in PERSON_FACTS[1:]:
        mine, theirs = known.get((kept.pk, fact.name), []), known.get((other.pk, fact.name), [])
        if any(_says(spell.value) for spell in mine):
            continue
        for spell in (spell for spell in theirs if _says(spell.value)):
            set_fact(
                subject="p",
                subject_id=kept.pk,
                fact=fact.name,
                value=spell.value,
                since=spell.since,
                until=spell.until,
                change=change,
                by=by,
            )


def _says(value: object) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


@transaction.atomic
def merge_household_records(*, kept: Household, other: Household, change: Change, by: Scope) -> None:
    """``other`` is the same household as ``kept``. People of the same name and birth are one; the others have always lived in ``kept``.

    Raises NotTwins."""
    if kept.pk == other.pk or kept.canonical_id or other.canonical_id:
        raise NotTwins("Hồ sơ hộ này đã được gộp hoặc trùng chính nó.")
    mine = {(p.name_key, p.born): p for p in Person.objects.filter(household=kept, canonical__isnull=True)}
    for person in Person.objects.filter(household=other, canonical__isnull=True).order_by("pk"):
        twin = mine.get((person.name_key, person.born))
        if twin is not None:
            merge_persons(kept=twin, other=person, change=change, by=by)
            continue
        relation = "other" if person.relation == "head" else person.relation
        join_household(household=kept, relations={person.pk: relation}, since=person.household_since, change=change, by=by)
    with because(change=change.pk, by=by, reason=change.reason):
        Household.objects.filter(pk=other.pk).update(canonical=kept)
    audit.record(
        verb="merge_records", kind="households_household", object_id=kept.pk, by=by, area=(kept.province_no, kept.area_pos), other=other.pk
    )
