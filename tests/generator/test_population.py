"""Invented people look like the people of the registry: shares, ages, names, ids."""

import numpy as np
import pytest

from households.generator.arrays import NO_DAY, completed_years, day_number
from households.generator.chunks import Task, make_chunk
from households.generator.circumstances import EXTREME, SEVERE
from households.generator.families import HEAD, NOT_POOR, POOR, SPOUSE
from households.generator.identity import CCCD
from households.generator.namebook import draw_names, name_keys
from households.generator.places import Place
from households.generator.profiles import PILOT, poverty_shares, profiles
from posasoft.core.months import age_on
from posasoft.core.names import fold, nfc_name, sort_key

from .conftest import AS_OF


def chunk_of(profile, households=6000, seed=11, difficulty=-1):
    place = Place(1, "08-00721", 2, 10, 1, difficulty, True, profile, 1.0)
    return make_chunk(Task(1, seed, day_number(AS_OF), (place,), (households,), 1, 1))


@pytest.fixture(scope="module")
def mountains():
    return chunk_of("02", difficulty=1)


@pytest.fixture(scope="module")
def delta():
    return chunk_of("84")


def test_the_same_task_makes_the_same_people(mountains):
    again = chunk_of("02", difficulty=1)
    assert again.people.name.tolist() == mountains.people.name.tolist()
    assert (again.people.born == mountains.people.born).all()
    assert again.ids.number.tolist() == mountains.ids.number.tolist()
    assert again.truths == mountains.truths
    assert chunk_of("02", seed=12).people.name.tolist() != mountains.people.name.tolist()


def test_the_mountains_are_poorer_larger_and_of_other_peoples(mountains, delta):
    poor = [np.mean(chunk.homes.poverty == POOR) for chunk in (mountains, delta)]
    assert 0.5 < poor[0] < 0.65
    assert 0.12 < poor[1] < 0.25
    sizes = [len(chunk.people) / len(chunk.homes.id) for chunk in (mountains, delta)]
    assert 3.2 < sizes[1] < sizes[0] < 4.1
    assert 0.28 < np.mean(mountains.homes.ethnicity == 8) < 0.4
    assert 0.25 < np.mean(delta.homes.ethnicity == 5) < 0.38


def test_about_seven_percent_are_disabled_and_the_old_most(mountains, delta):
    for chunk in (mountains, delta):
        degree, age = chunk.facts.degree.value, chunk.people.age
        assert 0.055 < np.mean(degree >= 0) < 0.085
        assert np.mean(degree[age >= 75] >= SEVERE) > 1.5 * np.mean(degree[age < 60] >= SEVERE)
        assert 0 < np.mean(degree == EXTREME) < 0.02


def test_every_household_has_one_head_and_spouses_are_a_couple(mountains):
    people = mountains.people
    assert (people.seat[:, HEAD] >= 0).all()
    couples = people.seat[:, SPOUSE] >= 0
    assert (people.female[people.seat[couples, HEAD]] != people.female[people.seat[couples, SPOUSE]]).all()
    assert len(np.unique(people.id)) == len(people)


def test_ages_are_counted_as_the_law_counts_them(mountains):
    born = mountains.people.born[:500]
    days = born.astype("datetime64[D]").tolist()
    assert completed_years(born, day_number(AS_OF)).tolist() == [age_on(day, AS_OF) for day in days]
    assert (mountains.people.born < day_number(AS_OF)).all()


def test_the_old_often_know_only_the_year_of_birth(mountains):
    people = mountains.people
    assert np.mean(people.precision[people.age > 80] == 2) > 0.3
    assert np.mean(people.precision[people.age < 15] == 2) < 0.03
    year_only = people.born[people.precision == 2].astype("datetime64[D]").tolist()
    assert {(day.month, day.day) for day in year_only} == {(1, 1)}


def test_names_have_the_keys_that_search_and_lists_use(mountains, delta):
    for name in {*mountains.people.name.tolist(), *delta.people.name.tolist()}:
        assert name == nfc_name(name)
        assert name_keys(name) == (fold(name), sort_key(name))
        assert len(sort_key(name)) <= 240


def test_every_people_has_names_for_both_sexes():
    codes = np.repeat(np.arange(1, 55), 20)
    draws = np.random.default_rng(3).random((3, len(codes)))
    names = draw_names(codes, np.arange(len(codes)) % 2 == 0, *draws)
    assert all(name and "  " not in name for name in names.tolist())


def test_ids_agree_with_birth_sex_and_province_and_are_unique_but_for_the_planted(mountains):
    people, ids = mountains.people, mountains.ids
    twins = {truth.person_id for truth in mountains.truths if truth.kind == "duplicate"}
    own = [(person, number) for person, kind, number in zip(ids.person, ids.kind, ids.number, strict=True) if kind == CCCD]
    own = [(person, number) for person, number in own if people.id[person] not in twins]
    for person, number in own[:2000]:
        year = people.born[person].astype("datetime64[D]").tolist().year
        assert len(number) == 12
        assert number[:3].lstrip("0").zfill(2) in profiles()
        assert int(number[3]) == (year // 100 - 19) * 2 + people.female[person]
        assert number[4:6] == f"{year % 100:02d}"
    assert len({number for _, number in own}) == len(own)


def test_facts_begin_after_birth_and_before_the_day(mountains):
    people, facts = mountains.people, mountains.facts
    twins = np.isin(people.id, [truth.person_id for truth in mountains.truths if truth.kind == "duplicate"])
    for name in ("degree", "no_parental_care", "studying", "hiv", "no_supporter", "pension", "other_income", "pregnant", "boards"):
        fact = getattr(facts, name)
        dated = fact.since != NO_DAY
        assert (fact.since[dated] <= day_number(AS_OF)).all(), name
        assert (fact.since[dated & ~twins] >= people.born[dated & ~twins]).all(), name


def test_poverty_shares_rise_with_the_region_and_stay_shares():
    for profile in profiles().values():
        for minority in (False, True):
            poor, near_poor = poverty_shares(profile, minority=minority)
            assert 0 < poor < 1
            assert poor + near_poor < 1
    assert sum(poverty_shares(profiles()["02"], minority=True)) > sum(poverty_shares(profiles()["79"], minority=True))
    assert set(PILOT) <= set(profiles())


def test_links_join_adults_with_children_of_their_household(mountains):
    people, links = mountains.people, mountains.links
    assert (people.home[links.adult] == people.home[links.child]).all()
    assert (people.age[links.child] < 22).all()
    assert (links.since >= people.born[links.child]).all()
    assert (mountains.facts.degree.value[links.adult[~links.alone]] >= SEVERE).all()
    assert (mountains.homes.poverty != NOT_POOR).any()
