"""What a table old → new means: which units hang together, who keeps its range of the tree, where everybody else is put."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Max

from households.models import AreaReform, AreaReformPair
from posasoft.core.models import Area, ClusterMembership, Level


class ReformRefused(ValueError):
    """The table cannot be carried out as it stands; the message is for the administrator (Vietnamese)."""


@dataclass(frozen=True)
class Block:
    """An old unit with everything in it, and by how much its positions move."""

    old: Area
    delta: int
    used: int


@dataclass
class Target:
    """A new unit: its name, the range it takes (of its first block, or a fresh one), the blocks that come to lie in it."""

    code: str
    name: str
    kind: str
    base: Area | None
    near: Area
    blocks: list[Block] = field(default_factory=list)
    position: int = 0
    position_end: int = 0
    cluster: Area | None = None


@dataclass
class Group:
    """Units that hang together: changed in one transaction."""

    pairs: list[AreaReformPair]
    targets: dict[str, Target]


def groups_of(reform: AreaReform) -> list[Group]:
    """Connected parts of the table that are still to be done, in the order of the old units' codes."""
    pairs = list(reform.pairs.select_related("from_area__parent").order_by("from_area__code", "-is_default", "code"))
    parts: list[list[AreaReformPair]] = []
    for pair in pairs:
        touching = [part for part in parts if any(p.from_area_id == pair.from_area_id or p.code == pair.code for p in part)]
        merged = [p for part in touching for p in part] + [pair]
        parts = [part for part in parts if part not in touching] + [merged]
    waiting = [part for part in parts if all(pair.from_area.position is not None for pair in part)]
    return [Group(part, _targets(part)) for part in sorted(waiting, key=lambda part: part[0].from_area.code)]


def check(reform: AreaReform) -> list[str]:
    """What is wrong with a table, in sentences; empty when it can be carried out."""
    pairs = list(reform.pairs.select_related("from_area"))
    if not pairs:
        return ["Bảng chưa có dòng nào."]
    wrong = [line for pair in pairs for line in _of_pair(pair, reform)]
    by_old: dict[int, list[AreaReformPair]] = {}
    for pair in pairs:
        by_old.setdefault(pair.from_area_id, []).append(pair)
    for found in by_old.values():
        name = found[0].from_area.name
        if len(found) > 1 and any(pair.part == "whole" for pair in found):
            wrong.append(f"{name}: đã chuyển toàn bộ sang một đơn vị thì không chuyển sang đơn vị khác nữa.")
        if sum(pair.is_default for pair in found) != 1:
            wrong.append(f"{name}: chọn đúng một đơn vị mặc định để xếp tạm các hộ.")
    wrong += _names(pairs)
    if not wrong:
        try:
            groups_of(reform)
        except ReformRefused as error:
            wrong.append(str(error))
    return wrong


def _of_pair(pair: AreaReformPair, reform: AreaReform) -> list[str]:
    old = pair.from_area
    if old.level != Level.COMMUNE:
        return [f"{old.name}: chỉ đổi được xã, phường, đặc khu."]
    if old.position is None or old.valid_to is not None:
        return [f"{old.name} (mã {old.code}) không còn là đơn vị hiện hành."]
    if old.valid_from is not None and old.valid_from >= reform.effective:
        return [f"{old.name}: ngày hiệu lực phải sau ngày {old.valid_from:%d/%m/%Y} là ngày đơn vị này được lập."]
    if not pair.code.isdecimal() or len(pair.code) != 5:
        return [f"{old.name}: mã đơn vị mới “{pair.code}” phải có 5 chữ số."]
    return []


def _names(pairs: list[AreaReformPair]) -> list[str]:
    wrong = []
    olds = {pair.from_area.code for pair in pairs}
    named: dict[str, str] = {}
    for pair in pairs:
        if named.setdefault(pair.code, pair.name) != pair.name:
            wrong.append(f"Mã {pair.code} có hai tên: {named[pair.code]} và {pair.name}.")
    taken = Area.objects.filter(level=Level.COMMUNE, code__in=set(named) - olds, valid_to__isnull=True, position__isnull=False)
    wrong += [f"Mã {area.code} đang là {area.name}; đơn vị này phải có trong cột đơn vị cũ." for area in taken]
    return wrong


def _targets(pairs: list[AreaReformPair]) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for pair in pairs:
        targets.setdefault(pair.code, Target(pair.code, pair.name, pair.kind, None, pair.from_area))
    hosts: dict[str, list[Area]] = {code: [] for code in targets}
    for pair in pairs:
        if pair.is_default:
            hosts[pair.code].append(pair.from_area)
    fresh = 0
    for code, target in targets.items():
        # The namesake keeps its range if there is one: the least is moved.
        found = sorted(hosts[code], key=lambda area: (area.code != code, area.code))
        target.base = found[0] if found else None
        target.near = target.base or target.near
        target.cluster = _cluster_of(target.near)
        fresh += target.base is None
        target.position, target.position_end = _range(target, fresh)
        _fill(target, found)
    return targets


def _range(target: Target, fresh: int) -> tuple[int, int]:
    if target.base is not None:
        return target.base.position or 0, target.base.position_end or 0
    # A range that nobody ever had: behind the last of the cluster, or of the province where it has no clusters.
    near = target.near
    above = target.cluster or near.parent
    inside = Area.objects.filter(level=Level.COMMUNE, position__gte=above.position, position__lt=above.position_end) if above else None
    last = inside.aggregate(last=Max("position_end"))["last"] if inside is not None else None
    span = (near.position_end or 0) - (near.position or 0)
    start = (last or 0) + span * (fresh - 1)
    if above is None or not last or start + span > (above.position_end or 0):
        raise ReformRefused(f"Không còn chỗ trong cây địa bàn cho {target.name}.")
    return start, start + span


def _fill(target: Target, found: list[Area]) -> None:
    offset = 0
    for old in found:
        used = _used(old)
        target.blocks.append(Block(old, target.position + offset - (old.position or 0), used))
        offset += used
    if offset > target.position_end - target.position:
        raise ReformRefused(f"{target.name} có quá nhiều thôn cho một đơn vị.")


def _used(old: Area) -> int:
    """Places that a unit takes: itself and everything up to its last village."""
    last = Area.objects.filter(level=Level.VILLAGE, parent=old).aggregate(last=Max("position_end"))["last"]
    return max((last or 0) - (old.position or 0), 1)


def _cluster_of(area: Area) -> Area | None:
    membership = ClusterMembership.objects.filter(commune=area, until__isnull=True).select_related("cluster").first()
    return membership.cluster if membership else None
