"""History with before and after: what every change made of a household and its people, from the versions that triggers keep."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from households.models import Change, ImportBatch
from posasoft.core.models import Area, User
from posasoft.portal import history_words

PAGE = 30
PERSON_COLUMNS = (
    "full_name", "sex", "born", "died_on", "household_id", "relation", "ethnicity", "disability_degree", "disability_type",
    "disability_certified_on", "no_parental_care", "was_in_5_1", "studying", "hiv", "no_supporter", "facility_eligible", "pension",
    "other_income", "pregnant", "fostered_by", "boards_at_school", "canonical_id",
)  # fmt: skip
HOUSEHOLD_COLUMNS = (
    "address", "commune_id", "village_id", "difficulty", "residence_kind", "poverty", "b1", "b2", "ended_on", "canonical_id",
)  # fmt: skip

# An old version beside the one that followed it: the next old version, else the row as it is. Keyset: time, then number.
_VERSIONS = """
SELECT %(subject)s AS subject, e.id, e.pgh_id, e.pgh_created_at AS at, e.pgh_context AS context, to_jsonb(e) AS before, coalesce(
  (SELECT to_jsonb(n) FROM {table}event n WHERE n.id = e.id AND n.pgh_id > e.pgh_id ORDER BY n.pgh_id LIMIT 1),
  (SELECT to_jsonb(c) FROM {table} c WHERE c.id = e.id)) AS after
FROM {table}event e WHERE e.id = ANY(%(ids_{subject})s) AND e.pgh_label = 'update'
"""
_PAGE = """
SELECT v.subject, v.id, v.pgh_id, v.at, v.context, v.before, v.after FROM ({versions}) v
WHERE (%(at)s::timestamptz IS NULL OR (v.at, v.subject, v.pgh_id) < (%(at)s::timestamptz, %(last_subject)s, %(last_id)s))
  AND EXISTS (SELECT 1 FROM unnest(%(columns)s::text[]) AS c(name) WHERE v.before->c.name IS DISTINCT FROM v.after->c.name)
ORDER BY v.at DESC, v.subject DESC, v.pgh_id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Difference:
    """One field: what it was, what it became, since which day the new value holds."""

    name: str
    before: str
    after: str
    since: datetime.date | None


@dataclass(frozen=True)
class Version:
    """One change: whom it touched, when, by whom, why and from which list or request, field by field."""

    at: datetime.datetime
    about: str
    who: str
    role: str
    why: str
    source: str
    link: str
    differences: list[Difference]


@dataclass(frozen=True)
class Page:
    versions: list[Version]
    after: str


@dataclass(frozen=True)
class Asked:
    """What the page is narrowed to: the household (0: not), the people, one fact's columns (empty: all that may be seen)."""

    households: Sequence[int]
    persons: Mapping[int, str]
    fact: str = ""
    hidden: frozenset[str] = frozenset()


def page(asked: Asked, after: str = "") -> Page:
    """Thirty changes, the newest first, in a fixed number of queries."""
    columns = [name for name in history_words.columns_of(asked.fact, (*HOUSEHOLD_COLUMNS, *PERSON_COLUMNS)) if name not in asked.hidden]
    versions = " UNION ALL ".join(
        _VERSIONS.format(table=table, subject=subject).replace("%(subject)s", f"'{subject}'::text")
        for table, subject in (("households_household", "h"), ("households_person", "p"))
    )
    at, last_subject, last_id = _key(after)
    params: dict[str, Any] = {
        "ids_h": list(asked.households), "ids_p": list(asked.persons), "columns": columns, "limit": PAGE + 1, "at": at,
        "last_subject": last_subject, "last_id": last_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(versions=versions), params)
        rows = cursor.fetchall()
    more, rows = len(rows) > PAGE, rows[:PAGE]
    cursor_of_last = f"{rows[-1][3].timestamp():.6f}_{rows[-1][0]}_{rows[-1][2]}" if more else ""
    return Page(_versions(rows, asked, columns), cursor_of_last)


def _key(text: str) -> tuple[datetime.datetime | None, str, int]:
    parts = text.split("_")
    try:
        return datetime.datetime.fromtimestamp(float(parts[0]), datetime.UTC), parts[1], int(parts[2])
    except (ValueError, IndexError, OverflowError):
        return None, "", 0


def _json(value: Any) -> dict[str, Any]:
    return json.loads(value) if isinstance(value, str) else value or {}


@dataclass(frozen=True)
class _Names:
    """What ids of a page are called, each kind read once."""

    users: Mapping[int, str]
    changes: Mapping[int, Change]
    batches: Mapping[int, ImportBatch]
    areas: Mapping[int, str]
    households: Mapping[int, str]


def _versions(rows: Sequence[Any], asked: Asked, columns: Sequence[str]) -> list[Version]:
    contexts = [_json(row[4]) for row in rows]
    images = [(_json(row[5]), _json(row[6])) for row in rows]
    names = _names(contexts, images)
    found = []
    for row, context, (before, after) in zip(rows, contexts, images, strict=True):
        change = names.changes.get(context.get("change") or 0)
        batch = names.batches.get(change.pk) if change else None
        differences = [
            Difference(
                history_words.label(name), history_words.value(name, before.get(name), names.areas, names.households),
                history_words.value(name, after.get(name), names.areas, names.households), history_words.since(name, after),
            )
            for name in columns
            if name in before and before.get(name) != after.get(name)
        ]  # fmt: skip
        found.append(
            Version(
                at=row[3],
                about=asked.persons.get(row[1], "") if row[0] == "p" else "",
                who=names.users.get(context.get("user") or 0, ""),
                role=str(context.get("role") or ""),
                why=str(context.get("reason") or (change.reason if change else "")),
                source=batch.file_name if batch else (change.source if change else ""),
                link=f"/imports/{batch.public_id}/" if batch else "",
                differences=differences,
            )
        )
    return found


def _names(contexts: Sequence[Mapping[str, Any]], images: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> _Names:
    users = {int(c["user"]) for c in contexts if c.get("user")}
    changes = {int(c["change"]) for c in contexts if c.get("change")}
    areas = {int(image[name]) for pair in images for image in pair for name in ("commune_id", "village_id") if image.get(name)}
    homes = {int(image["household_id"]) for pair in images for image in pair if image.get("household_id")}
    return _Names(
        users=dict(User.objects.filter(pk__in=users).values_list("pk", "full_name")),
        changes=Change.objects.in_bulk(list(changes)),
        batches={b.change_id or 0: b for b in ImportBatch.objects.filter(change_id__in=changes)},
        areas=dict(Area.objects.filter(pk__in=areas).values_list("pk", "name")),
        households=history_words.household_codes(homes),
    )
