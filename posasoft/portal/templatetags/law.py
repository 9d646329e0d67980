"""The law's names in pages: benefits, articles, coefficients. All of them are data of `policy`."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from functools import lru_cache

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

from beneficiaries.evaluation import Check, Finding
from policy import load_law
from policy.model import Rule
from posasoft.portal import wording

register = template.Library()
ARTICLE = re.compile(r"Điều (\d+)(?: khoản (\d+))?(?: điểm (\w+))?")
# Stands for a benefit whose name would tell a diagnosis to somebody who may not know it.
KEPT_BACK = "kept_back"
SHORT = {"NĐ-CP": "NĐ", "QĐ-TTg": "QĐ"}


@lru_cache(maxsize=4096)
def rule_of(benefit: str, month: datetime.date) -> Rule | None:
    """The version of a benefit that holds in a month, else the latest one; None for a code that no law knows."""
    versions = [rule for rule in load_law().rules if rule.benefit == benefit]
    return next((rule for rule in versions if rule.is_in_force(month)), versions[-1] if versions else None)


def short_instrument(instrument: str) -> str:
    """335/2026/NĐ-CP → NĐ 335/2026."""
    number, _, kind = instrument.rpartition("/")
    return f"{SHORT[kind]} {number}" if kind in SHORT else instrument


@register.filter
def benefit_name(code: str, month: datetime.date) -> str:
    """The benefit's title in the language of the page."""
    if code == KEPT_BACK:
        return gettext("Trợ cấp xã hội hàng tháng")
    rule = rule_of(code, month)
    if rule is None:
        return code
    return rule.en if get_language() == "en" else rule.vi


def short_article(article: str) -> str:
    """Điều 5 khoản 5 điểm b; Điều 6 → Đ.5.5b; Đ.6."""
    return ARTICLE.sub(lambda m: "Đ." + m[1] + (f".{m[2]}" if m[2] else "") + (m[3] or ""), article)


def _where(instrument: str, article: str) -> str:
    """Decree and article; an article that names its own instrument (a law behind the decree) stands alone."""
    return article if "/" in article else f"{short_instrument(instrument)}, {article}"


@register.filter
def benefit_article(code: str, month: datetime.date) -> str:
    """Decree and article that grant it, as short as a table needs."""
    rule = rule_of(code, month)
    return short_article(_where(rule.source.instrument, rule.source.article)) if rule else ""


@register.filter
def coefficient(value: Decimal | float | str) -> str:
    """2.500 → 2,5."""
    return str(number_format(Decimal(str(value)).normalize()))


@register.filter
def finding_name(finding: Finding) -> str:
    """The benefit's title as its rule has it."""
    return finding.en if get_language() == "en" else finding.vi


@register.filter
def finding_source(finding: Finding) -> str:
    """Decree and article, and how sure we are of them where we are not."""
    where = _where(finding.instrument, finding.article)
    return where if finding.certainty == "found" else f"{where} · {gettext('chưa đối chiếu bản gốc')}"


@register.filter
def check_text(check: Check) -> str:
    """A condition in the language of the page."""
    return check.en if get_language() == "en" else check.vi


@register.filter
def seen(check: Check) -> str:
    """The value a condition saw, in words; empty for a yes or no, which the mark beside the condition says already."""
    return "" if isinstance(check.value, bool) else wording.seen_value(check.value)


@register.filter
def first_failure(finding: Finding) -> str:
    """The first condition that does not hold, in the language of the page."""
    failed = next((check for check in finding.checks if not check.holds), None)
    return check_text(failed) if failed else ""
