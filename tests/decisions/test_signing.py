"""Numbers in order under races, two chairs at once, the constraint behind the check, facts that change in between."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from beneficiaries.models import Decision, DecisionDocument
from beneficiaries.operations import decision_documents
from beneficiaries.operations.decision_documents import DecisionRefused
from households.operations import confirm_death, set_fact
from posasoft.core.scope import COUNTRY, Scope, acting
from tests.decisions import cast
from tests.decisions.cast import BOY, GRANDMOTHER, Decided, noon
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
OLD = datetime.date(1949, 3, 3)


@pytest.fixture(autouse=True)
def _on_one_day() -> Iterator[None]:
    with time_machine.travel(noon("2026-11-21"), tick=False):
        yield


@pytest.fixture
def made() -> Decided:
    return cast.make()


def several(made: Decided, count: int) -> list[DecisionDocument]:
    """Papers for as many old women with a social pension to come."""
    names = [f"Vừ Thị Mẩy {number}" for number in range(count)]
    for name in names:
        cast.add_family(made.people, name, OLD)
    return [cast.prepared(made, "grant", name) for name in names]


def sign_in_thread(papers: list[DecisionDocument], by: Scope, out: list[object]) -> threading.Thread:
    def work() -> None:
        try:
            with acting(by):
                out.append(decision_documents.sign(documents=papers, by=by))
        except Exception as error:  # the test looks at it
            out.append(error)
        finally:
            connection.close()

    return threading.Thread(target=work)


def test_two_chairs_at_once_number_without_gap_or_twin(made: Decided) -> None:
    papers = several(made, 8)
    out: list[object] = []
    threads = [sign_in_thread(papers[:4], made.chair, out), sign_in_thread(papers[4:], made.deputy, out)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(DecisionDocument.objects.values_list("sequence", flat=True)) == list(range(1, 9)), out


def test_two_chairs_on_the_same_papers_sign_each_once(made: Decided) -> None:
    papers = several(made, 3)
    out: list[object] = []
    threads = [sign_in_thread(papers, made.chair, out), sign_in_thread(papers[::-1], made.deputy, out)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(DecisionDocument.objects.values_list("sequence", flat=True)) == [1, 2, 3], out
    assert Decision.objects.count() == 3
    assert sorted(len(done.signed) for done in out) == [0, 3]  # type: ignore[attr-defined]  # both are Signing


def test_a_signing_that_fails_gives_its_number_back(made: Decided) -> None:
    first, second, third = several(made, 3)
    with owner(), acting(COUNTRY):
        confirm_death(person_id=second.person_id, died_on=datetime.date(2026, 11, 20), change=made.people.change, by=COUNTRY)
    with acting(made.chair):
        done = decision_documents.sign(documents=[first, second, third], by=made.chair)
    assert [paper.number for paper in done.signed] == ["01/QĐ-UBND", "02/QĐ-UBND"]
    assert [paper.pk for paper, _why in done.held] == [second.pk]


def test_facts_that_changed_since_hold_a_paper_back_and_say_what(made: Decided) -> None:
    paper = cast.prepared(made, "grant", BOY)
    with owner(), acting(COUNTRY):
        degree = {"degree": "extremely_severe", "type": "mobility", "certified": "2026-11-10"}
        set_fact(
            subject="p", subject_id=paper.person_id, fact="disability", value=degree, since=datetime.date(2026, 11, 10),
            change=made.people.change, by=COUNTRY,
        )  # fmt: skip
    with acting(made.chair):
        done = decision_documents.sign(documents=[paper], by=made.chair)
    [(held, why)] = done.held
    assert "Dữ liệu đã thay đổi từ khi soạn" in why
    assert DecisionDocument.objects.get(pk=held.pk).held_reason == why
    assert not Decision.objects.exists()


def test_the_database_itself_refuses_one_person_for_both_hands(made: Decided) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        DecisionDocument.objects.filter(pk=paper.pk).update(signed_by=made.officer.user_id)


def test_only_a_chair_of_the_commune_signs(made: Decided) -> None:
    paper = cast.prepared(made, "grant", GRANDMOTHER)
    with acting(made.officer), pytest.raises(DecisionRefused, match="Chủ tịch"):
        decision_documents.sign(documents=[paper], by=made.officer)
    with acting(made.other_chair):
        assert decision_documents.sign(documents=[paper], by=made.other_chair).signed == []


@pytest.mark.parametrize("statement", ["UPDATE {t} SET number = 'x'", "UPDATE {t} SET content = '{{}}'", "DELETE FROM {t}"])
def test_a_signed_paper_never_changes(made: Decided, statement: str) -> None:
    cast.signed(made, cast.prepared(made, "grant", GRANDMOTHER))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(t="beneficiaries_decisiondocument"))


def test_a_year_begins_its_numbers_anew(made: Decided) -> None:
    first, second = several(made, 2)
    cast.signed(made, first)
    with time_machine.travel(noon("2027-01-04"), tick=False):
        (done,) = cast.signed(made, second)
    assert (done.number, done.year) == ("01/QĐ-UBND", 2027)
    assert done.lines[0]["from_month"] == "2027-01-01"
