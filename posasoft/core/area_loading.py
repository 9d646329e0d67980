"""Loads the shipped units, their successions, clusters and tree positions."""

from __future__ import annotations

import csv
import datetime
from collections import Counter
from pathlib import Path

from django.db import transaction

from posasoft.core.models import Area, AreaSuccession, ClusterMembership, Level
from posasoft.core.names import fold

DATA = Path(__file__).parent / "data"
# Districts ended on this day; clusters of communes stand in for them from then on.
TWO_LEVELS = datetime.date(2025, 7, 1)
PROVINCE_SPAN, CLUSTER_SPAN, COMMUNE_SPAN = 10**10, 10**7, 10**4

Key = tuple[str, str]


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _area(row: dict[str, str]) -> Area:
    return Area(
        level=row["level"],
        code=row["code"],
        name=row["name"],
        name_key=fold(row["name"]),
        kind=row["type"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        lat=_number(row["lat"]),
        lon=_number(row["lon"]),
        area_km2=_number(row["area_km2"]),
    )


def _covers(area: Area, day: datetime.date | None) -> bool:
    """Whether a version is in force on a day; None asks for the version in force now, without an end."""
    if day is None:
        return area.valid_to is None
    return (area.valid_from or datetime.date.min) <= day and (area.valid_to is None or area.valid_to > day)


class AreaLoader:
    """One load of the shipped files; counts are checked by the caller's tests, not assumed here."""

    def __init__(self) -> None:
        self.rows = _rows("admin_units.csv")
        self.areas = [_area(row) for row in self.rows]
        self.versions: dict[Key, list[Area]] = {}
        for area in self.areas:
            self.versions.setdefault((area.level, area.code), []).append(area)

    def version(self, level: str, code: str, day: datetime.date | None) -> Area:
        return next(area for area in self.versions[(level, code)] if _covers(area, day))

    @transaction.atomic
    def load(self) -> int:
        """Insert everything; returns how many area versions. Raises IntegrityError when areas are there already."""
        self._number_tree()
        parents = {id(area): row["parent_code"] for row, area in zip(self.rows, self.areas, strict=True)}
        for level in (Level.PROVINCE, Level.DISTRICT, Level.COMMUNE):
            areas = [area for area in self.areas if area.level == level]
            for area in areas:
                area.parent = self._parent(area, parents[id(area)]) if parents[id(area)] else None
            Area.objects.bulk_create(areas, batch_size=2000)
        self._load_successions()
        self._load_clusters()
        return len(self.areas)

    def _parent(self, area: Area, code: str) -> Area:
        """A closed version's parent is that of its last day; a current one's is the current version."""
        day = area.valid_to - datetime.timedelta(days=1) if area.valid_to else None
        level = Level.PROVINCE if area.level == Level.DISTRICT or (area.valid_from or datetime.date.min) >= TWO_LEVELS else Level.DISTRICT
        return self.version(level, code, day)

    def _successions(self) -> list[tuple[Area, Area, datetime.date, str, bool]]:
        found = []
        for row in _rows("admin_unit_successions.csv"):
            day = datetime.date.fromisoformat(row["effective"])
            old, _, new = row["level"].partition(">")
            source = self.version(old, row["from_code"], day - datetime.timedelta(days=1))
            found.append((source, self.version(new or old, row["to_code"], day), day, row["part"], row["default"] == "yes"))
        for versions in self.versions.values():
            ordered = sorted(versions, key=lambda area: area.valid_from or datetime.date.min)
            for old_name, new_name in zip(ordered, ordered[1:], strict=False):
                renamed = new_name.valid_from is not None and new_name.valid_from > TWO_LEVELS and old_name.valid_to == new_name.valid_from
                if renamed and new_name.valid_from:
                    found.append((old_name, new_name, new_name.valid_from, "whole", True))
        return found

    def _load_successions(self) -> None:
        AreaSuccession.objects.bulk_create(
            [
                AreaSuccession(from_area=old, to_area=new, effective=day, part=part, is_default=default)
                for old, new, day, part, default in self._successions()
            ],
            batch_size=2000,
        )

    def _districts_of_communes(self) -> dict[str, str]:
        """New commune → the old district of its default predecessor: the namesake code if there is one, else the commonest."""
        parents = {row["code"]: row["parent_code"] for row in self.rows if row["level"] == "commune" and not row["valid_from"]}
        votes: dict[str, Counter[str]] = {}
        for row in _rows("admin_unit_successions.csv"):
            if row["level"] == "commune":
                weight = 1 + 1000 * (row["from_code"] == row["to_code"]) + 100 * (row["default"] == "yes")
                votes.setdefault(row["to_code"], Counter())[parents[row["from_code"]]] += weight
            elif row["level"] == "district>commune":
                votes.setdefault(row["to_code"], Counter())[row["from_code"]] += 1
        return {code: counter.most_common(1)[0][0] for code, counter in votes.items()}

    def _number_tree(self) -> None:
        """Positions of areas in force: province, then cluster, then commune; a village takes a place inside its commune's range."""
        provinces = sorted((area for area in self.areas if area.level == Level.PROVINCE and area.valid_to is None), key=lambda a: a.code)
        district_of = self._districts_of_communes()
        parent_code = {id(area): row["parent_code"] for area, row in zip(self.areas, self.rows, strict=True)}
        self.clusters: dict[Key, tuple[Area, list[Area]]] = {}
        for number, province in enumerate(provinces, start=1):
            province.province_no = number
            province.position, province.position_end = number * PROVINCE_SPAN, (number + 1) * PROVINCE_SPAN
            current = [a for a in self.areas if a.level == Level.COMMUNE and a.valid_to is None and parent_code[id(a)] == province.code]
            groups: dict[str, list[Area]] = {}
            for commune in sorted(current, key=lambda a: a.code):
                groups.setdefault(district_of[commune.code], []).append(commune)
            for index, (district, communes) in enumerate(sorted(groups.items()), start=1):
                self._number_cluster(province, index, district, communes)

    def _number_cluster(self, province: Area, index: int, district: str, communes: list[Area]) -> None:
        old = self.versions[(Level.DISTRICT, district)][0]
        lo = (province.position or 0) + index * CLUSTER_SPAN
        cluster = Area(
            level=Level.CLUSTER,
            code=f"C{district}",
            name="Cụm " + old.name.removeprefix(f"{old.kind} "),
            kind="Cụm xã",
            parent=province,
            valid_from=TWO_LEVELS,
            province_no=province.province_no,
            position=lo,
            position_end=lo + CLUSTER_SPAN,
        )
        cluster.name_key = fold(cluster.name)
        for number, commune in enumerate(communes, start=1):
            commune.province_no = province.province_no
            commune.position, commune.position_end = lo + number * COMMUNE_SPAN, lo + (number + 1) * COMMUNE_SPAN
        self.clusters[(province.code, district)] = (cluster, communes)

    def _load_clusters(self) -> None:
        for cluster, _ in self.clusters.values():
            cluster.parent = cluster.parent  # the province has its id only now
        Area.objects.bulk_create([cluster for cluster, _ in self.clusters.values()])
        ClusterMembership.objects.bulk_create(
            [
                ClusterMembership(cluster=cluster, commune=commune, since=max(TWO_LEVELS, commune.valid_from or TWO_LEVELS))
                for cluster, communes in self.clusters.values()
                for commune in communes
            ],
            batch_size=2000,
        )
