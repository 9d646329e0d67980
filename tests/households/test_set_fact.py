"""Facts change from a day on; what held before stays known."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from households.models import FactSpell, Person
from households.operations import UnknownSubjectError, confirm_death, set_fact
from households.queries import household_on, spells_of
from households.timeline import Spell
from posasoft.core.models import AuditEvent
from posasoft.core.scope import COUNTRY
from tests.households.cast import JANUARY, cast
from tests.support.database import owner

pytestmark = pytest.mark.django_db
MAY = datetime.date(2026, 5, 1)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def test_the_household_of_a_day_shows_what_held_then() -> None:
    c = cast()
    set_fact(
        subject="h",
        subject_id=c.family.pk,
        fact="poverty",
        value={"class": "near_poor", "b1": 140, "b2": 20},
        since=MAY,
        change=c.change,
        by=COUNTRY,
    )
    april, may = household_on(c.family.pk, day("2026-04-30")), household_on(c.family.pk, MAY)
    assert april is not None
    assert may is not None
    assert (april.facts["poverty"]["class"], may.facts["poverty"]["class"]) == ("poor", "near_poor")
    assert [m.full_name for m in may.members] == ["Giàng Mí Páo", "Giàng Thị Dợ", "Giàng Mí Sính"]


def test_a_correction_in_the_past_cuts_only_its_own_days() -> None:
    c = cast()
    sinh = Person.objects.get(full_name="Giàng Mí Sính")
    set_fact(
        subject="p",
        subject_id=sinh.pk,
        fact="studying",
        value=None,
        since=day("2026-02-01"),
        until=day("2026-03-01"),
        change=c.change,
        by=COUNTRY,
    )
    assert spells_of("p", [sinh.pk], ["studying"])[(sinh.pk, "studying")] == [
        Spell("primary", JANUARY, day("2026-02-01")),
        Spell(None, day("2026-02-01"), day("2026-03-01")),
        Spell("primary", day("2026-03-01"), None),
    ]


def test_a_fact_that_ended_leaves_nothing_open() -> None:
    c = cast()
    pao = Person.objects.get(full_name="Giàng Mí Páo")
    value = {"degree": "severe", "type": "mobility", "certified": "2026-02-03"}
    set_fact(
        subject="p", subject_id=pao.pk, fact="disability", value=value, since=day("2026-02-03"), until=MAY, change=c.change, by=COUNTRY
    )
    pao.refresh_from_db()
    assert (pao.disability_degree, pao.disability_since) == (None, MAY)
    assert FactSpell.objects.get(subject_id=pao.pk, fact="disability").value["certified"] == "2026-02-03"


def test_the_dead_leave_the_household_on_the_day_they_die() -> None:
    c = cast()
    do = Person.objects.get(full_name="Giàng Thị Dợ")
    confirm_death(person_id=do.pk, died_on=MAY, change=c.change, by=COUNTRY)
    before, on = household_on(c.family.pk, day("2026-04-30")), household_on(c.family.pk, MAY)
    assert before is not None
    assert on is not None
    assert do.pk in {m.id for m in before.members}
    assert do.pk not in {m.id for m in on.members}


def test_every_old_version_is_kept_even_of_raw_sql() -> None:
    c = cast()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE households_person SET full_name = 'Giàng Mí Pao' WHERE household_id = %s AND relation = 'head'", [c.family.pk]
        )
        cursor.execute("SELECT full_name FROM households_personevent WHERE household_id = %s", [c.family.pk])
        assert ("Giàng Mí Páo",) in cursor.fetchall()


def test_history_and_audit_cannot_be_rewritten_by_the_serving_role() -> None:
    cast()
    for table in ("households_personevent", "households_factspellevent", "core_auditevent"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_a_closed_spell_cannot_reach_past_the_open_one() -> None:
    c = cast()
    with pytest.raises(IntegrityError, match="closed spell"), transaction.atomic():
        FactSpell.objects.create(
            subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=day("2025-01-01"), until=MAY,
            change=c.change, province_no=3, area_pos=c.family.area_pos,
        )  # fmt: skip
    FactSpell.objects.create(
        subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=day("2025-01-01"), until=JANUARY,
        change=c.change, province_no=3, area_pos=c.family.area_pos,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="open spell"), transaction.atomic():
        type(c.family).objects.filter(pk=c.family.pk).update(poverty_since=day("2025-06-01"))


def test_closed_spells_of_one_fact_cannot_overlap() -> None:
    c = cast()
    common = {
        "subject": "h",
        "subject_id": c.family.pk,
        "fact": "poverty",
        "change": c.change,
        "province_no": 3,
        "area_pos": c.family.area_pos,
    }
    FactSpell.objects.create(value={"class": "poor"}, since=day("2024-01-01"), until=day("2025-01-01"), **common)
    with pytest.raises(IntegrityError, match="no_overlap"), transaction.atomic():
        FactSpell.objects.create(value={"class": "none"}, since=day("2024-12-31"), until=day("2025-06-01"), **common)


def test_nobody_changes_what_lies_outside_the_scope() -> None:
    c = cast()
    with pytest.raises(UnknownSubjectError):
        set_fact(subject="p", subject_id=10**12, fact="hiv", value=True, since=MAY, change=c.change, by=COUNTRY)


def test_each_change_writes_one_audit_row_without_names() -> None:
    c = cast()
    with owner():
        before = AuditEvent.objects.count()
    set_fact(subject="h", subject_id=c.family.pk, fact="poverty", value={"class": "none"}, since=MAY, change=c.change, by=COUNTRY)
    with owner():
        assert AuditEvent.objects.count() == before + 1
        assert "Giàng" not in str(AuditEvent.objects.latest("id").detail)
