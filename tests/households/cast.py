"""The cast: two neighbouring communes of one cluster, and a family in each; the neighbour's rows are the canary."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from households.models import Change, Household
from households.operations import NewPerson, register_household, start_change
from posasoft.core.models import Area
from posasoft.core.scope import COUNTRY

JANUARY = datetime.date(2026, 1, 1)
POOR = {"class": "poor", "b1": 119, "b2": 60}


@dataclass(frozen=True)
class Cast:
    dong_van: Area
    pho_bang: Area
    family: Household
    neighbours: Household
    change: Change


def area(level: str, code: str, name: str, position: int, span: int, parent: Area | None = None) -> Area:
    return Area.objects.create(
        level=level, code=code, name=name, name_key=name.lower(), kind="Xã", province_no=3, position=position, position_end=position + span,
        parent=parent, valid_from=datetime.date(2025, 7, 1),
    )  # fmt: skip


def cast() -> Cast:
    """Xã Đồng Văn with the family of Giàng Mí Páo, and the neighbouring xã Phố Bảng with the canary family Vàng."""
    province = area("province", "08", "Tỉnh Tuyên Quang", 3 * 10**10, 10**10)
    dong_van = area("commune", "00721", "Xã Đồng Văn", 30_010_010_000, 10**4, province)
    pho_bang = area("commune", "00763", "Xã Phố Bảng", 30_010_020_000, 10**4, province)
    change = start_change(kind="correction", by=COUNTRY, province_no=3, area_pos=dong_van.position or 0, reason="thử nghiệm")
    family = register_household(
        commune=dong_van, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=change, by=COUNTRY,
        members=[
            NewPerson("Giàng Mí Páo", "male", datetime.date(1988, 5, 2), relation="head", national_id="002088000571"),
            NewPerson("Giàng Thị Dợ", "female", datetime.date(1948, 1, 1), "year", relation="parent"),
            NewPerson("Giàng Mí Sính", "male", datetime.date(2016, 3, 10), relation="child", facts={"studying": "primary"}),
        ],
    )  # fmt: skip
    neighbours = register_household(
        commune=pho_bang, village=None, residence_kind="rural", since=JANUARY, poverty=POOR, change=change, by=COUNTRY,
        members=[NewPerson("Vàng Thị Pà", "female", datetime.date(1970, 7, 7), relation="head", national_id="002170000999")],
    )  # fmt: skip
    return Cast(dong_van, pho_bang, family, neighbours, change)
