"""Benefits of an accepted list become inherited decisions; another amount than the law's is somebody's task, never what is paid."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from beneficiaries import queries
from beneficiaries.models import Decision
from beneficiaries.operations import pull_inherited
from households.models.importing import ImportBatch, ImportedBenefit
from posasoft.core.models import WorkItem
from posasoft.core.scope import COUNTRY, acting
from tests.beneficiaries.test_month_run import BOY, DECEMBER, NOVEMBER, line, named, people, release_all, run
from tests.households.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


@pytest.fixture
def batch(people: Cast) -> ImportBatch:
    return ImportBatch.objects.create(
        area=people.dong_van, area_date=datetime.date(2026, 1, 1), change=people.change, province_no=3, area_pos=people.dong_van.position or 0,
        file_name="danh-sach.xlsx", sha256="0" * 64, size=1,
    )  # fmt: skip


def listed(batch: ImportBatch, name: str, benefit: str, amount: int | None) -> ImportedBenefit:
    person = named(name)
    return ImportedBenefit.objects.create(
        import_batch=batch, person=person, household_id=person.household_id, benefit=benefit, amount=amount, from_day=datetime.date(2026, 8, 1),
        province_no=3, area_pos=person.area_pos,
    )  # fmt: skip


def pull() -> int:
    with acting(COUNTRY):
        return pull_inherited(by=COUNTRY)


def test_a_listed_benefit_becomes_a_decision_without_signature_in_force_from_the_lists_day(people: Cast, batch: ImportBatch) -> None:
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    listed(batch, BOY, "TCXH-5.6", 1_080_000)
    assert pull() == 1
    made = Decision.objects.get(benefit="TCXH-5.6")
    assert (made.source, made.signed_on, made.from_month, made.change) == ("inherited", None, datetime.date(2026, 8, 1), people.change)
    assert pull() == 0
    assert not WorkItem.objects.exists()


def test_what_is_paid_is_what_the_law_gives_and_both_amounts_are_shown(people: Cast, batch: ImportBatch) -> None:
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    listed(batch, BOY, "TCXH-5.6", 750_000)
    pull()
    task = WorkItem.objects.get(kind="listed_amount")
    assert "750.000 đ" in task.reason
    assert "1.080.000 đ" in task.reason
    run(NOVEMBER)
    found: dict[str, Any] | None = line(NOVEMBER, people.family.pk)
    assert found is not None
    assert found["components"][("TCXH-5.6", "2026-11")] == 1_080_000


def test_a_decision_already_in_force_stays(people: Cast, batch: ImportBatch) -> None:
    listed(batch, BOY, "TCXH-5.6", None)
    assert pull() == 0
    assert Decision.objects.get(benefit="TCXH-5.6").source == "decision"


def test_an_undone_list_takes_its_decisions_with_it(people: Cast, batch: ImportBatch) -> None:
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    benefit = listed(batch, BOY, "TCXH-5.6", None)
    pull()
    ImportedBenefit.objects.filter(pk=benefit.pk).update(withdrawn_at=timezone.now())
    pull()
    assert not Decision.objects.filter(benefit="TCXH-5.6").exists()
    assert Decision.objects.filter(benefit="PENSION-SOCIAL").exists()


def test_months_that_the_old_list_paid_are_not_paid_again(people: Cast, batch: ImportBatch) -> None:
    """The list comes in after November was released: it says "paid since August", so nothing before it is arrears."""
    Decision.objects.filter(benefit="TCXH-5.6").delete()
    run(NOVEMBER)
    release_all()
    listed(batch, BOY, "TCXH-5.6", None)
    pull()
    Decision.objects.filter(benefit="TCXH-5.6").update(created_at=datetime.datetime(2026, 12, 3, tzinfo=datetime.UTC))
    run(DECEMBER)
    found = line(DECEMBER, people.family.pk)
    assert found is not None
    assert (found["amount"], found["arrears"]) == (1_620_000, 0)
    counts = queries.comparison(DECEMBER, lo=people.dong_van.position or 0, hi=people.dong_van.position_end or 0)
    assert [(count.kind, count.benefit, count.lines, count.after) for count in counts] == [("new", "TCXH-5.6", 1, 1_080_000)]
