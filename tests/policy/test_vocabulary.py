"""The words of the law and the columns of the registry agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from beneficiaries.evaluation.relation import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, RELATIONS, FactRelation, column_of
from households.models import DisabilityDegree, DisabilityType, FosteredBy, Household, Person, Poverty, ResidenceKind, Sex, Studying
from policy import load_law
from policy.expressions import ExpressionError, Renderer, parse, thresholds

VOCABULARY = load_law().vocabulary


def test_every_stated_fact_has_its_column() -> None:
    derived = {
        name for name, fact in VOCABULARY.items() if fact.count or fact.unbroken or fact.recipient_of or fact.type in ("age", "months")
    }
    worked_out = derived | {"day", "last_day_alive", "sixteenth_birthday"}
    assert set(VOCABULARY) - worked_out == {*PERSON_COLUMNS, *HOUSEHOLD_COLUMNS}
    for model, names in ((Person, PERSON_COLUMNS), (Household, HOUSEHOLD_COLUMNS)):
        fields = {field.name for field in model._meta.get_fields()}
        assert {column_of(name) for name in names} <= fields


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("poverty", Poverty), ("residence", ResidenceKind), ("sex", Sex), ("disability_degree", DisabilityDegree),
        ("disability_type", DisabilityType), ("studying", Studying), ("fostered_by", FosteredBy),
    ],
)  # fmt: skip
def test_codes_are_those_of_the_registry(name: str, choices: type) -> None:
    assert set(VOCABULARY[name].values) == set(choices.values)  # type: ignore[attr-defined]  # Django's choices


def test_every_count_is_over_a_known_relation() -> None:
    assert {fact.count.relation for fact in VOCABULARY.values() if fact.count} <= set(RELATIONS)


def sql(text: str) -> str:
    expression = parse(text, VOCABULARY, frozenset({"elderly_age"}))
    return Renderer(VOCABULARY, FactRelation(), {"elderly_age": 60}).sql(expression.tree)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age >= 16", "(f.born <= (f.day - INTERVAL '16 years')::date)"),
        ("age > 16", "(f.born <= (f.day - INTERVAL '17 years')::date)"),
        ("age < elderly_age", "(NOT (f.born <= (f.day - INTERVAL '60 years')::date))"),
        ("16 <= age", "(f.born <= (f.day - INTERVAL '16 years')::date)"),
        ("not hiv", "(((f.hiv IS TRUE)) IS NOT TRUE)"),
        ("pension = 0", "(coalesce(f.pension, 0) = 0)"),
        ("studying <> 'primary'", "(f.studying IS DISTINCT FROM 'primary')"),
        ("area is null", "(f.area IS NULL)"),
        ("born > date '2004-09-30'", "(f.born > DATE '2004-09-30')"),
    ],
)
def test_rendering(text: str, expected: str) -> None:
    assert sql(text) == expected


def test_birthdays_that_matter_are_found() -> None:
    tree = parse("age >= 16 and age < 22 or age between 60 and 79", VOCABULARY, frozenset()).tree
    assert thresholds(tree, VOCABULARY, {}) == {("years", 16), ("years", 22), ("years", 60), ("years", 80)}


@pytest.mark.parametrize(
    "text", ["exists (select 1)", "age::text = '1'", "hiv and", "coalesce(hiv, true)", "1 = 1 or p.x", "@x", "age in (16)"]
)
def test_nothing_else_is_an_expression(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text, VOCABULARY, frozenset())


def test_no_rule_is_named_in_code() -> None:
    """Adding a decree is YAML only: no benefit code stands in the engine."""
    code = re.compile(r"TCXH-5|CARE-|PENSION-SOCIAL|EDU-|FUNERAL")
    root = Path(__file__).parents[2]
    modules = [*(root / "policy").glob("*.py"), *(root / "beneficiaries" / "evaluation").glob("*.py")]
    assert [path.name for path in modules if code.search(path.read_text(encoding="utf-8"))] == []
