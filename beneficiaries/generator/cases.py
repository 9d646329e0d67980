"""Applications of invented people for the demonstration, taken through the same operations as an officer's: drafts, steps, one overdue."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from beneficiaries import evaluation
from beneficiaries.models import Case, Decision
from beneficiaries.operations import cases
from beneficiaries.operations.decision_documents.engine import law_of
from beneficiaries.papers import NO, YES, Field, papers
from beneficiaries.queries.calendar import calendar
from households.models import Person
from posasoft.core.dates import format_date
from posasoft.core.models import Area
from posasoft.core.months import first_of_month
from posasoft.core.scope import Scope

Asker = tuple[Person, str]
FORM = "335-01"
# As many people of each kind as are looked at.
MOST = 200
FIRST_DAY = datetime.date(2026, 10, 5)
# What is done with each case, and how many working days ago it was received (None: never).
STORIES: tuple[tuple[int | None, tuple[str, ...]], ...] = (
    (None, ()),
    (None, ()),
    (11, ()),
    (6, ("check",)),
    (5, ("check", "appraise", "make_ready")),
    (4, ("return",)),
    (4, ("check", "appraise", "post")),
    (3, ("check", "refuse", "make_ready")),
    (3, ("check", "appraise", "make_ready")),
    (2, ("check", "appraise")),
    (1, ("check",)),
    (0, ()),
    (0, ()),
    (2, ("withdraw",)),
)
DETAILS: dict[str, dict[str, Any]] = {
    "appraise": {"outcome": "grant"},
    "post": {"place": "Trụ sở Ủy ban nhân dân"},
    "return": {"note": "Thiếu giấy xác nhận", "fields": [{"field": "address", "guidance": "Ghi đủ tên thôn"}]},
    "withdraw": {"note": "Người đề nghị đã chuyển đi nơi khác"},
}
REASONS = [{"text": "Đang hưởng lương hưu hằng tháng", "article": "Luật 41/2024/QH15 Điều 21"}]


def make_cases(*, commune: Area, by: Scope) -> int:
    """One case for each story, as far as the commune has people for them; how many. Nothing happens where a case exists already."""
    if Case.objects.filter(commune=commune).exists():
        return 0
    due, others = _people(commune)
    kept = sum(map(_is_to_be_granted, STORIES))
    granted, rest = iter(due[:kept]), iter(due[kept:] + others)
    made = 0
    for days_ago, moves in STORIES:
        found = next(granted if _is_to_be_granted((days_ago, moves)) else rest, None)
        if found is not None:
            _tell(*found, days_ago, moves, by)
            made += 1
    return made


def _is_to_be_granted(story: tuple[int | None, tuple[str, ...]]) -> bool:
    """Whether a decision is drafted next, which only whoever is due the benefit and has none can be given."""
    return "make_ready" in story[1] and "refuse" not in story[1]


def _people(commune: Area) -> tuple[list[Asker], list[Asker]]:
    """People with what they ask for: those to whom the engine would pay it but for a decision, then others who could ask for it."""
    today = timezone.localdate()
    held = Decision.objects.filter(Q(until_month__isnull=True) | Q(until_month__gt=today), person__isnull=False).values("person")
    here: QuerySet[Person] = Person.objects.filter(
        household__commune=commune, died_on__isnull=True, canonical__isnull=True, hiv=False, born__isnull=False
    ).exclude(pk__in=held).select_related("household__commune")  # fmt: skip
    disabled = here.filter(disability_degree__in=["severe", "extremely_severe"], disability_certified_on__isnull=False)
    old = here.filter(Q(born__lte=today - datetime.timedelta(days=62 * 365)), disability_degree__isnull=True)
    rows = [(person, "TCXH-5.6") for person in disabled.order_by("pk")[:MOST]]
    rows += [(person, "PENSION-SOCIAL") for person in old.order_by("born", "pk")[:MOST]]
    due = _due([person for person, _benefit in rows])
    owed = [(person, benefit) for person, benefit in rows if (person.pk, benefit) in due]
    return owed, [(person, benefit) for person, benefit in rows if (person.pk, benefit) not in due]


def _due(people: Sequence[Person]) -> set[tuple[int, str]]:
    """Persons and benefits that are due this month and lack only the decision."""
    if not people:
        return set()
    law, month = law_of(people[0].household), first_of_month(timezone.localdate())
    scope = evaluation.Scope(person_ids=tuple(person.pk for person in people))
    with connection.cursor() as cursor:
        cursor.execute(evaluation.month_sql(law, month, scope=scope, projection="not_enrolled", with_facts=False))
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(row["person_id"], row["benefit"]) for row in rows}


def _tell(person: Person, benefit: str, days_ago: int | None, moves: tuple[str, ...], by: Scope) -> None:
    case = cases.open_case(form=FORM, commune=person.household.commune, person=person, by=by, benefits=[benefit])
    if days_ago is None:
        return
    received = max(calendar().add(timezone.localdate(), -days_ago), FIRST_DAY)
    cases.save_draft(case=case, answers=_answers(case, received), benefits=[benefit], channel="desk", by=by)
    cases.receive(case=case, received_on=received, by=by)
    for move in moves:
        details = {"outcome": "refuse", "reasons": REASONS} if move == "refuse" else DETAILS.get(move, {})
        cases.advance(case=case, move="appraise" if move == "refuse" else move, by=by, **details)


def _answers(case: Case, received: datetime.date) -> dict[str, Any]:
    """What the registry knows, and something plain for every question that may not stay empty."""
    paper, answers = papers()[case.form], dict(case.payload)
    for field in paper.asked_fields({**answers, "disabled": answers.get("disabled", NO)}, case.benefits):
        if field.required and not answers.get(field.name):
            answers[field.name] = _plain(field, received)
    for field in paper.asked_fields(answers, case.benefits):
        if field.required and not answers.get(field.name):
            answers[field.name] = _plain(field, received)
    return answers


def _plain(field: Field, received: datetime.date) -> str:
    if field.type == "choice":
        return field.choices[0].value
    if field.type == "yes_no":
        return YES if field.name == "pledged" else NO
    return {"date": format_date(received), "day": format_date(received), "text": "Như giấy tờ kèm theo"}.get(field.type, "0")
