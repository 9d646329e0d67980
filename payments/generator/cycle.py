"""The story of the demonstration's payment cycle: months paid to the end, one being paid, the next one's lists being made.

Months M-3 and M-2 were computed by the program before it knew Decree 335/2026, whose level counts from July: its effect on them is computed and
waits for the province. Every part looks for what is still to do, so that a story broken off goes on.
"""

from __future__ import annotations

import datetime
import uuid

from payments.generator import families
from payments.generator.hands import Scene
from payments.generator.months import (
    Answers,
    book,
    compute,
    confirm_receipt,
    found,
    of_month,
    pay_to_the_end,
    send_out,
    sign_off,
    take_results,
    upload,
)
from payments.models import (
    Budget,
    Delivery,
    LawCorrection,
    PaymentLine,
    PaymentList,
    ResultBatch,
    VerificationPlan,
    VerificationSample,
    WriteOff,
)
from payments.operations import calendar, cashless, deadlines, law_corrections, notices, release, uncollected, verification, writing_off
from payments.operations.reconciling import reconcile
from payments.operations.results.counter import mark
from payments.queries import budgets
from payments.statuses import APPROVED, DRAFT, RESULTS_IN, SENT
from policy.loader import without
from posasoft.core.months import add_months
from posasoft.core.scope import COUNTRY, acting

DECREE_FILE, DECREE = "2026-335-tro-giup-xa-hoi.yaml", "335/2026/NĐ-CP"
# Of a hundred lines of a list so many have no result yet; so many lines are marked at the counter; so many families were asked.
OPEN, MARKED, ASKED = 40, 9, 6
MILLION = 1_000_000
# Benefits that come every month, as those of school do not.
MONTHLY = ("TCXH-5.6", "PENSION-SOCIAL")


def tell(month: datetime.date, at: Scene) -> None:
    """Everything, for the month being paid."""
    before, following = add_months(month, -1), add_months(month, 1)
    away: frozenset[int] = frozenset()
    with without(DECREE_FILE):
        for past in (add_months(month, -3), add_months(month, -2)):
            compute(past, at.of_province)
            away = away or _never_comes(past, at)
            pay_to_the_end(past, at, Answers(away))
    compute(before, at.of_province)
    away = _never_comes(add_months(month, -3), at)
    pay_to_the_end(before, at, Answers(away))
    _ask_after(before, at)
    families.prepare(before, at, away)
    uncollected.sweep(province_no=at.province_no)
    _grant_budgets(before, at)
    compute(month, COUNTRY)
    _being_paid(month, at)
    _effects(at)
    compute(following, at.of_province)
    _being_made(following, at)
    with acting(COUNTRY):
        calendar.open_cycles(at.today)
        deadlines.sync(at.today)
    notices.send_due()
    cashless.count_recent()


def _never_comes(month: datetime.date, at: Scene) -> frozenset[int]:
    """The family of the own commune that has collected nothing since then."""
    with acting(COUNTRY):
        lines = families.lines_of(month, at.commune)
    monthly = [line for line in lines if all(part["b"].startswith(MONTHLY) for part in line.components)]
    return frozenset(line.household_id for line in monthly[:1])


def _ask_after(month: datetime.date, at: Scene) -> None:
    """A sample of the cluster's families asked whether the money arrived; some of the own commune's have answered."""
    by, officer = at.hands.province, at.hands.officer
    with acting(by):
        if VerificationPlan.objects.exists():
            return
        plan = verification.draw(month=month, area=at.cluster, strata=["reason"], confidence=90, margin=1500, by=by)
    with acting(officer):
        here = PaymentLine.objects.filter(month=month, area_pos__gte=officer.lo, area_pos__lt=officer.hi)
        paid = {line.id: line.total for line in here}
        for number, sample in enumerate(VerificationSample.objects.filter(plan=plan).order_by("number")[:ASKED]):
            told = verification.Told("call", at.today, reached=False, note="Gọi hai lần không nghe máy")
            if number:
                amount = paid[sample.line_id]
                told = verification.Told("visit", at.today, True, received=True, amount=amount, collected_by="self", was_charged=False)
            verification.record(sample=sample, told=told, client_key=uuid.uuid5(uuid.NAMESPACE_OID, f"demo-{sample.pk}"), by=officer)


def _grant_budgets(month: datetime.date, at: Scene) -> None:
    """What the year may take of each programme: a little more than twelve months like this one."""
    with acting(at.hands.province):
        rows = budgets.standing(list(PaymentList.objects.filter(month=month, province_no=at.province_no)))
        known = set(Budget.objects.filter(province_no=at.province_no).values_list("programme", flat=True))
        for row in rows:
            if row.programme not in known:
                amount = -(-row.asked * 25 // 2 // MILLION) * MILLION
                calendar.set_budget(
                    province_no=at.province_no, programme=row.programme, year=month.year, amount=amount,
                    source="Quyết định giao dự toán 1480/QĐ-UBND", by=at.hands.province,
                )  # fmt: skip


def _being_paid(month: datetime.date, at: Scene) -> None:
    """A third of the lists answered whole, a third in part, the rest not yet; the own commune's counter is open."""
    if not found(month, at, DRAFT):
        return
    send_out(month, at)
    lists = found(month, at, SENT)
    others = [pay_list for pay_list in lists if pay_list.commune_id != at.commune.pk]
    confirm_receipt(month, at, but=[pay_list.pk for pay_list in others[2::3][-3:]])
    away = _never_comes(add_months(month, -3), at)
    take_results(month, others[::3], at, Answers(away))
    take_results(month, others[1::3], at, Answers(away, open=OPEN))
    _file_with_findings(month, others[2::3], at)
    own = {pay_list.channel: pay_list for pay_list in lists if pay_list.commune_id == at.commune.pk}
    if "bank" in own:
        take_results(month, [own["bank"]], at, Answers(away, unpaid=0))
    if "ewallet" in own:
        _wallets(month, own["ewallet"], at)
    if "post" in own:
        _counter(month, own["post"], away, at)
    by = at.hands.chair
    with acting(by):
        notices.queue_paydays(month=month, lo=by.lo, hi=by.hi, by=by)


def _file_with_findings(month: datetime.date, lists: list[PaymentList], at: Scene) -> None:
    """A file that the post has sent and not yet booked: right rows, a wrong sum, no reason, a line that nobody knows."""
    with acting(COUNTRY):
        delivery = Delivery.objects.filter(pay_list__in=lists, agency__code="VNPOST").select_related("agency").order_by("pk").first()
        if delivery is None or ResultBatch.objects.filter(client_key="demo-findings").exists():
            return
        lines = list(PaymentLine.objects.filter(month=month, list_id=delivery.pay_list_id, total__gt=0).order_by("id")[:6])
    rows = [{"line": str(line.public_id), "outcome": "paid", "amount": line.total, "paid_on": f"{at.today}"} for line in lines]
    rows[-1:] = [{**rows[-1], "amount": 500_000}]
    rows[:1] = [
        {"line": rows[0]["line"], "outcome": "unpaid", "reason": ""},
        {**rows[0], "line": str(uuid.uuid5(uuid.NAMESPACE_OID, "nobody"))},
    ]
    upload(delivery.agency, rows, "demo-findings", at.hands.headquarters, f"ket-qua-bo-sung-{month:%Y-%m}")


def _wallets(month: datetime.date, pay_list: PaymentList, at: Scene) -> None:
    """Reconciled, for the chair to close; one family's money is asked to be written off."""
    with acting(COUNTRY):
        lines = list(PaymentLine.objects.filter(month=month, list_id=pay_list.pk, total__gt=0).order_by("id"))
        agency = Delivery.objects.get(pay_list=pay_list).agency
    rows = [{"line": str(line.public_id), "outcome": "paid", "amount": line.total, "paid_on": f"{at.today}"} for line in lines]
    rows[-1] = {"line": rows[-1]["line"], "outcome": "unpaid", "reason": "refused"}
    book(upload(agency, rows, f"demo-{month:%Y-%m}-wallet", COUNTRY), COUNTRY)
    by = at.hands.officer
    with acting(by):
        reconcile(lists=of_month(month, at, RESULTS_IN).filter(pk=pay_list.pk), by=by)
        if not WriteOff.objects.exists():
            reason = "Gia đình viết đơn từ chối nhận, đơn số 04/ĐN lưu tại xã"
            writing_off.ask(month=month, line_id=lines[-1].id, ground="declined", reason=reason, by=by)


def _counter(month: datetime.date, pay_list: PaymentList, away: frozenset[int], at: Scene) -> None:
    """The morning at the counter: paid, once to somebody sent by the family, and not paid."""
    by = at.hands.counter
    with acting(by):
        lines = list(
            PaymentLine.objects.filter(month=month, list_id=pay_list.pk, total__gt=0).exclude(household_id__in=away).order_by("id")[:MARKED]
        )
        for number, line in enumerate(lines):
            key = uuid.uuid5(uuid.NAMESPACE_OID, f"demo-{line.public_id}")
            if number % 4 == 3:
                mark(line=line, outcome="unpaid", reason="absent" if number == 3 else "moved", client_key=key, by=by)
            elif number == 1:
                mark(line=line, outcome="paid", client_key=key, proxy_name="Ly Thị Pà", proxy_tail="482", proxy_relation="con gái", by=by)
            else:
                mark(line=line, outcome="paid", client_key=key, by=by)


def _effects(at: Scene) -> None:
    """What the decree changes in the months paid before the program knew it; shown, for the province to agree."""
    by = at.hands.ministry
    with acting(by):
        if LawCorrection.objects.exists():
            return
        law_corrections.compute_effects(instrument=DECREE, area=at.province, by=by)


def _being_made(month: datetime.date, at: Scene) -> None:
    """The next month's lists: by post with the officer, bank's with the chair, wallets' with the cluster; the neighbour's are further."""
    drafts = {(pay_list.commune_id, pay_list.channel): pay_list for pay_list in found(month, at, DRAFT)}
    own = {"prepare": at.hands.officer, "check": at.hands.cluster}
    sign_off([drafts[key] for key in [(at.commune.pk, "bank")] if key in drafts], own)
    sign_off([drafts[key] for key in [(at.commune.pk, "ewallet")] if key in drafts], {"prepare": at.hands.officer})
    theirs = {"prepare": at.hands.other_officer, "check": at.hands.cluster, "approve": at.hands.other_chair}
    sign_off([drafts[key] for key in [(at.neighbour.pk, "post"), (at.neighbour.pk, "bank")] if key in drafts], theirs)
    by = at.hands.province
    with acting(by):
        if waiting := of_month(month, at, APPROVED).filter(channel="bank", commune=at.neighbour):
            release(lists=waiting, by=by)
