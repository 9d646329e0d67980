"""What births, deaths, marriages, moves, splits and merges do."""

from __future__ import annotations

from typing import Any

from households.models import Household, Person, Raising
from households.operations import families
from households.operations.duplicates import merge_household_records, merge_persons
from households.operations.effects.work import Work, day_of
from households.operations.facts import confirm_death, set_fact
from households.operations.places import announce, place_rest_of_household
from households.operations.registry import NewPerson, move_household, register_household, register_person
from posasoft.core.history import because
from posasoft.core.models import Area


def _newcomer(values: dict[str, Any], born: tuple[str, str]) -> NewPerson:
    facts = {"ethnicity": values["ethnicity"]} if values.get("ethnicity") else {}
    return NewPerson(
        values["full_name"], values.get("sex"), day_of(born[0]), born[1], relation=values.get("relation"),
        national_id=values.get("national_id") or None, facts=facts,
    )  # fmt: skip


def birth(work: Work) -> None:
    """The child belongs to the household from the day of birth."""
    child = _newcomer(work.values, (work.day.isoformat(), "day"))
    register_person(household=work.household, person=child, since=work.day, **work.why)


def death(work: Work) -> None:
    """No condition holds on that day or after."""
    confirm_death(person_id=work.person.pk, died_on=work.day, **work.why)


def marriage(work: Work) -> None:
    """Somebody moves to the spouse's household; neither raises children alone from then on (Article 5.4)."""
    target, person = work.other_household("target"), work.person
    relation = work.values["relation"]
    families.join_household(household=target, relations={person.pk: relation}, since=work.day, **work.why)
    _no_longer_alone(work, target, person.pk, relation)


def _no_longer_alone(work: Work, household: Household, person_id: int, relation: str) -> None:
    adults = [person_id]
    if relation == "spouse":
        adults += Person.objects.filter(household=household, relation="head", canonical__isnull=True).values_list("pk", flat=True)
    for adult in adults:
        families.end_raising(adult_id=adult, kind=Raising.Kind.ALONE, on=work.day, **work.why)


def join(work: Work) -> None:
    """Somebody lives in another household of the area."""
    relations = {work.person.pk: work.values["relation"]}
    families.join_household(household=work.other_household("target"), relations=relations, since=work.day, **work.why)


def split(work: Work) -> None:
    """Members form a household of their own."""
    values, household = work.values, work.household
    if values.get("stays_head"):
        _stays_head(work, values["stays_head"])
    new = families.split_household(
        household=household, members=values["members"], head=values["head"], since=work.day, village=work.area("village"),
        residence_kind=values["residence_kind"], poverty={"class": values["poverty"]}, **work.why,
    )  # fmt: skip
    work.made.append(new.pk)


def _stays_head(work: Work, person_id: int) -> None:
    value = {"household_id": work.household.pk, "relation": "head"}
    set_fact(subject="p", subject_id=person_id, fact="membership", value=value, since=work.day, **work.why)


def divorce(work: Work) -> None:
    """A split; the new head may raise the children who go along alone from then on."""
    split(work)
    if not work.values.get("alone"):
        return
    head = Person.objects.get(pk=work.values["head"])
    children = Person.objects.filter(pk__in=work.values["members"], born__gt=head.born).exclude(pk=head.pk) if head.born else []
    for child in children:
        families.start_raising(adult=head, child_id=child.pk, kind=Raising.Kind.ALONE, since=work.day, **work.why)


def merge_households(work: Work) -> None:
    """Two families live together."""
    families.merge_households(kept=work.household, other=work.other_household("other"), since=work.day, **work.why)


def head(work: Work) -> None:
    """Another head."""
    families.change_head(
        household=work.household, head=work.values["head"], old_relation=work.values["old_relation"], since=work.day, **work.why
    )


def relation(work: Work) -> None:
    """What somebody is to the head, as long as they have lived there."""
    person = work.person
    value = {"household_id": person.household_id, "relation": work.values["relation"]}
    set_fact(subject="p", subject_id=person.pk, fact="membership", value=value, since=person.household_since, **work.why)


def move_in(work: Work) -> None:
    """Somebody from outside the registry lives in the household; a spouse ends raising alone."""
    born = work.values["born"]
    person = register_person(household=work.household, person=_newcomer(work.values, (born[0], born[1])), since=work.day, **work.why)
    if work.values["relation"] == "spouse":
        _no_longer_alone(work, work.household, person.pk, "spouse")


def new_household(work: Work) -> None:
    """A household that no list has brought."""
    values = work.values
    commune = Area.objects.select_related("parent").get(pk=values["commune"])
    members = [_newcomer(row, tuple(row["born"]) if row.get("born") else ("", "day")) for row in values["people"]]
    household = register_household(
        commune=commune, village=work.area("village"), residence_kind=values["residence_kind"], since=work.day, members=members,
        poverty={"class": values["poverty"], "b1": values.get("b1"), "b2": values.get("b2")}, address=values.get("address") or "", **work.why,
    )  # fmt: skip
    work.made.append(household.pk)


def move_within(work: Work) -> None:
    """Another village of the commune."""
    household, values = work.household, work.values
    _move(work, household, household.commune, work.area("village"), values["residence_kind"])
    with because(change=work.change.pk, by=work.by, reason=work.change.reason, effective_from=work.day):
        Household.objects.filter(pk=household.pk).update(address=values.get("address") or "")


def _move(work: Work, household: Household, commune: Area, village: Area | None, kind: str) -> None:
    with because(change=work.change.pk, by=work.by, reason=work.change.reason, effective_from=work.day):
        move_household(household_id=household.pk, commune=commune, village=village, residence_kind=kind, since=work.day, **work.why)
        place_rest_of_household(Household.objects.get(pk=household.pk))
        announce([household.pk], work.day)


def move_out(work: Work) -> None:
    """The household is no longer looked after here."""
    families.end_household(household_id=work.household.pk, on=work.day, **work.why)


def move_out_person(work: Work) -> None:
    """One person leaves: into a household of their own that ends on the same day, for nobody stands outside a household."""
    person = work.person
    home = Household.objects.select_related("commune__parent", "village").get(pk=person.household_id)
    away = families.split_household(household=home, members=[person.pk], head=person.pk, since=work.day, **work.why)
    families.end_household(household_id=away.pk, on=work.day, **work.why)
    work.made.append(away.pk)


def transfer(work: Work) -> None:
    """The whole household goes to the village that the receiving commune chose."""
    values = work.values
    commune = Area.objects.get(pk=values["to_area"])
    _move(work, work.household, commune, work.area("to_village"), values["to_residence_kind"])


def transfer_person(work: Work) -> None:
    """One person goes: to a household of the receiving commune, or to a new one there."""
    values, person = work.values, work.person
    left = person.household_id
    if values.get("to_household"):
        target = work.other_household("to_household")
    else:
        commune = Area.objects.select_related("parent").get(pk=values["to_area"])
        target = register_household(
            commune=commune,
            village=work.area("to_village"),
            residence_kind=values["to_residence_kind"],
            since=work.day,
            members=[],
            **work.why,
        )
        work.made.append(target.pk)
    relation = values.get("to_relation") or ("other" if values.get("to_household") else "head")
    families.join_household(household=target, relations={person.pk: relation}, since=work.day, **work.why)
    announce([target.pk, left], work.day)


def merge_persons_(work: Work) -> None:
    """Two records of one person."""
    merge_persons(kept=work.person, other=Person.objects.get(pk=work.values["other"]), **work.why)


def merge_records(work: Work) -> None:
    """Two records of one household."""
    merge_household_records(kept=work.household, other=work.other_household("other"), **work.why)
