"""The neighbouring commune's people are searched for in every body that a role of this commune is answered: pages, filters, files, errors."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from pypdf import PdfReader

from posasoft.core.models import Role, User
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, close_file
from tests.access.world import CANARY, CANARY_CODE, CANARY_ID, World, odd_month
from tests.support.database import owner

# A file that is sent is closed with its answer; the test client's answers are dropped half read.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]
LOCAL = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.AGENCY_CLERK, Role.COLLABORATOR, Role.LINE_MINISTRY)
SIGNS = (CANARY, CANARY_CODE, CANARY_ID, "08-00724")


def text_of(response: HttpResponseBase) -> str:
    """All text of an answer, out of a workbook or a PDF as well."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]  # streaming answers have it
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as workbook:
            return "\n".join(workbook.read(name).decode("utf-8", "replace") for name in workbook.namelist())
    if raw.startswith(b"%PDF") and len(raw) > 100:
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)
    return raw.decode("utf-8", "replace")


def leaks(text: str, asked: str) -> list[str]:
    """Signs of the neighbour in a body; what was asked for is shown again in its own input and is no leak."""
    return [sign for sign in SIGNS if sign in text.replace(asked, "")]


def questions(row: Row, world: World) -> Iterator[tuple[str, dict[str, str]]]:
    """What is asked of an address: plainly, for the neighbour's area, for the neighbour by name, code and id."""
    yield "", {}
    if row.method == "GET" and not row.needs:
        yield "", {"area": str(world.places.neighbour.pk)}
        for words in ("giang mi pao canary", CANARY_CODE, CANARY_ID):
            yield words, {"q": words, "object": str(world.sibling.household.public_id), "page": "households"}


@pytest.mark.parametrize("role", LOCAL)
def test_no_answer_holds_the_neighbour(world: World, enter: Callable[[User], Client], role: str) -> None:
    user = world.users[role]
    with owner():
        rows = [row for row in ROWS if row.roles is not None and role in row.roles and not row.skip]
        urls = {row.name: address(row, world.own, user) for row in rows}
        for row in rows:
            address(row, world.sibling, world.sibling_users[role])
    client = enter(user)
    client.raise_request_exception = False
    found = []
    for row in rows:
        for asked, data in questions(row, world):
            with transaction.atomic():
                response = client.post(urls[row.name], row.data) if row.method == "POST" else client.get(urls[row.name], row.data | data)
                text = text_of(response)
                close_file(response)
                found += [f"{row.name} {data}: {sign}" for sign in leaks(text, asked)]
                transaction.set_rollback(True)
    assert found == []


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.AGENCY_CLERK])
def test_suggestions_while_one_types_do_not_hold_the_neighbour(world: World, enter: Callable[[User], Client], role: str) -> None:
    client = enter(world.users[role])
    for words in ("giang mi pao canary", "canary", CANARY_CODE, CANARY_ID):
        for path in ("/find/", "/search/"):
            for answer in (client.post(path, {"q": words}), client.get(path, {"q": words})):
                assert leaks(text_of(answer), words) == []


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER])
def test_a_neighbouring_month_is_not_mixed_in(world: World, enter: Callable[[User], Client], role: str) -> None:
    with owner():
        amount = odd_month(world.own)
    client = enter(world.users[role])
    for path in ("/lists/?month=2026-11", f"/lists/{world.own.pay_list.pk}/", f"/lists/{world.own.pay_list.pk}/xlsx/", "/"):
        body = text_of(client.get(path))
        assert amount not in body.replace(".", "").replace(",", "").replace("\xa0", ""), path
    assert amount in text_of(client.get("/lists/?month=2026-10")).replace(".", "").replace("\xa0", "")


def test_the_canary_sings_where_it_may_be_seen(world: World, enter: Callable[[User], Client]) -> None:
    """Otherwise the tests above could not fail."""
    client = enter(world.sibling_users[Role.COMMUNE_OFFICER])
    assert CANARY in client.get("/households/").content.decode()
    assert CANARY_CODE in client.get(f"/households/{world.sibling.household.public_id}/").content.decode()
    assert CANARY in text_of(client.get(f"/lists/{world.sibling.pay_list.pk}/xlsx/"))
    assert CANARY in client.get("/").content.decode()
