"""`./run bench NAME …`: runs `bench/NAME.py`; without a name, lists what there is."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import django

HERE = Path(__file__).resolve().parent


def main(arguments: list[str]) -> int:
    """Calls `main(arguments)` of the chosen module; its exit code."""
    names = sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))
    if not arguments or arguments[0] not in names:
        sys.stdout.write(f"./run bench NAME …, where NAME is one of: {', '.join(names) or 'none yet'}\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "posasoft.settings")
    django.setup()
    return int(importlib.import_module(f"bench.{arguments[0]}").main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
