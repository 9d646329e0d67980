"""The checker of the books: it finds nothing wrong in a life of ordinary months, and names the row when somebody with all powers breaks a rule."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from households.operations import confirm_death
from payments.models import Agency, Delivery, LedgerCheck, PaymentList, ServiceArea
from payments.operations import ledger
from payments.operations.ledger import Lines
from payments.operations.proving import prove
from payments.operations.sending import send
from payments.operations.statements import draw_up
from posasoft.core import vault
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import DECEMBER, GRANDMOTHER, NEW_YEAR, NOVEMBER, correct, named, people, run
from tests.households.cast import Cast
from tests.payments.money import list_of, released, resulted
from tests.payments.test_ledger import PAID, SENT, unpaid
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.fixture
def november(people: Cast, settings: Any, tmp_path: Path) -> PaymentList:
    settings.MEDIA_ROOT = tmp_path
    return released(NOVEMBER)


def proved() -> dict[str, dict[str, Any]]:
    """The findings by rule."""
    ((_area, check),) = prove()
    return {found["rule"]: found for found in check.findings}


GUARDED = (
    "payments_paymentlist", "payments_paymentline", "payments_ledgerentry", "payments_ledgerposting", "payments_lineresult", "payments_statement",
    "payments_delivery", "beneficiaries_entitlement", "payments_ordered",
)  # fmt: skip


@contextmanager
def all_powers() -> Iterator[Any]:
    """The tables' owner with their triggers out of the way: what no program and no officer can do. No superuser is needed for it."""
    with owner(), connection.cursor() as cursor:
        cursor.execute("".join(f"ALTER TABLE {table} DISABLE TRIGGER USER;" for table in GUARDED))
        try:
            yield cursor
        finally:
            cursor.execute("".join(f"ALTER TABLE {table} ENABLE TRIGGER USER;" for table in GUARDED))


def test_ordinary_months_are_proved(november: PaymentList) -> None:
    lines = Lines.of_lists([november.pk])
    ledger.book_sent(lines, source=SENT)
    ledger.book_paid(lines, source=PAID)
    resulted(november)
    run(DECEMBER)
    assert proved() == {}
    released(DECEMBER)
    assert proved() == {}
    check = LedgerCheck.objects.latest("pk")
    assert (check.lines, check.amount) == (3, sum(row.amount for row in PaymentList.objects.all()))


def test_money_carried_into_the_next_line_is_counted_once(november: PaymentList) -> None:
    unpaid(november)
    resulted(november, "unpaid", "absent")
    assert proved() == {}
    december = released(DECEMBER)
    assert december.carried == november.amount
    run(NEW_YEAR)
    assert list_of(NEW_YEAR).carried == 0
    assert proved() == {}


def test_a_death_known_late_is_proved_before_and_after_its_recovery(people: Cast, november: PaymentList) -> None:
    """540,000 paid for November after a death on 20 October are kept back from December's line."""
    with acting(COUNTRY):
        confirm_death(person_id=named(GRANDMOTHER).pk, died_on=datetime.date(2026, 10, 20), change=correct(people), by=COUNTRY)
    assert proved() == {}
    run(DECEMBER)
    assert proved() == {}
    released(DECEMBER)
    assert proved() == {}
    run(NEW_YEAR)
    released(NEW_YEAR)
    assert proved() == {}


def settled(people: Cast, november: PaymentList) -> None:
    """The list went to an agency, was paid, and stands on the agency's statement."""
    place = {"province_no": 3, "area_pos": people.dong_van.position}
    agency = Agency.objects.create(code="BD", name="Bưu điện", kind="post", fee_per_payment=7_000, fee_basis_points=25)
    ServiceArea.objects.create(agency=agency, commune=people.dong_van, channel="post", since=NOVEMBER, **place)
    with acting(COUNTRY):
        send(lists=[november], by=COUNTRY)
        ledger.book_paid(Lines.of_lists([november.pk]), source=PAID)
        draw_up(province_no=3, month=NOVEMBER, by=COUNTRY)
    resulted(november)


def test_a_list_settled_with_its_agency_is_proved(people: Cast, november: PaymentList) -> None:
    settled(people, november)
    assert proved() == {}


def test_a_file_that_sums_up_to_something_else_is_named(people: Cast, november: PaymentList) -> None:
    """Another file with the right checksum of its own: what was sent pays one đồng more than the list."""
    settled(people, november)
    delivery = Delivery.objects.get()
    with vault.open_file(next(one["file"] for one in delivery.files if one["format"] == "csv")) as file:
        text = file.read().decode().replace("1620000", "1620001")
    kept = vault.store(text.encode(), folder="deliveries", suffix=".csv")
    delivery.files = [{"format": "csv", "file": kept.name, "sha256": kept.sha256, "size": kept.size}]
    delivery.save(update_fields=["files"])
    assert proved()["list_is_its_file"]["figures"] == {"list": 1_620_000, "file": 1_620_001, "format": "csv"}


@pytest.mark.parametrize(
    ("rule", "breaks", "table"),
    [
        ("line_is_its_parts", "UPDATE payments_paymentline SET amount = amount + 1, total = total + 1", "payments_paymentline"),
        ("list_is_its_lines", "UPDATE payments_paymentlist SET amount = amount + 1 WHERE id = %(list)s", "payments_paymentlist"),
        ("line_is_booked", "DELETE FROM payments_ledgerentry WHERE credit = 3", "payments_paymentline"),
        ("entry_has_its_line", "DELETE FROM payments_paymentline WHERE list_id = %(list)s", "payments_ledgerentry"),
        ("balance_not_negative", "UPDATE payments_ledgerentry SET amount = amount + 7 WHERE debit = 3 AND credit = 4", "payments_ledgerentry"),
        (
            "paid_once",
            "INSERT INTO payments_ledgerentry (month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no,"
            " area_pos) SELECT month, line_id, list_id, household_id, 4, 5, amount, 3, 77, province_no, area_pos FROM payments_ledgerentry"
            " WHERE credit = 5",
            "payments_ledgerentry",
        ),
        (
            "carried_has_both_sides",
            "INSERT INTO payments_ledgerentry (month, line_id, list_id, household_id, debit, credit, amount, source_kind, source_id, province_no,"
            " area_pos) SELECT month, line_id, list_id, household_id, 7, 11, amount, 6, 77, province_no, area_pos FROM payments_ledgerentry"
            " WHERE credit = 5",
            "payments_ledgerentry",
        ),
        (
            "listed_once",
            "INSERT INTO payments_paymentline (month, list_id, household_id, payee_id, amount, total, components, province_no, area_pos)"
            " SELECT month, list_id, household_id, NULL, amount, total, components, province_no, area_pos FROM payments_paymentline"
            " WHERE list_id = %(list)s",
            "payments_paymentline",
        ),
        (
            "listed_once",
            "INSERT INTO payments_paymentlist (month, commune_id, channel, kind, sequence, status, number, households, amount, arrears, recovery,"
            " run_id, checksum, province_no, area_pos, created_at)"
            " SELECT month, commune_id, channel, 'closing', n, 'draft', '', 1, 0, 0, 0, run_id, '',"
            " province_no, area_pos, now() FROM payments_paymentlist, generate_series(1, 2) n;"
            " INSERT INTO payments_paymentline (month, list_id, household_id, amount, carried, total, components, province_no, area_pos)"
            " SELECT p.month, l.id, p.household_id, 0, p.total, p.total, jsonb_build_array(jsonb_set(p.components->0, '{o}', to_jsonb(p.id))),"
            " p.province_no, p.area_pos FROM payments_paymentline p JOIN payments_paymentlist l ON l.kind = 'closing'",
            "payments_paymentline",
        ),
        ("order_is_its_lines", "UPDATE payments_ordered SET amount = amount - 1 WHERE benefit = 'TCXH-5.6'", "payments_paymentline"),
        ("order_is_its_lines", "DELETE FROM payments_ordered WHERE benefit = 'PENSION-SOCIAL'", "payments_paymentline"),
        ("journal_is_entries", "UPDATE payments_ledgerposting SET amount = amount - 3 WHERE credit = 5", "payments_ledgerposting"),
        ("journal_is_entries", "DELETE FROM payments_ledgerposting WHERE credit = 4", "payments_ledgerposting"),
        ("result_is_booked", "UPDATE payments_lineresult SET amount = amount - 1000", "payments_paymentline"),
        ("result_is_booked", "UPDATE payments_ledgerentry SET amount = amount - 1000 WHERE debit = 4 AND credit = 5", "payments_paymentline"),
        ("line_has_entitlement", "DELETE FROM beneficiaries_entitlement WHERE benefit = 'PENSION-SOCIAL'", "payments_paymentline"),
        ("due_is_accounted_for", "UPDATE beneficiaries_entitlement SET amount = amount + 9 WHERE benefit = 'TCXH-5.6'", "beneficiaries_entitlement"),
        ("result_is_booked", "DELETE FROM payments_lineresult", "payments_paymentline"),
        (
            "result_is_booked",
            "UPDATE payments_lineresult SET outcome = 'unpaid', reason = 'absent', paid_on = NULL",
            "payments_paymentline",
        ),
        (
            "reconciled_is_settled",
            "UPDATE payments_paymentlist SET status = 'reconciled'; DELETE FROM payments_ledgerentry WHERE credit = 5",
            "payments_paymentlist",
        ),
        ("statement_is_ledger", "UPDATE payments_statement SET paid = paid - 5, returned = returned + 5", "payments_statement"),
        ("statement_is_ledger", "UPDATE payments_statement SET fee = fee + 1", "payments_statement"),
        (
            "list_is_its_file",
            "UPDATE payments_delivery SET files = jsonb_set(files, '{0,sha256}', to_jsonb(repeat('0', 64)))",
            "payments_paymentlist",
        ),
        ("list_is_as_released", "UPDATE payments_paymentlist SET checksum = repeat('0', 64) WHERE id = %(list)s", "payments_paymentlist"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named_with_its_first_row(people: Cast, november: PaymentList, rule: str, breaks: str, table: str) -> None:
    settled(people, november)
    with all_powers() as cursor:
        if rule == "paid_once":
            cursor.execute("DROP INDEX payments_ledger_paid_once")
        cursor.execute(breaks, {"list": november.pk})
    try:
        found = proved()
        assert rule in found
        assert (found[rule]["table"], found[rule]["month"]) == (table, "2026-11-01")
        assert found[rule]["household"] == (
            "" if table in ("payments_paymentlist", "payments_statement", "payments_ledgerposting") else people.family.code
        )
        with pytest.raises(CommandError):
            call_command("check_ledger", province="08", stdout=(out := StringIO()))
        assert rule in out.getvalue()
    finally:
        if rule == "paid_once":
            with all_powers() as cursor:
                cursor.execute("DELETE FROM payments_ledgerentry WHERE source_id = 77")
                cursor.execute("CREATE UNIQUE INDEX payments_ledger_paid_once ON payments_ledgerentry (month, line_id) WHERE credit = 5")


def test_the_command_says_what_it_proved(november: PaymentList) -> None:
    call_command("check_ledger", month="2026-11", province="08", stdout=(out := StringIO()))
    assert "08 Tỉnh Tuyên Quang: khớp – 1 dòng, 1.620.000" in out.getvalue()
