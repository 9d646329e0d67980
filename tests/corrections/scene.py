"""Months of two families' money, by the law with and without Decree 335/2026, and what lists say of them."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from beneficiaries import operations
from beneficiaries.statuses import DONE
from payments.models import Correction, PaymentList
from payments.operations import release, work_run
from policy import load_law, loader
from posasoft.core.scope import COUNTRY, acting
from tests.support.payments import approved

JULY, AUGUST, SEPTEMBER, OCTOBER = (datetime.date(2026, month, 1) for month in (7, 8, 9, 10))
DECREE_335 = "2026-335-tro-giup-xa-hoi.yaml"


def law_without(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str) -> Callable[[], None]:
    """The program as it was before these files of the law came; what is returned brings them, as the next version of the program does."""
    shutil.copytree(loader.LAW_FOLDER, folder)
    for name in names:
        (folder / name).unlink()
    held = loader.LAW_FOLDER

    def use(where: Path) -> None:
        monkeypatch.setattr(loader, "LAW_FOLDER", where)
        load_law.cache_clear()

    use(folder)
    return lambda: use(held)


def compute(month: datetime.date) -> None:
    """The month of every province."""
    with acting(COUNTRY):
        started = operations.start_run(month=month, by=COUNTRY)
    work_run(started.pk)
    assert {shard.status for shard in started.shards.all()} == {DONE}


def pay(*months: datetime.date) -> None:
    """Each month computed, and all its lists released."""
    for month in months:
        compute(month)
        with acting(COUNTRY):
            release(lists=approved(PaymentList.objects.filter(month=month, status="draft")), by=COUNTRY)


def open_corrections() -> dict[tuple[str, datetime.date], int]:
    """(benefit, month) → đồng still owed to (positive) or by (negative) somebody."""
    return {(row.benefit, row.month): row.due - row.ordered for row in Correction.objects.filter(settled_at=None)}


def causes() -> dict[datetime.date, Any]:
    """Month → cause of its open corrections."""
    return {row.month: row.cause for row in Correction.objects.filter(settled_at=None)}
