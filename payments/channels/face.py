"""The one face of a channel: which files it writes and reads, and what an answer of an agency looks like."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Protocol


class ChannelRefused(Exception):
    """A file cannot be made or read; the message names place, field and value, for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Finding:
    """Something wrong with one value of an answer."""

    field: str
    value: str
    message: str


@dataclass(frozen=True)
class Answer:
    """One row of what the agency sends back. ``line`` is the public id as read, ``amount`` đồng; what could not be read is empty and a finding."""

    number: int
    line: str
    outcome: str = ""
    reason: str = ""
    amount: int | None = None
    paid_on: datetime.date | None = None
    proxy: str = ""
    findings: tuple[Finding, ...] = ()


class Answers(list[Answer]):
    """``whole``: something in the file says that it ends where it should. Not so of a text table cut between two rows."""

    whole = True


class Face(Protocol):
    """``formats`` it writes when a list is sent, ``reads`` what it takes back. Both name a file's ending."""

    formats: tuple[str, ...]
    reads: tuple[str, ...]

    def write(self, list_id: int) -> dict[str, bytes]:
        """The files of a released list, by format. Raises ChannelRefused."""

    def read(self, content: bytes, format: str) -> Answers:
        """The answers in a file, unchecked against any list. Raises ChannelRefused."""
