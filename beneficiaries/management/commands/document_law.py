"""``manage document_law``: writes docs/law.md from the law's files; a test fails when the page is stale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from policy import load_law
from policy.document import document


class Command(BaseCommand):
    help = "Viết docs/law.md từ các tệp luật trong policy/."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "law.md"
        path.write_text(document(load_law()), encoding="utf-8")
        self.stdout.write(f"{path.name}: {len(load_law().rules)} quy định")
