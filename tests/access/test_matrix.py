"""Every address × every role × own area, sibling area, no sign-in, from the addresses themselves. How to add an address: matrix.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from posasoft.core.access import ANYONE
from posasoft.core.models import Role, User
from tests.access.matrix import CODES, ROWS, Row, suggestion
from tests.access.reading import signs_for, text_of
from tests.access.things import ASKED, NOBODYS, PERSONAL, PUBLIC, THINGS
from tests.access.world import Side, World
from tests.support.database import owner

STANDING = True
BY_NAME = {row.name: row for row in ROWS}
REFUSED, GONE = 403, 404
Ask = tuple[str, dict[str, Any]]


def addresses() -> dict[str, tuple[str, Callable[..., object]]]:
    """Name of each address -> (route, view)."""
    found: dict[str, tuple[str, Callable[..., object]]] = {}

    def walk(patterns: list[Any], prefix: str) -> None:
        for entry in patterns:
            route = prefix + str(entry.pattern)
            if isinstance(entry, URLPattern):
                found[entry.name or route] = (route, entry.callback)
            else:
                walk(entry.url_patterns, route)

    walk(get_resolver().url_patterns, "")
    return found


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    here = addresses()
    missing = [suggestion(name, route, view) for name, (route, view) in here.items() if name not in BY_NAME]
    assert missing == [], "paste into tests/access/matrix.py and look whether it is right:\n" + "\n".join(missing)
    assert [row.name for row in ROWS if row.name not in here] == []
    assert len(BY_NAME) == len(ROWS)


def test_the_views_admit_the_roles_of_the_matrix_and_no_others() -> None:
    wrong = []
    for name, (_route, view) in addresses().items():
        row = BY_NAME.get(name)
        allowed = frozenset(getattr(view, "allowed_roles", ()))
        wanted = ANYONE if row is not None and row.roles is None else frozenset(row.roles or ()) if row else allowed
        if allowed != wanted:
            wrong.append(f"{name}: view admits {sorted(map(str, allowed - wanted))} more, {sorted(map(str, wanted - allowed))} less")
    assert wrong == []


def address(row: Row, side: Side, user: User) -> str:
    parts = row.parts | (THINGS[row.needs](side, user) if row.needs else {})
    return reverse(f"portal:{row.name}", kwargs=parts)


def asking(row: Row, side: Side, user: User) -> Ask:
    """Address and fields of a request for one side's thing."""
    return address(row, side, user), row.data | (ASKED[row.asks](side, user) if row.asks else {})


def answer(client: Client, row: Row, ask: Ask) -> tuple[int, str]:
    """Status and text of one answer; whatever the request did is undone."""
    url, data = ask
    with transaction.atomic():
        response = client.post(url, data) if row.method == "POST" else client.get(url, data)
        text = text_of(response)
        transaction.set_rollback(True)
    return int(response.status_code), text


def prepared(world: World, role: str) -> dict[str, tuple[Ask, Ask]]:
    """Own address of every row for one role, and another's (the neighbouring commune's, for a role of the province the next province's)."""
    other = world.other(role) or world.sibling
    with owner():
        return {
            row.name: (asking(row, world.own, world.users[role]), asking(row, other, world.sibling_users[role]))
            for row in ROWS
            if row.roles is not None
        }


@pytest.mark.parametrize("role", Role.values)
def test_every_address_for_a_role_in_the_own_and_the_sibling_area(world: World, enter: Callable[[User], Client], role: str) -> None:
    urls = prepared(world, role)
    client = enter(world.users[role])
    client.raise_request_exception = False
    signs = signs_for(role)
    wrong = []
    for row in ROWS:
        if row.roles is None:
            continue
        own, sibling = urls[row.name]
        status, text = answer(client, row, own)
        wrong += [f"{row.name} as {role} shows {sign}" for sign in signs if sign in text]
        expected = row.expected if role in row.roles else {REFUSED}
        if role in row.roles and role in row.narrower:
            expected = row.expected | {GONE}
        if status not in expected:
            wrong.append(f"{row.method} {row.name} as {role}: own {status}, expected {sorted(expected)}")
        bound = (row.asks or row.needs) and row.needs not in PUBLIC and (world.other(role) is not None or row.needs in PERSONAL)
        if bound and role in row.roles:
            status, text = answer(client, row, sibling)
            wrong += [f"{row.name} as {role} shows {sign} with {status}" for sign in signs if sign in text]
            if status != GONE:
                wrong.append(f"{row.method} {row.name} as {role}: sibling's {status}, expected 404 ({sibling[0]})")
    assert wrong == [], "\n" + "\n".join(wrong)


def test_without_sign_in_every_address_asks_for_it_and_tells_nothing(world: World, client: Client) -> None:
    urls = prepared(world, Role.COMMUNE_OFFICER)
    wrong = []
    for row in ROWS:
        if row.roles is None:
            continue
        for url, _data in urls[row.name]:
            for method in (client.get, client.post):
                response = method(url)
                if response.status_code != 302 or not response["Location"].startswith("/sign-in/"):
                    wrong.append(f"{row.name} {response.status_code} {response.get('Location', '')}")
    assert wrong == []


def test_a_signed_in_user_without_a_role_gets_nowhere(world: World, enter: Callable[[User], Client]) -> None:
    with owner():
        urls = prepared(world, Role.COMMUNE_OFFICER)
        nobody = User.objects.create(username="khong.vai.tro", password="!", full_name="Không Vai Trò")
    client = enter(nobody)
    wrong = [row.name for row in ROWS if row.roles is not None and answer(client, row, urls[row.name][0])[0] != REFUSED]
    assert wrong == []


def test_what_does_not_exist_is_answered_as_what_may_not_be_seen(world: World, enter: Callable[[User], Client]) -> None:
    """404 for both, so that an answer does not tell that a row exists elsewhere."""
    client = enter(world.users[Role.COMMUNE_OFFICER])
    wrong = []
    for row in ROWS:
        if row.roles is None or not row.needs or row.needs in PUBLIC or Role.COMMUNE_OFFICER not in row.roles:
            continue
        with owner():
            parts = row.parts | THINGS[row.needs](world.own, world.users[Role.COMMUNE_OFFICER])
        parts |= {name: value for name, value in NOBODYS.items() if name in parts}
        status, _text = answer(client, row, (reverse(f"portal:{row.name}", kwargs=parts), row.data))
        if status != GONE:
            wrong.append(f"{row.name}: {status}")
    assert wrong == []


def test_the_codes_of_roles_are_complete() -> None:
    assert set(CODES.values()) == set(Role.values)
