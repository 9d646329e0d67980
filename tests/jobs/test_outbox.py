from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from posasoft.core import outbox
from posasoft.core.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters() -> Iterator[list[dict[str, Any]]]:
    """What the transport of the topic `tests.letter` was given; it fails while `broken` is in the list."""
    received: list[dict[str, Any]] = []

    @outbox.transport("tests.letter")
    def send(payload: dict[str, Any]) -> None:
        if payload.get("broken"):
            raise ConnectionError("broker at 10.0.0.7 refuses Thào Thị Mai")
        received.append(payload)

    return received


@pytest.mark.django_db(transaction=True)
def test_a_message_is_sent_after_the_commit_and_not_before(letters: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        outbox.publish(topic="tests.letter", payload={"id": 7})
        assert letters == []
    assert letters == [{"id": 7}]
    assert OutboxMessage.objects.get().done_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_message_of_a_failed_transaction_is_never_sent(letters: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        outbox.publish(topic="tests.letter", payload={"id": 7})
        transaction.set_rollback(True)
    assert outbox.drain() == 0
    assert letters == []


def test_what_could_not_be_sent_waits_and_does_not_keep_others_back(letters: list[dict[str, Any]]) -> None:
    outbox.publish(topic="tests.letter", payload={"id": 1, "broken": True})
    outbox.publish(topic="tests.letter", payload={"id": 2})
    assert outbox.drain() == 1
    assert letters == [{"id": 2}]
    kept = OutboxMessage.objects.get(done_at__isnull=True)
    assert (kept.attempts, kept.error) == (1, "ConnectionError")


def test_a_message_claimed_by_a_sender_that_died_is_sent_by_another(letters: list[dict[str, Any]]) -> None:
    outbox.publish(topic="tests.letter", payload={"id": 1})
    OutboxMessage.objects.update(claimed_at=outbox.Now())
    assert outbox.drain() == 0
    OutboxMessage.objects.update(claimed_at="2026-01-01T00:00Z")
    assert outbox.drain() == 1


def test_old_messages_go_and_unsent_ones_stay(letters: list[dict[str, Any]]) -> None:
    outbox.publish(topic="tests.letter", payload={"id": 1})
    outbox.publish(topic="tests.letter", payload={"id": 2, "broken": True})
    outbox.drain()
    OutboxMessage.objects.filter(done_at__isnull=False).update(done_at="2026-01-01T00:00Z")
    assert outbox.purge() == 1
    assert OutboxMessage.objects.get().payload["id"] == 2
