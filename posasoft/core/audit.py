"""The audit trail: every change writes one row in its own transaction, and so does every page, search and file that shows persons.

No names, no numbers of papers and no words that were typed ever stand in it; rows are sealed into a chain by `posasoft.core.sealing`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.crypto import salted_hmac

from posasoft.core.names import fold
from posasoft.core.scope import Scope

MOST_IDS = 50

# Without RETURNING: a reader's policy would refuse the row of somebody who acts outside every area.
_INSERT = """
INSERT INTO core_auditevent (actor_id, role, verb, object_kind, object_id, province_no, area_pos, detail)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s::jsonb)
"""

_INSERT_MANY = """
INSERT INTO core_auditevent (actor_id, role, verb, object_kind, object_id, province_no, area_pos, detail)
SELECT %s, %s, %s, %s, x.object_id, x.province_no, x.area_pos, x.detail::jsonb
FROM unnest(%s::text[], %s::smallint[], %s::bigint[], %s::text[]) WITH ORDINALITY AS x(object_id, province_no, area_pos, detail, place)
ORDER BY x.place
"""


def record(*, verb: str, kind: str, object_id: object = "", by: Scope, area: tuple[int, int] | None = None, **detail: Any) -> None:
    """Write one audit row; ``area`` is (province_no, area_pos) of the object. ``detail`` must hold no names and no ids of persons' papers."""
    province_no, area_pos = area or (None, None)
    text = json.dumps(detail, cls=DjangoJSONEncoder)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [by.user_id, by.role, verb, kind, str(object_id), province_no, area_pos, text])


def record_many(*, verb: str, kind: str, objects: Sequence[tuple[object, tuple[int, int] | None, dict[str, Any]]], by: Scope) -> None:
    """One audit row for each object, in their order and in one statement; an object is its id, its area as in `record`, and its detail."""
    rows = [(str(pk), *(area or (None, None)), json.dumps(detail, cls=DjangoJSONEncoder)) for pk, area, detail in objects]
    columns = [list(column) for column in zip(*rows, strict=True)]
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_MANY, [by.user_id, by.role, verb, kind, *columns])


def seen(
    *,
    by: Scope,
    kind: str,
    ids: Sequence[object] = (),
    area: tuple[int, int] | None = None,
    count: int | None = None,
    page: str = "",
    filters: Sequence[str] = (),
    **detail: Any,
) -> None:
    """One page was shown. One id and no count: the page of that object. Otherwise a list: how many, which filters (names, not values), and
    the first fifty public ids. ``area`` of a list is that of its area filter or of the reader's range."""
    if len(ids) == 1 and count is None:
        record(verb="read", kind=kind, object_id=ids[0], by=by, area=area, **_given(page=page, **detail))
        return
    shown = _given(page=page, filters=sorted(filters), ids=[str(i) for i in ids[:MOST_IDS]], **detail)
    record(verb="list", kind=kind, by=by, area=area, count=len(ids) if count is None else count, **shown)


def searched(
    *,
    by: Scope,
    words: str,
    hits: int,
    kind: str = "person",
    ids: Sequence[object] = (),
    area: tuple[int, int] | None = None,
    page: str = "",
) -> None:
    """Somebody looked for words. They are kept as a keyed hash: the same search again shows, what it was for does not."""
    key = salted_hmac("posasoft.audit.search", " ".join(sorted(fold(words).split())), algorithm="sha256").hexdigest()[:16]
    record(verb="search", kind=kind, by=by, area=area, hits=hits, words=key, **_given(page=page, ids=[str(i) for i in ids[:MOST_IDS]]))


def exported(
    *, by: Scope, kind: str, object_id: object = "", area: tuple[int, int] | None = None, count: int | None = None, **detail: Any
) -> None:
    """A file with personal data left the system: how many rows, which columns, the file's SHA-256."""
    record(verb="export", kind=kind, object_id=object_id, by=by, area=area, **_given(count=count, **detail))


def _given(**detail: Any) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value not in (None, "", [], ())}
