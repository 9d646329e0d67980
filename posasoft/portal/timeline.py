"""Time, drawn: facts as bars over years. Works out places only; the template draws."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LABEL_WIDTH = 150
WIDTH = 760
TOP = 24
LANE = 28
BAR = 18
# A letter of the drawing's 11 px type, so that a text that would run out of its bar is left to the title.
LETTER = 6.2
LEAST_YEARS = 4
MOST_YEARS = 6


@dataclass(frozen=True)
class Bar:
    """One spell: place and width in the drawing, the words on it (empty when they do not fit) and in full, whether it still holds."""

    x: float
    y: float
    width: float
    text: str
    title: str
    tone: str
    now: bool

    @property
    def text_x(self) -> float:
        return self.x + 8

    @property
    def text_y(self) -> float:
        return self.y + 13


@dataclass(frozen=True)
class Stretch:
    """What a lane is made of: a value's words, colour and days [since, until); None: for ever, or still."""

    text: str
    tone: str
    since: datetime.date | None
    until: datetime.date | None


@dataclass(frozen=True)
class Lane:
    name: str
    y: float
    bars: list[Bar]
    path: str = ""
    path_label: str = ""
    label_y: float = 0


@dataclass(frozen=True)
class Drawing:
    """Everything the template needs: years with their places, lanes, the day's line, the height."""

    years: list[tuple[int, float]]
    lanes: list[Lane]
    day_x: float
    height: float

    @property
    def label_width(self) -> int:
        return LABEL_WIDTH

    @property
    def chart_width(self) -> int:
        return WIDTH - LABEL_WIDTH

    @property
    def bottom(self) -> float:
        return self.height - 8


class Scale:
    """Days to places: from the first of a year to the end of the day's year."""

    def __init__(self, first_year: int, day: datetime.date) -> None:
        self.start = datetime.date(first_year, 1, 1)
        self.end = datetime.date(day.year + 1, 1, 1)

    def x(self, day: datetime.date) -> float:
        """Place of a day, kept inside the drawing."""
        inside = min(max(day, self.start), self.end)
        share = (inside - self.start).days / (self.end - self.start).days
        return round(LABEL_WIDTH + share * (WIDTH - LABEL_WIDTH - 4), 1)


def first_year(stretches: Iterable[Stretch], day: datetime.date) -> int:
    """The year the drawing starts: of the oldest known beginning, but four to six years back."""
    begun = [s.since.year for s in stretches if s.since]
    oldest = min(begun, default=day.year)
    return max(min(oldest, day.year - LEAST_YEARS), day.year - MOST_YEARS)


def _bar(stretch: Stretch, scale: Scale, y: float) -> Bar | None:
    left = scale.x(stretch.since or scale.start)
    right = scale.x(stretch.until or scale.end)
    width = round(right - left - 2, 1)
    if width < 1:
        return None
    room = int((width - 12) / LETTER)
    text = stretch.text if len(stretch.text) <= room else (stretch.text[: room - 1] + "…" if room > 4 else "")
    return Bar(left, y, width, text, stretch.text, stretch.tone, stretch.until is None)


def _money_lane(name: str, y: float, steps: Sequence[tuple[datetime.date, int]], label: str, scale: Scale, day: datetime.date) -> Lane:
    """A step line of đồng per month: each step holds from its month to the next."""
    top = max((amount for _, amount in steps), default=0)
    points: list[str] = []
    for month, amount in steps:
        height = round(y + BAR - (amount / top * BAR if top else 0), 1)
        points.append(f"M{scale.x(month)} {height}" if not points else f"H{scale.x(month)}V{height}")
    if points:
        points.append(f"H{scale.x(day)}")
    low = bool(steps) and steps[-1][1] * 2 < top
    return Lane(name, y, [], "".join(points), label, y + (4 if low else 15))


def draw(
    lanes: Sequence[tuple[str, Sequence[Stretch]]],
    day: datetime.date,
    money: tuple[str, Sequence[tuple[datetime.date, int]], str] | None = None,
) -> Drawing:
    """Lanes of stretches and, below them, the money of each month; `day` is drawn as a line.

    `money` is (name, [(first month, đồng a month), …] in order, label of the last amount).
    """
    since = first_year([s for _, stretches in lanes for s in stretches], day)
    scale = Scale(since, day)
    drawn = []
    for number, (name, stretches) in enumerate(lanes):
        y = TOP + number * LANE
        drawn.append(Lane(name, y, [bar for s in stretches if (bar := _bar(s, scale, y))]))
    if money and money[1]:
        drawn.append(_money_lane(money[0], TOP + len(lanes) * LANE, money[1], money[2], scale, day))
    years = [(year, scale.x(datetime.date(year, 1, 1))) for year in range(since, day.year + 1)]
    return Drawing(years, drawn, scale.x(day), TOP + len(drawn) * LANE + 6)
