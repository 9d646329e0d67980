"""The simplest case that still shows a difference: take away, as long as the two still disagree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Case = dict[str, Any]
Differing = Callable[[list[Case]], list[bool]]
LINKS = ("raises_alone", "raises_under_36_months")


def simplest(case: Case, differing: Differing) -> Case:
    """The case with everything taken away that is not needed; `differing` judges many candidates in one batch."""
    while True:
        candidates = [c for c in simpler(case) if c["persons"]]
        verdicts = differing(candidates) if candidates else []
        still = [c for c, differs in zip(candidates, verdicts, strict=True) if differs]
        if not still:
            return case
        case = still[0]


def simpler(case: Case) -> Iterator[Case]:
    """Every case with one thing less, the greatest things first."""
    for person in case["persons"]:
        yield without(case, person["id"])
    if "programmes" in case:
        yield {key: value for key, value in case.items() if key != "programmes"}
    for number, _ in enumerate(case.get("decisions") or ()):
        yield {**case, "decisions": but(case["decisions"], number)}
    for key, value in case["household"].items():
        for less in simpler_value(value):
            yield {**case, "household": {**case["household"], key: less}}
    for number, person in enumerate(case["persons"]):
        for less_of_person in simpler_person(person):
            yield {**case, "persons": [*case["persons"][:number], less_of_person, *case["persons"][number + 1 :]]}


def simpler_person(person: Case) -> Iterator[Case]:
    for fact in person:
        if fact not in ("id", "born", "sex"):
            yield {key: value for key, value in person.items() if key != fact}
    for fact, value in person.items():
        for less in simpler_value(value):
            yield {**person, fact: less}


def simpler_value(value: Any) -> Iterator[Any]:
    """One spell less, one spell's value alone, one child less."""
    if not isinstance(value, list) or not value:
        return
    if isinstance(value[0], dict):
        yield from (spell["value"] for spell in value)
    if len(value) > 1:
        yield from (but(value, number) for number, _ in enumerate(value))


def without(case: Case, member: str) -> Case:
    """The case without one person and without whatever names that person."""
    rest = {**case, "persons": [without_links(person, member) for person in case["persons"] if person["id"] != member]}
    if case.get("decisions") is not None:
        rest["decisions"] = [decision for decision in case["decisions"] if decision["for"] != member]
    return rest


def without_links(person: Case, member: str) -> Case:
    return {key: unlinked(value, member) if key in LINKS else value for key, value in person.items()}


def unlinked(value: Any, member: str) -> Any:
    if value and isinstance(value[0], dict):
        return [{**spell, "value": unlinked(spell["value"], member)} for spell in value]
    return [other for other in value if other != member]


def but(items: list[Any], number: int) -> list[Any]:
    return items[:number] + items[number + 1 :]
