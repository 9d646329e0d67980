"""A role narrowed to some of its verbs: what it may no longer send, on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client

from posasoft.core.models import AuditEvent, Role, RoleAssignment, User
from posasoft.core.verbs import verbs_of
from posasoft.portal.verbs_of_pages import OWN, POSTED, TAKEN, verbs_asked
from tests.access.matrix import ROWS
from tests.access.test_matrix import Ask, addresses, answer, asking
from tests.access.world import World
from tests.support.database import owner

STANDING = True
Enter = Callable[[User], Client]


def narrowed(world: World, role: str, *verbs: str) -> User:
    with owner():
        RoleAssignment.objects.filter(user=world.users[role]).update(verbs=list(verbs))
    return world.users[role]


def posts(world: World, role: str) -> dict[str, Ask]:
    """Every address that the role's page may be posted to and that is not about one's own account."""
    with owner():
        return {
            row.name: asking(row, world.own, world.users[role])
            for row in ROWS
            if row.roles is not None and role in row.roles and row.name in POSTED and row.name not in OWN
        }


def test_every_address_that_is_posted_to_has_its_verbs() -> None:
    wanted = {row.name for row in ROWS if row.method == "POST"}
    assert wanted - POSTED.keys() - OWN == set()
    assert (POSTED.keys() | TAKEN.keys() | OWN) - addresses().keys() == set()
    assert POSTED.keys() & OWN == set()


def test_every_role_of_a_page_has_one_of_its_verbs() -> None:
    """Otherwise a narrowed role could never be given what its page needs."""
    without = [
        (row.name, str(role))
        for row in ROWS
        for role in row.roles or ()
        if row.name in POSTED and not set(POSTED[row.name]) & verbs_of(role)
    ]
    assert without == []


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER])
def test_who_may_only_look_sends_no_change_case_decision_import_or_export(world: World, enter: Enter, role: str) -> None:
    asks = posts(world, role)
    client = enter(narrowed(world, role, "query", "use"))
    client.raise_request_exception = False
    looking = {"search", "palette", "payday", "person_id"}
    if role != Role.PROVINCE_OFFICER:
        looking |= {"run_start", "run_cancel", "run_resume"}
    let_through = []
    for name, (url, data) in asks.items():
        if name in looking:
            continue
        with transaction.atomic():
            status = client.post(url, data).status_code
            transaction.set_rollback(True)
        let_through += [f"{name}: {status}"] if status != 403 else []
    assert let_through == []
    assert len(asks) > 15


def test_who_may_only_look_still_looks_and_takes_no_file(world: World, enter: Enter) -> None:
    client = enter(narrowed(world, Role.COMMUNE_OFFICER, "query", "use"))
    assert client.get("/households/").status_code == 200
    assert client.get(f"/households/{world.own.household.public_id}/").status_code == 200
    assert client.get(f"/lists/{world.own.pay_list.pk}/xlsx/").status_code == 403


def test_a_verb_that_was_left_works_and_the_others_do_not(world: World, enter: Enter) -> None:
    asks = posts(world, Role.COMMUNE_OFFICER)
    rows = {row.name: row for row in ROWS}
    client = enter(narrowed(world, Role.COMMUNE_OFFICER, "use", "update"))
    assert answer(client, rows["change_new"], asks["change_new"])[0] == 302
    assert answer(client, rows["change_submit"], asks["change_submit"])[0] == 302
    assert client.post("/cases/new/", {}).status_code == 403
    assert client.post("/imports/", {}).status_code == 403


def test_a_refusal_by_verb_is_written_down(world: World, enter: Enter) -> None:
    client = enter(narrowed(world, Role.COMMUNE_OFFICER, "use"))
    assert client.post("/imports/", {}).status_code == 403
    with owner():
        assert AuditEvent.objects.filter(verb="denied", object_kind="verb", object_id="imports/").exists()


def test_an_address_without_verbs_is_closed_to_narrowed_roles() -> None:
    assert verbs_asked("something_new", "POST") == ()
    assert verbs_asked("something_new", "GET") is None
