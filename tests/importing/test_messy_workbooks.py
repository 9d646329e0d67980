"""A list is understood however the commune keeps it: at least 99.5 % of cells right, and nothing wrong in silence."""

from pathlib import Path

import pytest

from tests.importing.accuracy import score
from tests.importing.messy import Habits

HABITS = [
    Habits(seed=1),
    Habits(seed=2, font="tcvn3"),
    Habits(seed=3, font="vni"),
    Habits(seed=4, decomposed=True),
    Habits(seed=5, grouped=False, shuffled=True, extra=True),
    Habits(seed=6, village="section"),
    Habits(seed=7, village="sheet"),
    Habits(seed=8, village="title"),
    Habits(seed=9, sex="ticks"),
    Habits(seed=10, sex="female_tick", grouped=False),
    Habits(seed=11, sex="born"),
    Habits(seed=12, poverty="word"),
    Habits(seed=13, separate_heads=True),
    Habits(seed=14, members_numbered=True, pages=True),
    Habits(seed=15, title_rows=0),
    Habits(seed=16, suffix="xls", poverty="word"),
    Habits(seed=17, suffix="xls", font="tcvn3"),
    Habits(seed=18, suffix="ods", sex="ticks"),
    Habits(seed=19, suffix="csv", plain_cells=True),
    Habits(seed=20, suffix="csv", font="tcvn3", grouped=False, poverty="word"),
    Habits(seed=21, suffix="csv", font="vni", sex="born"),
    Habits(seed=22, font="tcvn3", village="section", sex="ticks", pages=True),
    Habits(seed=23, village="sheet", font="vni", separate_heads=True),
    Habits(seed=24, suffix="ods", village="section", grouped=False, members_numbered=True),
]


@pytest.mark.parametrize("habits", HABITS, ids=lambda habits: f"seed{habits.seed}")
def test_a_messy_list_is_understood(habits: Habits, tmp_path: Path) -> None:
    outcome = score(habits, tmp_path)

    assert outcome.households[0] == outcome.households[1]
    assert outcome.share >= 0.995, outcome.wrong[:10]
    assert outcome.silent == []
