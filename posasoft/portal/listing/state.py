"""The state of a list, all of it in the address: filters, order, page, view. Words of a name stand there only as a token of the session."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext

from posasoft.core.models import Area, Level
from posasoft.core.scope import Scope
from posasoft.portal.diagnoses import gives_away, may_read
from posasoft.portal.listing import conditions
from posasoft.portal.listing.filters import Ask, Filter, estimate_of
from posasoft.portal.listing.lists import ListKind
from posasoft.portal.listing.ordering import Slice, Sort, cut
from posasoft.portal.listing.totals import MANY, Total, estimate, total, within
from posasoft.portal.queries.scoped import in_scope

WORDS = "words"


@dataclass(frozen=True)
class Chip:
    """One thing that a list is narrowed by, and the address without it."""

    label: Any
    text: str
    without: str


@dataclass(frozen=True)
class ListState:
    """What is asked of a list. ``chosen`` holds only values that its filters understand; ``ignored`` names those left out over a wide area."""

    kind: ListKind
    scope: Scope
    today: datetime.date
    area: Area | None = None
    own_level: str = ""
    chosen: dict[str, str] = field(default_factory=dict)
    words: str = ""
    token: str = ""
    sort_key: str = ""
    descending: bool = False
    before: str = ""
    after: str = ""
    view: str = ""

    @property
    def is_narrow(self) -> bool:
        """Inside one commune, where any filter and any order is read in milliseconds."""
        level = self.area.level if self.area is not None else self.own_level
        return level in (Level.COMMUNE, Level.VILLAGE)

    @cached_property
    def sorts(self) -> list[Sort]:
        return [sort for sort in self.kind.sorts(self.today) if sort.wide or self.is_narrow]

    @property
    def sort(self) -> Sort:
        return next((sort for sort in self.sorts if sort.key == self.sort_key), self.sorts[0])

    @cached_property
    def offered(self) -> list[Filter]:
        return [f for f in self.kind.filters if f.wide or self.is_narrow]

    @cached_property
    def applied(self) -> dict[str, str]:
        """The filters at work: over a wide area only those that an index serves."""
        keys = {f.key for f in self.offered}
        return {key: value for key, value in self.chosen.items() if key in keys}

    @property
    def applied_words(self) -> str:
        return self.words if self.is_narrow else ""

    @property
    def waiting(self) -> list[Any]:
        """Labels of what is asked but not applied until a commune is chosen."""
        labels = [f.label for f in self.kind.filters if f.key in self.chosen and f.key not in self.applied]
        return labels + ([gettext("tên có chữ")] if self.words and not self.applied_words else [])

    def range(self) -> tuple[int, int]:
        """The positions that role and area share; empty when they share none."""
        lo, hi = self.scope.lo, self.scope.hi
        if self.area is not None:
            lo, hi = max(lo, self.area.position or 0), min(hi, self.area.position_end or 0)
        return (lo, hi) if lo < hi else (0, 0)

    def rows(self) -> QuerySet[Any]:
        """Everything that the filters leave, in no order, inside the role's range."""
        ask = Ask(self.today)
        lo, hi = self.range()
        found = in_scope(self.kind.everything(), self.scope).filter(area_pos__gte=lo, area_pos__lt=hi)
        filters = {f.key: f for f in self.kind.filters}
        for key, value in {**self.kind.current, **self.applied}.items():
            found = found.filter(filters[key].condition(value, ask))
        if self.applied_words:
            found = self._named(found)
        return found

    def _named(self, found: QuerySet[Any]) -> QuerySet[Any]:
        if self.kind.subject == "p":
            return found.filter(conditions.named(self.applied_words, "pk"))
        return found.filter(conditions.household_named(self.applied_words))

    def read(self) -> tuple[Slice, Total]:
        """The page asked for, and how many rows there are in all, or about. Raises TooWide."""
        guess = self._guess()
        with within(in_order=guess is not None and guess > MANY):
            everything = in_scope(self.kind.everything(), self.scope)
            page = cut(self.rows(), everything, self.sort, descending=self.descending, before=self.before, after=self.after)
            if page.rows and not page.before and not page.after:
                return page, Total(len(page.rows))
            return page, total(self.rows(), guess)

    def _guess(self) -> int | None:
        """About how many rows, over a wide area where all conditions are of the kind that the estimate knows."""
        known = {key: value for key, value in self.applied.items() if self.kind.current.get(key) != value}
        asked = None if self.is_narrow else estimate_of(known, self.kind.filters, Ask(self.today))
        return None if asked is None else estimate(self.kind.subject, *self.range(), asked)

    def query(self, **changes: str) -> str:
        """The query string of this state with changes; an empty value removes its parameter, and any change of it begins at the first page."""
        values = {
            "area": str(self.area.pk) if self.area else "",
            **self.chosen,
            WORDS: self.token,
            "sort": self.sort_key,
            "desc": "1" if self.descending else "",
            "view": self.view,
            **changes,
        }
        return urlencode({key: value for key, value in values.items() if value})

    def chips(self) -> list[Chip]:
        """What narrows the list, each removable."""
        labels = {f.key: f for f in self.kind.filters}
        found = [Chip("", self.area.name, self.query(area="", view=""))] if self.area is not None else []
        found += [
            Chip(labels[key].label, labels[key].text(value), self.query(**{key: "", "view": ""})) for key, value in self.chosen.items()
        ]
        if self.words:
            found.append(Chip("", f"“{self.words}”", self.query(words="", view="")))
        return found


def understood(kind: ListKind, given: Mapping[str, str], today: datetime.date, scope: Scope) -> dict[str, str]:
    """The filters of a query string that make sense; anything else is left out, as an old link may hold it. So is a benefit whose name tells
    a diagnosis, for a role that may not read it: narrowing a list to it would tell whom it is about."""
    found = {}
    for known in kind.filters:
        value = given.get(known.key, "").strip()
        if not value:
            continue
        try:
            known.condition(value, Ask(today))
        except (ValueError, KeyError):
            continue
        found[known.key] = value
    if gives_away(found.get("benefit", ""), today.replace(day=1)) and not may_read(scope):
        del found["benefit"]
    return found
