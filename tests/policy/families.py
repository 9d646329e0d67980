"""Random families in the form of the law cases, crowded around everything that changes.

Births lie around the ages that matter, facts begin and end around the edges of the month and of the law, and
members are tied to each other, so that a few thousand families meet most ways in which two readings can differ.
`batches(size)` is the strategy; a family is built from one drawn number, so that it can be named and built again.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

Case = dict[str, Any]
Days = list[date]

AGES_THAT_MATTER = (0, 3, 4, 16, 22, 60, 70, 75, 80)
LAW_CHANGES = ((2021, 7), (2024, 7), (2025, 7), (2026, 7), (2026, 10))
FIRST_MONTH, LAST_MONTH = date(2015, 2, 1), date(2029, 12, 1)
MONTHS_IN_A_BATCH = 5
PROGRAMMES = (
    ["tcxh"],
    ["care"],
    ["care", "tcxh"],
    ["funeral"],
    ["tcxh", "care", "funeral"],
    ["education", "power"],
    ["education", "power"],
)
LETTERS = ("a", "b", "c", "d", "dd", "e", "g", "h", "i", "k", "l")
SCHOOLS = ("primary", "lower_secondary", "upper_secondary", "vocational", "college", "university")
SMALL_SCHOOLS = ["nursery", "preschool", "primary", None]
TYPES = ("mobility", "hearing_speech", "sight", "mental", "intellectual", "other")
CARE = ("CARE-child", "CARE-elderly", "CARE-disabled-parent", "CARE-household", "CARE-outside")
NAMES = ("an", "ba", "chi", "dao", "em", "gia")


def months() -> st.SearchStrategy[date]:
    """Half of them within a month of a change of the law."""
    near = [add_months(date(year, month, 1), n) for year, month in LAW_CHANGES for n in (-1, 0, 1)]
    return st.sampled_from(near) | st.dates(FIRST_MONTH, LAST_MONTH).map(lambda day: day.replace(day=1))


def batches(size: int) -> st.SearchStrategy[list[Case]]:
    """So many families of a few months: the compiled statement runs once a month, however many families there are."""
    numbers = st.lists(st.integers(min_value=0, max_value=2**48), min_size=size, max_size=size)
    return st.builds(
        lambda some, seeds: [family(seed, some[place % len(some)]) for place, seed in enumerate(seeds)],
        st.lists(months(), min_size=MONTHS_IN_A_BATCH, max_size=MONTHS_IN_A_BATCH, unique=True),
        numbers,
    )


def family(seed: int, month: date) -> Case:
    """The family that this number names, asked about in this month."""
    random = Random(seed)
    calm = random.random() < 0.3
    birth = calm_birth if calm else random_birth
    born = {name: birth(random, month) for name in NAMES[: random.choice((1, 1, 2, 2, 3, 3, 4, 5, 6))]}
    married = len(born) > 2 and not calm and random.random() < 0.2
    if married:
        births_of_spouses(random, month, born)
    days = long_ago(month) if calm else days_that_matter(month, list(born.values()))
    case: Case = {"name": f"family {seed}", "month": f"{month:%Y-%m}", "household": random_household(random, days), "persons": []}
    for name in born:
        case["persons"].append(random_person(random, name, born, month, days))
    if married:
        marry(random, case, days)
    if random.random() < 0.3:
        case["programmes"] = random.choice(PROGRAMMES)
    if random.random() < 0.3 and "education" not in case.get("programmes", ()):
        case["decisions"] = random_decisions(random, case, days)
    return case


# ---- days ---------------------------------------------------------------------------------------------------


def add_months(month: date, number: int) -> date:
    years, zero_based = divmod(month.month - 1 + number, 12)
    return date(month.year + years, zero_based + 1, 1)


def edges(month: date) -> Days:
    """Around the first and the last day of the month, and inside it."""
    last = add_months(month, 1) - timedelta(days=1)
    around = [month + timedelta(days=n) for n in (-2, -1, 0, 1, 9, 14)]
    return around + [last + timedelta(days=n) for n in (-1, 0, 1, 2)]


def days_that_matter(month: date, births: Days) -> Days:
    sixteenth = [years_after(born, 16) + timedelta(days=n) for born in births for n in (-2, -1, 0, 1)]
    near = [day for day in sixteenth if date(2014, 1, 1) < day < add_months(month, 2)]
    changes = [date(2021, 7, 1), date(2025, 6, 30), date(2026, 9, 30), date(2026, 10, 1)]
    known_later = [add_months(month, n) + timedelta(days=n) for n in (2, 7)]
    return edges(month) * 3 + near + [day for day in changes if day < add_months(month, 1)] + long_ago(month) + known_later


def long_ago(month: date) -> Days:
    """Days after which nothing happens until the month is over: the statement may then look at its last day alone."""
    return [add_months(month, -n) + timedelta(days=n) for n in (2, 5, 11, 14, 27)]


def years_after(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def random_birth(random: Random, month: date) -> date:
    """Mostly so that an age that matters is completed around the month."""
    chance = random.random()
    if chance < 0.6:
        return years_after(random.choice(edges(month)), -random.choice(AGES_THAT_MATTER))
    if chance < 0.7:
        leap = [date(year, 2, 29) for year in range(1936, month.year, 4)]
        return random.choice(leap)
    if chance < 0.8:
        return date(2004, 9, 28) + timedelta(days=random.randint(0, 5))  # 22 around the end of the end at 22
    return add_months(month, -random.randint(0, 1080)) + timedelta(days=random.randint(0, 27))


def calm_birth(random: Random, month: date) -> date:
    """No birthday within two months."""
    return add_months(month, -12 * random.randint(0, 90) - random.randint(3, 9)) + timedelta(days=random.randint(0, 27))


def as_written(random: Random, born: date) -> str | int:
    """Now and then with month or year precision only, where that means the same day."""
    if born.day == 1 and random.random() < 0.3:
        return born.year if born.month == 1 else f"{born:%Y-%m}"
    return born.isoformat()


# ---- facts --------------------------------------------------------------------------------------------------


def over_time(random: Random, days: Days, values: list[Any]) -> Any:
    """One value for ever, or up to three spells, with and without gaps between."""
    if random.random() < 0.6:
        return random.choice(values)
    bounds = sorted(set(random.sample(days, min(len(days), random.choice((1, 1, 2, 3))))))
    starts = [None, *bounds] if random.random() < 0.6 else bounds
    spells = []
    for number, since in enumerate(starts):
        until = starts[number + 1] if number + 1 < len(starts) else None
        if until is None and since is not None and len(starts) > 1 and random.random() < 0.3:
            break
        spells.append(spell(since, until, random.choice(values)))
        if len(starts) > 2 and random.random() < 0.3:
            spells.pop()
    return spells or random.choice(values)


def spell(since: date | None, until: date | None, value: Any) -> Case:
    bounds = {"from": since.isoformat() if since else None, "to": until.isoformat() if until else None}
    return {**{word: day for word, day in bounds.items() if day}, "value": value}


def random_household(random: Random, days: Days) -> Case:
    return {
        "poverty": over_time(random, days, ["poor", "poor", "near_poor", "near_poor", "none"]),
        "residence": random.choice(("rural", "urban")),
        "area": over_time(random, days, [None, "difficult", "extremely_difficult", "extremely_difficult"]),
    }


def random_person(random: Random, name: str, born: dict[str, date], month: date, days: Days) -> Case:
    age = (month - born[name]).days / 365.25
    person: Case = {"id": name, "born": as_written(random, born[name]), "sex": random.choice(("male", "female"))}
    for fact, (chance, youngest, oldest) in CHANCES.items():
        if youngest <= age <= oldest and random.random() < chance:
            person[fact] = over_time(random, days, SMALL_SCHOOLS if fact == "studying" and age < 6 else VALUES[fact])
    if random.random() < 0.35:
        person["disability"] = over_time(random, days, [random_disability(random, days) for _ in range(2)])
    if random.random() < 0.1:
        person["died"] = max(random.choice(days), born[name]).isoformat()
    for link, chance in (("raises_alone", 0.5), ("raises_under_36_months", 0.4)):
        children = [other for other in born if born[other] > born[name] and (month - born[name]).days > 14 * 365]
        if children and random.random() < chance:
            person[link] = random_links(random, children, days)
    return person


# fact: how often, and at which ages (in years) it is worth stating
CHANCES: dict[str, tuple[float, float, float]] = {
    "no_parental_care": (0.5, -1, 18),
    "was_in_5_1": (0.5, 14, 26),
    "studying": (0.6, 1, 26),
    "hiv": (0.2, -1, 120),
    "no_supporter": (0.5, 58, 120),
    "facility_eligible": (0.5, 58, 120),
    "pension": (0.25, 16, 120),
    "other_income": (0.2, 15, 120),
    "pregnant": (0.3, 14, 50),
    "fostered_by": (0.35, -1, 120),
    "boards_at_school": (0.3, 5, 20),
    "ethnicity": (0.1, -1, 120),
}
VALUES: dict[str, list[Any]] = {
    "no_parental_care": [*LETTERS, None],
    "was_in_5_1": [True],
    "studying": [*SCHOOLS, None],
    "hiv": [True, True, False],
    "no_supporter": [True, True, False],
    "facility_eligible": [True, False],
    "pension": [0, 900_000, 2_500_000],
    "other_income": [True, False],
    "pregnant": [True, False],
    "fostered_by": ["own", "outside", None],
    "boards_at_school": [True, False],
    "ethnicity": ["01", "08", "54"],
}


def random_disability(random: Random, days: Days) -> Case:
    disability: Case = {
        "degree": random.choice(("mild", "severe", "severe", "extremely_severe", "extremely_severe")),
        "type": random.choice(TYPES),
    }
    if random.random() < 0.7:
        disability["certified"] = random.choice(days).isoformat()
    return disability


def random_links(random: Random, children: list[str], days: Days) -> Any:
    """Mostly for ever: the children's births, deaths and birthdays move enough."""
    some = [sorted(random.sample(children, random.randint(1, len(children)))) for _ in range(2)]
    return over_time(random, days, some) if random.random() < 0.4 else some[0]


def births_of_spouses(random: Random, month: date, born: dict[str, date]) -> None:
    """Make the first two adults and the third a child around the end of its 36 months."""
    one, other, child, *_ = born
    for spouse in (one, other):
        born[spouse] = date(month.year - random.randint(18, 45), 2, random.randint(1, 28))
    born[child] = years_after(random.choice(edges(month)), -random.choice((0, 1, 3, 3)))


def marry(random: Random, case: Case, days: Days) -> None:
    """Let the first two be disabled and raise the third, and perhaps others, together."""
    one, other, child, *others = case["persons"]
    for spouse in (one, other):
        spouse["disability"] = over_time(random, days, [random_disability(random, days) for _ in range(2)])
        if random.random() < 0.3:
            spouse["pregnant"] = over_time(random, days, VALUES["pregnant"])
        spouse["raises_under_36_months"] = [child["id"], *(person["id"] for person in others if random.random() < 0.5)]


# ---- decisions ----------------------------------------------------------------------------------------------


def random_decisions(random: Random, case: Case, days: Days) -> list[Case]:
    """A few for what the facts suggest, signed around the month or long before."""
    later = [day + timedelta(days=random.randint(20, 200)) for day in days]
    decisions = []
    for person in case["persons"]:
        for benefit in random.sample(suggested(person), random.randint(0, 3)):
            decisions.append({"for": person["id"], "benefit": benefit, "signed": random.choice(days + later).isoformat()})
    return decisions


def suggested(person: Case) -> list[str]:
    reasons = {
        "no_parental_care": ("TCXH-5.1", "CARE-child", "TCXH-5.1"),
        "was_in_5_1": ("TCXH-5.2",),
        "hiv": ("TCXH-5.3", "TCXH-5.8"),
        "raises_alone": ("TCXH-5.4", "TCXH-5.4"),
        "no_supporter": ("TCXH-5.5a", "CARE-elderly", "TCXH-5.5d"),
        "facility_eligible": ("TCXH-5.5d", "TCXH-5.5b"),
        "disability": ("TCXH-5.6", "TCXH-5.6", "CARE-household", "CARE-outside"),
        "raises_under_36_months": ("CARE-disabled-parent",),
        "pregnant": ("CARE-disabled-parent",),
    }
    always = ["TCXH-5.7", "TCXH-5.5b", "TCXH-5.5c", "PENSION-SOCIAL", "PENSION-SOCIAL"]
    return always + [benefit for fact, benefits in reasons.items() if fact in person for benefit in benefits]
