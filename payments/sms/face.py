"""What a provider of text messages is asked and answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class State(StrEnum):
    """SENT: the provider has it. LATER: try again. NEVER: this number will not take it."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True)
class Text:
    """One message. ``ref`` is ours, the same for every try; ``phone`` digits only."""

    ref: str
    phone: str
    words: str


@dataclass(frozen=True)
class Sent:
    """A provider's answer; ``trouble`` is a short code for the screen and the log, without number or words."""

    state: State
    provider_ref: str = ""
    trouble: str = ""


class Trouble(Exception):
    """The provider cannot be reached or answers nonsense: every message waits."""


class Provider(Protocol):
    """The face of a provider's module."""

    def send(self, text: Text) -> Sent:
        """Hand one message over; the same ref twice sends once. Raises Trouble."""


def provider() -> Provider:
    """The module that settings.SMS_PROVIDER names. Raises ImproperlyConfigured."""
    name = settings.SMS_PROVIDER
    if not name.isidentifier() or name in ("face", "__init__"):
        raise ImproperlyConfigured("SMS_PROVIDER names a module of payments/sms, such as “file”.")
    try:
        return cast("Provider", import_module(f"payments.sms.{name}"))
    except ModuleNotFoundError as error:
        raise ImproperlyConfigured(f"There is no provider payments/sms/{name}.py.") from error


def send(text: Text) -> Sent:
    """Send by the provider in use; whatever it raises is an answer to try later, so that one message never stops the queue."""
    try:
        return provider().send(text)
    except (Trouble, OSError) as error:
        return Sent(State.LATER, trouble=type(error).__name__)
