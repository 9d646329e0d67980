"""What the cycle owes and has paid, worked out in plain Python one by one: the other side of test_months_model.py."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from payments.accounts import Account
from posasoft.core.months import add_months

# A severely disabled adult: 1,5 units. Who dies while receiving it: 20 units for the funeral. Decree 335/2026 raises the unit from July on.
OLD_UNIT, NEW_UNIT = 500_000, 540_000
ALLOWANCE, BURIAL = "TCXH-5.6", "FUNERAL"
REGULAR, SUPPLEMENTARY, ONE_OFF = "regular", "supplementary", "one_off"
BESIDES = {SUPPLEMENTARY: ALLOWANCE, ONE_OFF: BURIAL}
Part = tuple[int, str, datetime.date]
PAID, AWAY, OURS = "paid", ("absent", "refused"), "wrong_data"
NOT_ORDERED, SETTLED = ("draft", "prepared", "checked", "approved"), ("reconciled", "closed")


class Key(NamedTuple):
    """Which list: ``sequence`` counts the lists of a kind."""

    month: datetime.date
    kind: str
    commune: int
    sequence: int = 1


@dataclass
class Life:
    """A person as the model knows him or her: where since when, benefit [since, until), the day of death, the month of a suspension."""

    homes: list[tuple[datetime.date, int]]
    since: datetime.date | None = None
    until: datetime.date | None = None
    died: datetime.date | None = None
    suspended: datetime.date | None = None

    @property
    def home(self) -> int:
        return self.homes[-1][1]

    def home_in(self, month: datetime.date) -> int:
        """Where the person lived at the end of a month."""
        return next((home for since, home in reversed(self.homes) if since < add_months(month, 1)), self.homes[0][1])

    def receives(self, month: datetime.date) -> bool:
        granted = self.since is not None and self.since <= month and (self.until is None or month < self.until)
        return granted and (self.died is None or month <= self.died.replace(day=1))

    def due(self, month: datetime.date, unit: int) -> dict[str, int]:
        found = {ALLOWANCE: unit * 3 // 2} if self.receives(month) else {}
        if found and self.died is not None and self.died.replace(day=1) == month:
            found[BURIAL] = 20 * unit
        return found

    def withheld(self, benefit: str, month: datetime.date) -> bool:
        return benefit == ALLOWANCE and self.suspended is not None and self.suspended <= month


@dataclass
class Line:
    """A household's line: its own parts (đồng by person, benefit and month), and the older lines whose unpaid money it carries."""

    parts: dict[Part, int]
    carries: list[Key]
    total: int
    people: set[int]


@dataclass
class List:
    """A list by household: state, what became of each line (paid, or why not), whose money was written off or is held back."""

    lines: dict[int, Line]
    status: str = "draft"
    fates: dict[int, str] = field(default_factory=dict)
    written_off: set[int] = field(default_factory=set)
    held: set[int] = field(default_factory=set)

    def unanswered(self) -> list[int]:
        return sorted(home for home, line in self.lines.items() if line.total > 0 and home not in self.fates)


@dataclass
class Book:
    """Everybody's life, every list, what lists have ordered, what was given up, and how far the law has come."""

    lives: dict[int, Life] = field(default_factory=dict)
    communes: dict[int, int] = field(default_factory=dict)
    lists: dict[Key, List] = field(default_factory=dict)
    ordered: dict[Part, int] = field(default_factory=dict)
    given_up: dict[Part, int] = field(default_factory=lambda: defaultdict(int))
    unit: int = OLD_UNIT
    effects: str = ""

    def with_status(self, *statuses: str) -> list[Key]:
        return sorted(key for key, held in self.lists.items() if held.status in statuses)

    def members(self, home: int) -> list[int]:
        return sorted(person for person, life in self.lives.items() if life.home == home)

    def _on_lists_besides(self) -> set[Part]:
        """What waits on lists besides the regular ones: they will order it."""
        waiting = (held for key, held in self.lists.items() if key.kind != REGULAR and held.status in NOT_ORDERED)
        return {part for held in waiting for line in held.lines.values() for part in line.parts}

    def gaps(self, before: datetime.date) -> dict[Part, int]:
        """Due less ordered (and given up) of every benefit-month before one whose list was released, where they differ."""
        found = {}
        past = sorted({key.month for key, held in self.lists.items() if key.month < before and held.status not in NOT_ORDERED})
        waiting = self._on_lists_besides()
        for person, life in sorted(self.lives.items()):
            for month in past:
                due = life.due(month, self.unit)
                for benefit in (ALLOWANCE, BURIAL):
                    part = (person, benefit, month)
                    gap = due.get(benefit, 0) - self.ordered.get(part, 0)
                    # What was given up is not asked for again, and is owed to nobody.
                    gap = min(gap + self.given_up.get(part, 0), 0) if gap < 0 else gap
                    if gap and not life.withheld(benefit, month) and part not in waiting:
                        found[part] = gap
        return found

    def asked_back(self) -> set[Part]:
        """What lists take back that are not released yet."""
        waiting = (held for held in self.lists.values() if held.status in NOT_ORDERED)
        return {part for held in waiting for line in held.lines.values() for part, amount in line.parts.items() if amount < 0}

    def by_law(self, part: Part) -> bool:
        """Whether the law alone changed it: due then as now, for another amount."""
        person, benefit, month = part
        return self.lives[person].due(month, self.unit).get(benefit, 0) > self.ordered.get(part, 0) > 0

    def owner_s_home(self, part: Part) -> int:
        """In which household's line a past month is made up: where the person was then."""
        return self.lives[part[0]].home_in(part[2])

    def expected(self, month: datetime.date, share: int) -> dict[Key, dict[int, Line]]:
        """The regular lists by the rules of docs/payments.md; ``share`` percent of a line may be kept back. Lists in somebody's hands stay."""
        stay = {
            key: held.lines for key, held in self.lists.items() if key.month == month and key.kind == REGULAR and held.status != "draft"
        }
        placed = {home for lines in stay.values() for home in lines}
        listed = {part for lines in stay.values() for line in lines.values() for part in line.parts}
        gaps = {
            part: gap
            for part, gap in self.gaps(month).items()
            if (self.effects == "agreed" or not self.by_law(part)) and part not in listed
        }
        found: dict[Key, dict[int, Line]] = {}
        for home, commune in sorted(self.communes.items()):
            key = Key(month, REGULAR, commune)
            if home in placed or key in stay:
                continue
            line = self._line(home, month, {p: gap for p, gap in gaps.items() if self.owner_s_home(p) == home}, share, listed)
            if line is not None:
                found.setdefault(key, {})[home] = line
        return found

    def _line(self, home: int, month: datetime.date, gaps: dict[Part, int], share: int, listed: set[Part]) -> Line | None:
        parts = {part: amount for part, amount in self._due_of(home, month) if part not in listed}
        parts |= {part: gap for part, gap in gaps.items() if gap > 0}
        left = sum(parts.values()) * share // 100
        for part, gap in sorted(gaps.items(), key=lambda item: (item[0][2], item[0][0], item[0][1])):
            taken = min(-gap, left) if gap < 0 else 0
            if taken > 0:
                parts[part], left = -taken, left - taken
        carries = [key for key in sorted(self.lists) if key.month < month and self.waits(key, home) and not self.held_back(key, home)]
        if not carries and not any(amount > 0 for amount in parts.values()):
            return None
        old = [self.lists[key].lines[home] for key in carries]
        people = {part[0] for part in parts}.union(*(line.people for line in old))
        return Line(parts, carries, sum(parts.values()) + sum(line.total for line in old), people)

    def _due_of(self, home: int, month: datetime.date) -> list[tuple[Part, int]]:
        lived = [(person, life) for person, life in self.lives.items() if life.home_in(month) == home]
        return [
            ((person, benefit, month), amount) for person, life in lived for benefit, amount in life.due(month, self.unit).items()
            if not life.withheld(benefit, month)
        ]  # fmt: skip

    def besides(self, month: datetime.date, kind: str) -> dict[Key, dict[int, Line]]:
        """A list besides the regular one: due for the month, ordered by none, of households that wait on no list."""
        waiting = {home for key, held in self.lists.items() if held.status in NOT_ORDERED and key.month >= month for home in held.lines}
        listed = {p for held in self.lists.values() if held.status in NOT_ORDERED for line in held.lines.values() for p in line.parts}
        found: dict[Key, dict[int, Line]] = {}
        for home, commune in sorted(self.communes.items()):
            parts = {p: a for p, a in self._due_of(home, month) if p[1] == BESIDES[kind] and p not in self.ordered and p not in listed}
            if parts and home not in waiting:
                sequence = 1 + sum(key[:3] == (month, kind, commune) for key in self.lists)
                found.setdefault(Key(month, kind, commune, sequence), {})[home] = Line(
                    parts, [], sum(parts.values()), {p[0] for p in parts}
                )
        return found

    def order(self, key: Key) -> None:
        """A list is released."""
        for line in self.lists[key].lines.values():
            for part, amount in line.parts.items():
                self.ordered[part] = self.ordered.get(part, 0) + amount
        self.lists[key].status = "released"

    def _taken(self, key: Key, home: int, statuses: tuple[str, ...]) -> bool:
        """Whether a list in one of these states carries the money of a line."""
        return any(held.status in statuses and home in held.lines and key in held.lines[home].carries for held in self.lists.values())

    def in_hand(self, key: Key, home: int) -> bool:
        """Whether a list that is not released yet has taken up the money of a line."""
        return self._taken(key, home, NOT_ORDERED)

    def waits(self, key: Key, home: int) -> bool:
        """Whether the money of a line waits for a later list."""
        return home in self.lists[key].lines and self.stands(key, home) in (Account.CARRIED, Account.SUSPENDED)

    def held_back(self, key: Key, home: int) -> bool:
        """Whether everybody a line pays is suspended for not coming: lines are not cut."""
        people = self.lists[key].lines[home].people
        return all(self.lives[person].suspended is not None and self.lives[person].home == home for person in people)

    def sweep(self) -> None:
        """The night: money of the suspended is held back, that of those who are no longer waits for the next list again."""
        for key in self.with_status(*SETTLED):
            for home in self.lists[key].lines:
                if self.waits(key, home) and not self.held_back(key, home):
                    self.lists[key].held.discard(home)
                elif self.waits(key, home) and not self.in_hand(key, home):
                    self.lists[key].held.add(home)

    def stands(self, key: Key, home: int) -> Account | None:
        """The account that holds all of a line's money; None when it went on with a later line, or was never ordered."""
        held, fate = self.lists[key], self.lists[key].fates.get(home, "")
        if held.status in NOT_ORDERED or self._taken(key, home, ("released", "sent", "results_in", *SETTLED)):
            return None
        if held.status == "released":
            return Account.ORDERED
        if fate in ("", PAID):
            return Account.PAID if fate else Account.AGENCY
        if held.status not in SETTLED:
            return Account.RETURNED
        if home in held.written_off:
            return Account.WRITTEN_OFF
        return Account.SUSPENDED if home in held.held else Account.CARRIED

    def balances(self) -> dict[int, int]:
        """Đồng by account over all lines."""
        found: dict[int, int] = defaultdict(int)
        for key, held in self.lists.items():
            for home, line in held.lines.items():
                if (account := self.stands(key, home)) is not None and line.total:
                    found[int(account)] += line.total
        return dict(found)

    def _answers(self, home: int) -> dict[datetime.date, list[str]]:
        """How the settled lines of a household ended, by month."""
        found: dict[datetime.date, list[str]] = defaultdict(list)
        for key in self.with_status(*SETTLED):
            line = self.lists[key].lines.get(home)
            if line is not None and line.total > 0:
                found[key.month].append(self.lists[key].fates[home])
        return found

    def stayed_away(self) -> dict[int, tuple[datetime.date, datetime.date, int, int]]:
        """Households whose money nobody came for three months in a row up to the last settled one: first and last month, months, đồng waiting.

        Without those who were paid since, or whose money was written off.
        """
        found: dict[int, tuple[datetime.date, datetime.date, int, int]] = {}
        last = max((key.month for key in self.with_status(*SETTLED)), default=None)
        for home in self.communes if last else ():
            answers, month = self._answers(home), last
            while month in answers and all(fate in AWAY for fate in answers[month]):
                month = add_months(month, -1)
            assert last is not None
            assert month is not None
            since, length = add_months(month, 1), (last.year - month.year) * 12 + last.month - month.month
            later = {key: held for key, held in self.lists.items() if key.month >= since}
            if length >= 3 and not any(held.fates.get(home) == PAID or home in held.written_off for held in later.values()):
                found[home] = (since, last, length, self._waiting(later, home))
        return found

    def _waiting(self, keys: Iterable[Key], home: int) -> int:
        return sum(self.lists[key].lines[home].total for key in keys if self.waits(key, home))
