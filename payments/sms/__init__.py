"""Sending a text message: one face, one module per provider; settings.SMS_PROVIDER names the one in use.

A provider is a module with ``send(text: Text) -> Sent``. It must send a ``ref`` at most once: a worker that dies between sending and writing
that it sent will give the same ref again. It writes neither the number nor the words into any log.
"""

from payments.sms.face import Sent, State, Text, Trouble, provider, send

__all__ = ["Sent", "State", "Text", "Trouble", "provider", "send"]
