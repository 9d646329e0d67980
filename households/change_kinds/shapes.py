"""What a kind of change is made of. Texts are Vietnamese and marked for translation; nothing here touches the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Right(StrEnum):
    """What a role may do with a kind of change."""

    DIRECT = "direct"
    ASK = "ask"
    NO = "no"


class Subject(StrEnum):
    """What a change is reported of: a person, a household, or a commune (somebody not yet in the registry)."""

    PERSON = "p"
    HOUSEHOLD = "h"
    AREA = "a"


class Effective(StrEnum):
    """How the first day of a change is known. EVENT: the day it happened, not in the future. ALWAYS: a correction, true from the beginning."""

    EVENT = "event"
    ALWAYS = "always"


class Type(StrEnum):
    """How a field is typed and stored: dates as ISO text, partial dates as [day, precision], people and households as ids."""

    TEXT = "text"
    NAME = "name"
    NOTE = "note"
    DATE = "date"
    PARTIAL = "partial"
    CHOICE = "choice"
    YES_NO = "yes_no"
    NUMBER = "number"
    MONEY = "money"
    VILLAGE = "village"
    COMMUNE = "commune"
    ETHNICITY = "ethnicity"
    MEMBER = "member"
    MEMBERS = "members"
    HOUSEHOLD = "household"
    RECORD = "record"
    NATIONAL_ID = "national_id"
    PEOPLE = "people"


@dataclass(frozen=True)
class Field:
    """One thing to declare. ``registry`` names the present value it is compared with ("person:sex", "household:poverty", "members")."""

    name: str
    label: str
    type: Type
    required: bool = True
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    registry: str = ""
    initial: str = ""


@dataclass(frozen=True)
class Rights:
    """Who may: role -> right (a role that is not named may not), and who approves what was asked for."""

    name: str
    roles: dict[str, Right]
    approvers: tuple[str, ...]

    def of(self, role: str) -> Right:
        return self.roles.get(role, Right.NO)


@dataclass(frozen=True)
class Kind:
    """One kind of change: what is declared, which papers are asked for, which facts it writes, from when, and who may."""

    code: str
    label: str
    group: str
    subject: Subject
    rights: Rights
    fields: tuple[Field, ...] = ()
    documents: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    effective: Effective = Effective.EVENT
    day_label: str = ""
    day_registry: str = ""
    guards: tuple[str, ...] = field(default=())
    is_diagnosis: bool = False

    @property
    def is_transfer(self) -> bool:
        return any(one.type == Type.COMMUNE for one in self.fields)

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)
