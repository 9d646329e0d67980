"""Reads the law's files and refuses, by file and line, what is not understood: unknown words, missing sources, gaps and overlaps of dates."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from policy.checks import check_law
from policy.expressions import Expression, ExpressionError, parse
from policy.model import CERTAINTIES, STARTS, Case, Condition, Group, KeepBoth, Law, Level, Override, Parameter, Programme, Rule, Source
from policy.vocabulary import FACTS_FILE, Fact, load_vocabulary
from policy.yamlfiles import LawError, Table, read_yaml

LAW_FOLDER = Path(__file__).parent / "law"
SECTIONS = ("programmes", "parameters", "groups", "values", "rules", "ends", "overrides")
HEADER = ("instrument", "title", "signed", "in_force_from", "certainty", "note", "province")
RULE_KEYS = (
    "benefit", "amends", "programme", "title", "article", "certainty", "note", "from_month", "until_month", "subject", "needs_decision",
    "start", "start_age", "overlap", "conditions", "not_if", "coefficient", "amount", "payments", "succeeds", "switched_off", "fund", "on_decision",
)  # fmt: skip
SOURCE_KEYS = ("instrument", "article", "signed", "in_force_from", "certainty", "note")

_absent: set[str] = set()  # file names that this process reads past: see ``without``


@dataclass
class _Draft:
    """What the files said so far."""

    vocabulary: Mapping[str, Fact]
    programmes: dict[str, Programme] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    levels: dict[str, list[Level]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    ends: list[tuple[Table, str, date]] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)  # the YAML of every rule by its place: an amendment starts from it

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(name for name, parameter in self.parameters.items() if parameter.unit == "number")


def load_folders(*folders: Path, facts: Path = FACTS_FILE) -> Law:
    """The law of all YAML files in the folders, sub-folders included. Raises LawError by file and line."""
    paths = [path for folder in folders for path in sorted(folder.rglob("*.yaml")) if path.name not in _absent]
    vocabulary = load_vocabulary(facts)
    draft = _Draft(vocabulary)
    tops = [read_yaml(path) for path in paths]
    for top in tops:
        top.check_keys((), (*HEADER, *SECTIONS))
        _define(draft, top)
    for top in tops:
        _read_values(draft, top)
    for top in sorted(tops, key=lambda table: (str(table.get("in_force_from", "")), table.file)):
        _read_rules(draft, top)
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (facts, *paths))).hexdigest()
    return _finish(draft, digest)


@functools.cache
def load_law() -> Law:
    """The law that this program holds."""
    return load_folders(LAW_FOLDER)


@contextmanager
def without(*names: str) -> Iterator[None]:
    """This process as the program was before these files of the law came; for the demonstration, tests and measurements of a law that counts back."""
    if missing := [name for name in names if not any(LAW_FOLDER.rglob(name))]:
        raise FileNotFoundError(missing[0])
    _absent.update(names)
    load_law.cache_clear()
    try:
        yield
    finally:
        _absent.difference_update(names)
        load_law.cache_clear()


def _define(draft: _Draft, top: Table) -> None:
    for table in top.tables("programmes"):
        table.check_keys(("name", "title", "owner", "fund"), ("by_default",))
        vi, en = table.both_languages("title")
        by_default = table.flag("by_default") if "by_default" in table else True
        programme = Programme(table.text("name"), vi, en, table.text("owner"), table.text("fund"), by_default)
        _once(draft.programmes, table, programme.name)
        draft.programmes[programme.name] = programme
    for table in top.tables("parameters"):
        table.check_keys(("name", "unit", "title"))
        vi, en = table.both_languages("title")
        if table.text("unit") not in ("đồng", "number"):
            raise table.fail(f"unknown unit '{table['unit']}' (known: đồng, number)", "unit")
        _once(draft.parameters, table, table.text("name"))
        draft.parameters[table.text("name")] = Parameter(table.text("name"), table.text("unit"), vi, en)
    for table in top.tables("groups"):
        _once(draft.groups, table, table.text("name"))
        draft.groups[table.text("name")] = _group(table)


def _once(known: Mapping[str, object], table: Table, name: str) -> None:
    if name in known:
        raise table.fail(f"'{name}' is defined twice", "name")


def _group(table: Table) -> Group:
    table.check_keys(("name", "kind", "title", "article"), ("relation", "keep_both", "only_with"))
    if table.text("kind") not in ("highest", "couple"):
        raise table.fail(f"unknown kind '{table['kind']}' (known: highest, couple)", "kind")
    vi, en = table.both_languages("title")
    keep = None
    if "keep_both" in table:
        entry = table.table("keep_both")
        entry.check_keys(("benefit", "with_any"))
        keep = KeepBoth(entry.text("benefit"), entry.texts("with_any"))
    return Group(
        table.text("name"), table.text("kind"), vi, en, table.text("article"), table.text("relation"), keep, table.text("only_with")
    )


def _source(top: Table, table: Table) -> Source:
    """The header's source with what the entry itself says; all of it must be there."""
    merged = {key: table[key] if key in table else top.get(key) for key in SOURCE_KEYS}
    for key in ("instrument", "article", "certainty"):
        if not isinstance(merged[key], str) or not merged[key]:
            raise table.fail(f"no source: '{key}' is missing here and at the top of the file")
    if merged["certainty"] not in CERTAINTIES:
        raise table.fail(f"unknown certainty '{merged['certainty']}' (known: {', '.join(CERTAINTIES)})", "certainty")
    days = []
    for key in ("signed", "in_force_from"):
        if merged[key] is not None and not isinstance(merged[key], date):
            raise table.fail(f"'{key}' must be a day like 2021-07-01, not {merged[key]!r}", key)
        days.append(merged[key])
    return Source(str(merged["instrument"]), str(merged["article"]), days[0], days[1], str(merged["certainty"]), str(merged["note"] or ""))


def _where(table: Table) -> str:
    return f"{table.file}:{table.line}"


def _read_values(draft: _Draft, top: Table) -> None:
    for table in top.tables("values"):
        table.check_keys(("parameter", "value", "money_applies_from"), (*SOURCE_KEYS, "until_month"))
        name = table.text("parameter")
        if name not in draft.parameters:
            raise table.fail(f"unknown parameter '{name}'", "parameter")
        value, day = table.number("value"), table.day("money_applies_from")
        level = Level(value, day, day.replace(day=1), table.month_or_none("until_month"), _source(top, table), _where(table))
        draft.levels.setdefault(name, []).append(level)
    for table in top.tables("overrides"):
        table.check_keys(("parameter", "value", "from_month", "article"), ("until_month", "switched_off", "certainty", "note"))
        if table.text("parameter") not in draft.parameters:
            raise table.fail(f"unknown parameter '{table['parameter']}'", "parameter")
        draft.overrides.append(
            Override(
                top.text("province"), table.text("parameter"), table.number("value"), table.month("from_month"),
                table.month_or_none("until_month"), table.text("article"), table.flag("switched_off"),
            )
        )  # fmt: skip


def _read_rules(draft: _Draft, top: Table) -> None:
    for table in top.tables("rules"):
        if "amends" in table:
            table = _amended(draft, table)
        draft.rules.append(_rule(draft, top, table))
    for table in top.tables("ends"):
        table.check_keys(("benefit", "from_month", "article"), ("note",))
        draft.ends.append((table, table.text("benefit"), table.month("from_month")))


def _amended(draft: _Draft, table: Table) -> Table:
    """A rule that changes some points of the version before it and keeps the others."""
    name = table.text("amends")
    before = [rule for rule in draft.rules if rule.benefit == name]
    if not before:
        raise table.fail(f"'{name}' cannot be amended: no earlier version", "amends")
    merged = Table(draft.tables[before[-1].where])
    for key in ("until_month", "note", "certainty", "article"):
        merged.pop(key, None)
    merged.update({key: value for key, value in table.items() if key != "amends"})
    merged.file, merged.line, merged.key_lines = table.file, table.line, {**draft.tables[before[-1].where].key_lines, **table.key_lines}
    return merged


def _rule(draft: _Draft, top: Table, table: Table) -> Rule:
    table.check_keys(("benefit", "programme", "title", "article", "from_month", "subject", "amount"), RULE_KEYS)
    draft.tables[_where(table)] = table
    programme = draft.programmes.get(table.text("programme"))
    if programme is None:
        raise table.fail(f"unknown programme '{table['programme']}'", "programme")
    if table.text("subject") not in ("person", "household"):
        raise table.fail(f"unknown subject '{table['subject']}' (known: person, household)", "subject")
    start = table.text("start", "signature")
    if start not in STARTS:
        raise table.fail(f"unknown start '{start}' (known: {', '.join(STARTS)})", "start")
    group, order = _overlap(draft, table)
    parameter, times = _amount(draft, table)
    vi, en = table.both_languages("title")
    return Rule(
        benefit=table.text("benefit"), programme=programme.name, vi=vi, en=en, source=_source(top, table),
        from_month=table.month("from_month"),
        until_month=table.month_or_none("until_month"), subject=table.text("subject"), needs_decision=table.flag("needs_decision"),
        start=start, start_age=table.whole("start_age", 0), group=group, order=order, conditions=_conditions(draft, table),
        not_if=table.texts("not_if"), cases=_cases(draft, table), parameter=parameter, payments=_payments(table, times),
        on_decision=table.flag("on_decision"),
        succeeds=table.texts("succeeds") if "succeeds" in table else (table.text("benefit"),),
        switched_off=table.flag("switched_off"),
        fund=table.text("fund", programme.fund), where=_where(table),
    )  # fmt: skip


def _overlap(draft: _Draft, table: Table) -> tuple[str, int]:
    if "overlap" not in table:
        return "", 0
    entry = table.table("overlap")
    entry.check_keys(("group", "order"))
    if entry.text("group") not in draft.groups:
        raise entry.fail(f"unknown overlap group '{entry['group']}'", "group")
    return entry.text("group"), entry.whole("order")


def _amount(draft: _Draft, table: Table) -> tuple[str, int]:
    entry = table.table("amount")
    entry.check_keys(("parameter",), ("times",))
    if entry.text("parameter") not in draft.parameters:
        raise entry.fail(f"unknown parameter '{entry['parameter']}'", "parameter")
    return entry.text("parameter"), entry.whole("times", 1)


def _payments(table: Table, times: int) -> tuple[tuple[int, int], ...]:
    """(calendar month, how many times the amount) for each month of the year in which the benefit is paid."""
    if "payments" not in table:
        return tuple((month, times) for month in range(1, 13))
    payments = []
    for entry in table.tables("payments"):
        entry.check_keys(("months",), ("times",))
        payments += [(month, entry.whole("times", times)) for month in entry.numbers("months")]
    return tuple(payments)


def _expression(draft: _Draft, table: Table, key: str) -> Expression:
    try:
        expression = parse(table.text(key), draft.vocabulary, draft.numbers)
    except ExpressionError as error:
        raise table.fail(str(error), key) from None
    for name in expression.facts:
        if draft.vocabulary[name].only_in_counts:
            raise table.fail(f"fact '{name}' is known of a counted person only", key)
    return expression


def _conditions(draft: _Draft, table: Table) -> tuple[Condition, ...]:
    conditions = []
    for entry in table.tables("conditions"):
        entry.check_keys(("if", "vi", "en"))
        conditions.append(Condition(_expression(draft, entry, "if"), entry.text("vi"), entry.text("en")))
    if not conditions and not table.flag("on_decision"):
        raise table.fail("a rule without conditions would pay everybody", "conditions")
    return tuple(conditions)


def _cases(draft: _Draft, table: Table) -> tuple[Case, ...]:
    cases = []
    for entry in table.tables("coefficient"):
        entry.check_keys(("value",), ("when", "vi", "en"))
        when = _expression(draft, entry, "when") if "when" in entry else None
        fact = entry["value"] if isinstance(entry["value"], str) else ""
        if fact and (fact not in draft.vocabulary or draft.vocabulary[fact].type != "count"):
            raise entry.fail(f"'{fact}' is neither a number nor a count", "value")
        cases.append(Case(when, None if fact else entry.number("value"), fact, entry.text("vi"), entry.text("en")))
    if cases and (any(case.when is None for case in cases[:-1]) or cases[-1].when is not None):
        raise table.fail("the last coefficient, and only the last, is for all others: it has no 'when'", "coefficient")
    return tuple(cases)


def _finish(draft: _Draft, digest: str) -> Law:
    for name, levels in draft.levels.items():
        parameter = draft.parameters[name]
        ordered = tuple(sorted(levels, key=lambda level: level.from_month))
        draft.parameters[name] = Parameter(name, parameter.unit, parameter.vi, parameter.en, ordered)
    counts = {fact.name: _count_expression(draft, fact) for fact in draft.vocabulary.values() if fact.count}
    law = Law(
        vocabulary=draft.vocabulary, programmes=draft.programmes, parameters=draft.parameters, groups=draft.groups,
        rules=check_law(draft.rules, draft.ends, draft.parameters, draft.groups), overrides=tuple(draft.overrides), fingerprint=digest, counts=counts,
    )  # fmt: skip
    return law


def _count_expression(draft: _Draft, fact: Fact) -> Expression:
    try:
        return parse(fact.count.where if fact.count else "", draft.vocabulary, draft.numbers)
    except ExpressionError as error:
        raise LawError(f"facts.yaml: fact '{fact.name}': {error}") from None
