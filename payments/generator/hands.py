"""Who acts in the demonstration's payment cycle, and where."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from posasoft.core.access import scope_of
from posasoft.core.models import Area, Level, RoleAssignment
from posasoft.core.scope import Scope

REASON = "Kỳ chi trả mẫu của bản trình diễn"


@dataclass(frozen=True)
class Hands:
    """The demonstration's users as they act after signing in; ``other_*`` are those of the neighbouring commune."""

    officer: Scope
    chair: Scope
    cluster: Scope
    province: Scope
    ministry: Scope
    counter: Scope
    headquarters: Scope
    collaborator: Scope
    other_officer: Scope
    other_chair: Scope


@dataclass(frozen=True)
class Scene:
    """The commune whose people may sign in, what holds it, the neighbour, the people, and the day."""

    commune: Area
    cluster: Area
    province: Area
    neighbour: Area
    hands: Hands
    today: datetime.date

    @property
    def province_no(self) -> int:
        return self.province.province_no or 0

    @property
    def of_province(self) -> Scope:
        """The system at work in the province."""
        return Scope("area", self.province.position or 0, self.province.position_end or 0, role="system")


NAMES = {
    "officer": "canbo.xa", "chair": "chutich.xa", "cluster": "cum.xa", "province": "canbo.tinh", "ministry": "phantich.bo", "counter": "buudien.xa",
    "headquarters": "buudien.tinh", "collaborator": "congtac.xa", "other_officer": "canbo.xa2", "other_chair": "chutich.xa2",
}  # fmt: skip


def scene() -> Scene:
    """Raises LookupError while a user of the demonstration is missing."""
    held = {
        row.user.username: row
        for row in RoleAssignment.objects.filter(user__username__in=NAMES.values()).select_related("area", "user").order_by("-pk")
    }
    if missing := sorted(set(NAMES.values()) - held.keys()):
        raise LookupError(f"make the sign-ins and the agencies first (no {missing[0]})")
    commune, neighbour = held["canbo.xa"].area, held["canbo.xa2"].area
    if commune is None or neighbour is None:
        raise LookupError("the commune's officers have no area")
    over = Area.objects.filter(position__lte=commune.position, position_end__gt=commune.position, valid_to__isnull=True)
    hands = Hands(**{name: scope_of(held[username]) for name, username in NAMES.items()})
    cluster, province = over.get(level=Level.CLUSTER), over.get(level=Level.PROVINCE)
    return Scene(commune, cluster, province, neighbour, hands, timezone.localdate())
