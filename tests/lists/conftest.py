"""The cast of the screens, and a village full of people to page through."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from households.models import Household
from posasoft.core.models import User
from tests.browser import cast
from tests.browser.cast import Places
from tests.portal.conftest import _on_one_day, enter, officer, places
from tests.support.database import owner

__all__ = ["_on_one_day", "enter", "officer", "places"]
GIVEN = ("An", "Ánh", "Ân", "Bích", "Dung", "Dũng", "Đạt", "Hoa", "Ổn", "Ơn", "Út", "Ưng")


@pytest.fixture
def village(places: Places) -> Callable[[int], list[Household]]:
    """Makes so many households of two in the village: names, classes and births vary."""

    def fill(number: int) -> list[Household]:
        with owner():
            change = cast.make_change(places.village, "Dân làng")
            made = []
            for n in range(number):
                poverty = ("poor", "near_poor", "none")[n % 3]
                home = cast.make_household(
                    f"08-00721-5{n:05d}", places.commune, places.village, change, poverty=poverty, address=f"Số nhà {n}"
                )
                cast.make_person(home, f"Vàng Mí {GIVEN[n % len(GIVEN)]}", "head", f"{1950 + n % 50}-0{1 + n % 9}-15", sex="male")
                cast.make_person(home, f"Sùng Thị {GIVEN[-1 - n % len(GIVEN)]}", "spouse", f"{1955 + n % 50}-01-01", sex="female")
                made.append(home)
        return made

    return fill


@pytest.fixture
def client_of(enter: Callable[[User], object], officer: User) -> object:
    return enter(officer)
