"""The rows of each registry table, made from the arrays of one chunk."""

from collections.abc import Iterable

import numpy as np

from households.crypto import seal_many
from households.generator.arrays import NO_DAY, NONE, Ints, Rng
from households.generator.circumstances import DEGREES, FOSTERED, SITUATIONS, STUDIES, TYPES, Fact, Facts, Links
from households.generator.families import RELATION_OF_SLOT, Homes, People
from households.generator.history import DIFFICULTY, POVERTY, HomeFacts, Spells
from households.generator.identity import KINDS, Ids
from households.generator.namebook import name_keys
from households.generator.rows import NULL, Columns, codes, days, flags, numbers, public_ids

RELATIONS = ("head", "spouse", "child", "parent", "other")
PRECISIONS = ("day", "month", "year")
# Columns of a yes/no or coded fact: (array in Facts, column, labels; no labels: a boolean).
_FACT_COLUMNS: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("no_parental_care", "no_parental_care", SITUATIONS),
    ("was_in_5_1", "was_in_5_1", None),
    ("studying", "studying", STUDIES),
    ("hiv", "hiv", None),
    ("no_supporter", "no_supporter", None),
    ("facility", "facility_eligible", None),
    ("other_income", "other_income", None),
    ("pregnant", "pregnant", None),
    ("fostered", "fostered_by", FOSTERED),
    ("boards", "boards_at_school", None),
)


def change_rows(ids: Ints, homes: Homes) -> Columns:
    """One change per commune and chunk: what brought the invented rows."""
    _, first = np.unique(homes.change_id, return_index=True)
    count = len(ids)
    return {
        "id": numbers(ids),
        "province_no": numbers(homes.province_no[first]),
        "area_pos": numbers(homes.area_pos[first]),
        "kind": ["generated"] * count,
        "reason": [""] * count,
        "source": ["Dữ liệu minh họa, người không có thật"] * count,
        "at": ["2026-01-01 00:00:00+07"] * count,
    }


def household_rows(rng: Rng, homes: Homes, facts: HomeFacts) -> Columns:
    """Households with the open spells of residence and poverty."""
    return {
        "id": numbers(homes.id),
        "public_id": public_ids(rng, int(homes.id[0]), len(homes.id)),
        "province_no": numbers(homes.province_no),
        "area_pos": numbers(homes.area_pos),
        "code": [f"{place}-{number:06d}" for place, number in zip(homes.code.tolist(), homes.id.tolist(), strict=True)],
        "address": [f"Số nhà {number}" for number in rng.integers(1, 400, len(homes.id)).tolist()],
        "commune_id": numbers(homes.commune_id),
        "village_id": numbers(homes.village_id, null=0),
        "difficulty": codes(homes.difficulty, DIFFICULTY),
        "residence_kind": codes(homes.rural.astype(np.int64), ("urban", "rural")),
        "residence_since": days(facts.residence_since),
        "poverty": codes(homes.poverty, POVERTY),
        "b1": numbers(facts.b1, null=NONE),
        "b2": numbers(facts.b2, null=NONE),
        "poverty_since": days(facts.poverty_since),
        "change_id": numbers(homes.change_id),
    }


def person_rows(rng: Rng, homes: Homes, people: People, facts: Facts, household_since: Ints) -> Columns:
    """Persons with the open spell of every fact."""
    keys = [name_keys(name) for name in people.name.tolist()]
    columns = {
        "id": numbers(people.id),
        "public_id": public_ids(rng, int(people.id[0]), len(people)),
        **_located(homes, people.home),
        "full_name": people.name.tolist(),
        "name_key": [key for key, _ in keys],
        "name_sort": [sort for _, sort in keys],
        "sex": codes(people.female.astype(np.int64), ("male", "female")),
        "born": days(people.born),
        "born_precision": codes(people.precision, PRECISIONS),
        "died_on": days(facts.died),
        "household_id": numbers(homes.id[people.home]),
        "relation": codes(RELATION_OF_SLOT[people.slot], RELATIONS),
        "household_since": days(household_since),
        "ethnicity": codes(people.ethnicity - 1, tuple(f"{code:02d}" for code in range(1, 55))),
        "disability_degree": codes(facts.degree.value, DEGREES),
        "disability_type": codes(facts.kind_of_disability, TYPES),
        "disability_certified_on": days(facts.certified),
        "disability_since": days(facts.degree.since),
        "pension": numbers(facts.pension.value),
        "pension_since": days(facts.pension.since),
    }
    for array, column, labels in _FACT_COLUMNS:
        fact: Fact = getattr(facts, array)
        columns[column] = flags(fact.value) if labels is None else codes(fact.value, labels)
        columns[f"{column}_since"] = days(fact.since)
    return columns


def _located(homes: Homes, home: Ints) -> dict[str, list[str]]:
    return {
        "province_no": numbers(homes.province_no[home]),
        "area_pos": numbers(homes.area_pos[home]),
        "change_id": numbers(homes.change_id[home]),
    }


def spell_rows(homes: Homes, blocks: Iterable[Spells]) -> Columns:
    """Closed spells of all facts."""
    columns: dict[str, list[str]] = {}
    for block in blocks:
        count = len(block.ids)
        rows = {
            "subject": [block.subject] * count,
            "subject_id": numbers(block.ids),
            "fact": [block.fact] * count,
            "value": block.value.tolist(),
            "since": days(block.since),
            "until": days(block.until),
            **_located(homes, block.home),
        }
        for name, values in rows.items():
            columns.setdefault(name, []).extend(values)
    return columns


def raising_rows(homes: Homes, people: People, links: Links) -> Columns:
    """Who raises whom, all still open."""
    return {
        "kind": codes(links.alone.astype(np.int64), ("under_36", "alone")),
        "adult_id": numbers(people.id[links.adult]),
        "child_id": numbers(people.id[links.child]),
        "since": days(links.since),
        **_located(homes, people.home[links.adult]),
    }


def national_id_rows(homes: Homes, people: People, ids: Ids) -> Columns:
    """Sealed national ids."""
    sealed = seal_many(ids.number.tolist())
    return {
        "person_id": numbers(people.id[ids.person]),
        "kind": codes(ids.kind, KINDS),
        "number_enc": ["\\\\x" + one.number_enc.hex() for one in sealed],
        "number_index": ["\\\\x" + one.number_index.hex() for one in sealed],
        "tail": [one.tail for one in sealed],
        "since": days(ids.since),
        "until": days(ids.until),
        **_located(homes, people.home[ids.person]),
    }


def certificate_rows(homes: Homes, people: People, facts: Facts) -> Columns:
    """Certificates of disability (Circular 01/2019)."""
    at = np.flatnonzero(facts.certified != NO_DAY)
    return {
        "person_id": numbers(people.id[at]),
        "household_id": [NULL] * len(at),
        "kind": ["disability_certificate"] * len(at),
        "number": [f"{number % 100000}/GXN-KT" for number in people.id[at].tolist()],
        "issued_on": days(facts.certified[at]),
        "issuer": ["Ủy ban nhân dân xã"] * len(at),
        **_located(homes, people.home[at]),
    }


def address_rows(homes: Columns) -> Columns:
    """The number of each house: the other words of an invented address stand in every address and find nothing."""
    return {
        "token": [address.rpartition(" ")[2] for address in homes["address"]],
        "area_pos": homes["area_pos"],
        "household_id": homes["id"],
    }


def token_rows(homes: Homes, people: People) -> Columns:
    """Every word of every search key, once per person."""
    tokens: list[str] = []
    positions: list[str] = []
    persons: list[str] = []
    areas = homes.area_pos[people.home].tolist()
    for name, area, person in zip(people.name.tolist(), areas, people.id.tolist(), strict=True):
        words = dict.fromkeys(name_keys(name)[0].split(" "))
        tokens += words
        positions += [str(area)] * len(words)
        persons += [str(person)] * len(words)
    return {"token": tokens, "area_pos": positions, "person_id": persons}
