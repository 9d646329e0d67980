"""Files for the agencies and back, a folder for each channel, all with one face (payments/channels/face.py)."""

from __future__ import annotations

from payments.channels import bank, ewallet, post
from payments.channels.face import Answer, Answers, ChannelRefused, Face, Finding

_FACES: dict[str, Face] = {"post": post.FACE, "bank": bank.FACE, "ewallet": ewallet.FACE}


def face(channel: str) -> Face:
    """The face of a channel (models.Channel value); raises KeyError for another word."""
    return _FACES[channel]


__all__ = ["Answer", "Answers", "ChannelRefused", "Face", "Finding", "face"]
