"""The code that an invented user's phone would show now; in a demonstration only."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from posasoft.core import second_factor
from posasoft.core.models import User


class Command(BaseCommand):
    help = "Prints the present code of a user of the demonstration. Refuses anywhere but in a demonstration (DEMO=1 and HTTPS=0)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("Codes are told in a demonstration only: set DEMO=1 and HTTPS=0.")
        user = User.objects.filter(username=username).first()
        code = second_factor.present_code(user) if user else None
        if code is None:
            raise CommandError(f"There is no user {username} with a second factor.")
        self.stdout.write(code)
