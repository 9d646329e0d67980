"""Village names of a list and the villages of the commune: the same under another spelling, or new."""

import datetime as dt
import re

from households.importing.texts import words
from households.models import ImportBatch, ImportRow
from posasoft.core.models import Area, Level
from posasoft.core.names import fold
from posasoft.core.operations import VillageError, add_village
from posasoft.core.scope import Scope

_KIND = re.compile(
    r"^(?:" + "|".join(words("thon|ban|xom|ap|khu pho|to dan pho|to|buon|lang|khom|khu|phum|soc|plei|tdp|bon")) + r")\s+(?=\S)"
)


def bare_key(name: str) -> str:
    """The folded name without its kind, when something is left: Thôn Nà Cho and Nà Cho are one village, Tổ dân phố 2 and 2 too."""
    return _KIND.sub("", fold(name))


def known_villages(batch: ImportBatch) -> dict[str, Area]:
    """The commune's villages by the names that the list uses; names of no known village are left out."""
    found = Area.objects.filter(level=Level.VILLAGE, parent=batch.area, valid_to__isnull=True)
    by_key = {bare_key(area.name): area for area in found} | {area.name_key: area for area in found}
    return {name: area for name in _names(batch) if (area := by_key.get(fold(name)) or by_key.get(bare_key(name)))}


def village_keys(batch: ImportBatch) -> dict[str, str]:
    """Village names of the list with the key of the area they mean, or their own."""
    known = known_villages(batch)
    return {name: known[name].name_key if name in known else fold(name) for name in _names(batch)}


def make_villages(batch: ImportBatch, names: set[str], *, since: dt.date, by: Scope) -> dict[str, Area]:
    """The villages of these names; those the commune does not have yet are added. A full commune leaves the household without a village."""
    known = known_villages(batch)
    for name in sorted(names - set(known)):
        try:
            known[name] = add_village(commune=batch.area, name=name, since=since, by=by)
        except VillageError:
            continue
    return known


def _names(batch: ImportBatch) -> set[str]:
    return set(ImportRow.objects.filter(batch=batch).exclude(village_name="").values_list("village_name", flat=True).distinct())
