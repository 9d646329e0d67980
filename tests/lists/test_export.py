"""A list goes out as the page shows it, and whole numbers of papers only to those who may have them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from households.models import Household
from posasoft.core.exports import exporter_of
from posasoft.core.exports.registry import columns_for
from posasoft.core.models import Role, RoleAssignment, User
from posasoft.core.scope import Scope
from tests.browser.cast import Places
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db
Village = Callable[[int], list[Household]]


@pytest.fixture
def scope(officer: User, places: Places) -> Scope:
    assignment = RoleAssignment.objects.get(user=officer)
    return Scope("area", places.commune.position or 0, places.commune.position_end or 0, officer.pk, assignment.role, assignment.pk)


def table(kind: str, scope: Scope, params: dict[str, str], columns: list[str]) -> list[Any]:
    found = exporter_of(kind, scope.role)
    assert found is not None
    with as_scope(scope):
        assert found.count(scope, params) == len(list(found.rows(scope, params, columns)))
        return [list(row) for row in found.rows(scope, params, columns)]


def test_rows_come_in_the_order_and_cut_of_the_list(village: Village, scope: Scope) -> None:
    village(5)
    rows = table("persons", scope, {"sort": "name", "sex": "male", "desc": "1"}, ["name", "age", "household", "national_id"])
    assert [row[0] for row in rows][:2] == ["Giàng Mí Sính", "Giàng Mí Páo"]
    assert rows[0][1:] == [10, "08-00721-91001942", "002216004319"]
    homes = table("households", scope, {"class": "near_poor"}, ["name", "code", "class", "members"])
    assert ["Lò Thị Mai", "08-00721-900117", "Hộ cận nghèo", 2] in homes
    assert {row[2] for row in homes} == {"Hộ cận nghèo"}


def test_more_than_a_chunk_is_streamed_whole(village: Village, scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posasoft.portal.exporting.CHUNK", 7)
    village(20)
    assert len(table("persons", scope, {}, ["name"])) == 47


def test_whole_numbers_are_offered_to_few(scope: Scope) -> None:
    found = exporter_of("persons", scope.role)
    assert found is not None
    names = {column.name for column in columns_for(found, Role.MINISTRY_ANALYST)}
    assert "national_id" not in names
    assert "national_id" in {column.name for column in columns_for(found, Role.COMMUNE_OFFICER)}


def test_words_of_a_name_and_wide_conditions_are_refused(scope: Scope, places: Places) -> None:
    found = exporter_of("persons", scope.role)
    assert found is not None
    with pytest.raises(ValueError, match="theo tên"):
        found.count(scope, {"words": "abc"})
    wide = replace(scope, lo=places.province.position or 0, hi=places.province.position_end or 0, assignment_id=None)
    with pytest.raises(ValueError, match="xã, phường"):
        found.count(wide, {"no_id": "1"})


def test_the_neighbours_are_in_no_file(scope: Scope, places: Places) -> None:
    rows = table("persons", scope, {"area": str(places.province.pk)}, ["name"])
    assert len(rows) == 7
    assert not [row for row in rows if "Canary" in row[0]]


def test_the_page_offers_the_file_with_its_filters(client_of: Client) -> None:
    assert '/downloads/new/persons/?sex=female"' in client_of.get("/persons/?sex=female").content.decode()
    assert client_of.get("/downloads/new/persons/?sex=female").status_code == 200
