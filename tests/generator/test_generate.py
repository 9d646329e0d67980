"""An invented registry is whole: the same for the same seed, lawful by every constraint, with its schema as it was."""

import csv

import psycopg
import pytest
from django.core.management import CommandError, call_command

from beneficiaries.management.commands.generate_registry import summary, write_truth
from households import crypto
from households.generator import generating, loading
from households.generator.changing import change_facts
from households.generator.generating import generate

from .conftest import dt, order

SCHEMA = """
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgname, tgenabled::text || tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'table', relname, relkind::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
ORDER BY 1, 2, 3
"""
PEOPLE = """
SELECT md5(string_agg(p::text, '' ORDER BY p.id)), count(*) FROM households_person p
UNION ALL SELECT md5(string_agg(h::text, '' ORDER BY h.id)), count(*) FROM households_household h
UNION ALL SELECT md5(string_agg(concat_ws('|', subject, subject_id, fact, value, since, until), ',' ORDER BY subject, subject_id, fact, since)),
 count(*) FROM households_factspell
UNION ALL SELECT md5(string_agg(concat_ws('|', person_id, kind, number_index), ',' ORDER BY person_id, kind)), count(*) FROM households_nationalid
UNION ALL SELECT md5(string_agg(concat_ws('|', person_id, benefit, signed_on, from_month, until_month), ',' ORDER BY person_id, benefit)),
 count(*) FROM beneficiaries_decision
"""


def rows(conninfo, query):
    with psycopg.connect(conninfo) as session:
        return session.execute(query).fetchall()


def quiet(line):
    pass


def test_the_same_seed_gives_the_same_registry_with_any_number_of_workers(generated, empty_registry, monkeypatch):
    monkeypatch.setattr(generating, "HOUSEHOLDS_IN_ONE_TRANSACTION", 0)
    conninfo = empty_registry()
    schema = rows(conninfo, SCHEMA)
    outcome = generate(conninfo, order(workers=2), quiet)
    assert rows(conninfo, PEOPLE) == rows(generated[0], PEOPLE)
    assert rows(conninfo, SCHEMA) == schema
    assert sorted(map(str, outcome.truths)) == sorted(map(str, generated[1].truths))


def test_the_schema_is_as_it_was_and_the_asked_number_is_there(generated, empty_registry):
    assert rows(generated[0], SCHEMA) == rows(empty_registry(), SCHEMA)
    assert rows(generated[0], "SELECT count(*) FROM households_household") == [(1500,)]
    assert generated[1].households == 1500
    assert rows(generated[0], "SELECT count(*) FROM households_person") == [(generated[1].persons,)]


def test_a_second_load_adds_beside_the_first_with_everything_in_place(empty_registry):
    conninfo = empty_registry()
    generate(conninfo, order(households=60), quiet)
    with psycopg.connect(conninfo) as session:
        session.execute("INSERT INTO households_change (province_no, area_pos, kind, reason, source) VALUES (1, 1, 'request', '', '')")
    generate(conninfo, order(households=40, seed=8), quiet)
    ((count, first, last),) = rows(conninfo, "SELECT count(*), min(id), max(id) FROM households_household")
    assert (count, last - first) == (100, 99)
    assert rows(conninfo, "SELECT nextval('households_household_id_seq')") == [(last + 1,)]
    assert rows(conninfo, "SELECT count(*) > 0 FROM households_changefeed") == [(True,)]


@pytest.mark.parametrize("broken_after", ["taking off", "half of the rows", "half of the indexes"])
def test_an_interrupted_load_is_cleaned_up_by_the_next(empty_registry, broken_after):
    conninfo = empty_registry()
    schema = rows(conninfo, SCHEMA)
    wanted = order(households=50)
    with psycopg.connect(conninfo) as session:
        steps = loading.take_off(session, wanted.tables)
        loading.mark(session, steps)
        if broken_after != "taking off":
            session.execute(
                "INSERT INTO households_change (province_no, area_pos, kind, reason, source) VALUES (1, 1, 'generated', '', '')"
            )
            session.execute("INSERT INTO households_searchtoken VALUES ('a', 1, 1), ('a', 1, 1)")
    if broken_after == "half of the indexes":
        rows_gone = psycopg.connect(conninfo, autocommit=True)
        rows_gone.execute("DELETE FROM households_searchtoken")
        rows_gone.close()
        loading.put_back_in_parallel(conninfo, steps[::2], sessions=2)
    said = []
    generate(conninfo, wanted, said.append)
    assert any("bị ngắt" in line for line in said)
    assert rows(conninfo, SCHEMA) == schema
    assert rows(conninfo, "SELECT count(*) FROM households_household") == [(50,)]


def test_closed_spells_end_before_the_open_ones_begin(registry):
    wrong = registry.execute(
        "SELECT count(*) FROM households_factspell s LEFT JOIN households_person p ON s.subject = 'p' AND p.id = s.subject_id"
        " LEFT JOIN households_household h ON s.subject = 'h' AND h.id = s.subject_id"
        " WHERE s.until > coalesce(households_open_since(s.subject::char, s.fact, p, h), '-infinity') OR (p.id IS NULL AND h.id IS NULL)"
    ).fetchone()
    assert wrong == (0,)
    facts = registry.execute("SELECT DISTINCT fact FROM households_factspell ORDER BY 1").fetchall()
    assert facts == [("disability",), ("membership",), ("poverty",), ("residence",), ("studying",)]


def test_everybody_lives_in_a_village_of_the_area_of_the_row(registry):
    wrong = registry.execute(
        "SELECT count(*) FROM households_person p JOIN households_household h ON h.id = p.household_id JOIN core_area v ON v.id = h.village_id"
        " WHERE p.area_pos <> h.area_pos OR h.area_pos <> v.position OR v.parent_id <> h.commune_id OR p.province_no <> v.province_no"
    ).fetchone()
    assert wrong == (0,)
    overlaps = registry.execute(
        "SELECT count(*) FROM core_area a JOIN core_area b ON a.level = 'village' AND b.level = 'village' AND a.id < b.id"
        " AND a.position < b.position_end AND b.position < a.position_end"
    ).fetchone()
    assert overlaps == (0,)


def test_ids_can_be_read_and_found_with_the_key(registry):
    for number_enc, number_index, tail in registry.execute("SELECT number_enc, number_index, tail FROM households_nationalid LIMIT 50"):
        number = crypto.unseal(number_enc)
        assert crypto.blind_index(number) == number_index
        assert number.endswith(tail)


def test_every_word_of_a_name_finds_its_person(registry):
    missing = registry.execute(
        "SELECT count(*) FROM households_person p, unnest(string_to_array(p.name_key, ' ')) word WHERE NOT EXISTS"
        " (SELECT FROM households_searchtoken t WHERE t.token = word AND t.area_pos = p.area_pos AND t.person_id = p.id)"
    ).fetchone()
    assert missing == (0,)


def test_decisions_stand_on_first_days_of_months_and_the_dead_have_no_open_ones(registry):
    wrong = registry.execute(
        "SELECT count(*) FROM beneficiaries_decision d JOIN households_person p ON p.id = d.person_id"
        " WHERE extract(day FROM d.from_month) <> 1 OR (p.died_on IS NOT NULL AND d.until_month IS NULL) OR d.signed_on > '2026-11-21'"
    ).fetchone()
    assert wrong == (0,)
    shares = dict(
        registry.execute("SELECT left(benefit, 6), count(*) FROM beneficiaries_decision WHERE until_month IS NULL GROUP BY 1").fetchall()
    )
    assert shares["PENSIO"] > 100
    assert shares["TCXH-5"] > 100


def test_planted_truth_is_recorded_and_true(generated, registry, tmp_path):
    truths = generated[1].truths
    assert {truth.kind for truth in truths} >= {"duplicate", "death_not_reported", "move_not_reported", "eligible_not_enrolled"}
    write_truth(tmp_path / "truth.csv", truths)
    with (tmp_path / "truth.csv").open(encoding="utf-8") as file:
        recorded = list(csv.DictReader(file))
    assert len(recorded) == len(truths)
    for row in recorded:
        if row["kind"] == "duplicate":
            pair = registry.execute(
                "SELECT sex, ethnicity FROM households_person WHERE id IN (%s, %s)", [row["person_id"], row["other_person_id"]]
            ).fetchall()
            assert len(pair) == 2
            assert pair[0] == pair[1]
        elif row["kind"] == "eligible_not_enrolled":
            benefit = row["detail"].split(" ")[0]
            enrolled = registry.execute(
                "SELECT 1 FROM beneficiaries_decision WHERE person_id = %s AND benefit = %s AND until_month IS NULL",
                [row["person_id"], benefit],
            ).fetchone()
            assert enrolled is None


def test_a_month_that_passes_changes_three_percent_and_keeps_what_was(empty_registry):
    conninfo = empty_registry()
    generate(conninfo, order(), quiet)
    december = dt.date(2026, 12, 1)
    with psycopg.connect(conninfo) as session:
        before = session.execute("SELECT count(*) FROM households_factspell").fetchone()[0]
        changed = change_facts(session.cursor(), share=0.03, month=december, seed=1)
        households = session.execute(
            "SELECT count(*) FROM households_household h WHERE h.facts_since >= %s OR EXISTS"
            " (SELECT FROM households_person p WHERE p.household_id = h.id AND p.facts_since >= %s)",
            [december, december],
        ).fetchone()[0]
        spells = session.execute(
            "SELECT count(*), min(until), max(until) FROM households_factspell WHERE until >= %s", [december]
        ).fetchone()
    assert 0.02 < households / 1500 < 0.04
    assert spells[0] == sum(changed.values()) - changed["death"]
    assert december <= spells[1] <= spells[2] < dt.date(2027, 1, 1)
    assert rows(conninfo, "SELECT count(*) FROM households_factspell") == [(before + spells[0],)]


def test_provinces_can_be_chosen_and_unknown_ones_are_refused(empty_registry):
    conninfo = empty_registry()
    generate(conninfo, order(households=30, provinces="86"), quiet)
    assert rows(conninfo, "SELECT DISTINCT province_no FROM households_household") == [(2,)]
    with pytest.raises(ValueError, match="load_areas"):
        generate(conninfo, order(provinces="99"), quiet)


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_is_missing():
    with pytest.raises(CommandError, match="lớn hơn 0"):
        call_command("generate_registry", "--households", "0")
    with pytest.raises(CommandError, match="load_areas"):
        call_command("generate_registry", "--households", "5", "--provinces", "99")


def test_the_closing_line_counts_rows_and_memory(generated):
    line = summary(generated[1])
    assert "1.500 hộ" in line
    assert "MB" in line
