"""The calendar: a rule needs two people, gives working days, and the days of a month once written stay; tasks appear, change hands and go."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from django.db import IntegrityError, transaction

from payments.models import Budget, Cycle, CycleProposal, CycleRule, PaymentList
from payments.operations import release
from payments.operations.calendar import CalendarRefused, Rule, decide, open_cycles, preview, propose, set_budget
from payments.queries.cycle import pay_days
from payments.tasks import keep_calendar
from posasoft.core.models import Area, AuditEvent, Role, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.beneficiaries.test_month_run import DECEMBER, NOVEMBER, people, run
from tests.households.cast import Cast
from tests.payments.test_steps import chair, lan, minh, province, step, who

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]
TODAY = datetime.date(2026, 10, 12)
USUAL = Rule(DECEMBER, 15, 24, 1, 10, 19, 50, 5_000_000_000)
REASON = "Công văn 123 của Sở, tháng Tết"


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(datetime.datetime(2026, 10, 12, 3, tzinfo=datetime.UTC), tick=True):
        yield


def another() -> Scope:
    return who("tinh2", Role.PROVINCE_OFFICER)


def proposed(rule: Rule = USUAL, by: Scope | None = None) -> CycleProposal:
    with acting(COUNTRY):
        return propose(province_no=3, rule=rule, reason=REASON, by=by or province())


def test_every_previewed_day_is_worked_and_tet_moves_the_pay_days(people: Cast) -> None:
    """From Thursday 4 to Wednesday 10 February 2027 nobody works: of the planned 3 to 10 February only the 3rd is left. Five days of paying are the
    least: the 3rd, 11th, 12th, 15th and 16th, still before the report on the 19th."""
    days = dict(preview(replace(USUAL, pay_from_day=3, pay_to_day=10)))
    assert len(days) == 12
    february = days[datetime.date(2027, 2, 1)]
    assert (february.cut_off_on, february.list_by) == (datetime.date(2027, 1, 15), datetime.date(2027, 1, 22))
    assert (february.pay_from, february.pay_to) == (datetime.date(2027, 2, 3), datetime.date(2027, 2, 16))
    assert pay_days(february) == 5
    short = dict(preview(replace(USUAL, pay_from_day=3, pay_to_day=10, report_by_day=11)))[datetime.date(2027, 2, 1)]
    assert (short.pay_to, short.report_by, pay_days(short)) == (datetime.date(2027, 2, 3), datetime.date(2027, 2, 11), 1)
    for month, row in days.items():
        assert row.list_by < month, month
        assert row.list_by.day < 25, month
        assert row.pay_to < row.report_by, month
        assert row.report_by.day < 20, month


def test_a_rule_holds_only_when_another_person_has_confirmed_it(people: Cast) -> None:
    asked = proposed(replace(USUAL, cut_off_day=10))
    assert not CycleRule.objects.filter(province_no=3).exists()
    with acting(COUNTRY), pytest.raises(CalendarRefused, match="cần một người khác"):
        decide(proposal=asked, agree=True, answer="", by=province())
    with acting(COUNTRY):
        decide(proposal=asked, agree=True, answer="", by=another())
    rule = CycleRule.objects.get(province_no=3)
    assert (rule.since, rule.cut_off_day, rule.reason, rule.made_by_id) == (DECEMBER, 10, REASON, province().user_id)
    assert Cycle.objects.get(province_no=3, month=DECEMBER).cut_off_on == datetime.date(2026, 11, 10)
    assert [row.verb for row in AuditEvent.objects.filter(object_kind="payments_cycleproposal").order_by("pk")] == [
        "propose_calendar",
        "confirm_calendar",
    ]
    with acting(COUNTRY), pytest.raises(CalendarRefused, match="đã được xử lý"):
        decide(proposal=asked, agree=True, answer="", by=another())


def test_the_table_itself_wants_two_people(people: Cast) -> None:
    asked = proposed()
    with pytest.raises(IntegrityError, match="payments_proposal_two_people"), transaction.atomic():
        CycleProposal.objects.filter(pk=asked.pk).update(outcome="confirmed", decided_by=province().user_id)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (replace(USUAL, list_by_day=25), "trước ngày 25"),
        (replace(USUAL, report_by_day=20), "trước ngày 20"),
        (replace(USUAL, cut_off_day=24), "Ngày chốt"),
        (replace(USUAL, pay_from_day=11), "không sau ngày kết thúc"),
        (replace(USUAL, since=datetime.date(2026, 10, 1)), "từ tháng sau"),
    ],
)
def test_a_rule_against_the_law_is_refused_with_the_day_that_is_wrong(people: Cast, rule: Rule, said: str) -> None:
    with pytest.raises(CalendarRefused, match=said):
        proposed(rule)


def test_a_second_proposal_waits_for_the_first_and_a_neighbouring_province_is_not_ones_own(people: Cast) -> None:
    proposed()
    with pytest.raises(CalendarRefused, match="đang có|Đang có"):
        proposed(by=another())
    foreign = Scope("area", 40000000000, 50000000000, province().user_id, Role.PROVINCE_OFFICER, 1)
    with acting(COUNTRY), pytest.raises(CalendarRefused, match="không thuộc"):
        propose(province_no=3, rule=USUAL, reason=REASON, by=foreign)


def test_days_once_written_stay_and_twice_is_once(people: Cast) -> None:
    with acting(COUNTRY):
        assert open_cycles(TODAY) == 3 * Area.objects.filter(level="province", position__isnull=False).count()
        Cycle.objects.filter(month=NOVEMBER).update(pay_from=datetime.date(2026, 11, 5))
        assert open_cycles(TODAY) == 0
    assert Cycle.objects.filter(month=NOVEMBER).first().pay_from == datetime.date(2026, 11, 5)  # type: ignore[union-attr]  # there is one


def tasks() -> set[tuple[str, str, datetime.date | None]]:
    return set(WorkItem.objects.filter(done_at__isnull=True, kind__startswith="cycle_").values_list("kind", "role", "due_on"))


def test_each_hand_has_its_task_until_its_day_and_the_province_hears_of_what_is_late(people: Cast) -> None:
    """The list of November is due on Friday 23 October 2026 (the 24th is a Saturday), the cut-off is on the 15th."""
    keep_calendar()
    assert ("cycle_cut_off", "commune_officer", datetime.date(2026, 10, 15)) in tasks()
    run(NOVEMBER)
    pay_list = PaymentList.objects.select_related("commune").get()
    keep_calendar()
    due = datetime.date(2026, 10, 23)
    assert ("cycle_draft", "commune_officer", due) in tasks()
    pay_list = step(pay_list, "prepare", lan())
    assert {row for row in tasks() if row[0] != "cycle_cut_off"} == {("cycle_prepared", "commune_officer", due)}
    step(pay_list, "check", minh())
    with time_machine.travel(datetime.datetime(2026, 10, 26, 3, tzinfo=datetime.UTC)):
        keep_calendar()
        keep_calendar()
        late = WorkItem.objects.get(kind="cycle_late", done_at__isnull=True)
        assert (late.role, late.reason) == ("province_officer", "1 danh sách chưa phát hành, trong đó Xã Đồng Văn")
        assert {row[0] for row in tasks()} == {"cycle_checked", "cycle_late"}
        pay_list = step(pay_list, "approve", chair())
        with acting(COUNTRY):
            release(lists=[pay_list], by=province())
        keep_calendar()
        assert {row[0] for row in tasks()} == set()
    with time_machine.travel(datetime.datetime(2026, 11, 2, 3, tzinfo=datetime.UTC)):
        keep_calendar()
        assert ("cycle_send", "province_officer", datetime.date(2026, 11, 2)) in tasks()
    with time_machine.travel(datetime.datetime(2026, 11, 12, 3, tzinfo=datetime.UTC)):
        keep_calendar()
        assert ("cycle_report", "province_officer", datetime.date(2026, 11, 19)) in tasks()


def test_a_budget_is_entered_with_its_source_and_changed_with_both_figures_in_the_trail(people: Cast) -> None:
    with acting(COUNTRY):
        with pytest.raises(CalendarRefused, match="nguồn"):
            set_budget(province_no=3, programme="tcxh", year=2026, amount=1, source=" ", by=province())
        set_budget(province_no=3, programme="tcxh", year=2026, amount=10_000_000, source="QĐ 45/QĐ-UBND", by=province())
        set_budget(province_no=3, programme="tcxh", year=2026, amount=12_000_000, source="QĐ 99/QĐ-UBND", by=another())
        with pytest.raises(CalendarRefused, match="Vai trò"):
            set_budget(province_no=3, programme="tcxh", year=2026, amount=1, source="QĐ 99/QĐ-UBND", by=lan())
    assert (Budget.objects.get().amount, Budget.objects.get().source) == (12_000_000, "QĐ 99/QĐ-UBND")
    with acting(COUNTRY):
        details = [row.detail for row in AuditEvent.objects.filter(verb="set_budget").order_by("pk")]
    assert [(row["before"], row["amount"]) for row in details] == [(None, 10_000_000), (10_000_000, 12_000_000)]
