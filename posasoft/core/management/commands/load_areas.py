"""Loads the administrative units of the whole country."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from posasoft.core.area_loading import AreaLoader
from posasoft.core.models import Area


class Command(BaseCommand):
    help = "Load the dated administrative units, successions and clusters that ship with the program; once."

    def handle(self, *args: Any, **options: Any) -> None:
        if Area.objects.exists():
            self.stdout.write("Đã có đơn vị hành chính, không nạp lại.")
            return
        count = AreaLoader().load()
        self.stdout.write(f"Đã nạp {count} đơn vị hành chính.")
