"""What the engine finds in a month: each kind with its month, idempotent, dismissed until facts change, nobody of the neighbours."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine

from beneficiaries import operations
from beneficiaries.models import Decision, Found
from beneficiaries.operations import findings
from beneficiaries.operations.compute import Place
from beneficiaries.operations.findings import FindingRefused
from households.operations import confirm_death, set_fact
from payments.operations import work_run
from posasoft.core import jobs
from posasoft.core.models import Job, WorkItem
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon

pytestmark = pytest.mark.django_db(transaction=True)
D = datetime.date
NOVEMBER = D(2026, 11, 1)
PROVINCE = Scope("area", 3 * 10**10, 4 * 10**10, role="system")


@pytest.fixture(autouse=True)
def _in_november() -> Iterator[None]:
    with time_machine.travel(noon("2026-11-06"), tick=True):
        yield


@pytest.fixture
def made() -> Decided:
    return cast.make()


def look(month: datetime.date = NOVEMBER) -> set[tuple[str, str, str, str]]:
    """(kind, who, benefit, month) of what is waiting after a look."""
    with acting(PROVINCE):
        findings.find(month=month, place=Place(3, PROVINCE.lo, PROVINCE.hi), province_code="08")
    return {
        (f.kind, f.person.full_name if f.person else "", f.benefit, f.month.isoformat())
        for f in Found.objects.select_related("person").filter(state__in=("new", "opened"))
    }


def test_missing_and_ended_are_found_for_this_month(made: Decided) -> None:
    cast.decided(made, "Giàng Mí Páo", "PENSION-SOCIAL", D(2026, 1, 1))
    found = look()
    assert ("missing", BOY, "TCXH-5.6", "2026-11-01") in found
    assert ("missing", GRANDMOTHER, "PENSION-SOCIAL", "2026-11-01") in found
    assert ("ended", "Giàng Mí Páo", "PENSION-SOCIAL", "2026-11-01") in found


def test_whoever_ages_in_or_out_within_three_months_is_found_with_the_month(made: Decided) -> None:
    """70 on 20/01/2027, poor: the social pension from January. 16 on 15/12/2026: December is still due, January is the first month that is not."""
    cast.add_family(made.people, "Lầu Thị Chở", D(1957, 1, 20))
    cast.add_family(made.people, "Lầu Mí Nô", D(2010, 12, 15), no_parental_care="b")
    cast.decided(made, "Lầu Mí Nô", "TCXH-5.1", D(2026, 1, 1))
    found = look()
    assert ("coming", "Lầu Thị Chở", "PENSION-SOCIAL", "2027-01-01") in found
    assert ("leaving", "Lầu Mí Nô", "TCXH-5.1", "2027-01-01") in found


def test_a_level_that_changes_with_an_age_is_found_before_it_does(made: Decided) -> None:
    """Four on 10/01/2027: 2,5 × 540.000 = 1.350.000 becomes 1,5 × 540.000 = 810.000 in January."""
    cast.add_family(made.people, "Lầu Thị Say", D(2023, 1, 10), no_parental_care="b")
    cast.decided(made, "Lầu Thị Say", "TCXH-5.1", D(2026, 1, 1))
    with acting(COUNTRY):
        started = operations.start_run(month=NOVEMBER, by=COUNTRY)
    work_run(started.pk)
    assert ("level", "Lầu Thị Say", "TCXH-5.1", "2027-01-01") in look()
    row = Found.objects.get(kind="level")
    assert (row.amount, row.amount_after) == (1_350_000, 810_000)


def test_deaths_suspensions_and_decisions_running_out_are_found(made: Decided) -> None:
    cast.decided(made, GRANDMOTHER, "PENSION-SOCIAL", D(2026, 1, 1))
    boys = cast.decided(made, BOY, "TCXH-5.6", D(2026, 1, 1))
    cast.signed(made, cast.prepared(made, "suspend", BOY, ground="uncollected"))
    with acting(COUNTRY):
        confirm_death(person_id=cast.named(GRANDMOTHER).pk, died_on=D(2026, 11, 3), change=made.people.change, by=COUNTRY)
        Decision.objects.filter(pk=boys.pk).update(until_month=D(2027, 1, 1))
    found = look()
    assert ("died", GRANDMOTHER, "PENSION-SOCIAL", "2026-12-01") in found
    assert ("suspended", BOY, "TCXH-5.6", "2026-11-01") in found
    assert ("expired", BOY, "TCXH-5.6", "2027-01-01") in found


def test_looking_again_changes_nothing(made: Decided) -> None:
    look()
    before = list(Found.objects.order_by("pk").values_list())
    look()
    assert list(Found.objects.order_by("pk").values_list()) == before


def test_a_dismissed_finding_stays_dismissed_until_the_facts_change(made: Decided) -> None:
    look()
    row = Found.objects.get(kind="missing", person__full_name=GRANDMOTHER)
    with acting(made.officer):
        with pytest.raises(FindingRefused, match="lý do"):
            findings.move(found=row, verb="dismiss", by=made.officer)
        findings.move(found=row, verb="dismiss", reason="Đã hỏi, bà không nhận", by=made.officer)
    look(D(2026, 12, 1))
    row.refresh_from_db()
    assert (row.state, row.seen_month) == ("dismissed", D(2026, 12, 1))
    with acting(COUNTRY):
        value = {"class": "near_poor", "b1": 140, "b2": 20}
        set_fact(
            subject="h", subject_id=row.household_id, fact="poverty", value=value, since=D(2026, 12, 3), change=made.people.change, by=COUNTRY
        )  # fmt: skip
    look(D(2026, 12, 1))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("new", "")


def test_what_was_decided_is_found_no_more(made: Decided) -> None:
    look()
    cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
    assert Found.objects.get(kind="missing", person__full_name=GRANDMOTHER).state == "done"
    assert ("missing", GRANDMOTHER, "PENSION-SOCIAL", "2026-11-01") not in look()


def test_what_loses_to_a_higher_benefit_is_not_missing(made: Decided) -> None:
    """Article 6.2: severely disabled and 78: 540.000 × 2,0 = 1.080.000 is received, the pension of 540.000 would bring nothing."""
    with acting(COUNTRY):
        person = cast.named(GRANDMOTHER)
        degree = {"degree": "severe", "type": "sight", "certified": "2026-02-01"}
        change = made.people.change
        set_fact(subject="p", subject_id=person.pk, fact="disability", value=degree, since=D(2026, 2, 1), change=change, by=COUNTRY)
    cast.decided(made, GRANDMOTHER, "TCXH-5.6", D(2026, 3, 1))
    assert not {found for found in look() if found[1] == GRANDMOTHER}


def test_one_task_per_commune_tells_the_officer(made: Decided) -> None:
    look()
    task = WorkItem.objects.get(kind="findings", subject_id=made.people.dong_van.pk)
    assert (task.title, task.role, task.done_at) == ("Rà soát đối tượng tháng 11/2026", "commune_officer", None)


def test_a_newer_months_look_takes_over_the_task_and_an_older_one_asks_nothing_again(made: Decided) -> None:
    look()
    look(D(2026, 12, 1))
    before = list(Found.objects.order_by("pk").values_list())
    look(D(2026, 8, 1))
    assert list(Found.objects.order_by("pk").values_list()) == before
    task = WorkItem.objects.get(kind="findings", subject_id=made.people.dong_van.pk)
    assert (task.title, task.due_on, task.done_at) == ("Rà soát đối tượng tháng 12/2026", D(2026, 12, 31), None)


def test_the_task_counts_down_and_ends_with_the_last_finding(made: Decided) -> None:
    look()
    task = WorkItem.objects.get(kind="findings", subject_id=made.people.dong_van.pk)
    here = list(Found.objects.filter(commune=made.people.dong_van, state="new").order_by("pk"))
    assert len(here) > 1
    assert task.reason == f"{len(here)} việc máy tìm thấy"
    with acting(made.officer):
        for row in here[1:]:
            findings.move(found=row, verb="dismiss", reason="Đã hỏi gia đình", by=made.officer)
        task.refresh_from_db()
        assert (task.reason, task.done_at) == ("1 việc máy tìm thấy", None)
        findings.move(found=here[0], verb="dismiss", reason="Đã hỏi gia đình", by=made.officer)
        task.refresh_from_db()
        assert task.done_at is not None


def test_a_month_that_lies_back_is_looked_at_as_of_today(made: Decided) -> None:
    """August, computed in November: the task is November's, not one that is 67 days late when it is made."""
    with acting(COUNTRY):
        operations.start_run(month=D(2026, 8, 1), by=COUNTRY)
    jobs.run_all()
    assert Job.objects.get(kind=findings.FIND).params["month"] == "2026-11-01"
    task = WorkItem.objects.get(kind="findings", subject_id=made.people.dong_van.pk)
    assert (task.title, task.due_on) == ("Rà soát đối tượng tháng 11/2026", D(2026, 11, 30))


def test_a_months_run_schedules_the_look_once(made: Decided) -> None:
    with acting(COUNTRY):
        operations.start_run(month=NOVEMBER, by=COUNTRY)
    jobs.run_all()
    assert Job.objects.filter(kind=findings.FIND).count() == 1
    assert Job.objects.get(kind=findings.FIND).status == "done", Job.objects.get(kind=findings.FIND).error_id
    assert Found.objects.filter(kind="missing").exists()
