"""Cases in templates: states, clocks, and the cases of a household."""

from __future__ import annotations

import datetime

from django import template
from django.template.context import RequestContext
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from beneficiaries.models import Case, CaseStep
from beneficiaries.papers import papers
from beneficiaries.queries.calendar import calendar
from households.models import Household
from posasoft.portal.case_wording import MOVES, TONES
from posasoft.portal.queries.cases import attachments, cases_of_household

register = template.Library()


@register.simple_tag
def case_tag(case: Case) -> SafeString:
    """The state of a case as a coloured word."""
    return format_html('<span class="tag {}">{}</span>', TONES[case.status], gettext(str(case.get_status_display())))


@register.simple_tag
def clock_tag(case: Case, today: datetime.date | None = None) -> SafeString:
    """What is left of the legal term, in working days; how long it stands while papers are completed."""
    today = today or timezone.localdate()
    if case.status == "returned" and case.clock_stopped_on:
        return format_html('<span class="tag">{}</span>', gettext("Dừng từ %(day)s") % {"day": f"{case.clock_stopped_on:%d/%m/%Y}"})
    if not case.is_running or case.due_on is None:
        return SafeString("")
    left = calendar().between(today, case.due_on)
    if case.due_on < today:
        late = max(calendar().between(case.due_on, today), 1)
        return format_html('<span class="tag stop">{}</span>', gettext("Quá hạn %(n)d ngày làm việc") % {"n": late})
    tone = "warn" if left <= 1 else "ok" if left > 3 else "info"
    return format_html('<span class="tag {}">{}</span>', tone, gettext("Còn %(n)d ngày làm việc") % {"n": left})


@register.filter
def paper_name(case: Case) -> str:
    """Mẫu số 01 (335/2026/NĐ-CP)."""
    paper = papers()[case.form]
    return f"{paper.number} ({paper.decree})"


@register.simple_tag(takes_context=True)
def household_cases(context: RequestContext, household: Household) -> list[Case]:
    """The cases of a household that the reader may know of."""
    return cases_of_household(context["request"].scope, household.pk)


@register.simple_tag
def case_papers(case: Case) -> dict[str, object]:
    """The checklist of a case with what is there, and the papers handed in."""
    files = attachments(case)
    given = {file.item for file in files}
    paper = papers()[case.form]
    return {"items": [(item, item.code in given) for item in paper.items(case.payload, case.benefits)], "files": files}


@register.filter
def move_name(step: CaseStep) -> str:
    """What a step did, in words."""
    return gettext("Tiếp nhận hồ sơ") if step.move == "receive" else str(MOVES[step.move].label)
