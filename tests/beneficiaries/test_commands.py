"""The command line: run a month, release it, explain a person."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from payments.models import PaymentList
from tests.beneficiaries.test_month_run import BOY, NOVEMBER, named, people, run
from tests.households.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["people"]


def said(*arguments: str) -> str:
    output = io.StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


def test_explain_says_what_is_due_with_article_conditions_and_arithmetic(people: Cast) -> None:
    text = said("explain", "--person", str(named(BOY).pk), "--month", "2026-11")
    assert "TCXH-5.6" in text
    assert "335/2026/NĐ-CP, Điều 5 khoản 6" in text
    assert "1.080.000\u00a0đ (hệ số 2)" in text
    refused = text.split("Không được hưởng:")[1]
    assert "TCXH-5.7" in refused
    assert "không đạt" in refused


def test_explain_speaks_english(people: Cast) -> None:
    text = said("explain", "--person", str(named(BOY).public_id), "--month", "2026-11", "--lang", "en")
    assert "Due:" in text
    assert "coefficient 2" in text


def test_explain_refuses_an_unknown_person_and_a_month_that_is_none(people: Cast) -> None:
    with pytest.raises(CommandError, match="Không có người"):
        said("explain", "--person", "999999999", "--month", "2026-11")
    with pytest.raises(CommandError, match="không phải là tháng"):
        said("explain", "--person", "1", "--month", "2026-13")


def test_release_month_releases_the_drafts_and_says_how_many(people: Cast) -> None:
    run(NOVEMBER)
    assert "1 danh sách" in said("release_month", "2026-11")
    assert PaymentList.objects.get().status == "released"
    with pytest.raises(CommandError, match="Không có danh sách dự thảo"):
        said("release_month", "2026-11")


def test_run_month_starts_the_run_and_leaves_the_work_to_the_workers(people: Cast) -> None:
    assert "0 / 2 hộ" in said("run_month", "2026-11")
    with pytest.raises(CommandError):
        said("run_month", "november")
