"""`manage explain --person ID --month 2026-11 [--lang vi|en]`: what is due to a person, and why; what is refused, and which condition failed."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from beneficiaries import evaluation
from beneficiaries.evaluation.explaining import Check, Explained, Finding
from households.models import Household, Person
from policy import load_law
from posasoft.core.models import Area, Level
from posasoft.core.money import format_dong
from posasoft.core.months import format_month, parse_month
from posasoft.core.scope import COUNTRY, acting

WORDS = {
    "vi": {
        "due": "Được hưởng", "refused": "Không được hưởng", "nothing": "(không có khoản nào)", "total": "Cộng", "household": "Khoản của hộ",
        "no_decision": "đủ điều kiện nhưng chưa có quyết định", "overlap": "đã hưởng mức cao hơn theo quy định về chế độ trùng nhau",
        "couple": "vợ hoặc chồng đã nhận khoản này", "conditions": "có điều kiện không đạt", "arrears": "truy lĩnh", "value": "giá trị",
        "holds": "đạt", "fails": "không đạt", "coefficient": "hệ số",
    },
    "en": {
        "due": "Due", "refused": "Refused", "nothing": "(nothing)", "total": "Total", "household": "The household's own lines",
        "no_decision": "eligible, but no decision is in force", "overlap": "a higher benefit excludes it (overlap rule)",
        "couple": "the spouse receives it", "conditions": "a condition does not hold", "arrears": "arrears", "value": "value",
        "holds": "holds", "fails": "fails", "coefficient": "coefficient",
    },
}  # fmt: skip


class Command(BaseCommand):
    """Explains by the statement of the monthly run, with another projection."""

    help = "Giải thích một người được hưởng gì trong tháng và vì sao."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--person", required=True, help="số trong hệ thống hoặc mã công khai (UUID)")
        parser.add_argument("--month", required=True, help="YYYY-MM")
        parser.add_argument("--lang", choices=sorted(WORDS), default="vi")

    def handle(self, *args: Any, person: str, month: str, lang: str, **options: Any) -> None:
        try:
            wanted = parse_month(month)
        except ValueError as error:
            raise CommandError(str(error)) from error
        words = WORDS[lang]
        with acting(COUNTRY):
            who = _person(person)
            province = Area.objects.get(level=Level.PROVINCE, province_no=who.province_no, position__isnull=False)
            law = load_law().for_province(province.code)
            own = evaluation.explain(law, wanted, scope=evaluation.Scope(person_ids=(who.pk,)))
            household = evaluation.explain(law, wanted, scope=evaluation.Scope(household_ids=(who.household_id,)))
            code = Household.objects.values_list("code", flat=True).get(pk=who.household_id)
        self.stdout.write(f"{who.full_name} · {code} · {format_month(wanted)}")
        self._explain([record for record in own if record.person_id == who.pk], words, lang)
        lines = [record for record in household if record.person_id is None]
        if lines:
            self.stdout.write(f"\n{words['household']}")
            self._explain(lines, words, lang)

    def _explain(self, records: list[Explained], words: dict[str, str], lang: str) -> None:
        self.stdout.write(f"\n{words['due']}:")
        paid = [finding for record in records for finding in record.paid]
        for finding in paid:
            self._finding(finding, words, lang)
        self.stdout.write(
            f"  {words['total']}: {format_dong(sum(finding.amount or 0 for finding in paid))}" if paid else f"  {words['nothing']}"
        )
        self.stdout.write(f"\n{words['refused']}:")
        for record in records:
            for finding in record.refused:
                self._finding(finding, words, lang)

    def _finding(self, finding: Finding, words: dict[str, str], lang: str) -> None:
        name = finding.vi if lang == "vi" else finding.en
        self.stdout.write(f"  {finding.benefit} – {name} [{finding.instrument}, {finding.article}]")
        if finding.amount is not None:
            factor = f" ({words['coefficient']} {finding.coefficient.normalize():f})" if finding.coefficient is not None else ""
            late = f", {words['arrears']}" if finding.arrears else ""
            self.stdout.write(f"    {format_dong(finding.amount)}{factor}{late}")
        if finding.status != "paid":
            self.stdout.write(f"    → {words[finding.status]}")
        for check in finding.checks:
            if finding.status == "paid" or not check.holds:
                self._check(check, words, lang)

    def _check(self, check: Check, words: dict[str, str], lang: str) -> None:
        text = check.vi if lang == "vi" else check.en
        seen = "–" if check.value is None else check.value
        self.stdout.write(
            f"    {'✓' if check.holds else '✗'} {text}: {words['value']} {seen}, {words['holds' if check.holds else 'fails']}"
        )


def _person(text: str) -> Person:
    """Raises CommandError when nobody is called so."""
    try:
        found = Person.objects.filter(pk=int(text)) if text.isdigit() else Person.objects.filter(public_id=uuid.UUID(text))
        return found.get()
    except (ValueError, Person.DoesNotExist) as error:
        raise CommandError("Không có người mang mã này.") from error
