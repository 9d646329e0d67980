"""Places named in a search: areas in force whose folded name is the words, with or without what such areas are called."""

from __future__ import annotations

from posasoft.core.models import Area

# Folded as names are: Xã Lũng Cú is "xa lung cu", Thôn Má Lủng "thon ma lung". Officers leave the first words out.
KINDS = (
    "xa", "phuong", "dac khu", "thi tran", "tinh", "thanh pho", "thu do", "thon", "ban", "to dan pho", "to", "xom", "ap", "buon", "lang",
    "khu pho", "khu", "khom", "khoi", "khoi pho", "tieu khu", "bon", "plei", "soc", "cum", "doi",
)  # fmt: skip
MOST = 20


def spellings(place: str) -> list[str]:
    """The folded names that an area called so may have."""
    return [place, *(f"{kind} {place}" for kind in KINDS)]


def ranges_of(place: str) -> list[tuple[int, int]]:
    """Tree ranges of the areas in force that the folded words name; equality on an index, whatever the number of villages."""
    areas = Area.objects.filter(position__isnull=False, name_key__in=spellings(place)).order_by("position")[:MOST]
    return [(area.position or 0, area.position_end or 0) for area in areas]
