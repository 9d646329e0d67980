"""Results from an agency's program: booked once by its own key, findings row by row, nothing of another agency."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from payments.models import Agency, LineResult, ResultBatch
from payments.operations import keys
from posasoft.core.models import Role
from posasoft.core.scope import WHOLE_COUNTRY, Scope
from tests.results.world import Counter, paid, unpaid
from tests.support.database import as_scope, owner

STANDING = True


@pytest.fixture
def issue(counter: Counter) -> Callable[..., str]:
    administrator = Scope("area", *WHOLE_COUNTRY, counter.world.users[Role.ADMINISTRATOR].pk, Role.ADMINISTRATOR, 1)

    def make(agency: Agency, scopes: tuple[str, ...] = ("results.write",)) -> str:
        with as_scope(administrator):
            until = datetime.date(2027, 6, 30)
            return keys.issue(agency=agency, name="Phần mềm", scopes=list(scopes), expires_on=until, by=administrator)[1]

    return make


def post(client: Client, secret: str, rows: list[dict[str, Any]], key: str = "k1", **more: Any) -> Any:
    body = {"client_key": key, "rows": rows, **more}
    return client.post(reverse("api:api_results"), body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})


def get(client: Client, secret: str, public_id: str) -> Any:
    return client.get(reverse("api:api_result", args=[public_id]), headers={"Authorization": f"Bearer {secret}"})


def test_the_same_call_again_answers_the_same_and_books_once(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    secret = issue(counter.own.agency)
    rows = [paid(counter.lines[0], paid_on="2026-11-21"), unpaid(counter.lines[1])]
    first = post(client, secret, rows, declared_rows=2, declared_amount=1_000_000)
    assert first.status_code == 200
    assert (first.json()["status"], first.json()["counts"]["applied"], first.json()["paid"]) == ("applied", 2, 1_000_000)
    for _again in range(2):
        again = post(client, secret, rows, declared_rows=2, declared_amount=1_000_000)
        assert (again.status_code, again.json()) == (200, first.json())
    assert get(client, secret, first.json()["id"]).json() == first.json()
    with owner():
        assert LineResult.objects.count() == 2
        assert ResultBatch.objects.get().key is not None


def test_rows_with_findings_book_nothing_and_say_why(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    secret = issue(counter.own.agency)
    rows = [paid(counter.lines[0]), paid(counter.lines[1], amount=1), paid(counter.foreign), {"line": "?", "outcome": "maybe"}]
    answer = post(client, secret, rows)
    assert answer.status_code == 422
    found = {finding["row"]: finding["code"] for finding in answer.json()["findings"]}
    assert set(found) == {2, 3, 4}
    assert found[2] == "amount_differs"
    # Another agency's line is told apart from one that never was by nothing that names it.
    assert "Canary" not in answer.content.decode()
    with owner():
        assert not LineResult.objects.exists()
    assert post(client, secret, rows).status_code == 422
    good = post(client, secret, rows, partial=True)
    assert (good.status_code, good.json()["counts"]["applied"]) == (200, 1)
    with owner():
        assert list(LineResult.objects.values_list("line_id", flat=True)) == [counter.lines[0].id]


def test_a_key_used_for_other_rows_is_at_odds(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    secret = issue(counter.own.agency)
    assert post(client, secret, [paid(counter.lines[0])]).status_code == 200
    assert post(client, secret, [paid(counter.lines[1])]).status_code == 409
    with owner():
        assert LineResult.objects.count() == 1


def test_half_a_call_is_refused_whole(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    answer = post(client, issue(counter.own.agency), [paid(counter.lines[0])], declared_rows=2)
    assert (answer.status_code, answer.json()["status"]) == (422, "refused")
    assert "2" in answer.json()["refusal"]


@pytest.mark.parametrize(
    "body", [{}, {"client_key": "k"}, {"client_key": "k", "rows": []}, {"client_key": "k", "rows": ["x"]}, {"rows": [{}]}]
)
def test_a_call_without_its_parts_is_400(client: Client, counter: Counter, issue: Callable[..., str], body: dict[str, Any]) -> None:
    secret = issue(counter.own.agency)
    answer = client.post(reverse("api:api_results"), body, content_type="application/json", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 400


def test_another_agencys_program_changes_and_sees_nothing(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    own, stranger = issue(counter.own.agency), issue(counter.payers.neighbour.agency)
    assert post(client, stranger, [paid(counter.lines[0])]).status_code == 422
    with owner():
        assert not LineResult.objects.exists()
    batch = post(client, own, [paid(counter.lines[0])]).json()["id"]
    assert get(client, stranger, batch).status_code == 404
    assert get(client, own, batch).status_code == 200


def test_without_a_key_or_without_its_right_nothing_is_taken(client: Client, counter: Counter, issue: Callable[..., str]) -> None:
    assert post(client, "psk_", [paid(counter.lines[0])]).status_code == 401
    assert get(client, "psk_", "0193f6c2-8f7e-7a61-9f6e-2b8f6d1f9a10").status_code == 401
    reader = issue(counter.own.agency, ("deliveries.read",))
    assert post(client, reader, [paid(counter.lines[0])]).status_code == 403


def test_the_description_shows_how_to_send_results(client: Client) -> None:
    text = client.get(reverse("api:api_schema")).content.decode()
    for said in ("/api/v1/results/", "client_key", "declared_amount", "partial"):
        assert said in text
