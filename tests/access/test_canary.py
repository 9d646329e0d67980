"""The neighbouring commune's people are searched for in every body that a role of this commune is answered: pages, filters, files, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client

from posasoft.core.models import Role, User
from tests.access.matrix import ROWS
from tests.access.reading import leaks, signs_for, text_of
from tests.access.test_matrix import address
from tests.access.world import CANARY, CANARY_CODE, CANARY_ID, FAR_ID, Side, World, odd_month
from tests.support.database import owner

STANDING = True
Enter = Callable[[User], Client]
BOUND = tuple(role for role in Role.values if signs_for(role))


def questions(other: Side) -> Iterator[tuple[str, dict[str, str]]]:
    """What is asked of every list: for the other's area, for the other's people by name, code and id; what was typed comes first."""
    yield "", {"area": str(other.commune.pk), "commune": str(other.commune.pk), "object": str(other.household.public_id)}
    for words in (other.person.full_name, other.household.code, CANARY_ID if other.commune.code == "00724" else FAR_ID):
        yield words, {"q": words, "page": "households", "after": "0"}


@pytest.mark.parametrize("role", BOUND)
def test_no_answer_holds_the_others_whatever_is_asked(world: World, enter: Enter, role: str) -> None:
    """The plain answers of every address are searched in test_matrix.py; here lists, counts, choices and files are asked for the others."""
    user, other = world.users[role], world.other(role)
    assert other is not None
    with owner():
        rows = [row for row in ROWS if row.roles is not None and role in row.roles and row.method == "GET" and not row.needs]
        urls = {row.name: address(row, world.own, user) for row in rows}
        for row in ROWS:
            if row.roles is not None:
                address(row, other, world.sibling_users[role])
    client = enter(user)
    client.raise_request_exception = False
    found = []
    for row in rows:
        for asked, data in questions(other):
            with transaction.atomic():
                text = text_of(client.get(urls[row.name], row.data | data))
                found += [f"{row.name} {data}: {sign}" for sign in leaks(text, asked, signs_for(role))]
                transaction.set_rollback(True)
    assert found == []


@pytest.mark.parametrize("role", BOUND)
def test_suggestions_while_one_types_do_not_hold_the_others(world: World, enter: Enter, role: str) -> None:
    other = world.other(role)
    assert other is not None
    client = enter(world.users[role])
    client.raise_request_exception = False
    for words in (other.person.full_name, other.person.full_name.split()[-1].lower(), other.household.code):
        for path in ("/find/", "/search/"):
            for answer in (client.post(path, {"q": words}), client.get(path, {"q": words})):
                assert [sign for sign in leaks(text_of(answer), words, signs_for(role)) if sign.lower() not in words.lower()] == []


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER])
def test_a_neighbouring_month_is_not_mixed_in(world: World, enter: Enter, role: str) -> None:
    with owner():
        amount = odd_month(world.own)
    client = enter(world.users[role])
    for path in ("/lists/?month=2026-11", f"/lists/{world.own.pay_list.pk}/", f"/lists/{world.own.pay_list.pk}/xlsx/", "/"):
        body = text_of(client.get(path))
        assert amount not in body.replace(".", "").replace(",", "").replace("\xa0", ""), path
    assert amount in text_of(client.get("/lists/?month=2026-10")).replace(".", "").replace("\xa0", "")


def test_the_canary_sings_where_it_may_be_seen(world: World, enter: Enter) -> None:
    """Otherwise the tests above could not fail."""
    client = enter(world.sibling_users[Role.COMMUNE_OFFICER])
    assert CANARY in client.get("/households/").content.decode()
    assert CANARY_CODE in client.get(f"/households/{world.sibling.household.public_id}/").content.decode()
    assert CANARY in text_of(client.get(f"/lists/{world.sibling.pay_list.pk}/xlsx/"))
    assert CANARY in client.get("/").content.decode()
