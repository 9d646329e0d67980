"""What the families of a sample told, counted per agency, with how sure one may be of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db import connection

from payments.models import Agency, VerificationPlan

_Z = {90: 1.645, 95: 1.960, 99: 2.576}

# A family stands for so many lines as its stratum has for each one reached in it.
_TOLD = """
WITH told AS (
  SELECT coalesce(s.agency_id, 0) AS agency, a.received, a.amount = p.total AS whole, a.was_charged, a.collected_by,
    CASE WHEN a.id IS NOT NULL THEN s.stratum_size::float / count(a.id) OVER (PARTITION BY s.stratum) END AS weight
  FROM payments_verificationsample s JOIN payments_paymentline p ON p.month = s.month AND p.id = s.line_id
  LEFT JOIN payments_verificationanswer a ON a.sample_id = s.id AND a.reached
  WHERE s.plan_id = %(plan)s
)
SELECT GROUPING(agency) AS every, agency, count(*), count(weight), sum(weight) ^ 2 / sum(weight ^ 2), sum(weight),
  count(*) FILTER (WHERE received), sum(weight) FILTER (WHERE received) / sum(weight),
  count(*) FILTER (WHERE received AND whole), sum(weight) FILTER (WHERE received AND whole) / sum(weight),
  count(*) FILTER (WHERE was_charged), sum(weight) FILTER (WHERE was_charged) / sum(weight), count(*) FILTER (WHERE collected_by = 'other')
FROM told GROUP BY GROUPING SETS ((agency), ()) ORDER BY 1 DESC, 2
"""


@dataclass(frozen=True)
class Share:
    """An estimated share of all lines, in percent, and the interval it lies in with the plan's confidence; ``count`` families said so."""

    count: int
    percent: float
    low: float
    high: float


@dataclass(frozen=True)
class Result:
    """One agency's answers; ``agency`` "" stands for all of them."""

    agency: str
    drawn: int
    reached: int
    received: Share
    whole: Share
    charged: Share
    by_others: int


def of_finite(number: float, reached: int, population: float) -> float:
    """How many answers out of no end of lines say as much as these: infinitely many when everybody was reached. ``population`` is of lines."""
    if reached and population - reached < 0.5:
        return math.inf
    return number * (population - 1) / (population - reached) if reached else 0.0


def interval(share: float, number: float, confidence: int) -> tuple[float, float]:
    """Wilson's interval of a share seen in so many (effective) answers: it stays inside 0–1 and is honest for few answers and rare events."""
    if number <= 0:
        return 0.0, 1.0
    if math.isinf(number):
        return share, share
    z = _Z[confidence]
    middle = (share + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * math.sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    return max(0.0, middle - half), min(1.0, middle + half)


def results(plan: VerificationPlan) -> list[Result]:
    """The results of a plan, all agencies together first."""
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"plan": plan.pk})
        rows = cursor.fetchall()
    names = dict(Agency.objects.values_list("pk", "name"))
    found = []
    for every, agency, drawn, reached, effective, population, *figures, by_others in rows:
        number = of_finite(float(effective or 0), reached, float(population or 0))
        shares = [_share(plan, count, value, number) for count, value in zip(figures[0::2], figures[1::2], strict=True)]
        received, whole, charged = shares
        found.append(Result("" if every else names.get(agency, "–"), drawn, reached, received, whole, charged, by_others))
    return found


def _share(plan: VerificationPlan, count: int, value: float | None, number: float) -> Share:
    low, high = interval(float(value or 0), number, plan.confidence)
    return Share(count, 100 * float(value or 0), 100 * low, 100 * high)
