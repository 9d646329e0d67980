"""Programs of agencies: each key sees its own agency's lists and nothing else, may do what it was given, and can be closed at once."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client, override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from payments.models import Agency, ApiCall, ApiKey, Delivery, PaymentLine
from payments.operations import keys
from payments.operations.agencies import AgencyRefused
from payments.tasks import people_nightly
from posasoft.api import deliveries as pages
from posasoft.api import description
from posasoft.core.models import AuditEvent, Role
from posasoft.core.scope import WHOLE_COUNTRY, Scope
from tests.access.world import CANARY, World
from tests.browser import cast
from tests.payer.cast import Payers, sent
from tests.support.database import as_scope, owner

STANDING = True
UNTIL = datetime.date(2027, 6, 30)
ALL = list(keys.SCOPES)


@pytest.fixture
def administrator(world: World) -> Scope:
    return Scope("area", *WHOLE_COUNTRY, world.users[Role.ADMINISTRATOR].pk, Role.ADMINISTRATOR, 1)


@pytest.fixture
def issue(administrator: Scope) -> Callable[..., str]:
    def make(agency: Agency, scopes: list[str] = ALL) -> str:
        with as_scope(administrator):
            return keys.issue(agency=agency, name="Phần mềm chi trả", scopes=scopes, expires_on=UNTIL, by=administrator)[1]

    return make


@pytest.fixture
def delivery(world: World, payers: Payers) -> Delivery:
    with owner():
        sent(world.sibling)
        return sent(world.own)


def call(client: Client, name: str, secret: str, *args: Any, method: str = "get") -> Any:
    return getattr(client, method)(reverse(f"api:{name}", args=args), headers={"Authorization": f"Bearer {secret}"})


def everything(delivery: Delivery) -> list[tuple[str, tuple[Any, ...], str]]:
    """Every address that concerns one delivery."""
    return [
        ("api_delivery", (delivery.public_id,), "get"),
        ("api_delivery_file", (delivery.public_id, "csv"), "get"),
        ("api_delivery_file", (delivery.public_id, "sig"), "get"),
        ("api_delivery_confirm", (delivery.public_id,), "post"),
    ]


def test_a_program_finds_takes_and_confirms_its_agencys_list(
    client: Client, world: World, payers: Payers, delivery: Delivery, issue: Callable[..., str]
) -> None:
    secret = issue(payers.own.agency)
    (found,) = call(client, "api_deliveries", secret).json()["results"]
    assert (found["number"], found["amount"], found["lines"], found["service_point"]) == (delivery.pay_list.number, 1_000_000, 1, "1")
    taken = client.get(
        next(one["address"] for one in found["files"] if one["format"] == "csv"), headers={"Authorization": f"Bearer {secret}"}
    )
    content = b"".join(taken.streaming_content)
    assert hashlib.sha256(content).hexdigest() == next(one["sha256"] for one in found["files"] if one["format"] == "csv")
    assert world.own.person.full_name in content.decode()
    for _ in range(2):
        answer = call(client, "api_delivery_confirm", secret, delivery.public_id, method="post")
        assert answer.status_code == 200
        assert answer.json()["confirmed_at"]
    with owner():
        delivery.refresh_from_db()
        assert delivery.confirmed_key is not None
        assert delivery.confirmed_by is None
        verbs = (
            AuditEvent.objects.filter(role="agency_api", object_kind="delivery")
            .order_by("pk")
            .values_list("verb", "actor_id", "detail__key")
        )
        assert list(verbs) == [(verb, None, delivery.confirmed_key.prefix) for verb in ("list", "export", "confirm_delivery")]


def test_checksums_are_signed_and_a_changed_byte_is_noticed(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]
) -> None:
    secret = issue(payers.own.agency)
    sums, mark = (call(client, "api_delivery_file", secret, delivery.public_id, kind).content for kind in ("sha256", "sig"))
    public: Any = load_pem_public_key(call(client, "api_public_key", secret).content)
    public.verify(mark, sums)
    assert {line.split("  ")[0] for line in sums.decode().splitlines()} == {one["sha256"] for one in delivery.files}
    with pytest.raises(InvalidSignature):
        public.verify(mark, sums.replace(b"a", b"b", 1))


def test_the_neighbours_agency_gets_404_everywhere_and_reads_nothing(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]
) -> None:
    secret = issue(payers.neighbour.agency)
    for name, args, method in everything(delivery):
        answer = call(client, name, secret, *args, method=method)
        assert (answer.status_code, b"202611-00721" in answer.content) == (404, False), name
    (found,) = call(client, "api_deliveries", secret).json()["results"]
    assert found["commune"] == "00724"
    with owner():
        assert not Delivery.objects.filter(pk=delivery.pk, confirmed_at__isnull=False).exists()


def test_the_own_key_sees_no_canary(client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]) -> None:
    secret = issue(payers.own.agency)
    text = call(client, "api_deliveries", secret).content.decode()
    text += b"".join(call(client, "api_delivery_file", secret, delivery.public_id, "csv").streaming_content).decode()
    assert CANARY not in text
    assert "00724" not in text


def test_a_program_sees_no_line_in_the_database_itself(payers: Payers, delivery: Delivery) -> None:
    with as_scope(Scope("lists", 0, 0, role="agency_api", agency_id=payers.own.agency.pk)):
        assert list(Delivery.objects.values_list("pk", flat=True)) == [delivery.pk]
        assert not PaymentLine.objects.exists()
        assert not ApiKey.objects.exists()
        assert list(Agency.objects.values_list("pk", flat=True)) == [payers.own.agency.pk]


@pytest.mark.parametrize("secret", ["", "psk_", "psk_0123456789ab_" + "A" * 43, "\x00", "Basic x", "psk_" + "é" * 56])
def test_without_a_key_every_address_is_closed(client: Client, payers: Payers, delivery: Delivery, secret: str) -> None:
    tried = [("api_deliveries", (), "get"), ("api_public_key", (), "get"), *everything(delivery)]
    for name, args, method in tried:
        answer = call(client, name, secret.encode("ascii", "ignore").decode(), *args, method=method)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer"), name


def test_every_address_of_the_interface_is_tried_without_a_key_above() -> None:
    """A new one belongs into the tests of whoever adds it, and into this list."""
    names = {str(entry.name) for entry in get_resolver("posasoft.api.urls").url_patterns if "result" not in str(entry.name)}
    assert names == {"api_schema", "api_public_key", "api_deliveries", "api_delivery", "api_delivery_file", "api_delivery_confirm"}


def test_a_session_opens_nothing(client: Client, world: World, delivery: Delivery, enter: Callable[..., Client]) -> None:
    assert enter(world.users[Role.ADMINISTRATOR]).get(reverse("api:api_deliveries")).status_code == 401


def test_a_key_does_only_what_it_was_given(client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]) -> None:
    secret = issue(payers.own.agency, ["deliveries.read"])
    assert call(client, "api_delivery", secret, delivery.public_id).status_code == 200
    assert call(client, "api_delivery_confirm", secret, delivery.public_id, method="post").status_code == 403


def test_a_key_ends_by_revocation_by_its_day_and_with_its_agency(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str], administrator: Scope
) -> None:
    first, second = issue(payers.own.agency), issue(payers.own.agency)
    with as_scope(administrator):
        key = keys.find(first)
        assert key is not None
        assert keys.revoke(key=key, by=administrator)
        assert not keys.revoke(key=key, by=administrator)
    assert call(client, "api_deliveries", first).status_code == 401
    assert call(client, "api_deliveries", second).status_code == 200
    with time_machine.travel(datetime.datetime(2027, 6, 30, 9, tzinfo=cast.TODAY.tzinfo)):
        assert call(client, "api_deliveries", second).status_code == 401
    with owner():
        Agency.objects.filter(pk=payers.own.agency.pk).update(is_active=False)
    assert call(client, "api_deliveries", second).status_code == 401


def test_the_secret_is_not_kept(payers: Payers, issue: Callable[..., str]) -> None:
    secret = issue(payers.own.agency)
    with owner():
        row = ApiKey.objects.values().get()
        assert secret[-20:] not in str(row)
        assert hashlib.sha256(secret.encode()).hexdigest() == row["hash"]


@pytest.mark.parametrize(
    ("scopes", "until", "field"),
    [
        ([], UNTIL, "scopes"),
        (["everything"], UNTIL, "scopes"),
        (ALL, datetime.date(2026, 11, 21), "expires_on"),
        (ALL, datetime.date(2028, 1, 1), "expires_on"),
    ],
)
def test_a_key_without_bounds_is_not_issued(
    payers: Payers, administrator: Scope, scopes: list[str], until: datetime.date, field: str
) -> None:
    with as_scope(administrator), pytest.raises(AgencyRefused) as refused:
        keys.issue(agency=payers.own.agency, name="x", scopes=scopes, expires_on=until, by=administrator)
    assert refused.value.field == field


@override_settings(API_CALLS_PER_MINUTE=3)
def test_a_program_that_calls_too_often_waits(client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]) -> None:
    secret = issue(payers.own.agency)
    codes = [call(client, "api_deliveries", secret).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]


@override_settings(API_WRONG_KEYS=3)
def test_whoever_tries_keys_is_turned_away_even_with_a_right_one(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]
) -> None:
    secret = issue(payers.own.agency)
    codes = [call(client, "api_deliveries", f"psk_{number:012x}_{'A' * 43}").status_code for number in range(4)]
    assert codes == [401, 401, 401, 429]
    assert call(client, "api_deliveries", secret).status_code == 429
    with owner():
        assert ApiCall.objects.filter(refused=True).count() == 3


def test_the_description_names_every_address(client: Client) -> None:
    text = client.get(reverse("api:api_schema")).content.decode()
    for path in ("/api/v1/deliveries/", "/api/v1/deliveries/{public_id}/files/{kind}/", "/api/v1/deliveries/{public_id}/confirm/"):
        assert path in text
    assert "agency_key" in text


def described(document: dict[str, Any], path: str, method: str, code: int) -> dict[str, Any]:
    """The schema of an answer, as JSON Schema: OpenAPI 3.0 says "nullable" where JSON Schema says a second type."""
    answer = document["paths"][path][method]["responses"][str(code)]["content"]["application/json"]["schema"]
    text = json.dumps({**answer, "components": document["components"]})

    def plain(node: Any) -> Any:
        if isinstance(node, list):
            return [plain(one) for one in node]
        if not isinstance(node, dict):
            return node
        found = {key: plain(value) for key, value in node.items() if key != "nullable"}
        if "properties" in found:
            found["additionalProperties"] = False
        return {"anyOf": [found, {"type": "null"}]} if node.get("nullable") else found

    return dict(plain(json.loads(text)))


def test_answers_are_as_the_description_says(client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]) -> None:
    """Every field and no other, of its type, null only where it may be: each address that answers JSON, before and after the receipt."""
    secret, document = issue(payers.own.agency), description.document()
    one, many = "/api/v1/deliveries/{public_id}/", "/api/v1/deliveries/"
    for _before_and_after in range(2):
        for name, path, args in (("api_deliveries", many, ()), ("api_delivery", one, (delivery.public_id,))):
            jsonschema.validate(call(client, name, secret, *args).json(), described(document, path, "get", 200))
        answer = call(client, "api_delivery_confirm", secret, delivery.public_id, method="post").json()
        jsonschema.validate(answer, described(document, f"{one}confirm/", "post", 200))
    with owner():
        line = str(PaymentLine.objects.filter(list_id=delivery.pay_list_id).values_list("public_id", flat=True)[0])
    results = "/api/v1/results/"
    wanted = document["components"]["schemas"]["Row"]
    assert set(wanted["properties"]) == {"line", "outcome", "reason", "amount", "paid_on", "proxy"}
    assert set(wanted["required"]) == {"line", "outcome"}
    for key, rows, code in (("a", [{"line": line}], 422), ("b", [{"line": line, "outcome": "paid"}], 200), ("a", [{"line": "x"}], 409)):
        said = {"client_key": key, "rows": rows}
        answer = client.post(
            reverse("api:api_results"), said, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        )
        assert answer.status_code == code, answer.json()
        jsonschema.validate(answer.json(), described(document, results, "post", code))
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert {"401", "403", "429"} <= operation["responses"].keys(), path


def test_pages_of_what_waits_hold_only_what_waits(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of the next page asks for the same."""
    monkeypatch.setattr(pages, "PAGE", 1)
    with owner():
        Delivery.objects.exclude(pk=delivery.pk).update(agency=payers.own.agency, service_point=payers.own.point, confirmed_at=None)
    secret = issue(payers.own.agency)
    head = {"Authorization": f"Bearer {secret}"}
    first = client.get(reverse("api:api_deliveries"), {"waiting": "1"}, headers=head).json()
    assert call(client, "api_delivery_confirm", secret, delivery.public_id, method="post").status_code == 200
    assert "waiting=1" in first["next"]
    shown = [first["results"][0]["id"], *(one["id"] for one in client.get(first["next"], headers=head).json()["results"])]
    assert len(set(shown)) == len(shown)
    assert first["next"].startswith("/api/v1/deliveries/")


def test_calls_are_forgotten_when_no_limit_asks_for_them(
    client: Client, payers: Payers, delivery: Delivery, issue: Callable[..., str]
) -> None:
    secret = issue(payers.own.agency)
    for days, kept in ((0, 1), (29, 2), (31, 2)):
        with time_machine.travel(cast.TODAY + datetime.timedelta(days=days)):
            assert call(client, "api_deliveries", secret).status_code == 200
            with owner():
                ApiCall.objects.filter(pk=ApiCall.objects.latest("pk").pk).update(at=timezone.now())
                people_nightly()
                assert ApiCall.objects.count() == kept
                people_nightly()
                assert ApiCall.objects.count() == kept
