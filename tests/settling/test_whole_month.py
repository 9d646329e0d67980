"""Six families at a counter, by the counter's own operations: four paid, two not; reconciled, settled, scored, and proved."""

from __future__ import annotations

import uuid

from payments.accounts import Account
from payments.models import PaymentLine, Statement
from payments.operations import reconciling
from payments.operations.proving import prove
from payments.operations.results import close_day, mark, mark_rest
from payments.queries.scorecard import scores
from posasoft.core.models import Role
from posasoft.core.scope import COUNTRY, WHOLE_COUNTRY
from tests.access.world import MONTH
from tests.browser import cast
from tests.payer.cast import scope_for
from tests.payments.money import standing
from tests.results.conftest import counter, standing_counter
from tests.results.world import Counter
from tests.support.database import as_scope, owner

STANDING = True

__all__ = ["counter", "standing_counter"]

OURS = {"result_is_booked", "reconciled_is_settled", "statement_is_ledger", "list_is_its_file", "paid_once"}


def pay(counter: Counter, line: PaymentLine) -> None:
    with as_scope(counter.clerk):
        mark(line=line, outcome="paid", client_key=uuid.uuid4(), by=counter.clerk)


def test_a_month_from_the_counter_to_the_statement(counter: Counter) -> None:
    """5,800,000 ordered; the first four lines 3,500,000 paid, the last two 2,300,000 given back and carried."""
    for line in counter.lines[:4]:
        pay(counter, line)
    with as_scope(counter.clerk):
        close_day(service_point=counter.own.point, day=cast.TODAY.date(), by=counter.clerk)
        mark_rest(pay_list=counter.pay_list, by=counter.clerk)
    with owner():
        pay_list = counter.pay_list
    assert pay_list.status == "results_in"
    officer = scope_for(counter.world.users[Role.COMMUNE_OFFICER])
    with as_scope(officer):
        reconciling.reconcile(lists=[pay_list], by=officer)
    with owner():
        assert standing(pay_list) == {Account.PAID: 3_500_000, Account.CARRIED: 2_300_000}
        statement = Statement.objects.get(agency=counter.own.agency)
    assert (statement.advance, statement.paid, statement.returned, statement.standing) == (5_800_000, 3_500_000, 2_300_000, 0)
    assert (statement.payments, statement.unpaid) == (4, 2)
    with as_scope(COUNTRY):
        card = next(card for card in scores(MONTH, *WHOLE_COUNTRY) if card.name == counter.own.agency.name)
        broken = {found["rule"] for _area, check in prove() for found in check.findings}
    assert (card.lines, card.paid, card.success_percent, card.keeps_success, dict(card.reasons)) == (6, 4, 66.6, False, {"absent": 2})
    assert not broken & OURS
