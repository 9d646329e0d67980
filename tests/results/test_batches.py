"""What an agency sends is held against lines, lists and earlier results; what is right is applied once, what is wrong is named and harmless."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from payments.accounts import Account
from payments.models import LineResult, PaymentList, ResultBatch
from payments.operations.results import ResultRefused, apply, receive, refuse, reopen, stage
from payments.queries.ledger import balances_of_list
from payments.result_findings import CODES, sentence
from posasoft.core import vault
from posasoft.core.models import AuditEvent
from posasoft.core.scope import COUNTRY
from tests.browser.cast import TODAY
from tests.payer.cast import scope_for
from tests.results.world import Counter, applied, findings, paid, results, taken, unpaid, workbook
from tests.support.database import as_scope, owner, thawed

STANDING = True
PAID, RETURNED, AGENCY = Account.PAID, Account.RETURNED, Account.AGENCY


def money(counter: Counter) -> dict[int, int]:
    found = balances_of_list(counter.delivery.pay_list_id)
    return {account: found.get(account, 0) for account in (AGENCY, PAID, RETURNED)}


def test_a_whole_file_pays_returns_and_completes_the_list(counter: Counter) -> None:
    """1.000.000 + 500.000 + 750.000 + 1.250.000 + 300.000 are paid, 2.000.000 come back."""
    batch = applied(counter, [*map(paid, counter.lines[:5]), unpaid(counter.lines[5], "moved")])
    assert (batch.status, batch.counts) == ("applied", {"applied": 6})
    assert results(counter) == ["paid"] * 5 + ["moved"]
    assert money(counter) == {AGENCY: 0, PAID: 3_800_000, RETURNED: 2_000_000}
    assert counter.pay_list.status == "results_in"
    with as_scope(COUNTRY):
        assert AuditEvent.objects.filter(verb="apply_results", object_id=str(batch.public_id)).count() == 1


def test_half_of_a_list_leaves_it_open(counter: Counter) -> None:
    applied(counter, [*map(paid, counter.lines[:2])])
    assert counter.pay_list.status == "sent"
    assert money(counter) == {AGENCY: 4_300_000, PAID: 1_500_000, RETURNED: 0}


def test_the_same_content_or_key_again_is_the_same_batch_and_changes_nothing(counter: Counter) -> None:
    rows = [paid(counter.lines[0]), unpaid(counter.lines[1])]
    first = applied(counter, rows, key="k1")
    before = (money(counter), results(counter))
    assert applied(counter, rows, key="k1") == first
    assert applied(counter, rows, key="k2") == first
    with as_scope(counter.boss), pytest.raises(ResultRefused, match="đã dùng cho một tệp khác"):
        receive(agency=counter.own.agency, content=b"[]", format="json", client_key="k1", by=counter.boss)
    assert (money(counter), results(counter)) == before
    assert ResultBatch.objects.count() == 1


def test_the_same_rows_in_another_order_are_known_and_pay_nobody_twice(counter: Counter) -> None:
    rows = [paid(line) for line in counter.lines[:4]]
    applied(counter, rows)
    before = money(counter)
    again = applied(counter, rows[::-1])
    assert again.counts == {"same": 4}
    assert money(counter) == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line": "0199f1aa-0000-7000-8000-000000000001"}, "unknown_line"),
        ({"line": "002088014571"}, "unknown_line"),
        ({"amount": 999_999}, "amount_differs"),
        ({"paid_on": f"{TODAY.date() + datetime.timedelta(days=1):%Y-%m-%d}"}, "date_in_future"),
        ({"paid_on": f"{TODAY.date() - datetime.timedelta(days=1):%Y-%m-%d}"}, "date_before_sent"),
        ({"outcome": "unpaid", "amount": None}, "no_reason"),
        ({"outcome": "unpaid", "reason": "absent"}, "unpaid_with_amount"),
        ({"outcome": "unpaid", "reason": "đi vắng", "amount": None}, "read"),
        ({"outcome": "", "amount": None}, "no_outcome"),
        ({"outcome": "paid", "reason": "absent"}, "paid_with_reason"),
        ({"paid_on": "32/11/2026"}, "read"),
        ({"amount": "1.000.000"}, "read"),
        ({"fee": 1}, "read"),
    ],
)
def test_a_wrong_row_is_named_with_its_value_and_the_right_one_beside_it_applied(
    counter: Counter, change: dict[str, Any], code: str
) -> None:
    batch = applied(counter, [paid(counter.lines[0]), {**paid(counter.lines[1]), **change}])
    assert findings(batch) == {2: [code]}
    said = sentence(batch.lines.get(row_no=2).findings[0])
    assert said
    assert "%" not in said
    assert results(counter) == ["paid", *[""] * 5]
    assert batch.counts == {"applied": 1, "finding": 1}


def test_a_line_of_another_agency_is_refused_without_a_word_about_the_family(counter: Counter) -> None:
    batch = applied(counter, [paid(counter.foreign)])
    assert findings(batch) == {1: ["foreign_line"]}
    assert not LineResult.objects.filter(line_id=counter.foreign.id).exists()
    assert "CANARY" not in json.dumps(batch.lines.get().findings)


def test_a_clerks_file_of_another_agency_is_not_taken_at_all(counter: Counter) -> None:
    stranger = scope_for(counter.payers.neighbour.clerk)
    with as_scope(stranger), pytest.raises(ResultRefused, match="không làm việc cho"):
        receive(agency=counter.own.agency, content=b"[]", format="json", client_key="x", by=stranger)
    batch = taken(counter, [paid(counter.lines[0])])
    for verb in (stage, apply, refuse):
        with as_scope(stranger), pytest.raises(ResultRefused):
            verb(batch=batch, by=stranger)
    with as_scope(stranger):
        assert not ResultBatch.objects.exists()


def test_a_list_of_last_month_in_this_months_file(counter: Counter) -> None:
    """The delivery named is this month's; the line lies in another list sent to the same agency."""
    with owner():
        held = counter.world.sibling.pay_list
        other = counter.other
        other.agency, other.service_point = counter.own.agency, counter.own.point
        other.sent_at = counter.delivery.sent_at
        other.save()
        with thawed("payments_paymentlist"):
            PaymentList.objects.filter(pk=held.pk).update(number="202610-X")
    batch = taken(counter, [paid(counter.foreign)], delivery=counter.delivery)
    assert findings(batch) == {1: ["other_list"]}
    assert "202610-X" in sentence(batch.lines.get().findings[0])
    with thawed("payments_paymentlist"):
        PaymentList.objects.filter(pk=held.pk).update(month=datetime.date(2026, 10, 1))
    batch = taken(counter, [unpaid(counter.foreign)], delivery=counter.delivery)
    assert findings(batch) == {1: ["other_month"]}
    said = sentence(batch.lines.get().findings[0])
    assert "danh sách 202610-X tháng 10/2026" in said
    assert f"danh sách tháng {counter.pay_list.month:%m/%Y}" in said
    before = money(counter)
    with as_scope(counter.boss):
        apply(batch=batch, by=counter.boss)
    assert money(counter) == before


def test_a_line_twice_in_a_file(counter: Counter) -> None:
    one, two, three = counter.lines[:3]
    batch = applied(counter, [paid(one), paid(two), paid(one), unpaid(two), paid(three)])
    assert findings(batch) == {2: ["twice_at_odds"], 3: ["twice"], 4: ["twice_at_odds"]}
    assert results(counter)[:3] == ["paid", "", "paid"]


def test_a_list_that_was_not_sent(counter: Counter) -> None:
    with owner():
        PaymentList.objects.filter(pk=counter.delivery.pay_list_id).update(status="released")
        counter.delivery.delete()
    assert findings(taken(counter, [paid(counter.lines[0])])) == {1: ["not_sent"]}


def test_results_that_contradict_what_is_known_are_findings_and_never_applied(counter: Counter) -> None:
    applied(counter, [paid(counter.lines[0]), unpaid(counter.lines[1])])
    before = money(counter)
    batch = applied(counter, [unpaid(counter.lines[0], "refused"), paid(counter.lines[1]), paid(counter.lines[2])])
    assert findings(batch) == {1: ["contradicts"], 2: ["money_returned"]}
    assert results(counter)[:3] == ["paid", "absent", "paid"]
    assert money(counter)[PAID] == before[PAID] + counter.lines[2].total


def test_paid_again_on_another_day_is_asked_about(counter: Counter) -> None:
    applied(counter, [paid(counter.lines[0])])
    with owner():
        LineResult.objects.filter(line_id=counter.lines[0].id).update(paid_on=TODAY.date() - datetime.timedelta(days=3))
    batch = applied(counter, [paid(counter.lines[0], paid_on=f"{TODAY:%Y-%m-%d}")])
    assert findings(batch) == {1: ["paid_before"]}


def test_a_half_uploaded_file_is_refused_whole_and_may_come_again(counter: Counter) -> None:
    rows = [paid(line) for line in counter.lines[:3]]
    batch = taken(counter, rows, declared_rows=6)
    assert (batch.status, batch.lines.count()) == ("refused", 0)
    assert "6 dòng" in batch.refusal
    assert "3 dòng" in batch.refusal
    assert taken(counter, rows, declared_rows=3, declared_amount=1).status == "refused"
    with as_scope(counter.boss), pytest.raises(ResultRefused):
        apply(batch=batch, by=counter.boss)
    assert results(counter) == [""] * 6
    assert taken(counter, rows, declared_rows=3, declared_amount=2_250_000).status == "staged"


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_file_cut_in_the_middle_is_refused_in_words(counter: Counter, kind: str) -> None:
    whole = json.dumps([paid(line) for line in counter.lines]).encode() if kind == "json" else _sent_workbook(counter)
    with as_scope(counter.boss):
        cut = receive(agency=counter.own.agency, content=whole[: len(whole) // 2], format=kind, client_key="cut", by=counter.boss)
        cut = stage(batch=cut, by=counter.boss)
    assert cut.status == "refused"
    assert cut.refusal


def _sent_workbook(counter: Counter) -> bytes:
    kept = next(one for one in counter.delivery.files if one["format"] == "xlsx")
    with vault.open_file(kept["file"]) as source:
        return source.read()


def test_the_workbook_that_was_sent_comes_back_filled_in_by_hand(counter: Counter) -> None:
    """Words instead of codes, a sum with dots, a day as people write it; one reason that is none is named with its column."""
    ids = [str(line.public_id) for line in counter.lines]
    content = workbook(
        counter.delivery,
        _sent_workbook(counter),
        {
            ids[0]: {"Kết quả": "đã chi", "Số tiền đã trả": "1.000.000 đ", "Ngày trả": f"{TODAY:%-d/%-m/%Y}"},
            ids[1]: {"Kết quả": "Đã trả", "Người nhận thay": "Lý Thị Con"},
            ids[2]: {"Kết quả": "Không trả", "Lý do không trả": "Vắng mặt"},
            ids[3]: {"Kết quả": "Không trả", "Lý do không trả": "đi chợ"},
        },
    )
    with as_scope(counter.boss):
        batch = receive(agency=counter.own.agency, content=content, format="xlsx", client_key="w", by=counter.boss)
        batch = apply(batch=stage(batch=batch, by=counter.boss), by=counter.boss)
    assert results(counter) == ["paid", "paid", "absent", "", "", ""]
    (wrong,) = [row for row in batch.lines.all() if row.findings]
    assert wrong.findings[0]["field"] == "Lý do không trả"
    assert "đi chợ" in sentence(wrong.findings[0])
    assert LineResult.objects.get(line_id=counter.lines[1].id).proxy_name == "Lý Thị Con"


def test_a_correction_goes_by_reopening_and_gives_money_back(counter: Counter) -> None:
    """The 2.000.000 of the last line were noted as paid by mistake: given back, owed to the family, the list complete again."""
    applied(counter, [*map(paid, counter.lines)])
    with as_scope(counter.clerk), pytest.raises(ResultRefused):
        reopen(pay_list=counter.pay_list, reason="nhầm", by=counter.clerk)
    with as_scope(COUNTRY), pytest.raises(ResultRefused):
        reopen(pay_list=counter.pay_list, reason=" ", by=COUNTRY)
    with as_scope(COUNTRY):
        reopen(pay_list=counter.pay_list, reason="Bưu điện ghi nhầm một dòng", by=COUNTRY)
    assert counter.pay_list.status == "sent"
    batch = applied(counter, [unpaid(counter.lines[5], "absent"), paid(counter.lines[0])])
    assert batch.counts == {"applied": 1, "same": 1}
    assert money(counter) == {AGENCY: 0, PAID: 3_800_000, RETURNED: 2_000_000}
    corrected = LineResult.objects.get(line_id=counter.lines[5].id)
    assert (corrected.outcome, corrected.corrected) == ("unpaid", True)
    assert counter.pay_list.status == "results_in"


def test_a_file_that_crosses_a_list_being_reconciled_is_a_finding(counter: Counter) -> None:
    batch = taken(counter, [*map(paid, counter.lines)])
    with owner():
        PaymentList.objects.filter(pk=counter.delivery.pay_list_id).update(status="reconciled")
    with as_scope(counter.boss):
        batch = apply(batch=batch, by=counter.boss)
    assert set(map(tuple, findings(batch).values())) == {("list_closed",)}
    assert results(counter) == [""] * 6


def test_a_batch_put_aside_is_not_applied_and_an_applied_one_not_put_aside(counter: Counter) -> None:
    batch = taken(counter, [paid(counter.lines[0])])
    with as_scope(counter.boss):
        assert refuse(batch=batch, by=counter.boss, reason="Nhầm tệp").status == "refused"
        with pytest.raises(ResultRefused):
            apply(batch=batch, by=counter.boss)
    done = applied(counter, [paid(counter.lines[1])])
    with as_scope(counter.boss), pytest.raises(ResultRefused, match="đã được ghi nhận"):
        refuse(batch=done, by=counter.boss)


def test_every_finding_has_a_sentence() -> None:
    full = {"row": 3, "times": 2, "list": "1", "value": "x", "expected": "y", "on": "1/11/2026", "was": "paid", "reason": "absent"}
    for code in CODES:
        assert "%" not in sentence({"code": code, "field": "line", **full}), code
