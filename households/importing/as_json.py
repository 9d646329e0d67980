"""A reading as the JSON object that `stage_list --json` prints."""

from collections.abc import Iterable
from typing import Any

from households.importing.findings import Finding, Person, SkippedRow
from households.importing.reading import ListReading

_SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def reading_as_json(reading: ListReading) -> dict[str, Any]:
    """Read the whole list; people in the order of the file, findings by row, then gravest first."""
    people: list[dict[str, Any]] = []
    findings: list[Finding] = []
    for household in reading.households():
        people.extend(person_as_json(person) for person in household.people)
        findings.extend(household.findings)
    findings.extend(reading.findings)
    return {
        "households": reading.household_count,
        "persons": reading.person_count,
        "rows_skipped": [_skipped(row) for row in reading.skipped],
        "findings": [finding_as_json(finding) for finding in in_order(findings)],
        "people": people,
    }


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.sheet, finding.row, _SEVERITIES[finding.severity]))


def person_as_json(person: Person) -> dict[str, Any]:
    """The person with values as understood, in codes of the law cases."""
    disability, benefit = person.disability, person.benefit
    return {
        "row": person.row,
        "household_row": person.household_row,
        "name": person.name,
        "relation": person.relation,
        "born": person.born.isoformat() if person.born else None,
        "born_precision": person.born_precision,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "national_id": person.national_id,
        "village": person.village,
        "poverty": person.poverty,
        "b1": person.b1,
        "b2": person.b2,
        "disability": {"type": disability.type, "degree": disability.degree} if disability else None,
        "studying": person.studying,
        "benefit": {"article": benefit.article, "amount": benefit.amount} if benefit else None,
        "died": person.died,
        "note": person.note,
        **({"sheet": person.sheet} if person.sheet else {}),
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "column": finding.column,
        "severity": finding.severity,
        "value": finding.value,
        "message": finding.message,
        **({"sheet": finding.sheet} if finding.sheet else {}),
    }


def _skipped(row: SkippedRow) -> dict[str, Any]:
    return {"row": row.row, "why": row.why, **({"sheet": row.sheet} if row.sheet else {})}
