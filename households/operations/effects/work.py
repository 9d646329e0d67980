"""What an effect is given: the request with its declared values, the people it is about, the change it writes for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from households.models import Change, ChangeRequest, Household, Person
from households.operations.facts import UnknownSubjectError
from posasoft.core.models import Area
from posasoft.core.scope import Scope


@dataclass
class Work:
    """One change being applied. ``made`` collects the households that came of it; ``touched`` those beyond the request's own."""

    request: ChangeRequest
    change: Change
    by: Scope
    made: list[int] = field(default_factory=list)

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.request.payload)

    @property
    def day(self) -> datetime.date:
        if self.request.effective_on is None:
            raise ValueError("a change without a day")
        return self.request.effective_on

    @property
    def person(self) -> Person:
        if self.request.person_id is None:
            raise UnknownSubjectError("person")
        return Person.objects.get(pk=self.request.person_id)

    @property
    def household(self) -> Household:
        if self.request.household_id is None:
            raise UnknownSubjectError("household")
        return Household.objects.select_related("commune__parent", "village").get(pk=self.request.household_id)

    @property
    def why(self) -> dict[str, Any]:
        """The keywords that every operation takes."""
        return {"change": self.change, "by": self.by}

    def area(self, name: str) -> Area | None:
        """The area of a field, None where it was left empty."""
        number = self.values.get(name)
        return Area.objects.get(pk=number) if number else None

    def other_household(self, name: str) -> Household:
        """The household of a field. Raises UnknownSubjectError when it is gone from the actor's range."""
        found = Household.objects.select_related("commune__parent", "village").filter(pk=self.values[name]).first()
        if found is None:
            raise UnknownSubjectError(self.values[name])
        return found


def day_of(text: str | None) -> datetime.date | None:
    """A day of a payload."""
    return datetime.date.fromisoformat(text) if text else None
