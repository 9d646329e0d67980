"""Conditions of the law: a small whitelist of SQL's expressions over the vocabulary, checked at load, rendered to SQL.

Anything that is not on the list fails loudly when the file is read: a predicate that is silently ignored pays everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from policy.vocabulary import Fact

AGES = {"age": "years", "months": "months"}
NUMBERS = ("int", "money", "count")
COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
FLIPPED = {"=": "=", "<>": "<>", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


class ExpressionError(Exception):
    """What is wrong with an expression, in words; the loader adds file and line."""


class Relation(Protocol):
    """Where the facts are found: columns of a registry table, of a point in time, of a snapshot."""

    def fact(self, name: str) -> str:
        """SQL of a fact's value; null when it is not known."""

    def at_least(self, unit: str, number: str) -> str:
        """SQL that is true when the person has completed so many ``years`` or ``months`` on the day."""


@dataclass(frozen=True, eq=False)
class Expression:
    """A parsed and checked condition; ``facts`` in the order in which they are read, ``numbers`` are the named thresholds."""

    text: str
    tree: exp.Expr
    facts: tuple[str, ...]
    numbers: tuple[str, ...]


def parse(text: str, vocabulary: Mapping[str, Fact], numbers: frozenset[str]) -> Expression:
    """Parse and check a condition. ``numbers`` are the named thresholds (parameters). Raises ExpressionError."""
    try:
        tree = sqlglot.parse_one(text, dialect="postgres")
    except SqlglotError as error:
        raise ExpressionError(f"cannot read '{text}': {str(error).splitlines()[0]}") from None
    checker = _Checker(vocabulary, numbers)
    found = checker.type_of(tree)
    if found != "bool":
        raise ExpressionError(f"'{text}' is a {found}, not a condition")
    return Expression(text, tree, tuple(dict.fromkeys(checker.facts)), tuple(dict.fromkeys(checker.named)))


class _Checker:
    """Types of an expression over the vocabulary; raises ExpressionError for whatever is not on the whitelist."""

    def __init__(self, vocabulary: Mapping[str, Fact], numbers: frozenset[str]) -> None:
        self.vocabulary = vocabulary
        self.numbers = numbers
        self.facts: list[str] = []
        self.named: list[str] = []

    def type_of(self, node: exp.Expr) -> str:
        kind = type(node)
        if kind in COMPARISONS:
            return self._comparison(node)
        if kind in ARITHMETIC:
            return self._arithmetic(node)
        rule = self._rules().get(kind)
        if rule is None:
            raise ExpressionError(f"'{kind.__name__}' is not allowed in a condition: {node.sql(dialect='postgres')}")
        return rule(node)

    def _rules(self) -> dict[type[exp.Expr], Callable[[exp.Expr], str]]:
        return {
            exp.And: self._junction, exp.Or: self._junction, exp.Not: self._not, exp.Paren: lambda node: self.type_of(node.this),
            exp.In: self._in, exp.Is: self._is, exp.Between: self._between, exp.Column: self._column, exp.Literal: self._literal,
            exp.Boolean: lambda node: "bool", exp.Neg: self._negative, exp.Cast: self._cast,
        }  # fmt: skip

    def _junction(self, node: exp.Expr) -> str:
        for side in (node.this, node.expression):
            self._expect(side, "bool")
        return "bool"

    def _not(self, node: exp.Expr) -> str:
        self._expect(node.this, "bool")
        return "bool"

    def _expect(self, node: exp.Expr, wanted: str) -> None:
        found = self.type_of(node)
        if found != wanted:
            raise ExpressionError(f"'{node.sql(dialect='postgres')}' is a {found}, expected a {wanted}")

    def _column(self, node: exp.Expr) -> str:
        name = node.name
        if isinstance(node, exp.Column) and node.table:
            raise ExpressionError(f"unknown fact '{node.sql()}'")
        if name in self.numbers:
            self.named.append(name)
            return "int"
        fact = self.vocabulary.get(name)
        if fact is None:
            raise ExpressionError(f"unknown fact '{name}'")
        self.facts.append(name)
        return f"code:{name}" if fact.type == "code" else fact.type

    def _literal(self, node: exp.Expr) -> str:
        if node.is_string:
            return "text"
        if not node.name.isdigit():
            raise ExpressionError(f"'{node.name}' is not a whole number")
        return "int"

    def _negative(self, node: exp.Expr) -> str:
        self._expect(node.this, "int")
        return "int"

    def _cast(self, node: exp.Expr) -> str:
        inner = node.this
        if node.args["to"].this != exp.DType.DATE or not (isinstance(inner, exp.Literal) and inner.is_string):
            raise ExpressionError(f"only days like date '2026-09-30' may be written: {node.sql(dialect='postgres')}")
        return "date"

    def _arithmetic(self, node: exp.Expr) -> str:
        for side in (node.this, node.expression):
            if self.type_of(side) not in NUMBERS:
                raise ExpressionError(f"'{side.sql()}' is not a number")
        return "int"

    def _is(self, node: exp.Expr) -> str:
        if not isinstance(node.this, exp.Column) or not isinstance(node.expression, exp.Null):
            raise ExpressionError(f"only 'fact is null' and 'fact is not null' are allowed: {node.sql(dialect='postgres')}")
        if self.type_of(node.this) in AGES:
            raise ExpressionError("an age can only be compared with a whole number")
        return "bool"

    def _in(self, node: exp.Expr) -> str:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field") or not node.expressions:
            raise ExpressionError(f"'in' needs a list of values: {node.sql(dialect='postgres')}")
        if self.type_of(node.this) in AGES:
            raise ExpressionError("an age can only be compared with a whole number, not looked up in a list")
        for value in node.expressions:
            self._agree(node.this, value)
        return "bool"

    def _between(self, node: exp.Expr) -> str:
        if node.args.get("symmetric"):
            raise ExpressionError("'between symmetric' is not allowed")
        for bound in (node.args["low"], node.args["high"]):
            self._agree(node.this, bound)
        return "bool"

    def _comparison(self, node: exp.Expr) -> str:
        self._agree(node.this, node.expression)
        return "bool"

    def _agree(self, left: exp.Expr, right: exp.Expr) -> None:
        """Both sides are of one kind, and a code is compared with one of its values only."""
        kinds = self.type_of(left), self.type_of(right)
        for kind, other, other_kind in ((kinds[0], right, kinds[1]), (kinds[1], left, kinds[0])):
            if kind.startswith("code:"):
                self._is_value_of(kind.removeprefix("code:"), other)
                return
            if kind in AGES:
                if other_kind != "int" or not isinstance(other, exp.Literal | exp.Column):
                    raise ExpressionError(f"an age can only be compared with a whole number, not '{other.sql()}'")
                return
        if not (kinds[0] == kinds[1] or (kinds[0] in NUMBERS and kinds[1] in NUMBERS)):
            raise ExpressionError(f"cannot compare a {kinds[0]} with a {kinds[1]}: '{left.sql()}' and '{right.sql()}'")

    def _is_value_of(self, name: str, other: exp.Expr) -> None:
        values = self.vocabulary[name].values
        if not (isinstance(other, exp.Literal) and other.is_string and other.name in values):
            raise ExpressionError(f"{other.sql()} is not a value of '{name}' (known: {', '.join(values)})")


class Renderer:
    """SQL of checked expressions over a relation. Null never makes a condition true, also not under ``not`` and ``<>``."""

    def __init__(self, vocabulary: Mapping[str, Fact], relation: Relation, numbers: Mapping[str, int]) -> None:
        self.vocabulary = vocabulary
        self.relation = relation
        self.numbers = numbers

    def sql(self, node: exp.Expr) -> str:
        kind = type(node)
        if kind in COMPARISONS:
            return self._comparison(node.this, COMPARISONS[kind], node.expression)
        if kind in ARITHMETIC:
            return f"({self.sql(node.this)} {ARITHMETIC[kind]} {self.sql(node.expression)})"
        return self._rules()[kind](node)

    def _rules(self) -> dict[type[exp.Expr], Callable[[exp.Expr], str]]:
        return {
            exp.And: lambda node: f"({self.sql(node.this)} AND {self.sql(node.expression)})",
            exp.Or: lambda node: f"({self.sql(node.this)} OR {self.sql(node.expression)})",
            exp.Not: lambda node: f"(({self.sql(node.this)}) IS NOT TRUE)",
            exp.Paren: lambda node: self.sql(node.this),
            exp.In: self._in,
            exp.Is: lambda node: f"({self.sql(node.this)} IS {'NOT ' if node.args.get('negate') else ''}NULL)",
            exp.Between: self._between,
            exp.Column: self._column,
            exp.Literal: lambda node: quote(node.name) if node.is_string else node.name,
            exp.Boolean: lambda node: "TRUE" if node.this else "FALSE",
            exp.Neg: lambda node: f"(-{self.sql(node.this)})",
            exp.Cast: lambda node: f"DATE {quote(node.this.name)}",
        }

    def _column(self, node: exp.Expr) -> str:
        if node.name in self.numbers:
            return str(self.numbers[node.name])
        value = self.relation.fact(node.name)
        return f"({value} IS TRUE)" if self.vocabulary[node.name].type == "bool" and not node_is_tested(node) else value

    def _in(self, node: exp.Expr) -> str:
        return f"({self.sql(node.this)} IN ({', '.join(self.sql(value) for value in node.expressions)}))"

    def _between(self, node: exp.Expr) -> str:
        low, high = node.args["low"], node.args["high"]
        return f"({self._comparison(node.this, '>=', low)} AND {self._comparison(node.this, '<=', high)})"

    def _comparison(self, left: exp.Expr, operator: str, right: exp.Expr) -> str:
        unit = self.age_unit(left)
        if unit:
            return self._age(unit, operator, int(self.sql(right)))
        unit = self.age_unit(right)
        if unit:
            return self._age(unit, FLIPPED[operator], int(self.sql(left)))
        sign = "IS DISTINCT FROM" if operator == "<>" else operator
        return f"({self.sql(left)} {sign} {self.sql(right)})"

    def age_unit(self, node: exp.Expr) -> str | None:
        """``years`` or ``months`` when the node is an age."""
        if not isinstance(node, exp.Column) or node.name in self.numbers:
            return None
        return AGES.get(self.vocabulary[node.name].type)

    def _age(self, unit: str, operator: str, number: int) -> str:
        if operator in (">=", "<"):
            reached = self.relation.at_least(unit, str(number))
            return f"({reached})" if operator == ">=" else f"(NOT ({reached}))"
        passed = self.relation.at_least(unit, str(number + 1))
        if operator in (">", "<="):
            return f"({passed})" if operator == ">" else f"(NOT ({passed}))"
        exactly = f"({self.relation.at_least(unit, str(number))} AND NOT ({passed}))"
        return exactly if operator == "=" else f"(NOT {exactly})"


def node_is_tested(node: exp.Expr) -> bool:
    """Whether the parent asks ``is null`` of the node itself."""
    return isinstance(node.parent, exp.Is)


def thresholds(tree: exp.Expr, vocabulary: Mapping[str, Fact], numbers: Mapping[str, int]) -> frozenset[tuple[str, int]]:
    """The birthdays at which an expression can change: (``years`` or ``months``, completed number)."""
    recorder = _Recorder()
    Renderer(vocabulary, recorder, numbers).sql(tree)
    return frozenset(recorder.asked)


class _Recorder:
    def __init__(self) -> None:
        self.asked: set[tuple[str, int]] = set()

    def fact(self, name: str) -> str:
        return name

    def at_least(self, unit: str, number: str) -> str:
        self.asked.add((unit, int(number)))
        return "x"


def conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    """The parts of a condition that must all hold."""
    tree = tree.unnest()
    return [*conjuncts(tree.this), *conjuncts(tree.expression)] if isinstance(tree, exp.And) else [tree]


def facts_in(tree: exp.Expr, vocabulary: Mapping[str, Fact]) -> list[str]:
    """Names of the facts in a tree, in order, once each."""
    return list(dict.fromkeys(column.name for column in tree.find_all(exp.Column) if column.name in vocabulary))


def quote(text: str) -> str:
    """A text literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
