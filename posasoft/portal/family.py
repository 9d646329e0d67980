"""A household's life as lanes of a drawing, and as rows of the table behind it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils.translation import gettext as _

from households.models import Household, Person
from posasoft.portal import wording
from posasoft.portal.queries.package import steps
from posasoft.portal.queries.registry import Member
from posasoft.portal.queries.spells import Spell, spells
from posasoft.portal.templatetags.ui import short_money
from posasoft.portal.timeline import Drawing, Stretch, draw

DRAWN = ("disability", "no_parental_care", "studying", "no_supporter", "pregnant", "pension")
MOST_LANES = 10
Lanes = list[tuple[str, list[Stretch]]]


def _stretches(found: Sequence[Spell]) -> list[Stretch]:
    return [
        Stretch(wording.fact_value(s.fact, s.value), wording.tone(s.fact, s.value), s.since, s.until)
        for s in found
        if wording.is_stated(s.fact, s.value)
    ]


def _people_lane(members: Sequence[Member]) -> list[Stretch]:
    """How many of today's members lived in the household, day by day."""
    came = [(m.person.household_since or m.person.born, 1) for m in members]
    went = [(m.person.died_on, -1) for m in members if m.person.died_on]
    steps_: dict[datetime.date | None, int] = {}
    for day, change in [*came, *went]:
        steps_[day] = steps_.get(day, 0) + change
    days = sorted(steps_, key=lambda d: d or datetime.date.min)
    found, size = [], 0
    for number, day in enumerate(days):
        size += steps_[day]
        until = days[number + 1] if number + 1 < len(days) else None
        found.append(Stretch(_("%(n)d người") % {"n": size}, "info", day, until))
    return found


def household_lanes(of: Household, members: Sequence[Member]) -> tuple[Lanes, list[tuple[str, Stretch]]]:
    """Lanes to draw (poverty class, size, facts of each person) and every stretch by name for the table."""
    people = {m.person.pk: m.person for m in members}
    found = spells(households=[of.pk], persons=list(people))
    lanes: Lanes = [(wording.fact_name("poverty"), _stretches([s for s in found if s.fact == "poverty"]))]
    lanes.append((_("Người đang ở hộ"), _people_lane(members)))
    for person in people.values():
        lanes.extend(_person_lanes(person, found, DRAWN))
    lanes = [(name, stretches) for name, stretches in lanes if stretches]
    return lanes[:MOST_LANES], [(name, s) for name, stretches in lanes for s in stretches]


def _person_lanes(person: Person, found: Sequence[Spell], facts: Sequence[str]) -> Lanes:
    given = person.full_name.split()[-1]
    own = [s for s in found if s.subject == "p" and s.subject_id == person.pk]
    return [(f"{wording.fact_name(fact)} ({given})", _stretches([s for s in own if s.fact == fact])) for fact in facts]


def household_drawing(of: Household, lanes: Lanes, day: datetime.date) -> Drawing:
    """The lanes over the years, with the package's money below."""
    money = steps(of, day)
    label = short_money(money[-1][1]) if money else ""
    return draw(lanes, day, (_("Tổng trợ cấp"), money, label))


def person_lanes(person: Person, *, hidden: frozenset[str] = frozenset()) -> Lanes:
    """One lane per stated fact of a person; `hidden` facts (a diagnosis) are left out for roles that may not read them."""
    found = [s for s in spells(households=[], persons=[person.pk]) if s.fact not in hidden and s.fact not in ("membership", "ethnicity")]
    lanes = [(wording.fact_name(fact), _stretches([s for s in found if s.fact == fact])) for fact in wording.FACTS]
    return [(name, stretches) for name, stretches in lanes if stretches]
