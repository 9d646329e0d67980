"""The rules that the books of a province must keep, each as one SELECT over the temporary tables of `payments.queries.proofs`.

Each SELECT yields (table, id, household_id, month, figures as JSON), in an order that makes "the first" the same row every time.
"""

from __future__ import annotations

from dataclasses import dataclass

# What explains a difference: it waits in a correction, or to the đồng on a list not released (of the commune that a family has left), its recovery
# was given up, the benefit is suspended, somebody noted as dead is held, the household is another province's now, its list of the month is not
# released, or it was computed after the last lists were drawn up: amounts changed, or the family was reopened (it moved), so that the next lists will
# look at it.
_UNEXPLAINED = """
FROM proof_differs x JOIN households_household h ON h.id = x.household_id
LEFT JOIN proof_known k ON k.month = x.month AND k.commune_id = h.commune_id
WHERE NOT x.suspended AND coalesce(k.closed, true) AND x.waiting IS DISTINCT FROM x.due - x.booked AND h.province_no = %(province)s
  AND NOT EXISTS (SELECT 1 FROM payments_correction c WHERE c.household_id = x.household_id AND c.person_id IS NOT DISTINCT FROM x.person_id
    AND c.benefit = x.benefit AND c.month = x.month AND c.settled_at IS NULL AND sign(c.due - c.ordered) = sign(x.due - x.booked)
    AND abs(x.due - x.booked) <= abs(c.due - c.ordered))
  AND x.booked - x.due IS DISTINCT FROM (SELECT sum(w.amount)::bigint FROM payments_waiver w WHERE w.household_id = x.household_id
    AND w.person_id IS NOT DISTINCT FROM x.person_id AND w.benefit = x.benefit AND w.month = x.month)
  AND NOT EXISTS (SELECT 1 FROM core_hold o WHERE o.effect = 'no_payment' AND o.subject_kind = 'person' AND o.subject_id = x.person_id
    AND o.lifted_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM households_person p JOIN households_household y ON y.id = p.household_id
    WHERE p.id = x.person_id AND y.province_no <> %(province)s)
  AND NOT EXISTS (SELECT 1 FROM beneficiaries_entitlement e WHERE e.household_id = x.household_id
    AND greatest(e.run_id, coalesce(e.superseded_by_run, 0)) > coalesce(k.run_id, (SELECT max(run_id) FROM proof_known WHERE month = x.month)))
  AND NOT EXISTS (SELECT 1 FROM beneficiaries_reopened r WHERE r.household_id = x.household_id AND r.from_month <= x.month
    AND r.run_id > coalesce(k.run_id, (SELECT max(run_id) FROM proof_known WHERE month = x.month)))
"""


@dataclass(frozen=True)
class Rule:
    """A promise of the books and the SELECT of what breaks it."""

    name: str
    sql: str


RULES = (
    Rule(
        "line_is_its_parts",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month, jsonb_build_object('total', p.total, 'parts', coalesce(x.a, 0),
             'carried', p.carried, 'carried_parts', coalesce(x.o, 0), 'recovery', p.recovery, 'recovery_parts', coalesce(x.less, 0))
           FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
           LEFT JOIN (SELECT month, line_id, sum(a) AS a, coalesce(sum(a) FILTER (WHERE o IS NOT NULL), 0) AS o,
             coalesce(-sum(a) FILTER (WHERE a < 0 AND o IS NULL), 0) AS less FROM proof_part GROUP BY 1, 2) x
             ON x.month = p.month AND x.line_id = p.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[])
             AND (p.total, p.carried, p.recovery) IS DISTINCT FROM (coalesce(x.a, 0), coalesce(x.o, 0), coalesce(x.less, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "list_is_its_lines",
        """SELECT 'payments_paymentlist', l.id, NULL::bigint, l.month,
             jsonb_build_object('list', l.amount + l.arrears - l.recovery + l.carried, 'lines', coalesce(x.net, 0))
           FROM payments_paymentlist l LEFT JOIN (SELECT list_id, month, sum(amount) AS amount, sum(arrears) AS arrears, sum(recovery) AS recovery,
             sum(carried) AS carried, sum(total) AS net FROM payments_paymentline
             WHERE province_no = %(province)s AND month = ANY (%(months)s::date[]) GROUP BY 1, 2) x ON x.list_id = l.id AND x.month = l.month
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[])
             AND (l.amount, l.arrears, l.recovery, l.carried)
               IS DISTINCT FROM (coalesce(x.amount, 0), coalesce(x.arrears, 0), coalesce(x.recovery, 0), coalesce(x.carried, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "line_is_booked",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month, jsonb_build_object('total', p.total, 'ordered', coalesce(s.ordered, 0),
             'due', p.amount + p.arrears, 'booked_due', coalesce(s.due, 0))
           FROM payments_paymentlist l JOIN payments_paymentline p ON p.month = l.month AND p.list_id = l.id
           LEFT JOIN proof_stand s ON s.month = p.month AND s.line_id = p.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[]) AND l.released_at IS NOT NULL
             AND (p.amount + p.arrears, p.carried, p.recovery, p.total)
               IS DISTINCT FROM (coalesce(s.due, 0), coalesce(s.carried, 0), coalesce(s.recovered, 0), coalesce(s.ordered, 0)) ORDER BY 4, 2""",
    ),
    Rule(
        "entry_has_its_line",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month, jsonb_build_object('ordered', s.ordered)
           FROM proof_stand s LEFT JOIN payments_paymentline p ON p.month = s.month AND p.id = s.line_id
           LEFT JOIN payments_paymentlist l ON l.id = p.list_id AND l.released_at IS NOT NULL
           WHERE l.id IS NULL OR s.list_id <> p.list_id OR s.household_id <> p.household_id ORDER BY 4, 2""",
    ),
    Rule(
        "balance_not_negative",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month,
             jsonb_build_object('balances', to_jsonb(s.balances), 'ordered', s.ordered)
           FROM proof_stand s WHERE 0 > ANY (s.balances) OR s.balances[1] <> 0
             OR s.balances[2] + s.balances[3] + s.balances[4] + s.balances[5] + s.balances[6] + s.balances[8] + s.balances[9] + s.forwarded
               <> s.ordered
           ORDER BY 4, 2""",
    ),
    Rule(
        "paid_once",
        """SELECT 'payments_ledgerentry', s.line_id, s.household_id, s.month, jsonb_build_object('times_paid', s.times_paid, 'line', s.ordered)
           FROM proof_stand s WHERE s.times_paid > 1 ORDER BY 4, 2""",
    ),
    Rule(
        "carried_has_both_sides",
        """SELECT 'payments_ledgerentry', e.id, e.household_id, e.month, jsonb_build_object('amount', e.amount, 'other_line', e.source_id)
           FROM payments_ledgerentry e WHERE e.province_no = %(province)s AND e.month = ANY (%(months)s::date[]) AND (e.debit = 11 OR e.credit = 11)
             AND NOT EXISTS (SELECT 1 FROM payments_ledgerentry o WHERE o.line_id = e.source_id AND o.source_kind = 6 AND o.source_id = e.line_id
               AND o.amount = e.amount AND (e.debit = 11 AND o.credit = 11 OR e.credit = 11 AND o.debit = 11)) ORDER BY 4, 2""",
    ),
    Rule(
        "listed_once",
        """SELECT 'payments_paymentline', x.last_line, x.household_id, x.month,
             jsonb_build_object('lines', x.lines, 'first_line', x.first_line, 'amount', x.amount)
           FROM (SELECT coalesce(p, -household_id) AS owner, b, month, max(household_id) AS household_id, count(*) AS lines,
             min(line_id) AS first_line, max(line_id) AS last_line, sum(a) AS amount
             FROM proof_part WHERE o IS NULL AND a > 0 AND for_month = month GROUP BY 1, 2, 3
             UNION ALL
             SELECT coalesce(p, -household_id), b, max(month), max(household_id), count(DISTINCT line_id), min(line_id), max(line_id), sum(a)
             FROM proof_part WHERE a > 0 AND NOT released AND (o IS NOT NULL OR for_month < month) GROUP BY 1, 2, for_month, coalesce(o, 0)) x
           WHERE x.lines > 1 ORDER BY 4, 2""",
    ),
    Rule(
        "order_is_its_lines",
        """SELECT 'payments_paymentline', x.line_id, x.household_id, x.month,
             jsonb_build_object('listed', x.a, 'kept_order', coalesce(k.a, 0), 'benefit', x.b)
           FROM (SELECT month, list_id, household_id, p, b, for_month, sum(a) AS a, max(line_id) AS line_id,
               coalesce(p, -household_id) AS owner -- not below: a subtraction beside the policy's would hide the index
             FROM proof_part WHERE released AND o IS NULL GROUP BY 1, 2, 3, 4, 5, 6) x
           LEFT JOIN households_person n ON n.id = x.p
           LEFT JOIN LATERAL (SELECT sum(k.amount) AS a FROM payments_ordered k WHERE k.for_month = x.for_month AND k.benefit = x.b
             AND k.owner = ANY (ARRAY[x.owner, n.canonical_id]) AND k.list_id = x.list_id) k ON true
           WHERE x.a <> coalesce(k.a, 0) ORDER BY 4, 2""",
    ),
    Rule(
        "journal_is_entries",
        """SELECT 'payments_ledgerposting', coalesce(j.id, list_id), NULL::bigint, month,
             jsonb_build_object('entries', coalesce(e.amount, 0), 'journal', coalesce(j.amount, 0), 'lines', coalesce(e.lines, 0),
               'journal_lines', coalesce(j.lines, 0), 'list', list_id)
           FROM (SELECT month, list_id, debit, credit, source_kind, count(*) AS lines, sum(amount) AS amount FROM payments_ledgerentry
             WHERE province_no = %(province)s AND month = ANY (%(months)s::date[]) GROUP BY 1, 2, 3, 4, 5) e
           FULL JOIN (SELECT min(id) AS id, month, list_id, debit, credit, source_kind, sum(lines) AS lines, sum(amount) AS amount
             FROM payments_ledgerposting WHERE province_no = %(province)s AND month = ANY (%(months)s::date[]) GROUP BY 2, 3, 4, 5, 6) j
             USING (month, list_id, debit, credit, source_kind)
           WHERE (e.lines, e.amount) IS DISTINCT FROM (j.lines, j.amount) ORDER BY 4, 2""",
    ),
    Rule(
        "result_is_booked",
        """SELECT 'payments_paymentline', p.id, p.household_id, p.month,
             jsonb_build_object('line', p.total, 'paid', s.balances[4], 'result', coalesce(r.outcome, ''), 'said', coalesce(r.amount, 0))
           FROM proof_stand s JOIN payments_paymentline p ON p.month = s.month AND p.id = s.line_id
           LEFT JOIN payments_lineresult r ON r.month = p.month AND r.line_id = p.id
           WHERE s.ordered > 0 AND CASE
             WHEN s.balances[2] + s.balances[3] > 0 THEN coalesce(r.booked, false)
             WHEN s.balances[4] > 0 THEN r.outcome IS DISTINCT FROM 'paid' OR NOT r.booked OR r.amount <> p.total
             ELSE r.outcome IS DISTINCT FROM 'unpaid' OR NOT r.booked END ORDER BY 4, 2""",
    ),
    Rule(
        "reconciled_is_settled",
        """SELECT 'payments_paymentlist', l.id, NULL::bigint, l.month, jsonb_build_object('list', l.amount + l.arrears - l.recovery + l.carried,
             'open', sum(s.balances[2] + s.balances[3] + s.balances[5]))
           FROM payments_paymentlist l JOIN proof_stand s ON s.month = l.month AND s.list_id = l.id
           WHERE l.province_no = %(province)s AND l.month = ANY (%(months)s::date[]) AND l.status IN ('reconciled', 'closed')
           GROUP BY l.id HAVING sum(s.balances[2] + s.balances[3] + s.balances[5]) <> 0 ORDER BY 4, 2""",
    ),
    Rule(
        "statement_is_ledger",
        """SELECT 'payments_statement', s.id, NULL::bigint, s.month, jsonb_build_object('advance', s.advance, 'booked_advance', x.advance,
             'paid', s.paid, 'booked_paid', x.paid, 'returned', s.returned, 'booked_returned', x.returned, 'fee', s.fee)
           FROM payments_statement s CROSS JOIN LATERAL (
             SELECT coalesce(sum(e.amount) FILTER (WHERE e.credit = 4), 0) AS advance,
               coalesce(sum(e.amount) FILTER (WHERE e.credit = 6), 0) AS returned,
               coalesce(sum(e.amount) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.amount) FILTER (WHERE e.debit = 5), 0) AS paid,
               coalesce(sum(e.lines) FILTER (WHERE e.credit = 5), 0) - coalesce(sum(e.lines) FILTER (WHERE e.debit = 5), 0) AS payments
             FROM payments_statementlist t JOIN payments_ledgerposting e ON e.list_id = t.pay_list_id AND e.at <= s.figures_at
             WHERE t.statement_id = s.id
           ) x
           WHERE s.province_no = %(province)s AND s.month = ANY (%(months)s::date[])
             AND ((s.advance, s.paid, s.returned, s.payments) IS DISTINCT FROM (x.advance, x.paid, x.returned, x.payments)
               OR s.fee <> s.payments::bigint * s.fee_per_payment + div(s.paid::numeric * s.fee_basis_points + 5000, 10000)) ORDER BY 4, 2""",
    ),
    Rule(
        "line_has_entitlement",
        f"""SELECT 'payments_paymentline', x.line_id, x.household_id, x.month,
             jsonb_build_object('due', x.due, 'booked', x.booked, 'benefit', x.benefit)
           {_UNEXPLAINED} AND x.due = 0 ORDER BY 4, 2""",
    ),
    Rule(
        "due_is_accounted_for",
        f"""SELECT 'beneficiaries_entitlement', coalesce((SELECT min(e.id) FROM beneficiaries_entitlement e WHERE e.household_id = x.household_id
             AND e.person_id IS NOT DISTINCT FROM x.person_id AND e.benefit = x.benefit AND e.superseded_by_run IS NULL), x.line_id),
             x.household_id, x.month, jsonb_build_object('due', x.due, 'booked', x.booked, 'missing', x.due - x.booked, 'benefit', x.benefit)
           {_UNEXPLAINED} AND x.due <> 0 ORDER BY 4, 2""",
    ),
)
