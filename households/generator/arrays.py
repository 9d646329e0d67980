"""Columns as numpy arrays: days, choices and chances. A day is its number since 1970-01-01; `NO_DAY` is null."""

import datetime as dt

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

NO_DAY = -(10**6)
NONE = -1
_EPOCH = dt.date(1970, 1, 1)
DAYS_A_YEAR = 365.2425


def day_number(day: dt.date) -> int:
    """Return the number of a day."""
    return (day - _EPOCH).days


def chance(rng: Rng, probability: Floats | float, size: int) -> Bools:
    """True with the given probability, element by element."""
    return rng.random(size) < probability


def choose(rng: Rng, weights: tuple[float, ...] | Floats, size: int) -> Ints:
    """Positions drawn by weight."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(cumulative / cumulative[-1], rng.random(size), side="right").astype(np.int64)


def zipf_weights(count: int, steepness: float = 0.9, offset: float = 3.0) -> Floats:
    """Weights that fall with the rank, as frequencies of names do."""
    weights: Floats = 1.0 / (np.arange(count, dtype=np.float64) + offset) ** steepness
    return weights


def days_between(rng: Rng, earliest: Ints, latest: Ints | int) -> Ints:
    """A day of [earliest, latest], uniformly; `earliest` where the range is empty."""
    span = np.maximum(np.asarray(latest) - earliest, 0)
    drawn: Ints = earliest + (rng.random(len(earliest)) * (span + 1)).astype(np.int64)
    return drawn


def first_of_months(days: Ints) -> Ints:
    """The first day of each day's month."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def next_months(days: Ints) -> Ints:
    """The first day of the month after each day's month."""
    return (days.astype("datetime64[D]").astype("datetime64[M]") + 1).astype("datetime64[D]").astype(np.int64)


def years_of(days: Ints) -> Ints:
    """The calendar year of each day."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def new_years(years: Ints) -> Ints:
    """1 January of each year."""
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)


def completed_years(born: Ints, day: int) -> Ints:
    """Ages on `day`; a birthday on 29 February counts on 1 March in other years."""
    today = np.datetime64(day, "D")
    years = years_of(np.array([day]))[0] - years_of(born)
    days = born.astype("datetime64[D]")
    month, month_today = days.astype("datetime64[M]").astype(np.int64) % 12, int(today.astype("datetime64[M]").astype(np.int64)) % 12
    of_month = (days - days.astype("datetime64[M]")).astype(np.int64)
    of_month_today = int((today - today.astype("datetime64[M]")).astype(np.int64))
    result: Ints = years - ((month > month_today) | ((month == month_today) & (of_month > of_month_today)))
    return result


def birthdays(born: Ints, age: int) -> Ints:
    """The day on which `age` years are completed (29 February → 1 March)."""
    months = born.astype("datetime64[D]").astype("datetime64[M]")
    of_month = born - months.astype("datetime64[D]").astype(np.int64)
    result: Ints = (months + 12 * age).astype("datetime64[D]").astype(np.int64) + of_month
    return result
