"""Comparison of lines as `--check` makes it: for, benefit, amount, arrears, and the coefficient where it is given."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

Lines = list[dict[str, Any]]


def identity(line: dict[str, Any]) -> tuple[Any, ...]:
    return (line["for"], line["benefit"], line["amount"], bool(line.get("arrears")))


def differs(expected: Lines, got: Lines) -> str:
    """Both sides in words if they differ, the empty string if they do not."""
    wanted, given = sorted(expected, key=identity), sorted(got, key=identity)
    same = len(wanted) == len(given) and all(agrees(w, g) for w, g in zip(wanted, given, strict=True))
    return "" if same else f"  expected {in_words(wanted)}\n  got      {in_words(given)}"


def agrees(wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    if identity(wanted) != identity(given):
        return False
    if wanted.get("coefficient") is None:
        return True
    return given.get("coefficient") is not None and Decimal(str(wanted["coefficient"])) == Decimal(str(given["coefficient"]))


def in_words(lines: Lines) -> str:
    return (
        "; ".join(
            f"{line['for']} {line['benefit']} × {line.get('coefficient')} = {line['amount']}{' arrears' if line.get('arrears') else ''}"
            for line in lines
        )
        or "nothing"
    )
