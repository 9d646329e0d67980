"""Requests that no form of ours sends: fields that no form has, steps out of turn, code in every name (tests 18, 19, 25)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from beneficiaries.models import Case, DecisionDocument
from households.models import ChangeRequest, Household, ImportBatch, Person
from posasoft.core.models import ExportRequest, Role, User
from posasoft.portal.verbs_of_pages import OWN, POSTED
from tests.access.matrix import ROWS
from tests.access.reading import text_of
from tests.access.test_matrix import asking
from tests.access.things import THINGS
from tests.access.world import World
from tests.support.database import owner
from tests.support.second_factor import confirm

STANDING = True
Enter = Callable[[User], Client]
OURS = ("core", "households", "beneficiaries", "payments")
NUMBER, PROVINCE, WORD = 987_654_321, 77, "zzforged"
# What a person types is stored; these are set by the program alone.
WORDS_OF_STATE = frozenset(
    {"status", "role", "scope_kind", "checksum", "sha256", "law_version", "requested_role", "username", "check_code"}
)
# A digit to Python's isdigit() and a number to nobody.
NO_NUMBER = "²"
CODE = "<script>alert(7)</script><img src=x onerror=alert(7)>"


def columns() -> Iterator[tuple[str, str, str, str]]:
    """Table, column, name of the form field, forged value: every field of every model that the program sets and nobody types."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS or not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.concrete_fields:
            if field.name == "province_no":
                yield model._meta.db_table, field.column, field.name, str(PROVINCE)
            elif isinstance(field, models.ForeignKey | models.BigIntegerField | models.IntegerField) and not isinstance(
                field, models.SmallIntegerField
            ):
                if not isinstance(getattr(field, "target_field", field), models.UUIDField | models.CharField):
                    yield model._meta.db_table, field.column, field.name, str(NUMBER)
            elif isinstance(field, models.CharField) and field.name in WORDS_OF_STATE:
                yield model._meta.db_table, field.column, field.name, WORD


def found_forged() -> list[str]:
    """Tables of the database in which a forged value stands."""
    by_table: dict[str, list[str]] = {}
    for table, column, _name, value in columns():
        by_table.setdefault(table, []).append(f"\"{column}\" = '{value}'")
    looks = " UNION ALL ".join(
        f"""SELECT '{table}' WHERE EXISTS (SELECT FROM "{table}" WHERE {" OR ".join(tests)})""" for table, tests in by_table.items()
    )
    with owner(), connection.cursor() as cursor:
        cursor.execute(looks)
        return [row[0] for row in cursor.fetchall()]


def forged_fields() -> dict[str, str]:
    """Every field of every model under its own name and its column's, with a value that nobody else would write."""
    fields: dict[str, str] = {"is_superuser": "1", "is_staff": "1", "is_active": "0", "id": str(NUMBER), "pk": str(NUMBER)}
    fields |= dict.fromkeys(("list", "row", "rows", "blocks", "correction", "village", "notice", "after", "to", "of", "day"), NO_NUMBER)
    for _table, column, name, value in columns():
        fields[name] = fields[column] = value
    return fields


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.ADMINISTRATOR])
def test_no_form_takes_a_field_that_the_program_sets(world: World, enter: Enter, role: str) -> None:
    user = world.users[role]
    with owner():
        User.objects.filter(pk=user.pk).update(is_superuser=False)
        forms = POSTED.keys() | OWN
        asks = {row.name: asking(row, world.own, user) for row in ROWS if role in (row.roles or ()) and row.name in forms}
    client = enter(user)
    confirm(client)
    client.raise_request_exception = False
    forged, wrong = forged_fields(), []
    assert {
        "status",
        "area_pos",
        "province_no",
        "amount",
        "prepared_by",
        "signed_by",
        "requested_by",
        "decided_by",
        "role",
    } <= forged.keys()
    for name, (url, data) in asks.items():
        if name in ("sign_out", "practice_enter", "practice_reset"):
            continue
        with transaction.atomic():
            response = client.post(url, forged | data)
            status, _text = response.status_code, text_of(response)
            wrong += [f"{name}: a value of {table} was taken from the form" for table in found_forged()]
            wrong += [f"{name}: {status}"] if status >= 500 else []
            with owner():
                wrong += [f"{name}: a superuser"] if User.objects.filter(is_superuser=True).exists() else []
            transaction.set_rollback(True)
    assert wrong == []


def test_forged_values_would_be_found(world: World) -> None:
    with owner():
        Case.objects.create(form="335-02", commune=world.own.commune, status="draft", applicant="x", province_no=2, area_pos=NUMBER)
    assert found_forged() == ["beneficiaries_case"]


def test_no_step_of_a_case_is_skipped_by_posting_it(world: World, enter: Enter) -> None:
    officer, chair = world.users[Role.COMMUNE_OFFICER], world.users[Role.COMMUNE_CHAIR]
    with owner():
        case_id = THINGS["case"](world.own, officer)["public_id"]
        Case.objects.filter(public_id=case_id).update(status="draft")
    for user in (officer, chair):
        client = enter(user)
        confirm(client)
        for name in ("decide", "refuse", "close", "notify", "appraise", "post", "make_ready", "uphold"):
            assert client.post(f"/cases/{case_id}/move/{name}/", {"note": "bỏ qua bước"}).status_code in (403, 404, 422), name
    with owner():
        assert Case.objects.get(public_id=case_id).status == "draft"


def test_a_draft_of_a_decision_is_not_signed_and_an_officer_signs_nothing(world: World, enter: Enter) -> None:
    officer, chair = world.users[Role.COMMUNE_OFFICER], world.users[Role.COMMUNE_CHAIR]
    with owner():
        paper_id = THINGS["decision"](world.own, officer)["public_id"]
    forged = {"id": str(paper_id), "paper": str(paper_id), "papers": str(paper_id), "status": "prepared"}
    for user, answers in ((officer, {403}), (chair, {200, 302, 400, 404, 409, 422})):
        client = enter(user)
        confirm(client)
        assert client.post("/decisions/sign/", forged).status_code in answers
    with owner():
        assert DecisionDocument.objects.get(public_id=paper_id).status == "draft"


def test_a_change_is_not_approved_before_it_is_sent_nor_by_whoever_asked(world: World, enter: Enter) -> None:
    officer, chair = world.users[Role.COMMUNE_OFFICER], world.users[Role.COMMUNE_CHAIR]
    with owner():
        draft = THINGS["change_own"](world.own, chair)["public_id"]
        sent = THINGS["change"](world.own, officer)["public_id"]
        ChangeRequest.objects.filter(public_id=sent).update(requested_by=officer)
    for user, request_id in ((chair, draft), (officer, sent)):
        enter(user).post(f"/changes/{request_id}/approve/", {"status": "applied"})
    with owner():
        assert set(ChangeRequest.objects.filter(public_id__in=[draft, sent]).values_list("status", flat=True)) == {"draft", "submitted"}


def test_nobody_agrees_to_the_own_export(world: World, enter: Enter) -> None:
    chair = world.users[Role.COMMUNE_CHAIR]
    with owner():
        asked_id = THINGS["export_waiting"](world.own, chair)["public_id"]
        ExportRequest.objects.filter(public_id=asked_id).update(requested_by=chair)
    client = enter(chair)
    confirm(client)
    assert client.post(f"/downloads/{asked_id}/decide/", {"approve": "1"}).status_code == 404
    with owner():
        assert ExportRequest.objects.get(public_id=asked_id).status == "waiting_second"


@pytest.mark.parametrize("role", [Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.PROVINCE_OFFICER, Role.AGENCY_CLERK, Role.HOTLINE])
def test_code_in_a_name_is_text_on_every_page(world: World, enter: Enter, role: str) -> None:
    user = world.users[role]
    with owner():
        urls = {
            row.name: asking(row, world.own, user) for row in ROWS if row.roles is not None and role in row.roles and row.method == "GET"
        }
        Person.objects.update(full_name=f"Páo {CODE}")
        Household.objects.update(address=f"Nhà {CODE}")
        Case.objects.update(applicant=f"Páo {CODE}")
        ChangeRequest.objects.update(reason=CODE, payload={"full_name": CODE})
        ImportBatch.objects.update(file_name=f"{CODE}.xlsx")
        User.objects.update(full_name=f"Cán bộ {CODE}")
    client = enter(user)
    client.raise_request_exception = False
    raw, failed = [], []
    shown = 0
    for name, (url, data) in urls.items():
        with transaction.atomic():
            response = client.get(url, dict.fromkeys(("after", "area", "village", "year", "month", "page"), NO_NUMBER) | data)
            body = text_of(response)
            transaction.set_rollback(True)
        failed += [name] if response.status_code >= 500 else []
        if response.headers.get("Content-Type", "").startswith("text/html"):
            raw += [name] if re.search(r"<script>alert\(7\)|<img src=x", body) else []
            shown += "&lt;script&gt;alert(7)" in body
    assert (raw, failed) == ([], [])
    assert shown > 2
