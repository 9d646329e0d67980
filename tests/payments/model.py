"""What the cycle owes and has paid, worked out in plain Python one by one: the other side of test_months_model.py."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from payments.accounts import Account
from posasoft.core.months import add_months

# A severely disabled adult: 540.000 × 1,5. Who dies while receiving it: 20 × 540.000 for the funeral.
MONTHLY, FUNERAL = 810_000, 10_800_000
ALLOWANCE, BURIAL = "TCXH-5.6", "FUNERAL"
Part = tuple[int, str, datetime.date]
PAID, AWAY, OURS = "paid", ("absent", "refused"), "wrong_data"
NOT_ORDERED, SETTLED = ("draft", "prepared", "checked", "approved"), ("reconciled", "closed")


@dataclass
class Life:
    """A person as the model knows him or her: benefit [since, until) and the day of death."""

    household: int
    since: datetime.date | None = None
    until: datetime.date | None = None
    died: datetime.date | None = None

    def due(self, month: datetime.date) -> dict[str, int]:
        alive = self.died is None or month <= self.died.replace(day=1)
        granted = self.since is not None and self.since <= month and (self.until is None or month < self.until)
        found = {ALLOWANCE: MONTHLY} if alive and granted else {}
        if granted and self.died is not None and self.died.replace(day=1) == month:
            found[BURIAL] = FUNERAL
        return found


@dataclass
class Line:
    """A household's line: its own parts (đồng by person, benefit and month), and the older lines whose unpaid money it carries."""

    parts: dict[Part, int]
    carries: list[tuple[datetime.date, int]]
    total: int


@dataclass
class Month:
    """The list of a month by household: state, what became of each line (paid, or why not), and whose money was written off."""

    lines: dict[int, Line]
    status: str = "draft"
    fates: dict[int, str] = field(default_factory=dict)
    written_off: set[int] = field(default_factory=set)

    def unanswered(self) -> list[int]:
        return sorted(home for home, line in self.lines.items() if line.total > 0 and home not in self.fates)


@dataclass
class Book:
    """Everybody's life, every month's list, and what lists have ordered."""

    lives: dict[int, Life] = field(default_factory=dict)
    months: dict[datetime.date, Month] = field(default_factory=dict)
    ordered: dict[Part, int] = field(default_factory=lambda: defaultdict(int))

    def with_status(self, *statuses: str) -> list[datetime.date]:
        return sorted(month for month, held in self.months.items() if held.status in statuses)

    def gaps(self, before: datetime.date) -> dict[Part, int]:
        """Due less ordered of every benefit-month before one whose list was released, where they differ."""
        past = [month for month, held in sorted(self.months.items()) if month < before and held.status not in NOT_ORDERED]
        found = {
            (person, benefit, month): life.due(month).get(benefit, 0) - self.ordered[person, benefit, month]
            for month in past for person, life in sorted(self.lives.items()) for benefit in (BURIAL, ALLOWANCE)
        }  # fmt: skip
        return {key: gap for key, gap in found.items() if gap}

    def expected(self, month: datetime.date, share: int) -> dict[int, Line]:
        """Every household's line by the rules of docs/payments.md; ``share`` percent of it may be kept back."""
        found = {}
        gaps = self.gaps(month)
        for home in sorted({life.household for life in self.lives.values()}):
            members = {person: life for person, life in self.lives.items() if life.household == home}
            parts: dict[Part, int] = {(p, b, month): a for p, life in members.items() for b, a in life.due(month).items()}
            mine = {key: gap for key, gap in gaps.items() if key[0] in members}
            parts |= {key: gap for key, gap in mine.items() if gap > 0}
            left = sum(parts.values()) * share // 100
            for key, gap in sorted(mine.items(), key=lambda item: (item[0][2], item[0][0], item[0][1])):
                taken = min(-gap, left) if gap < 0 else 0
                if taken > 0:
                    parts[key], left = -taken, left - taken
            carries = [(past, home) for past in sorted(self.months) if past < month and self.waits(past, home)]
            if any(amount > 0 for amount in parts.values()) or carries:
                carried = sum(self.months[past].lines[home].total for past, home in carries)
                found[home] = Line(parts, carries, sum(parts.values()) + carried)
        return found

    def order(self, month: datetime.date) -> None:
        """The list of a month is released."""
        for line in self.months[month].lines.values():
            for key, amount in line.parts.items():
                self.ordered[key] += amount
        self.months[month].status = "released"

    def _taken(self, month: datetime.date, home: int, statuses: tuple[str, ...]) -> bool:
        """Whether a list in, or not in, one of these states carries the money of a line."""
        return any(
            held.status in statuses and (month, home) in line.carries for held in self.months.values() for line in held.lines.values()
        )

    def in_hand(self, month: datetime.date, home: int) -> bool:
        """Whether a list that is not released yet has taken up the money of a line."""
        return self._taken(month, home, NOT_ORDERED)

    def waits(self, month: datetime.date, home: int) -> bool:
        """Whether the money of a line waits for a later list."""
        return home in self.months[month].lines and self.stands(month, home) == Account.CARRIED

    def stands(self, month: datetime.date, home: int) -> Account | None:
        """The account that holds all of a line's money; None when it went on with a later line, or was never ordered."""
        held, fate = self.months[month], self.months[month].fates.get(home, "")
        if held.status in NOT_ORDERED or self._taken(month, home, ("released", "sent", "results_in", *SETTLED)):
            return None
        if held.status == "released":
            return Account.ORDERED
        if fate in ("", PAID):
            return Account.PAID if fate else Account.AGENCY
        if held.status not in SETTLED:
            return Account.RETURNED
        return Account.WRITTEN_OFF if home in held.written_off else Account.CARRIED

    def balances(self) -> dict[int, int]:
        """Đồng by account over all lines."""
        found: dict[int, int] = defaultdict(int)
        for month, held in self.months.items():
            for home, line in held.lines.items():
                if (account := self.stands(month, home)) is not None and line.total:
                    found[int(account)] += line.total
        return dict(found)

    def stayed_away(self) -> dict[int, tuple[datetime.date, datetime.date, int, int]]:
        """Households whose money nobody came for three months in a row up to the last settled one: first and last month, months, đồng waiting.

        Without those who were paid since, or whose money was written off.
        """
        found: dict[int, tuple[datetime.date, datetime.date, int, int]] = {}
        settled = self.with_status(*SETTLED)
        for home in {life.household for life in self.lives.values()} if settled else set():
            row: list[datetime.date] = []
            month = settled[-1]
            while month in self.months and self.months[month].status in SETTLED and self.months[month].fates.get(home) in AWAY:
                row.append(month)
                month = add_months(month, -1)
            since = [held for month, held in self.months.items() if row and month >= row[-1]]
            if len(row) < 3 or any(held.fates.get(home) == PAID or home in held.written_off for held in since):
                continue
            waiting = sum(held.lines[home].total for month, held in self.months.items() if month >= row[-1] and self.waits(month, home))
            found[home] = (row[-1], row[0], len(row), waiting)
        return found
