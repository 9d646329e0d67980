"""Nobody copies the register by looking people up one by one (test 46)."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client, override_settings

from households.models import Household
from posasoft.core.models import AuditEvent, User
from tests.support.database import owner

pytestmark = pytest.mark.django_db


def household() -> str:
    with owner():
        return f"/households/{Household.objects.order_by('id').values_list('public_id', flat=True).first()}/"


@override_settings(LOOKUPS_PER_MINUTE=5)
def test_the_sixth_household_in_a_minute_is_refused_in_clear_words(
    mai: User, come_in: Callable[..., Client], trail: Callable[[str], list[AuditEvent]], clock: time_machine.Traveller
) -> None:
    client, address = come_in("mai"), household()
    assert [client.get(address).status_code for _ in range(5)] == [200] * 5
    refused = client.get(address)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "60"
    assert "Tra cứu quá nhiều" in refused.content.decode()
    assert "Giàng" not in refused.content.decode()
    assert [row.actor_id for row in trail("too_many_lookups")] == [mai.pk]
    clock.shift(datetime.timedelta(seconds=61))
    assert client.get(address).status_code == 200


@override_settings(LOOKUPS_PER_MINUTE=5)
def test_the_limit_is_of_the_user_whatever_the_browser(mai: User, lenh: User, come_in: Callable[..., Client]) -> None:
    address = household()
    office, home, chair = come_in("mai"), come_in("mai", address="10.9.9.9"), come_in("lenh")
    for _ in range(5):
        office.get(address)
    assert home.get(address).status_code == 429
    assert chair.get(address).status_code == 200


@override_settings(LOOKUPS_PER_MINUTE=1000, LOOKUPS_PER_HOUR=6)
def test_slow_copying_meets_the_limit_of_the_hour(mai: User, come_in: Callable[..., Client], clock: time_machine.Traveller) -> None:
    client, address = come_in("mai"), household()
    for _ in range(6):
        assert client.get(address).status_code == 200
        clock.shift(datetime.timedelta(minutes=2))
    assert client.get(address).status_code == 429


@override_settings(LOOKUPS_PER_MINUTE=8, LOOKUPS_PER_HOUR=400)
def test_numbers_of_papers_may_be_tried_less_often_than_names(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    tries = [client.post("/search/", {"q": f"00820400000{number}"}).status_code for number in range(3)]
    assert tries[2] == 429
    assert client.post("/search/", {"q": "giang mi"}).status_code != 429


@override_settings(LOOKUPS_PER_MINUTE=2)
def test_other_pages_are_not_counted(mai: User, come_in: Callable[..., Client]) -> None:
    client = come_in("mai")
    assert {client.get("/households/").status_code for _ in range(6)} == {200}


@override_settings(LOOKUPS_PER_MINUTE=3, REDIS_URL="redis://127.0.0.1:1/0")
def test_the_limit_holds_while_the_broker_is_away(mai: User, come_in: Callable[..., Client]) -> None:
    client, address = come_in("mai"), household()
    assert [client.get(address).status_code for _ in range(4)] == [200, 200, 200, 429]
