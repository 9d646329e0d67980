"""An accepted list becomes households, persons, facts, benefits to inherit and deaths to confirm; nothing is lost by a blank."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from households.models import FactSpell, Household, ImportBatch, ImportedBenefit, ImportedDeath, ImportRow, NationalId, Person, SearchToken
from households.staging import operations
from households.staging.queries import missing_from_list, same_files, summary
from posasoft.core.models import Area, Hold, WorkItem
from posasoft.core.scope import COUNTRY
from tests.households.cast import Cast, cast
from tests.importing.staged import some_families, stage_families, stage_file

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).parents[2] / "samples" / "danh-sach-ho-ngheo-2025.xlsx"
NEW_YEAR = dt.date(2025, 1, 1)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    return cast()


@pytest.fixture
def sample(people: Cast) -> ImportBatch:
    return stage_file(SAMPLE, people.dong_van)


def test_a_staged_list_touches_nothing(people: Cast, sample: ImportBatch) -> None:
    assert sample.status == "staged"
    assert (sample.household_count, sample.person_count) == (180, 671)
    assert Household.objects.count() == 2
    assert summary(sample).new == 671


def test_accepting_all_brings_every_household_into_its_village(people: Cast, sample: ImportBatch) -> None:
    counts = operations.accept(batch=sample, by=COUNTRY)

    assert counts == {"persons": 671, "new": 671, "households": 180}
    head = Person.objects.select_related("household__village").get(full_name="Bàn Thùy Hương", born=dt.date(1949, 9, 16))
    assert (head.household.poverty, head.household.b1, head.household.b2) == ("poor", 119, 60)
    assert head.household.poverty_since == NEW_YEAR
    assert head.household.village is not None
    assert head.household.village.name == "Thôn Nà Cho"
    assert head.household.code.startswith("08-00721-")
    assert head.area_pos == head.household.area_pos == head.household.village.position
    assert Area.objects.filter(level="village", parent=people.dong_van).count() == 5
    assert SearchToken.objects.filter(person_id=head.pk, token="huong").exists()


def test_ids_are_sealed_and_found_again(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)
    head = Person.objects.get(full_name="Bàn Thùy Hương", born=dt.date(1949, 9, 16))

    assert NationalId.objects.get(person=head).tail == "822"
    assert not ImportRow.objects.filter(note__contains="002149240822").exists()


def test_listed_benefits_wait_to_be_inherited_from_the_first_day_of_the_year(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)

    benefit = ImportedBenefit.objects.select_related("person").get(person__name_key="pham thi mai", person__born=dt.date(1952, 7, 3))
    assert (benefit.benefit, benefit.amount, benefit.from_day) == ("TCXH-5.6", 1_000_000, NEW_YEAR)
    assert benefit.pulled_at is None
    assert benefit.person.disability_certified_on == NEW_YEAR


def test_who_is_noted_dead_cannot_be_paid_until_it_is_confirmed_or_refuted(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)
    death = ImportedDeath.objects.filter(noted="2025-10").order_by("id")[0]
    holds = Hold.objects.filter(effect="no_payment", subject_kind="person", subject_id=death.person_id, lifted_at=None)

    assert ImportedDeath.objects.count() == 37
    assert death.died_on == dt.date(2025, 10, 31)
    assert holds.count() == 1
    assert WorkItem.objects.filter(kind="confirm_death", subject_id=death.person_id, done_at=None).count() == 1
    operations.confirm_noted_death(death=death, died_on=dt.date(2025, 10, 31), by=COUNTRY)
    assert Person.objects.get(pk=death.person_id).died_on == dt.date(2025, 10, 31)
    assert not holds.exists()
    assert not WorkItem.objects.filter(kind="confirm_death", subject_id=death.person_id, done_at=None).exists()


def test_a_refuted_death_lets_the_person_be_paid_again(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)
    death = ImportedDeath.objects.order_by("id")[0]

    operations.refute_noted_death(death=death, by=COUNTRY)

    assert Person.objects.get(pk=death.person_id).died_on is None
    assert not Hold.objects.filter(subject_id=death.person_id, lifted_at=None).exists()
    with pytest.raises(operations.WrongMoment):
        operations.confirm_noted_death(death=death, died_on=dt.date(2025, 10, 31), by=COUNTRY)


def test_part_of_a_list_can_be_accepted_and_part_rejected(people: Cast, sample: ImportBatch) -> None:
    operations.reject(batch=sample, blocks=[1, 2], by=COUNTRY)
    operations.accept(batch=sample, by=COUNTRY, blocks=[1, 2, 3, 4])

    counts = summary(sample)
    assert (counts.rejected, counts.accepted) == (7, 6)
    assert Household.objects.count() == 4


def test_the_same_file_is_recognised(people: Cast, sample: ImportBatch) -> None:
    again = stage_file(SAMPLE, people.dong_van)

    assert list(same_files(again)) == [sample]


def test_the_same_list_again_changes_nothing(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)
    again = stage_file(SAMPLE, people.dong_van)
    counts = summary(again)

    assert counts.new <= 2
    assert counts.persons - counts.new - counts.proposals >= 665
    assert not ImportRow.objects.filter(batch=again, match__in=["id", "name"]).exclude(diff={}).exists()


def test_a_changed_class_closes_the_old_spell_and_a_blank_deletes_nothing(people: Cast, tmp_path: Path) -> None:
    families = some_families()
    for family in families:
        for human in family.people:
            human.died, human.note = None, None
    operations.accept(batch=stage_families(families, people.dong_van, tmp_path, seed=1), by=COUNTRY)
    head = families[0].people[0]
    families[0].poverty, families[0].b2 = ("near_poor", 10) if families[0].poverty == "poor" else ("poor", 40)
    head.disability = head.benefit = None
    later = stage_families(families, people.dong_van, tmp_path, seed=2)
    operations.accept(batch=later, by=COUNTRY, from_day=dt.date(2026, 1, 1))

    row = ImportRow.objects.filter(batch=later).order_by("id")[0]
    household = Household.objects.get(pk=row.household_id)
    assert (household.poverty, household.poverty_since) == (families[0].poverty, dt.date(2026, 1, 1))
    spell = FactSpell.objects.get(subject="h", subject_id=household.pk, fact="poverty")
    assert (spell.since, spell.until) == (NEW_YEAR, dt.date(2026, 1, 1))
    cast_ids = [people.family.pk, people.neighbours.pk]
    assert Household.objects.filter(poverty_since=dt.date(2026, 1, 1)).exclude(pk__in=cast_ids).count() == 1


def test_households_that_the_list_does_not_name_are_shown_and_kept(people: Cast, sample: ImportBatch) -> None:
    assert list(missing_from_list(sample)) == [people.family]
    operations.accept(batch=sample, by=COUNTRY)
    people.family.refresh_from_db()
    assert people.family.ended_on is None


def test_an_accepted_list_can_be_undone(people: Cast, tmp_path: Path) -> None:
    families = some_families()
    first = stage_families(families, people.dong_van, tmp_path, seed=1)
    operations.accept(batch=first, by=COUNTRY)
    before = {row.pk: row.poverty for row in Household.objects.all()}
    for family in families:
        family.poverty, family.b2 = ("near_poor", 10) if family.poverty == "poor" else ("poor", 40)
    second = stage_families(families, people.dong_van, tmp_path, seed=2)
    operations.accept(batch=second, by=COUNTRY, from_day=dt.date(2026, 1, 1))

    operations.undo(batch=second, by=COUNTRY)

    living = Household.objects.filter(ended_on=None)
    assert {row.pk: row.poverty for row in living} == before
    assert not FactSpell.objects.filter(subject="h", fact="poverty").exists()
    with pytest.raises(operations.WrongMoment):
        operations.undo(batch=second, by=COUNTRY)


def test_undo_is_refused_once_a_payment_has_used_the_list(people: Cast, sample: ImportBatch) -> None:
    operations.accept(batch=sample, by=COUNTRY)
    sample.refresh_from_db()
    Hold.objects.create(
        effect="no_undo", subject_kind="households.change", subject_id=sample.change_id, reason="đã chi", placed_by_kind="payments.paymentlist",
        placed_by_id=1, province_no=3, area_pos=people.dong_van.position or 0,
    )  # fmt: skip

    with pytest.raises(operations.WrongMoment, match="chi trả"):
        operations.undo(batch=sample, by=COUNTRY)
