"""Stages lists in the test's own database."""

import datetime as dt
import random
from pathlib import Path

from households.models import ImportBatch
from households.staging.operations import receive_list
from posasoft.core import jobs
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY
from tests.importing.invented import Family, invent
from tests.importing.messy import Habits, make
from tests.importing.writers import write

DAY = dt.date(2025, 12, 31)


def stage_file(path: Path, area: Area) -> ImportBatch:
    """Receive and read a file; the batch is staged afterwards."""
    with path.open("rb") as file:
        batch = receive_list(file=file, name=path.name, area=area, area_date=DAY, by=COUNTRY)
    jobs.run_all(beating=False)
    batch.refresh_from_db()
    return batch


def stage_families(families: list[Family], area: Area, folder: Path, *, seed: int = 1) -> ImportBatch:
    """Stage a plain list of these families."""
    return stage_file(write(make(families, Habits(seed=seed, blank_sex=0.0)), folder), area)


def some_families(count: int = 12, *, seed: int = 7) -> list[Family]:
    return invent(random.Random(seed), count)
