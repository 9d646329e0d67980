"""The law as values: dated parameters and rules, and the questions that are asked of them. Money is whole đồng, months are first days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from policy.expressions import Expression
from policy.vocabulary import Fact

CERTAINTIES = ("found", "memory-high", "memory-med", "memory-low", "computed", "choice")
STARTS = ("signature", "certificate", "birthday")


@dataclass(frozen=True)
class Source:
    """Where a value or rule stands written, and how sure we are that it is so."""

    instrument: str
    article: str
    signed: date | None
    in_force_from: date | None
    certainty: str
    note: str


@dataclass(frozen=True)
class Level:
    """One dated value of a parameter; it holds from a month until the next value (or ``until_month``, exclusive)."""

    value: Decimal
    money_applies_from: date
    from_month: date
    until_month: date | None
    source: Source
    where: str


@dataclass(frozen=True)
class Parameter:
    """A named number of the law: an amount in đồng, or a threshold that expressions may name."""

    name: str
    unit: str
    vi: str
    en: str
    levels: tuple[Level, ...] = ()

    def level(self, month: date) -> Level | None:
        """The value for a month, or None before the first and after an end."""
        found = None
        for level in self.levels:
            if level.from_month <= month:
                found = level
        return None if found is None or (found.until_month and found.until_month <= month) else found


@dataclass(frozen=True)
class Programme:
    """A family of benefits with its owner and fund. ``by_default``: paid by the monthly run unless it is told otherwise."""

    name: str
    vi: str
    en: str
    owner: str
    fund: str
    by_default: bool


@dataclass(frozen=True)
class KeepBoth:
    """The one exception from "highest only": this benefit is paid beside the highest other, for whoever is also in one of ``with_any``."""

    benefit: str
    with_any: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Benefits that exclude each other: ``highest`` of one person, or ``couple``: one line for two spouses who raise a common child.

    ``only_with``: the group counts only for whoever receives this benefit; without it the others stand side by side.
    """

    name: str
    kind: str
    vi: str
    en: str
    article: str
    relation: str = ""
    keep_both: KeepBoth | None = None
    only_with: str = ""


@dataclass(frozen=True)
class Condition:
    expression: Expression
    vi: str
    en: str


@dataclass(frozen=True)
class Case:
    """A coefficient for those to whom ``when`` applies (None: all others). ``value`` is a number, or a count fact of which it is the value."""

    when: Expression | None
    value: Decimal | None
    fact: str
    vi: str
    en: str


@dataclass(frozen=True, eq=False)
class Rule:
    """One benefit under one version of the law. Months are first days; ``until_month`` is exclusive.

    ``succeeds`` are the codes whose decisions carry over when this version begins (default: its own code). ``start`` is the month from which
    a decision pays: that of the signature, of the disability certificate, or of the birthday ``start_age``. ``payments`` are (calendar month,
    how many times the amount); ``on_decision``: paid once, in the first month of a decision, by no other condition. No ``cases``: a fixed amount.
    """

    benefit: str
    programme: str
    vi: str
    en: str
    source: Source
    from_month: date
    until_month: date | None
    subject: str
    needs_decision: bool
    start: str
    start_age: int
    group: str
    order: int
    conditions: tuple[Condition, ...]
    not_if: tuple[str, ...]
    cases: tuple[Case, ...]
    parameter: str
    payments: tuple[tuple[int, int], ...]
    on_decision: bool
    succeeds: tuple[str, ...]
    switched_off: bool
    fund: str
    where: str

    @property
    def version(self) -> str:
        return f"{self.source.instrument} {self.from_month:%Y-%m}"

    @property
    def continues_itself(self) -> bool:
        """Whether last month's benefit of the same code is the same benefit."""
        return self.benefit in self.succeeds

    def times_in(self, month: date) -> int:
        """How many times the amount is paid in a month; 0 in months without payment."""
        return dict(self.payments).get(month.month, 0)

    def is_in_force(self, month: date) -> bool:
        return self.from_month <= month and (self.until_month is None or month < self.until_month)


@dataclass(frozen=True)
class Override:
    """A province's own value of a parameter, not below the national one (Article 4.3)."""

    province: str
    parameter: str
    value: Decimal
    from_month: date
    until_month: date | None
    article: str
    switched_off: bool = False


@dataclass(frozen=True)
class Law:
    """Everything that was loaded. Immutable; ``with_overrides`` and ``with_rules`` give another law for a province or a simulation."""

    vocabulary: Mapping[str, Fact]
    programmes: Mapping[str, Programme]
    parameters: Mapping[str, Parameter]
    groups: Mapping[str, Group]
    rules: tuple[Rule, ...]
    overrides: tuple[Override, ...] = ()
    fingerprint: str = ""
    counts: Mapping[str, Expression] = field(default_factory=dict)

    def rules_in(self, month: date, programmes: Iterable[str] | None = None) -> list[Rule]:
        """Rules in force in a month, in the order of their benefits; benefits whose amount nobody has entered are left out."""
        wanted = set(programmes) if programmes is not None else {name for name, entry in self.programmes.items() if entry.by_default}
        unknown = wanted - set(self.programmes)
        if unknown:
            raise KeyError(f"unknown programme {', '.join(sorted(unknown))}")
        rules = [rule for rule in self.rules if rule.programme in wanted and rule.is_in_force(month) and self._is_on(rule, month)]
        return sorted(rules, key=lambda rule: (rule.group, rule.order, rule.benefit))

    def _is_on(self, rule: Rule, month: date) -> bool:
        if rule.switched_off and self.parameters[rule.parameter].level(month) is None:
            return False
        return rule.times_in(month) > 0

    def version_before(self, rule: Rule, month: date) -> Rule | None:
        """The same benefit under the rules of an earlier month, or None when it did not exist then."""
        for other in self.rules:
            if other.benefit == rule.benefit and other.is_in_force(month):
                return other if other is rule or rule.continues_itself else None
        return None

    def version_of(self, benefit: str, beside: Rule) -> Rule | None:
        """The version of another benefit in force when a rule began, or None."""
        return next((rule for rule in self.rules if rule.benefit == benefit and rule.is_in_force(beside.from_month)), None)

    def numbers(self, month: date) -> dict[str, int]:
        """The named thresholds of expressions in a month."""
        levels = ((name, parameter.level(month)) for name, parameter in self.parameters.items() if parameter.unit == "number")
        return {name: int(level.value) for name, level in levels if level is not None}

    def amount(self, parameter: str, month: date) -> Decimal:
        """The value of a parameter in a month. Raises KeyError when it has none."""
        level = self.parameters[parameter].level(month)
        if level is None:
            raise KeyError(f"{parameter} has no value in {month:%Y-%m}")
        return level.value

    def reaching_back_to(self, month: date) -> Law:
        """The law whose earliest rules and values already hold in an earlier month: by them a signature older than the files is judged."""
        first = min(rule.from_month for rule in self.rules)
        if month >= first:
            return self
        rules = tuple(replace(rule, from_month=month) if rule.from_month == first else rule for rule in self.rules)
        parameters = {
            name: replace(entry, levels=(replace(entry.levels[0], from_month=month), *entry.levels[1:])) if _begins_after(entry, month) else entry
            for name, entry in self.parameters.items()
        }  # fmt: skip
        return replace(self, rules=rules, parameters=parameters)

    def version(self, month: date) -> str:
        """A name for the whole law as of a month: its latest instrument and a fingerprint of the files."""
        latest = max((rule.from_month, rule.source.instrument) for rule in self.rules if rule.from_month <= month)
        return f"{latest[1]} {self.fingerprint[:12]}"

    def for_province(self, province: str, extra: Iterable[Override] = ()) -> Law:
        """The law with a province's own amounts: those of the files and those an administrator entered."""
        return self.with_overrides([entry for entry in (*self.overrides, *extra) if entry.province == province])

    def with_overrides(self, overrides: Iterable[Override]) -> Law:
        """The law with these values instead of the national ones; a switched-off benefit begins to be paid when it gets one."""
        parameters = dict(self.parameters)
        entries = [entry for entry in overrides if not entry.switched_off]
        for entry in entries:
            parameters[entry.parameter] = _overridden(parameters[entry.parameter], entry)
        text = self.fingerprint + "".join(map(repr, entries))
        return replace(self, parameters=parameters, fingerprint=hashlib.sha256(text.encode()).hexdigest())

    def with_rules(self, rules: Iterable[Rule]) -> Law:
        """The law with other rules, for a simulation."""
        chosen = tuple(rules)
        text = self.fingerprint + "".join(map(repr, chosen))
        return replace(self, rules=chosen, fingerprint=hashlib.sha256(text.encode()).hexdigest())


def _begins_after(parameter: Parameter, month: date) -> bool:
    return bool(parameter.levels) and parameter.levels[0].from_month > month


def _overridden(parameter: Parameter, entry: Override) -> Parameter:
    """Cut the national values at the override's months and put its value there."""
    source = Source(f"HĐND {entry.province}", entry.article, None, None, "found", "")
    inside = Level(entry.value, entry.from_month, entry.from_month, entry.until_month, source, "override")
    levels = [level for level in parameter.levels if level.from_month < entry.from_month]
    later = [level for level in parameter.levels if entry.until_month is not None and level.from_month >= entry.until_month]
    at_end = parameter.level(entry.until_month) if entry.until_month else None
    levels.append(replace(inside, until_month=None) if at_end else inside)
    if at_end and entry.until_month and at_end not in later:
        levels.append(replace(at_end, from_month=entry.until_month))
    return replace(parameter, levels=(*levels, *later))
