"""What the engine finds each month, kept: who waits for a decision, who has one without reason, who ages in or out, who died, who is withheld.

One province at a time, set by set; nothing loops over people. No threshold of age stands here: whoever ages in or out is whoever the engine
itself judges differently three months ahead, with the same facts and the law of that month.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from beneficiaries import evaluation
from beneficiaries.models import Found, Run
from beneficiaries.operations.compute import Place, prepare
from beneficiaries.operations.spans import by_index, execute
from beneficiaries.statuses import FOUND_MOVES, FOUND_WAITING
from policy import load_law
from policy.model import Law
from posasoft.core import audit, jobs
from posasoft.core.models import Job, WorkItem
from posasoft.core.months import add_months, first_of_month, last_day
from posasoft.core.scope import Scope

FIND = "beneficiaries.find"
AHEAD = 3
LONGEST_REASON = 500


class FindingRefused(ValueError):
    """The finding cannot be moved as asked; the message is for the officer."""


_TABLE = """
CREATE TEMP TABLE found ON COMMIT DROP AS SELECT ''::text AS kind, 0::bigint AS person_id, 0::bigint AS household_id, ''::text AS benefit,
  NULL::date AS month, NULL::bigint AS amount, NULL::bigint AS amount_after, NULL::bigint AS decision_id, ''::text AS extra WHERE FALSE
"""

# What a projection of the engine gives, under a kind, unless the same was found for the present month already.
_FROM_ENGINE = """
INSERT INTO found SELECT '{kind}', x.person_id, x.household_id, x.benefit, DATE '{month}', NULL, {amount}, x.decision_id, ''
FROM ({select}) x WHERE NOT EXISTS (
  SELECT FROM found f WHERE f.kind = '{unless}' AND f.person_id IS NOT DISTINCT FROM x.person_id AND f.household_id = x.household_id
    AND f.benefit = x.benefit)
"""

# Another coefficient than the one now paid: an age passed, not a level that the law raises for everybody.
_LEVELS = """
INSERT INTO found SELECT 'level', x.person_id, x.household_id, x.benefit, DATE '{month}', e.amount, x.amount, x.decision_id, x.coefficient::text
FROM ({select}) x JOIN beneficiaries_entitlement e ON e.household_id = x.household_id AND e.person_id IS NOT DISTINCT FROM x.person_id
  AND e.benefit = x.benefit AND e.superseded_by_run IS NULL AND e.from_month <= %(month)s AND (e.until_month IS NULL OR e.until_month > %(month)s)
WHERE x.decision_id IS NOT NULL AND x.coefficient IS DISTINCT FROM e.coefficient
"""
_CHANGED_NOW = """
INSERT INTO found SELECT 'level', e.person_id, e.household_id, e.benefit, e.from_month, b.amount, e.amount, e.decision_id, e.coefficient::text
FROM beneficiaries_entitlement e JOIN beneficiaries_entitlement b ON b.household_id = e.household_id AND b.person_id IS NOT DISTINCT FROM e.person_id
  AND b.benefit = e.benefit AND b.superseded_by_run IS NULL AND b.until_month = e.from_month
WHERE e.superseded_by_run IS NULL AND e.from_month = %(month)s AND e.decision_id IS NOT NULL AND e.coefficient IS DISTINCT FROM b.coefficient
  AND e.area_pos >= %(lo)s AND e.area_pos < %(hi)s
"""
_DIED = """
INSERT INTO found SELECT 'died', d.person_id, d.household_id, d.benefit, (date_trunc('month', p.died_on) + interval '1 month')::date, NULL, NULL,
  d.id, p.died_on::text
FROM beneficiaries_decision d JOIN households_person p ON p.id = d.person_id
WHERE p.died_on <= %(last_day)s AND d.area_pos >= %(lo)s AND d.area_pos < %(hi)s
  AND (d.until_month IS NULL OR d.until_month > (date_trunc('month', p.died_on) + interval '1 month')::date)
"""
_SUSPENDED = """
INSERT INTO found SELECT 'suspended', d.person_id, d.household_id, d.benefit, s.from_month, NULL, NULL, d.id, s.ground
FROM beneficiaries_suspension s JOIN beneficiaries_decision d ON d.id = s.decision_id
WHERE s.ended_at IS NULL AND s.area_pos >= %(lo)s AND s.area_pos < %(hi)s
"""
# A decision given to a month runs out and none follows; what a paper ended, and benefits paid once, have not run out.
_EXPIRED = """
INSERT INTO found SELECT 'expired', d.person_id, d.household_id, d.benefit, d.until_month, NULL, NULL, d.id, ''
FROM beneficiaries_decision d
WHERE d.until_month > (%(month)s::date - interval '1 month')::date AND d.until_month <= %(ahead)s
  AND d.until_month > (d.from_month + interval '1 month')::date AND d.area_pos >= %(lo)s AND d.area_pos < %(hi)s
  AND NOT EXISTS (SELECT FROM beneficiaries_decisioneffect e WHERE e.decision_id = d.id AND e.what = 'closed')
  AND NOT EXISTS (SELECT FROM beneficiaries_decision n WHERE n.person_id IS NOT DISTINCT FROM d.person_id AND n.household_id = d.household_id
    AND n.benefit = d.benefit AND n.id <> d.id AND n.from_month >= d.until_month)
"""

# The mark is made of what the finding stands on: the latest change of the person's and the household's facts, the decision, the new level.
_KEEP = """
INSERT INTO beneficiaries_found AS k (kind, person_id, household_id, commune_id, benefit, month, seen_month, amount, amount_after, decision_id,
  article, mark, state, reason, province_no, area_pos, created_at)
SELECT x.kind, x.person_id, x.household_id, h.commune_id, x.benefit, x.month, %(month)s, x.amount, x.amount_after, x.decision_id, '',
  md5(concat_ws('|', p.facts_since, h.facts_since, p.died_on, x.decision_id, x.extra)), 'new', '', h.province_no, h.area_pos, now()
FROM (
  SELECT kind, person_id, household_id, benefit, min(month) AS month, max(amount) AS amount, max(amount_after) AS amount_after,
    max(decision_id) AS decision_id, max(extra) AS extra
  FROM found GROUP BY 1, 2, 3, 4
) x JOIN households_household h ON h.id = x.household_id LEFT JOIN households_person p ON p.id = x.person_id
ON CONFLICT ON CONSTRAINT beneficiaries_found_once DO UPDATE SET
  seen_month = excluded.seen_month, month = excluded.month, amount = excluded.amount, amount_after = excluded.amount_after,
  decision_id = excluded.decision_id, commune_id = excluded.commune_id, province_no = excluded.province_no, area_pos = excluded.area_pos,
  mark = excluded.mark,
  state = CASE WHEN k.mark <> excluded.mark OR k.state = 'gone' THEN 'new' ELSE k.state END,
  reason = CASE WHEN k.mark <> excluded.mark OR k.state = 'gone' THEN '' ELSE k.reason END
WHERE (k.seen_month, k.month, k.amount, k.amount_after, k.decision_id, k.mark, k.area_pos, k.state = 'gone')
  IS DISTINCT FROM (excluded.seen_month, excluded.month, excluded.amount, excluded.amount_after, excluded.decision_id,
    excluded.mark, excluded.area_pos, FALSE)
"""
_GONE = """
UPDATE beneficiaries_found k SET state = 'gone', seen_month = %(month)s
WHERE k.area_pos >= %(lo)s AND k.area_pos < %(hi)s AND k.state IN ('new', 'opened') AND NOT EXISTS (
  SELECT FROM found f WHERE f.kind = k.kind AND f.person_id IS NOT DISTINCT FROM k.person_id AND f.household_id = k.household_id
    AND f.benefit = k.benefit)
"""
# One task per commune and month for its officer.
_WORK = """
INSERT INTO core_workitem (kind, title, reason, subject_kind, subject_id, link, role, due_on, province_no, area_pos, created_at)
SELECT 'findings', 'Rà soát đối tượng tháng ' || to_char(%(month)s::date, 'MM/YYYY'), count(*) || ' việc máy tìm thấy', 'core.area', a.id,
  '/findings/', 'commune_officer', %(last_day)s, a.province_no, a.position, now()
FROM beneficiaries_found k JOIN core_area a ON a.id = k.commune_id
WHERE k.area_pos >= %(lo)s AND k.area_pos < %(hi)s AND k.state IN ('new', 'opened') AND a.position IS NOT NULL
GROUP BY a.id, a.province_no, a.position
ON CONFLICT (kind, subject_kind, subject_id) WHERE done_at IS NULL AND subject_id IS NOT NULL
DO UPDATE SET title = excluded.title, reason = excluded.reason, due_on = excluded.due_on
"""
_NO_WORK = """
UPDATE core_workitem w SET done_at = now() WHERE w.kind = 'findings' AND w.done_at IS NULL AND w.area_pos >= %(lo)s AND w.area_pos < %(hi)s
  AND NOT EXISTS (SELECT FROM beneficiaries_found k WHERE k.commune_id = w.subject_id AND k.state IN ('new', 'opened'))
"""


def find(*, month: datetime.date, place: Place, province_code: str) -> int:
    """Bring a province's findings up to date with a month, inside the caller's transaction and scope; how many are waiting. Again changes nothing.

    A month before the one last looked at changes nothing either: an older month computed late would ask again what the newer one has answered.
    """
    if not _looked_further(month, place):
        _look(month, place, province_code)
    return _found(place).filter(state__in=FOUND_WAITING).count()


def _found(place: Place) -> QuerySet[Found]:
    return Found.objects.filter(area_pos__gte=place.lo, area_pos__lt=place.hi)


def _looked_further(month: datetime.date, place: Place) -> bool:
    return _found(place).filter(seen_month__gt=month).exists()


def _look(month: datetime.date, place: Place, province_code: str) -> None:
    parameters: dict[str, Any] = {
        "month": month, "last_day": last_day(month), "ahead": add_months(month, AHEAD), "lo": place.lo, "hi": place.hi,
    }  # fmt: skip
    law = load_law().for_province(province_code)
    scope = evaluation.Scope(area=(place.lo, place.hi))
    prepare()
    execute(_TABLE)
    _engine(law, month, scope, "not_enrolled", "missing", "-")
    _engine(law, month, scope, "no_longer", "ended", "-")
    _ahead(law, month, scope, parameters)
    with by_index():
        for statement in (_CHANGED_NOW, _DIED, _SUSPENDED, _EXPIRED):
            execute(statement, parameters)
        execute("ANALYZE found")
        for statement in (_KEEP, _GONE, _WORK, _NO_WORK):
            execute(statement, parameters)
    execute("DROP TABLE IF EXISTS found, found_ahead, held")


def _ahead(law: Law, month: datetime.date, scope: evaluation.Scope, parameters: dict[str, Any]) -> None:
    """Three months ahead for everybody, then the months between for the few families in which anything differs."""
    _future(law, add_months(month, AHEAD), scope, parameters)
    execute(
        "CREATE TEMP TABLE found_ahead ON COMMIT DROP AS SELECT DISTINCT household_id FROM found WHERE kind IN ('coming', 'leaving', 'level')"
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM found_ahead")
        few = cursor.fetchone()[0]
    for step in range(1, AHEAD) if few else ():
        _future(law, add_months(month, step), evaluation.Scope(household_query="SELECT household_id FROM found_ahead"), parameters)


def _future(law: Law, month: datetime.date, scope: evaluation.Scope, parameters: dict[str, Any]) -> None:
    _engine(law, month, scope, "not_enrolled", "coming", "missing")
    _engine(law, month, scope, "no_longer", "leaving", "ended")
    _staged(law, month, scope, "lines", _LEVELS, parameters)


def _engine(law: Law, month: datetime.date, scope: evaluation.Scope, projection: str, kind: str, unless: str) -> None:
    amount = "x.amount" if projection == "not_enrolled" else "NULL"
    _staged(law, month, scope, projection, _FROM_ENGINE, {}, kind=kind, amount=amount, unless=unless)


def _staged(
    law: Law, month: datetime.date, scope: evaluation.Scope, projection: str, template: str, parameters: dict[str, Any], **words: Any
) -> None:
    staged = evaluation.staged_month(law, month, scope=scope, projection=projection, with_facts=False)
    for statement in staged.setup:
        execute(statement)
    select = staged.select.replace("%", "%%") if parameters else staged.select
    execute(template.format(select=select, month=month, **words), parameters or None)
    execute(staged.teardown)


def schedule(*, run: Run, by: Scope) -> Job | None:
    """Look for findings after a month was computed; once per run, however many workers end it.

    A month that lies back, computed late, is looked at as of today: nobody can finish a task of August in November.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('findings'), %s)", [run.pk % 2**31])
        if run.finished_at is None or Job.objects.filter(kind=FIND, params__run=run.pk).exists():
            return None
        month = max(run.month, first_of_month(timezone.localdate()))
        params = {"run": run.pk, "month": month.isoformat()}
        return jobs.enqueue(kind=FIND, params=params, by=by, title=f"Rà soát đối tượng tháng {month:%m/%Y}")


def move(*, found: Found, verb: str, by: Scope, reason: str = "", document_id: int | None = None) -> Found:
    """Open, dismiss (with a reason) or finish a finding. Raises FindingRefused."""
    if verb == "dismiss" and not reason.strip():
        raise FindingRefused("Hãy ghi lý do bỏ qua: người khác sẽ hỏi lại vì sao.")
    with transaction.atomic():
        locked = Found.objects.select_for_update(of=("self",)).get(pk=found.pk)
        if (locked.state, verb) not in FOUND_MOVES:
            raise FindingRefused("Việc này đã được giải quyết.")
        locked.state = FOUND_MOVES[locked.state, verb]
        locked.reason, locked.decided_by_id, locked.decided_at = reason.strip()[:LONGEST_REASON], by.user_id, timezone.now()
        locked.document_id = document_id or locked.document_id
        locked.save(update_fields=["state", "reason", "decided_by_id", "decided_at", "document_id"])
        _tell_commune(locked.commune_id)
        audit.record(
            verb=f"finding_{verb}",
            kind="finding",
            object_id=locked.pk,
            by=by,
            area=(locked.province_no, locked.area_pos),
            found=locked.kind,
        )
    return locked


def _tell_commune(commune_id: int) -> None:
    """The commune's task says how much is left, and ends with the last of it."""
    left = Found.objects.filter(commune_id=commune_id, state__in=FOUND_WAITING).count()
    task = WorkItem.objects.filter(kind="findings", subject_kind="core.area", subject_id=commune_id, done_at__isnull=True)
    if left:
        task.update(reason=f"{left} việc máy tìm thấy")
    else:
        task.update(done_at=timezone.now())


def settle(*, person_id: int | None, household_id: int, benefits: set[str], by: Scope) -> None:
    """A signed paper has answered what was found about these benefits."""
    waiting = Found.objects.filter(household_id=household_id, benefit__in=benefits, state__in=FOUND_WAITING)
    owned = waiting.filter(person_id=person_id) if person_id is not None else waiting.filter(person_id__isnull=True)
    for found in owned:
        move(found=found, verb="finish", by=by)
