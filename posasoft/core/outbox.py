"""Messages that leave with the transaction that caused them: written with it, sent after it, swept if the sending was lost."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from posasoft.core.models import OutboxMessage

Transport = Callable[[dict[str, Any]], None]

# A sender that died between claiming and sending frees its messages after this time; the receivers bear a second delivery.
CLAIM_LASTS = timedelta(seconds=60)
KEEP_SENT = timedelta(days=7)
BATCH = 100

_transports: dict[str, Transport] = {}
_log = logging.getLogger(__name__)


def transport(topic: str) -> Callable[[Transport], Transport]:
    """Register the function that sends the messages of a topic; it must bear being called twice for one message."""

    def register(send: Transport) -> Transport:
        _transports[topic] = send
        return send

    return register


def publish(*, topic: str, payload: dict[str, Any]) -> None:
    """Write a message in the caller's transaction and send it after the commit. ``payload`` holds ids, never personal data."""
    # Without RETURNING: whoever posts a message may not read messages, and the id would be a reading.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_outboxmessage (topic, payload, attempts, error) VALUES (%s, %s, 0, '')", [topic, json.dumps(payload)]
        )
    transaction.on_commit(drain, robust=True)


def drain() -> int:
    """Send what waits; the number of messages sent. What fails stays for the sweeper."""
    sent = 0
    for message in _claim():
        send = _transports.get(message.topic)
        try:
            if send is None:
                raise LookupError(f"no transport for topic {message.topic}")
            send(message.payload)
        except Exception as error:  # the broker may fail in any way; the message stays in the table and is tried again
            _log.warning("outbox message %s (%s) not sent: %s", message.pk, message.topic, type(error).__name__)
            OutboxMessage.objects.filter(pk=message.pk).update(error=type(error).__name__)
        else:
            sent += OutboxMessage.objects.filter(pk=message.pk).update(done_at=Now(), error="")
    return sent


def purge() -> int:
    """Delete messages sent more than a week ago; how many."""
    return OutboxMessage.objects.filter(done_at__lt=Now() - KEEP_SENT).delete()[0]


def _claim() -> list[OutboxMessage]:
    free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=Now() - CLAIM_LASTS)
    with transaction.atomic():
        messages = list(OutboxMessage.objects.select_for_update(skip_locked=True).filter(free, done_at__isnull=True).order_by("id")[:BATCH])
        OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(claimed_at=Now(), attempts=F("attempts") + 1)
    return messages
