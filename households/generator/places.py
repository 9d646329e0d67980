"""Where invented families live: the communes in force, with invented villages and difficulty classes where none are loaded.

No official list of villages or of difficulty classes is at hand; both are marked as invented and can be edited or replaced.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from households.generator.profiles import PILOT, profiles
from posasoft.core.names import fold

CLASSES = ("difficult", "extremely_difficult")
# Decision 861/QD-TTg of 4 June 2021 drew up the classes that these stand for.
CLASSES_SINCE = dt.date(2021, 6, 4)
SOURCE = "Minh họa, không phải danh sách chính thức"
_STEMS = {"NM": ("Bản", "Thôn", "Xóm"), "CH": ("Buôn", "Thôn", "Bon"), "MD": ("Ấp", "Ấp", "Khóm"), "SE": ("Ấp", "Khu phố", "Ấp")}
_WORDS = {
    "NM": ("Lũng Táo", "Nà Pá", "Phố Mới", "Tả Lủng", "Sủng Trái", "Nà Khương", "Khuổi Vài", "Bản Lầu", "Pắc Miầu", "Sín Chải", "Nậm Dẩn"),
    "CH": ("Đắk Lun", "Ea Sút", "Plei Bông", "Kon Rẫy", "Cư Pơng", "Liêng Hung", "Bon Krông", "Tân Lập", "Tân Tiến", "Đạ Mur"),
    "MD": ("Sóc Ruộng", "Trà Kha", "Tân Thuận", "Phú Hòa", "Bến Cát", "Giồng Lức", "Kinh Xáng", "Long Thạnh", "Vĩnh Lợi", "Bà Mi"),
    "": ("Đông", "Tây", "Nam", "Bắc", "Trung", "Hạ", "Thượng", "Đồng Tâm", "Tân Lập", "Phú Sơn", "Xuân Hòa", "Bình Minh"),
}


@dataclass(frozen=True)
class Place:
    """One village (or a commune without villages) with its share of the registry's households; ``code`` begins their codes."""

    commune_id: int
    code: str
    village_id: int | None
    area_pos: int
    province_no: int
    difficulty: int
    rural: bool
    profile: str
    weight: float


@dataclass(frozen=True)
class _Commune:
    id: int
    code: str
    province_code: str
    kind: str
    province_no: int
    position: int
    valid_from: dt.date | None
    profile: str


_COMMUNES = """
SELECT c.id, c.code, p.code, c.kind, c.province_no, c.position, c.valid_from, op.code AS profile
FROM core_area c
JOIN core_area p ON p.id = c.parent_id
JOIN core_clustermembership m ON m.commune_id = c.id AND m.until IS NULL
JOIN core_area k ON k.id = m.cluster_id
JOIN core_area d ON d.level = 'district' AND 'C' || d.code = k.code
JOIN core_area op ON op.id = d.parent_id
WHERE c.level = 'commune' AND c.position IS NOT NULL
ORDER BY c.position
"""


def communes_of(connection: psycopg.Connection[Any], provinces: str) -> list[_Commune]:
    """The communes of 'all', 'pilot', or of codes such as '08,86' (provinces in force). Raises ValueError when there are none."""
    rows = [_Commune(*row) for row in connection.execute(_COMMUNES).fetchall()]
    if provinces == "pilot":
        rows = [commune for commune in rows if commune.profile in PILOT]
    elif provinces != "all":
        wanted = [code.strip() for code in provinces.split(",")]
        numbers = connection.execute(
            "SELECT province_no FROM core_area WHERE level = 'province' AND position IS NOT NULL AND code = ANY (%s)", [wanted]
        ).fetchall()
        chosen = {number for (number,) in numbers}
        rows = [commune for commune in rows if commune.province_no in chosen]
    if not rows:
        raise ValueError(f"Không có xã nào trong “{provinces}”; hãy nạp đơn vị hành chính trước (load_areas).")
    return rows


def places_of(connection: psycopg.Connection[Any], provinces: str, *, seed: int) -> list[Place]:
    """Every place of the provinces, in order of position; villages and classes are invented where missing."""
    communes = communes_of(connection, provinces)
    _invent_villages(connection, communes, seed)
    found = connection.execute(
        "SELECT v.parent_id, v.id, v.position, coalesce(k.difficulty, ck.difficulty) FROM core_area v"
        " LEFT JOIN core_areaclass k ON k.area_id = v.id AND k.until IS NULL"
        " LEFT JOIN core_areaclass ck ON ck.area_id = v.parent_id AND ck.until IS NULL"
        " WHERE v.level = 'village' AND v.position IS NOT NULL AND v.parent_id = ANY (%s) ORDER BY v.position",
        [[commune.id for commune in communes]],
    ).fetchall()
    villages: dict[int, list[tuple[int, int, str | None]]] = {}
    for parent, *village in found:
        villages.setdefault(parent, []).append((village[0], village[1], village[2]))
    sizes: dict[str, int] = {}
    for commune in communes:
        sizes[commune.profile] = sizes.get(commune.profile, 0) + 1
    places: list[Place] = []
    for commune in communes:
        share = profiles()[commune.profile].weight / sizes[commune.profile]
        places += _places(commune, villages.get(commune.id, []), share)
    return places


def _places(commune: _Commune, villages: Sequence[tuple[int, int, str | None]], share: float) -> list[Place]:
    rural = commune.kind != "Phường"
    return [
        Place(
            commune_id=commune.id,
            code=f"{commune.province_code}-{commune.code}",
            village_id=village,
            area_pos=position,
            province_no=commune.province_no,
            difficulty=CLASSES.index(difficulty) if difficulty else -1,
            rural=rural,
            profile=commune.profile,
            weight=share / len(villages) * (1.0 if rural else 0.6),
        )
        for village, position, difficulty in villages
    ]


def _invent_villages(connection: psycopg.Connection[Any], communes: Sequence[_Commune], seed: int) -> None:
    with_villages = {row[0] for row in connection.execute("SELECT DISTINCT parent_id FROM core_area WHERE level = 'village'").fetchall()}
    bare = [commune for commune in communes if commune.id not in with_villages]
    classed = {row[0] for row in connection.execute("SELECT area_id FROM core_areaclass WHERE until IS NULL").fetchall()}
    columns = ("level", "code", "name", "name_key", "kind", "parent_id", "valid_from", "province_no", "position", "position_end")
    with connection.cursor() as cursor:
        with cursor.copy(_copy_statement("core_area", columns)) as copy:
            for commune in bare:
                for row in _villages(commune, seed):
                    copy.write_row(row)
        cursor.execute(
            "SELECT parent_id, id FROM core_area WHERE level = 'village' AND parent_id = ANY (%s) ORDER BY position", [[c.id for c in bare]]
        )
        villages: dict[int, list[int]] = {}
        for parent, village in cursor.fetchall():
            villages.setdefault(parent, []).append(village)
        with cursor.copy(_copy_statement("core_areaclass", ("area_id", "difficulty", "since", "source"))) as copy:
            for commune in bare:
                for area, difficulty in _classes(commune, villages[commune.id], seed):
                    if area not in classed:
                        copy.write_row((area, difficulty, CLASSES_SINCE, SOURCE))


def _copy_statement(table: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))


def _villages(commune: _Commune, seed: int) -> list[tuple[object, ...]]:
    rng = np.random.default_rng([seed, int(commune.code), 1])
    region = profiles()[commune.profile].region.name
    urban = commune.kind == "Phường"
    stems, words = _STEMS.get(region, ("Thôn",)), _WORDS.get(region, _WORDS[""])
    rows: list[tuple[object, ...]] = []
    for number in range(1, int(rng.integers(7, 17)) + 1):
        stem = "Tổ dân phố" if urban else stems[int(rng.integers(len(stems)))]
        word = words[int(rng.integers(len(words)))]
        name = f"{stem} {number}" if urban or rng.random() < 0.35 else f"{stem} {word} {number}"
        position = commune.position + number
        rows.append(
            ("village", f"{commune.code}{number:03d}", name, fold(name), stem, commune.id, commune.valid_from, commune.province_no)
            + (position, position + 1)
        )
    return rows


def _classes(commune: _Commune, villages: Sequence[int], seed: int) -> list[tuple[int, str]]:
    """A hard commune is hard as a whole; an easier one of a hard province has some hard villages."""
    rng = np.random.default_rng([seed, int(commune.code), 2])
    share = profiles()[commune.profile].hard_share
    if commune.kind == "Phường" or share == 0:
        return []
    if rng.random() < share:
        return [(commune.id, CLASSES[1] if rng.random() < 0.75 else CLASSES[0])]
    return [(village, CLASSES[1]) for village in villages if rng.random() < share * 0.4]
