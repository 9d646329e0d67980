"""Writes understood households into the staging tables, a chunk at a time. COPY is refused under row-level security, hence the temporary tables."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from households.crypto import seal_many
from households.importing.findings import Finding, Household, Person
from households.importing.notes import last_day_meant
from households.models import ImportBatch
from households.staging.masking import masked
from posasoft.core.names import fold, sort_key

_ROW = (
    "sheet text, row integer, block integer, full_name text, name_key text, name_sort text, relation text, born date, born_precision text, sex text,"
    " ethnicity text, ethnicity_concluded boolean, id_kind text, number_enc bytea, number_index bytea, tail text, village_name text, poverty text,"
    " b1 smallint, b2 smallint, disability_degree text, disability_type text, studying text, benefit_article text, benefit_amount bigint,"
    " noted_dead boolean, died text, died_on date, note text, errors smallint, warnings smallint"
)
_FINDING = 'sheet text, row integer, "column" text, severity text, value text, message text'


def _names(definition: str) -> list[str]:
    return [part.split()[0] for part in definition.split(", ")]


def store_households(batch: ImportBatch, households: Sequence[tuple[int, Household]], *, list_date: dt.date) -> None:
    """Insert numbered households with their findings; inside the caller's transaction."""
    people = [(block, person) for block, household in households for person in household.people]
    findings = [finding for _, household in households for finding in household.findings]
    counts: Counter[tuple[str, int, str]] = Counter((finding.sheet, finding.row, finding.severity) for finding in findings)
    sealed = _sealed([person for _, person in people])
    rows = [(*_person_row(block, person, list_date), *_counted(person, counts)) for block, person in people]
    complete = [_with_identity(row, identity) for row, identity in zip(rows, sealed, strict=True)]
    _insert(
        "households_importrow",
        _ROW,
        complete,
        batch,
        extra={"match": "''", "verdict": "''", "diff": "'{}'::jsonb", "decision": "'pending'", "conflicts": "0", "gone": "''"},
    )
    store_findings(batch, findings)


def store_findings(batch: ImportBatch, findings: Iterable[Finding]) -> None:
    """Insert findings; numbers of identity papers are masked."""
    rows = [(f.sheet, f.row, f.column[:200], f.severity, masked(f.value or "")[:300], masked(f.message)[:500]) for f in findings]
    _insert("households_importfinding", _FINDING, rows, batch, extra={})


def _insert(table: str, definition: str, rows: Sequence[Sequence[Any]], batch: ImportBatch, *, extra: dict[str, str]) -> None:
    if not rows:
        return
    columns = ", ".join(_names(definition))
    fixed = "".join(f", {name}" for name in extra), "".join(f", {value}" for value in extra.values())
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE incoming ({definition}) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO {table} (batch_id, province_no, area_pos, {columns}{fixed[0]}) SELECT %s, %s, %s, {columns}{fixed[1]} FROM incoming",
            [batch.pk, batch.province_no, batch.area_pos],
        )
        cursor.execute("DROP TABLE incoming")


_IDENTITY_AT = _names(_ROW).index("id_kind")


def _with_identity(row: tuple[Any, ...], identity: tuple[Any, ...]) -> tuple[Any, ...]:
    return (*row[:_IDENTITY_AT], *identity, *row[_IDENTITY_AT:])


def _person_row(block: int, person: Person, list_date: dt.date) -> tuple[Any, ...]:
    """The columns of a row but for the identity, which is sealed in bulk."""
    disability, benefit = person.disability, person.benefit
    return (
        person.sheet, person.row, block, person.name[:120], fold(person.name)[:120], sort_key(person.name)[:240], person.relation, person.born,
        person.born_precision, person.sex, person.ethnicity, "ethnicity" in person.concluded,
        (person.village or "")[:200], person.poverty, person.b1, person.b2, disability.degree if disability else None,
        disability.type if disability else None, person.studying, (benefit.article or "") if benefit else "", benefit.amount if benefit else None,
        person.noted_dead, person.died or "", last_day_meant(person.died, list_date) if person.died else None, masked(person.note or "")[:500],
    )  # fmt: skip


def _counted(person: Person, counts: Counter[tuple[str, int, str]]) -> tuple[int, int]:
    return counts[person.sheet, person.row, "error"], counts[person.sheet, person.row, "warning"]


def _sealed(people: Sequence[Person]) -> list[tuple[Any, ...]]:
    """(kind, encrypted, index, tail) per person; an old card counts where there is no national id."""
    numbers = [person.national_id or person.old_id for person in people]
    sealed = iter(seal_many([number for number in numbers if number]))
    found: list[tuple[Any, ...]] = []
    for number in numbers:
        if number is None:
            found.append(("", None, None, ""))
            continue
        one = next(sealed)
        found.append(("cccd" if len(number) == 12 else "cmnd", one.number_enc, one.number_index, one.tail))
    return found
