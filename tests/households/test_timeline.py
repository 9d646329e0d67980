"""A value laid over a timeline covers its own days and no others."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from households.timeline import Spell, overlay, value_on

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2020, 3, 31))


@st.composite
def spells(draw: st.DrawFn) -> Spell:
    since, until = sorted([draw(DAYS), draw(DAYS)])
    if since == until:
        until += datetime.timedelta(days=1)
    return Spell(draw(st.sampled_from("abc")), draw(st.sampled_from([since, None])), draw(st.sampled_from([until, None])))


@given(st.lists(spells(), max_size=6), spells(), DAYS)
def test_days_inside_take_the_new_value_and_days_outside_keep_theirs(laid: list[Spell], new: Spell, day: datetime.date) -> None:
    before: list[Spell] = []
    for spell in laid:
        before = overlay(before, spell)
    after = overlay(before, new)
    inside = (new.since or datetime.date.min) <= day < (new.until or datetime.date.max)
    assert value_on(after, day) == (new.value if inside else value_on(before, day))


@given(st.lists(spells(), max_size=6))
def test_spells_never_overlap_and_equal_neighbours_are_one(laid: list[Spell]) -> None:
    timeline: list[Spell] = []
    for spell in laid:
        timeline = overlay(timeline, spell)
    for left, right in zip(timeline, timeline[1:], strict=False):
        assert left.until is not None
        assert right.since is not None
        assert left.until <= right.since
        assert not (left.until == right.since and left.value == right.value)
