"""Facts over time are drawn where they were."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from posasoft.portal.timeline import LABEL_WIDTH, WIDTH, Stretch, draw

TODAY = datetime.date(2026, 11, 21)
DAYS = st.dates(datetime.date(1950, 1, 1), datetime.date(2027, 12, 31))


def test_a_closed_spell_ends_where_the_next_begins() -> None:
    turn = datetime.date(2024, 1, 1)
    first, second = (
        draw([("Phân loại", [Stretch("Nghèo", "stop", None, turn), Stretch("Cận nghèo", "warn", turn, None)])], TODAY).lanes[0].bars
    )
    assert round(first.x + first.width + 2, 1) == second.x
    assert (first.now, second.now) == (False, True)


def test_words_that_do_not_fit_are_left_to_the_title() -> None:
    bar = draw([("Học", [Stretch("Trung học phổ thông", "info", datetime.date(2026, 10, 1), None)])], TODAY).lanes[0].bars[0]
    assert bar.text == ""
    assert bar.title == "Trung học phổ thông"


def test_the_drawing_shows_at_least_four_years_and_at_most_six() -> None:
    recent = draw([("A", [Stretch("x", "info", TODAY, None)])], TODAY)
    old = draw([("A", [Stretch("x", "info", datetime.date(1980, 5, 5), None)])], TODAY)
    assert [year for year, _ in recent.years] == [2022, 2023, 2024, 2025, 2026]
    assert old.years[0][0] == 2020


def test_money_steps_up_with_the_amount() -> None:
    lane = draw([], TODAY, ("Tổng", [(datetime.date(2025, 1, 1), 500_000), (datetime.date(2026, 7, 1), 1_000_000)], "1 triệu")).lanes[-1]
    heights = [float(part.split("V")[-1]) for part in lane.path.split("H")[1:] if "V" in part]
    assert heights == [float(lane.y)]
    assert lane.path.startswith("M")


@given(st.tuples(DAYS, DAYS).map(sorted), DAYS)
def test_no_bar_leaves_the_drawing(period: list[datetime.date], day: datetime.date) -> None:
    drawing = draw([("A", [Stretch("x", "info", period[0], period[1])])], day)
    for bar in drawing.lanes[0].bars:
        assert bar.x >= LABEL_WIDTH
        assert bar.x + bar.width <= WIDTH
        assert bar.width >= 1
