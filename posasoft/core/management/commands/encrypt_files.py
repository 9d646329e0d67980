"""./run manage encrypt_files: encrypt uploads that were kept plain by a version before the vault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from posasoft.core import vault


class Command(BaseCommand):
    help = "Encrypt the files under MEDIA_ROOT that are not encrypted yet. May be run again and while the software serves."

    def handle(self, *args: Any, **options: Any) -> None:
        files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file() and not path.is_symlink()]
        plain = [path for path in files if not vault.is_sealed(path)]
        for path in plain:
            vault.seal_in_place(path)
        self.stdout.write(f"Đã mã hóa {len(plain)} tệp; {len(files) - len(plain)} tệp đã được mã hóa từ trước.")
