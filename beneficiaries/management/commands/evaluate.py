"""``manage evaluate FILE [--json] [--check]``: what the law gives the families of a file of cases; nothing is stored."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand

from beneficiaries.evaluation import CaseError, evaluate_cases

Line = dict[str, Any]


class CaseLoader(yaml.SafeLoader):
    """Leaves dates as they are written, so that an impossible one is reported with its case and field."""


CaseLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Command(BaseCommand):
    help = "Tính chế độ cho các trường hợp trong một tệp YAML. Mã thoát: 0 tính được, 1 khác với 'expect' (--check), 2 tệp có lỗi."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="in mỗi trường hợp một dòng JSON")
        parser.add_argument("--check", action="store_true", help="so với 'expect', thoát với mã 1 nếu khác")

    def handle(self, *args: Any, file: Path, check: bool, **options: Any) -> None:
        cases, answers = self._evaluated(file)
        for answer in answers:
            self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else summary(answer))
        if check and self._differences(cases, answers):
            sys.exit(1)

    def _evaluated(self, file: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        try:
            cases = yaml.load(file.read_text(encoding="utf-8"), Loader=CaseLoader)  # of the safe kind
            if not isinstance(cases, list):
                raise CaseError(f"{file}: expected a list of cases")
            return cases, evaluate_cases(cases)
        except (CaseError, OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
            self.stderr.write(str(error))
            sys.exit(2)

    def _differences(self, cases: list[dict[str, Any]], answers: list[dict[str, Any]]) -> int:
        different = 0
        for case, answer in zip(cases, answers, strict=True):
            expected = case.get("expect")
            if expected is not None and not same_lines(expected, answer["lines"]):
                different += 1
                self.stderr.write(f"case '{case['name']}' ({answer['month']}) differs")
                self.stderr.write(f"  expected: {json.dumps(expected, ensure_ascii=False, default=str)}")
                shown = ("for", "benefit", "coefficient", "amount", "arrears")
                given = [{key: line[key] for key in shown if key in line} for line in answer["lines"]]
                self.stderr.write(f"  given:    {json.dumps(given, ensure_ascii=False)}")
        self.stderr.write(f"{len(cases)} cases, {different} differ")
        return different


def same_lines(expected: list[Line], given: list[Line]) -> bool:
    """Same benefits for the same people with the same amounts; a coefficient is compared only where it is expected."""
    unmatched = list(given)
    for line in expected:
        match = next((other for other in unmatched if same_line(line, other)), None)
        if match is None:
            return False
        unmatched.remove(match)
    return not unmatched


def same_line(expected: Line, given: Line) -> bool:
    same = all(expected.get(key) == given.get(key) for key in ("for", "benefit", "amount"))
    if not same or bool(expected.get("arrears")) != bool(given.get("arrears")):
        return False
    if expected.get("coefficient") is None:
        return True
    return given.get("coefficient") is not None and Decimal(str(expected["coefficient"])) == Decimal(str(given["coefficient"]))


def summary(answer: dict[str, Any]) -> str:
    """One readable line."""
    lines = ", ".join(f"{line['for']} {line['benefit']} {line['amount']:,}" for line in answer["lines"])
    return f"{answer['month']} {answer['name']}: {lines or '-'} = {answer['family_total']:,}"
