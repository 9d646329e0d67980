"""Invented names by ethnic group and sex, with their search and sort keys."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from households.generator.arrays import Bools, Floats, Ints, zipf_weights
from households.generator.profiles import DATA
from posasoft.core.names import fold, sort_key

Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class NameSet:
    """Words of one group and sex in the order of writing; drawn by cumulative weight."""

    words: tuple[Words, Words, Words]
    weights: tuple[Floats, Floats, Floats]
    family_position: int

    def draw(self, family: Floats, middle: Floats, given: Floats) -> list[str]:
        """Full names for three uniform draws per person; equal `family` draws give one family name."""
        draws = (family, middle, given) if self.family_position == 0 else (given, middle, family)
        columns = [
            words[np.searchsorted(weights, draw, side="right")].tolist()
            for words, weights, draw in zip(self.words, self.weights, draws, strict=True)
        ]
        return [(first + second + last).strip() for first, second, last in zip(*columns, strict=True)]


@lru_cache(maxsize=1)
def _book() -> dict[tuple[str, str], NameSet]:
    with (DATA / "names.yaml").open(encoding="utf-8") as file:
        groups: dict[str, Any] = yaml.safe_load(file)
    return {(code, sex): _name_set(group, sex) for code, group in groups.items() for sex in ("male", "female")}


def _name_set(group: dict[str, Any], sex: str) -> NameSet:
    parts = {"family": group["family"], "middle": group[sex]["middle"], "given": group[sex]["given"]}
    order = group["order"].split(" ")
    steepness = {"family": 1.15, "middle": 0.8, "given": 0.55}
    return NameSet(
        words=tuple(_spaced(parts[name]) for name in order),  # type: ignore[arg-type] # three words by the file's form
        weights=tuple(_cumulative(len(parts[name]), steepness[name]) for name in order),  # type: ignore[arg-type] # as above
        family_position=order.index("family"),
    )


def _spaced(words: list[str]) -> Words:
    return np.array([word + " " if word else "" for word in words], dtype=object)


def _cumulative(count: int, steepness: float) -> Floats:
    weights = np.cumsum(zipf_weights(count, steepness))
    result: Floats = weights / weights[-1]
    return result


def draw_names(ethnicity: Ints, female: Bools, family: Floats, middle: Floats, given: Floats) -> Words:
    """One full name per person."""
    book = _book()
    names = np.empty(len(ethnicity), dtype=object)
    for code in np.unique(ethnicity):
        for sex, is_female in (("male", False), ("female", True)):
            chosen = np.flatnonzero((ethnicity == code) & (female == is_female))
            if len(chosen):
                name_set = book.get((f"{code:02d}", sex)) or book["default", sex]
                names[chosen] = name_set.draw(family[chosen], middle[chosen], given[chosen])
    return names


@lru_cache(maxsize=250_000)
def name_keys(full_name: str) -> tuple[str, str]:
    """Search key and sort key; names repeat, so most calls are answered from memory."""
    return fold(full_name), sort_key(full_name)
