"""Papers that go out while a case is open, in the layout of Decree 30/2020."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.template.loader import render_to_string

from beneficiaries.models import Case, CaseAttachment, CasePosting
from beneficiaries.papers import papers

HOTLINE = "18001567"


def receipt(case: Case, files: Sequence[CaseAttachment], today: datetime.date, officer: str) -> str:
    """The slip that the applicant takes home, as HTML for the PDF engine. It names the paper by its number only: a slip lies about."""
    paper = papers()[case.form]
    given = {file.item for file in files}
    items = [item.label for item in paper.items(case.payload, case.benefits) if item.code in given and item.code != "hiv"]
    context = {"case": case, "paper": paper, "items": items, "today": today, "officer": officer, "hotline": HOTLINE}
    return render_to_string("documents/case_receipt.html", context)


def posting_list(rows: Sequence[CasePosting], today: datetime.date) -> str:
    """The sheet that hangs in public, by village: name, year of birth, village, kind of benefit. No ids, no health, no day of birth."""
    villages: dict[str, list[CasePosting]] = {}
    for row in rows:
        household = row.case.person.household if row.case.person else row.case.household
        name = household.village.name if household and household.village else row.case.commune.name
        villages.setdefault(name, []).append(row)
    commune = rows[0].case.commune if rows else None
    return render_to_string("documents/case_postings.html", {"villages": villages, "today": today, "commune": commune, "hotline": HOTLINE})
