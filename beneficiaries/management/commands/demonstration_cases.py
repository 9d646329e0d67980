"""A few open applications in different states for the demonstration's commune, one of them overdue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from beneficiaries.generator.cases import make_cases
from beneficiaries.operations.escalation import escalate
from posasoft.core.models import Area, Level, Role, RoleAssignment
from posasoft.core.scope import COUNTRY, Scope, acting


class Command(BaseCommand):
    help = "Makes applications of invented people in one commune, through the officer's own operations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--commune", default="00721")

    def handle(self, *args: Any, commune: str, **options: Any) -> None:
        area = Area.objects.filter(level=Level.COMMUNE, code=commune, valid_to__isnull=True, position__isnull=False).first()
        held = RoleAssignment.objects.filter(role=Role.COMMUNE_OFFICER, area=area).order_by("pk").first() if area else None
        if area is None or held is None:
            raise CommandError(f"There is no commune {commune} with an officer today: load the areas and make the sign-ins first.")
        by = Scope("area", area.position or 0, area.position_end or 0, held.user_id, held.role, held.pk)
        with acting(by):
            made = make_cases(commune=area, by=by)
        with acting(COUNTRY):
            escalate(today=timezone.localdate())
        self.stdout.write(f"  {made} applications in {area.name}")
