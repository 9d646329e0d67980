"""What changes of class, disability, school, care and corrections do."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from households.operations import families
from households.operations.corrections import correct_person, replace_national_id
from households.operations.effects.work import Work, day_of
from households.operations.facts import set_fact


def _state(work: Work, fact: str, value: Any, until: str | None = None) -> None:
    set_fact(subject="p", subject_id=work.person.pk, fact=fact, value=value, since=work.day, until=day_of(until), **work.why)


def poverty(work: Work) -> None:
    """The household's class with its points."""
    values = work.values
    value = {"class": values["class"], "b1": values.get("b1"), "b2": values.get("b2")}
    set_fact(subject="h", subject_id=work.household.pk, fact="poverty", value=value, since=work.day, **work.why)


def disability(work: Work) -> None:
    """Degree, kind and certificate."""
    values = work.values
    degree = values.get("degree") or None
    certified = values.get("certified") or (work.day.isoformat() if degree else None)
    _state(work, "disability", {"degree": degree, "type": (values.get("type") or None) if degree else None, "certified": certified})


def schooling(work: Work) -> None:
    """School and boarding."""
    _state(work, "studying", work.values.get("studying") or None)
    _state(work, "boards_at_school", bool(work.values.get("boards")))


def orphan(work: Work) -> None:
    """One of the eleven situations of Article 5.1, or none."""
    _state(work, "no_parental_care", work.values.get("situation") or None)


def pregnancy(work: Work) -> None:
    """Pregnant until the day the birth is expected, when it is known."""
    pregnant = bool(work.values.get("pregnant"))
    _state(work, "pregnant", pregnant, work.values.get("until") if pregnant else None)


def hiv(work: Work) -> None:
    """A diagnosis."""
    _state(work, "hiv", bool(work.values.get("hiv")))


def pension(work: Work) -> None:
    """Pension in đồng a month, and other monthly assistance."""
    _state(work, "pension", int(work.values.get("amount") or 0))
    _state(work, "other_income", bool(work.values.get("other_income")))


def supporter(work: Work) -> None:
    """Nobody supports the person; may live in a facility."""
    _state(work, "no_supporter", bool(work.values.get("no_supporter")))
    _state(work, "facility_eligible", bool(work.values.get("facility")))


def fostering(work: Work) -> None:
    """Who receives support for caring."""
    _state(work, "fostered_by", work.values.get("fostered_by") or None)


def raising(work: Work) -> None:
    """Who raises whom begins or ends."""
    values = work.values
    if values["turn"] == "end":
        families.end_raising(adult_id=work.person.pk, child_id=values["child"], kind=values["raising"], on=work.day, **work.why)
        return
    families.start_raising(adult=work.person, child_id=values["child"], kind=values["raising"], since=work.day, **work.why)


def ethnicity(work: Work) -> None:
    """Held since birth: a correction covers all days."""
    set_fact(subject="p", subject_id=work.person.pk, fact="ethnicity", value=work.values["ethnicity"], since=None, **work.why)


def correct_name(work: Work) -> None:
    """The name as the paper has it."""
    correct_person(person_id=work.person.pk, full_name=work.values["full_name"], **work.why)


def correct_birth(work: Work) -> None:
    """The day of birth and how exactly it is known."""
    born, precision = work.values["born"]
    correct_person(person_id=work.person.pk, born=day_of(born), born_precision=precision, **work.why)


def correct_sex(work: Work) -> None:
    """The sex as the paper has it."""
    correct_person(person_id=work.person.pk, sex=work.values["sex"], **work.why)


def correct_id(work: Work) -> None:
    """The number as the card has it; the wrong one ends today."""
    replace_national_id(person=work.person, number=work.values["national_id"], on=timezone.localdate(), **work.why)
