"""The letter before a review: the family hears of it first, nothing is stopped by a machine."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone

from beneficiaries.models import Found
from beneficiaries.operations.decision_documents.engine import law_of, public_title, rule_of
from beneficiaries.operations.decision_documents.notice import HOTLINE
from beneficiaries.operations.decision_documents.wording import article_of, inside, month_text, place_name, title_of
from beneficiaries.queries.calendar import calendar
from posasoft.core.dates import format_long
from posasoft.core.html_to_pdf import render_pdf

DAYS_TO_ANSWER = 10


def review_notice_pdf(found: Found) -> bytes:
    """An invitation to explain, ten working days to answer."""
    today = timezone.localdate()
    law = law_of(found.household)
    rule = rule_of(law, found.benefit, found.month)
    home = found.household
    who = f"{title_of(found.person, today)} {found.person.full_name}" if found.person else f"hộ có mã {home.code}"
    context = {
        "commune": found.commune, "issuer": f"Ủy ban nhân dân {inside(found.commune)}", "place": place_name(found.commune),
        "day": format_long(today), "who": who, "title": public_title(law, found.benefit, found.month),
        "article": article_of(rule.source.article, rule.source.instrument) if rule else "", "month": month_text(found.month),
        "address": ", ".join(inside(area) for area in (home.village, home.commune) if area), "days": DAYS_TO_ANSWER,
        "until": format_long(calendar().add(today, DAYS_TO_ANSWER)), "hotline": HOTLINE,
    }  # fmt: skip
    return render_pdf(render_to_string("documents/review.html", context))
