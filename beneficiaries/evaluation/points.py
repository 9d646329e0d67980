"""Day by day: the households in which something changes inside the window, cut into segments in which nothing does.

The window runs from the last day of the month before to the last day of the month. A segment is named by its first day (its *point*); the
facts of a point are the open value when its ``since`` is not later, else the closed spell that covers the day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from beneficiaries.evaluation.plan import Plan
from beneficiaries.evaluation.relation import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, RELATIONS, column_of, count_sql
from beneficiaries.evaluation.steady import may_match
from beneficiaries.evaluation.tables import Scope, Tables
from households.facts import HOUSEHOLD_FACTS, PERSON_FACTS, Fact
from policy.expressions import quote

Cte = tuple[str, str]
MEMBERSHIP = "membership"


def day(value: object) -> str:
    return f"DATE {quote(str(value))}"


def crosses_birthday(plan: Plan, alias: str) -> str:
    """True for whoever reaches, inside the month, an age at which a rule changes: a binary search over the days of birth that do."""
    spans = sorted((minus(plan.eve, unit, number), minus(plan.last, unit, number)) for unit, number in plan.thresholds)
    return _search(f"{alias}.born", spans)


def minus(start: date, unit: str, number: int) -> date:
    """``start`` minus years or months, clamped to the end of a shorter month as PostgreSQL does."""
    months = start.year * 12 + start.month - 1 - number * (12 if unit == "years" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _search(column: str, spans: list[tuple[date, date]]) -> str:
    """Whether a day lies in one of the spans (after, up to), which are sorted."""
    if not spans:
        return "FALSE"
    if len(spans) == 1:
        return f"({column} > {day(spans[0][0])} AND {column} <= {day(spans[0][1])})"
    middle = len(spans) // 2
    return f"CASE WHEN {column} > {day(spans[middle][0])} THEN {_search(column, spans[middle:])} ELSE {_search(column, spans[:middle])} END"


def loud_ctes(plan: Plan, tables: Tables, scope: Scope, *, everybody: bool) -> list[Cte]:
    """``loud``: ids of those who must be looked at day by day, because their facts, their household's, or those of the people they are counted
    with change. ``ties``: the links that may count in the window."""
    ties = (
        f"SELECT r.kind, r.adult_id, r.child_id, r.since, r.until FROM {tables.raising} r WHERE {scope.links('r', tables)} "
        f"AND (r.until IS NULL OR r.until > {day(plan.eve)}) AND (r.since IS NULL OR r.since <= {day(plan.last)})"
    )
    if everybody:
        return [("ties", ties), ("loud", f"SELECT p.id FROM {tables.person} p WHERE {scope.persons('p')} AND p.canonical_id IS NULL")]
    return [
        ("ties", ties),
        (
            "changed_households",
            f"SELECT h.id FROM {tables.household} h WHERE {_homes(scope, tables)} AND h.facts_since >= {day(plan.first)}",
        ),
        ("changed_persons", f"SELECT p.id FROM {tables.person} p WHERE {scope.persons('p')} AND {_changes(plan, 'p')}"),
        ("loud", _loud(plan, tables, scope)),
    ]


def _homes(scope: Scope, tables: Tables) -> str:
    if scope.person_ids is None:
        return scope.households("h")
    return f"h.id IN (SELECT p.household_id FROM {tables.person} p WHERE {scope.persons('p')})"


def _changes(plan: Plan, alias: str) -> str:
    return f"({alias}.facts_since >= {day(plan.first)} OR {crosses_birthday(plan, alias)})"


def _loud(plan: Plan, tables: Tables, scope: Scope) -> str:
    """Small on every side: the changed, the members of changed households, and whoever is tied to somebody who changes."""
    alive = f"p.canonical_id IS NULL AND (p.died_on IS NULL OR p.died_on >= {day(plan.first)})"
    # Fenced, so that the long test is asked of those few only and not of a whole scan.
    changed = (
        f"SELECT p.* FROM changed_persons c JOIN {tables.person} p ON p.id = c.id WHERE {alive}",
        f"SELECT p.* FROM changed_households c JOIN {tables.person} p ON p.household_id = c.id WHERE {scope.persons('p')} AND {alive}",
    )
    worth = f"(p.facts_since >= {day(plan.first)} OR {may_match(plan, 'p')})"
    parts = [f"SELECT p.id FROM ({one} OFFSET 0) p WHERE {worth}" for one in changed]
    for relation in plan.relations():
        kind, own, other = RELATIONS[relation]
        parts.append(
            # The fences keep these look-ups by index, whatever the planner believes of a table under row-level security.
            f"SELECT p.id FROM ties r CROSS JOIN LATERAL (SELECT FROM {tables.person} o JOIN {tables.household} h ON h.id = o.household_id "
            f"WHERE o.id = r.{other} AND (r.since >= {day(plan.first)} OR r.until >= {day(plan.first)} OR h.facts_since >= {day(plan.first)} "
            f"OR {_changes(plan, 'o')}) OFFSET 0) x CROSS JOIN LATERAL (SELECT p.id FROM {tables.person} p WHERE p.id = r.{own} "
            f"AND {scope.persons('p')} AND {alive} OFFSET 0) p WHERE r.kind = {quote(kind)}"
        )
    return " UNION ".join(parts)


def point_ctes(plan: Plan, tables: Tables) -> list[Cte]:
    """From ``loud(id)`` to ``loud_facts``: one row per person and point with every fact of the vocabulary."""
    return [
        ("links", _links(plan)),
        ("watch", "SELECT id AS watched, id AS watcher FROM loud UNION SELECT other_id, person_id FROM links"),
        ("memberships", _memberships(plan, tables)),
        ("breaks", _breaks(plan, tables)),
        ("points", _points(plan)),
        (
            "asked",
            "SELECT person_id, day FROM points UNION SELECT l.other_id, t.day FROM links l JOIN points t ON t.person_id = l.person_id",
        ),
        ("person_past", _past("p", PERSON_FACTS, "asked", "person_id", tables)),
        ("person_then", _person_then(tables)),
        ("household_asked", "SELECT DISTINCT household_id, day FROM person_then"),
        ("household_past", _past("h", HOUSEHOLD_FACTS, "household_asked", "household_id", tables)),
        ("household_then", household_then(tables, "household_asked", "household_past")),
        ("everything", _everything()),
        ("counted", _counted(plan, tables)),
        ("loud_facts", _loud_facts(plan)),
    ]


def _links(plan: Plan) -> str:
    parts = []
    for relation in plan.relations():
        kind, own, other = RELATIONS[relation]
        parts.append(
            f"SELECT r.{own} AS person_id, r.{other} AS other_id, {quote(relation)} AS relation, r.since, r.until "
            f"FROM ties r JOIN loud ON loud.id = r.{own} WHERE r.kind = {quote(kind)}"
        )
    empty = "SELECT NULL::bigint AS person_id, NULL::bigint AS other_id, ''::text AS relation, NULL::date AS since, NULL::date AS until WHERE FALSE"
    return " UNION ALL ".join(parts) or empty


def _memberships(plan: Plan, tables: Tables) -> str:
    return (
        "SELECT p.id AS person_id, p.household_id FROM (SELECT DISTINCT watched FROM watch) w JOIN "
        f"{tables.person} p ON p.id = w.watched "
        "UNION SELECT s.subject_id, (s.value ->> 'household_id')::bigint FROM (SELECT DISTINCT watched FROM watch) w "
        f"JOIN {tables.spell} s ON s.subject = 'p' AND s.subject_id = w.watched AND s.fact = '{MEMBERSHIP}' AND s.until > {day(plan.eve)}"
    )


def _breaks(plan: Plan, tables: Tables) -> str:
    """Every day inside the month on which a fact, a link, an age or a life begins or ends."""
    own = ", ".join([*(f"p.{fact.since}" for fact in PERSON_FACTS), "p.died_on", "p.disability_certified_on"])
    birthday = f"{day(plan.first)} + (EXTRACT(DAY FROM p.born)::int - 1)"
    household = ", ".join([*(f"h.{fact.since}" for fact in HOUSEHOLD_FACTS), "h.ended_on"])
    spell_days = "s.since, s.until, CASE WHEN s.fact = 'disability' THEN (s.value ->> 'certified')::date END"
    found = [
        f"SELECT w.watcher AS person_id, d.day FROM watch w JOIN {tables.person} p ON p.id = w.watched "
        f"CROSS JOIN LATERAL unnest(ARRAY[{own}, CASE WHEN {_has_birthday(plan)} THEN {birthday} END]) d(day)",
        f"SELECT w.watcher, d.day FROM watch w JOIN {tables.spell} s ON s.subject = 'p' AND s.subject_id = w.watched "
        f"AND s.until > {day(plan.eve)} CROSS JOIN LATERAL unnest(ARRAY[{spell_days}]) d(day)",
        f"SELECT w.watcher, d.day FROM watch w JOIN memberships m ON m.person_id = w.watched JOIN {tables.household} h ON h.id = m.household_id "
        f"CROSS JOIN LATERAL unnest(ARRAY[{household}]) d(day)",
        f"SELECT w.watcher, d.day FROM watch w JOIN memberships m ON m.person_id = w.watched "
        f"JOIN {tables.spell} s ON s.subject = 'h' AND s.subject_id = m.household_id AND s.until > {day(plan.eve)} "
        f"CROSS JOIN LATERAL unnest(ARRAY[s.since, s.until]) d(day)",
        "SELECT l.person_id, d.day FROM links l CROSS JOIN LATERAL unnest(ARRAY[l.since, l.until]) d(day)",
    ]
    return " UNION ".join(f"{one} WHERE d.day > {day(plan.first)} AND d.day <= {day(plan.last)}" for one in found)


def _has_birthday(plan: Plan) -> str:
    """Whether a birthday, or a month's birthday of a small child, may fall into the month."""
    in_month = f"EXTRACT(MONTH FROM p.born) = {plan.first.month}"
    months = [number for unit, number in plan.thresholds if unit == "months"]
    if not months:
        return in_month
    return f"({in_month} OR p.born > ({day(plan.first)} - INTERVAL '{max(months) + 1} months')::date)"


def _points(plan: Plan) -> str:
    return (
        f"SELECT person_id, day, lead(day, 1, {day(plan.last)} + 1) OVER (PARTITION BY person_id ORDER BY day) AS next_day FROM ("
        f"SELECT id AS person_id, {day(plan.eve)} AS day FROM loud UNION ALL SELECT id, {day(plan.first)} FROM loud "
        f"UNION ALL SELECT b.person_id, b.day FROM breaks b JOIN loud ON loud.id = b.person_id) d"
    )


def _past(subject: str, facts: tuple[Fact, ...], asked: str, key: str, tables: Tables) -> str:
    """Closed spells on the days asked, one column per column of the wide row."""
    columns = []
    for fact in facts:
        for (column, path), sql_type in zip(fact.columns, fact.sql_type, strict=True):
            value = "s.value #>> '{}'" if fact.is_scalar else f"s.value ->> '{path}'"
            columns.append(f"max(({value})) FILTER (WHERE s.fact = {quote(fact.name)})::{sql_type} AS {column}")
    return (
        f"SELECT a.{key}, a.day, {', '.join(columns)} FROM {asked} a "
        f"JOIN {tables.spell} s ON s.subject = '{subject}' AND s.subject_id = a.{key} "
        f"AND (s.since IS NULL OR s.since <= a.day) AND s.until > a.day GROUP BY a.{key}, a.day"
    )


def _then(fact: Fact, column: str, row: str, past: str) -> str:
    """The value on the day: open when it had begun, else the closed spell."""
    return (
        f"CASE WHEN {row}.{fact.since} <= a.day THEN {row}.{column} WHEN {row}.{fact.since} IS NULL "
        f"THEN coalesce({row}.{column}, {past}.{column}) ELSE {past}.{column} END"
    )


def _person_then(tables: Tables) -> str:
    columns = [
        f"{_then(fact, column, 'p', 'c')} AS {column}" for fact in PERSON_FACTS for column, _ in fact.columns if column != "relation"
    ]
    return (
        f"SELECT a.person_id, a.day, p.province_no, p.area_pos, p.born, p.sex, p.died_on, {', '.join(columns)} FROM asked a "
        f"JOIN {tables.person} p ON p.id = a.person_id LEFT JOIN person_past c ON c.person_id = a.person_id AND c.day = a.day"
    )


def household_then(tables: Tables, asked: str, past: str) -> str:
    """Household facts on the days asked."""
    columns = [f"{_then(fact, column, 'h', 'c')} AS {column}" for fact in HOUSEHOLD_FACTS for column, _ in fact.columns]
    return (
        f"SELECT a.household_id, a.day, h.province_no, h.area_pos, h.ended_on, {', '.join(columns)} FROM {asked} a "
        f"JOIN {tables.household} h ON h.id = a.household_id LEFT JOIN {past} c ON c.household_id = a.household_id AND c.day = a.day"
    )


def household_past(tables: Tables, asked: str) -> str:
    """Closed household spells on the days asked."""
    return _past("h", HOUSEHOLD_FACTS, asked, "household_id", tables)


def _everything() -> str:
    """Person and household facts of a point under the vocabulary's names. A certificate counts from its day; who left with a household that
    ended (moved out of the registry) is due nothing from that day on, like the dead."""
    certified = "CASE WHEN p.disability_certified_on IS NULL OR p.disability_certified_on <= p.day THEN p.disability_degree END"
    person = [certified + " AS disability_degree" if name == "disability_degree" else f"p.{name}" for name in PERSON_COLUMNS]
    household = [f"h.{column_of(name)} AS {name}" for name in HOUSEHOLD_COLUMNS]
    return (
        f"SELECT p.person_id, p.day, p.household_id, p.province_no, p.area_pos, p.died_on, p.disability_certified_on, "
        "(p.died_on IS NULL OR p.died_on > p.day) AND (p.born IS NULL OR p.born <= p.day) "
        "AND (h.ended_on IS NULL OR h.ended_on > p.day) AS alive, "
        f"{', '.join([*person, *household])} FROM person_then p "
        "JOIN household_then h ON h.household_id = p.household_id AND h.day = p.day"
    )


def _counted(plan: Plan, tables: Tables) -> str:
    columns = [f"{count_sql(plan.law, plan.law.vocabulary[name], tables, plan.month)} AS {name}" for name in plan.counts]
    return (
        f"SELECT l.person_id, t.day{''.join(f', {column}' for column in columns)} FROM links l JOIN points t ON t.person_id = l.person_id "
        "JOIN everything o ON o.person_id = l.other_id AND o.day = t.day JOIN everything a ON a.person_id = l.person_id AND a.day = t.day "
        "WHERE (l.since IS NULL OR l.since <= t.day) AND (l.until IS NULL OR l.until > t.day) AND o.alive GROUP BY l.person_id, t.day"
    )


def _loud_facts(plan: Plan) -> str:
    counts = "".join(f", coalesce(n.{name}, 0) AS {name}" for name in plan.counts)
    return (
        f"SELECT e.*, t.next_day, e.day < {day(plan.first)} AS before, "
        f"(e.died_on IS NOT DISTINCT FROM t.next_day AND e.died_on <= {day(plan.last)}) AS last_day_alive{counts} "
        "FROM points t JOIN everything e ON e.person_id = t.person_id AND e.day = t.day "
        "LEFT JOIN counted n ON n.person_id = t.person_id AND n.day = t.day"
    )
