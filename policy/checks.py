"""What one file cannot show: versions that overlap or leave a gap, amounts that are missing, references to nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from policy.model import Group, Level, Parameter, Rule
from policy.yamlfiles import LawError, Table


def check_law(
    rules: Sequence[Rule], ends: Iterable[tuple[Table, str, date]], parameters: Mapping[str, Parameter], groups: Mapping[str, Group]
) -> tuple[Rule, ...]:
    """The rules with their ends worked out: by a later version, or by an instrument that ends them. Raises LawError by file and line."""
    by_benefit: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        by_benefit[rule.benefit].append(rule)
    for table, benefit, month in ends:
        by_benefit[benefit] = _ended(by_benefit.get(benefit, []), table, benefit, month)
    checked = [rule for versions in by_benefit.values() for rule in _closed(versions)]
    for parameter in parameters.values():
        _check_levels(parameter)
    for rule in checked:
        for name in (rule.parameter, *_numbers(rule)):
            _check_amount(rule, parameters[name])
        _check_references(rule, by_benefit, groups)
    return tuple(sorted(checked, key=lambda rule: (rule.programme, rule.order, rule.benefit, rule.from_month)))


def _ended(versions: list[Rule], table: Table, benefit: str, month: date) -> list[Rule]:
    running = [rule for rule in versions if rule.from_month < month and rule.until_month is None]
    if not running:
        raise table.fail(f"'{benefit}' cannot end in {month:%Y-%m}: it is not in force", "benefit")
    last = max(running, key=lambda rule: rule.from_month)
    return [replace(rule, until_month=month) if rule is last else rule for rule in versions]


def _closed(versions: list[Rule]) -> list[Rule]:
    ordered = sorted(versions, key=lambda rule: rule.from_month)
    closed = []
    for rule, following in pairwise(ordered):
        if rule.from_month == following.from_month or (rule.until_month and rule.until_month > following.from_month):
            raise LawError(
                f"{following.where}: overlap: '{rule.benefit}' is already in force in {following.from_month:%Y-%m} by {rule.where}"
            )
        if rule.until_month and rule.until_month < following.from_month and following.continues_itself:
            raise LawError(
                f"{following.where}: gap: '{rule.benefit}' ended in {rule.until_month:%Y-%m} and begins again in "
                f"{following.from_month:%Y-%m}; if it is another benefit, say what it succeeds"
            )
        closed.append(replace(rule, until_month=rule.until_month or following.from_month))
    return [*closed, ordered[-1]] if ordered else []


def _check_levels(parameter: Parameter) -> None:
    for level, following in pairwise(parameter.levels):
        if level.from_month == following.from_month or (level.until_month and level.until_month > following.from_month):
            raise LawError(
                f"{following.where}: overlap: '{parameter.name}' already has a value in {following.from_month:%Y-%m} by {level.where}"
            )
        if level.until_month and level.until_month < following.from_month:
            raise LawError(
                f"{following.where}: gap: '{parameter.name}' has no value from {level.until_month:%Y-%m} to {following.from_month:%Y-%m}"
            )


def _numbers(rule: Rule) -> set[str]:
    expressions = [condition.expression for condition in rule.conditions] + [case.when for case in rule.cases if case.when]
    return {name for expression in expressions for name in expression.numbers}


def _check_amount(rule: Rule, parameter: Parameter) -> None:
    if rule.switched_off and parameter.name == rule.parameter:
        return
    first: Level | None = parameter.levels[0] if parameter.levels else None
    if first is None or first.from_month > rule.from_month:
        raise LawError(f"{rule.where}: gap: '{parameter.name}' has no value in {rule.from_month:%Y-%m}, when '{rule.benefit}' begins")
    end = parameter.levels[-1].until_month
    if end and (rule.until_month is None or rule.until_month > end):
        raise LawError(f"{rule.where}: gap: '{parameter.name}' has no value after {end:%Y-%m}, while '{rule.benefit}' goes on")


def _check_references(rule: Rule, by_benefit: Mapping[str, list[Rule]], groups: Mapping[str, Group]) -> None:
    for name in (*rule.not_if, *(code for code in rule.succeeds if code != rule.benefit)):
        if not by_benefit.get(name):
            raise LawError(f"{rule.where}: unknown benefit '{name}'")
    group = groups.get(rule.group)
    named = (group.keep_both.benefit if group.keep_both else "", group.only_with) if group else ()
    for name in named:
        if name and name not in by_benefit:
            raise LawError(f"{rule.where}: unknown benefit '{name}' in overlap group '{rule.group}'")
