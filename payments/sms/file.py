"""The default: each message is a file in settings.SMS_FOLDER, readable by the program's user only. For trials, and for sending by other means."""

from __future__ import annotations

import os

from django.conf import settings

from payments.sms.face import Sent, State, Text


def send(text: Text) -> Sent:
    """Write the message under its ref; a file that is there already was sent. Raises OSError."""
    folder = settings.SMS_FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / f"{text.ref}.txt"
    draft = folder / f".{text.ref}.{os.getpid()}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"{text.phone}\n{text.words}\n")
    try:
        os.link(draft, target)
    except FileExistsError:
        return Sent(State.SENT, provider_ref=text.ref)
    finally:
        draft.unlink()
    return Sent(State.SENT, provider_ref=text.ref)
