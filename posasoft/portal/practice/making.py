"""Making, entering and giving up a user's practice commune. The same operations as the real work write it, in a range nobody else sees."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from beneficiaries.models import Decision, PaperKind, Run
from beneficiaries.operations import decision_documents
from beneficiaries.operations.compute import Place, compute_month, prepare
from beneficiaries.operations.shards import Shard
from households.models import Change, Person
from households.operations import register_household, start_change
from payments.operations.drafts import write_drafts
from policy import load_law
from posasoft.core import audit, practice
from posasoft.core.models import Area, AreaClass, Level, PracticeSpace, Role, User
from posasoft.core.months import add_months, first_of_month
from posasoft.core.names import fold
from posasoft.core.operations import add_village
from posasoft.core.scope import Scope, apply
from posasoft.portal.practice.families import Family, families, villages

SINCE = datetime.date(2025, 7, 1)
COLLEAGUE = "dong.nghiep.thuc.hanh"
# Who may receive what and has no decision yet; prepared for signing.
TO_SIGN = (("Ma Seo Dìn", "TCXH-5.5a"), ("Vừ Mí Pó", "TCXH-5.7"))
# A lock of the transaction: two first clicks must not make two communes, nor two users take the same number.
_TURNS = "SELECT pg_advisory_xact_lock(hashtext('posasoft practice'))"


@transaction.atomic
def enter(*, by: Scope, role: str) -> PracticeSpace:
    """The user's practice commune, made now if there is none; the caller keeps ``role`` in the session. Leaves the transaction in its scope."""
    if by.user_id is None:
        raise ValueError("only a user can practise")
    space = practice.space_of(by.user_id)
    if space is None:
        with connection.cursor() as cursor:
            cursor.execute(_TURNS)
        space = practice.space_of(by.user_id) or _make(by, by.user_id, role)
    audit.record(verb="enter_practice", kind="practice", object_id=space.number, by=by)
    return space


@transaction.atomic
def leave(*, by: Scope) -> None:
    """Back to the real work; the practice commune stays as it is."""
    audit.record(verb="leave_practice", kind="practice", by=by)


@transaction.atomic
def give_up(*, by: Scope) -> None:
    """Begin anew next time: the old commune is nobody's any more, its range is never used again."""
    PracticeSpace.objects.filter(user_id=by.user_id or 0, retired_at__isnull=True).update(retired_at=timezone.now())
    audit.record(verb="reset_practice", kind="practice", by=by)


def _make(by: Scope, user_id: int, role: str) -> PracticeSpace:
    latest = PracticeSpace.objects.order_by("-number").values_list("number", flat=True).first()
    number = (latest or 0) + 1
    scope = Scope("area", *practice.range_of(number), by.user_id, role, by.assignment_id)
    apply(scope)
    commune = _commune(number, scope)
    places = [add_village(commune=commune, name=name, since=SINCE, by=scope) for name in villages()]
    today = timezone.localdate()
    change = start_change(
        kind=Change.Kind.GENERATED, by=scope, province_no=practice.PROVINCE_NO, area_pos=scope.lo, reason="Xã thực hành", source="thực hành"
    )
    # Before the families: a household takes the class of its village or commune when it is registered.
    AreaClass.objects.create(area=commune, difficulty=AreaClass.Difficulty.EXTREMELY_DIFFICULT, since=SINCE, source="Xã thực hành")
    for family in families(today):
        _register(family, commune, places[family.village - 1], change, today, scope)
    _compute(first_of_month(today), scope)
    _colleague_prepares(scope)
    return PracticeSpace.objects.create(user_id=user_id, number=number, commune=commune)


def _commune(number: int, scope: Scope) -> Area:
    province, _ = Area.objects.get_or_create(
        level=Level.PROVINCE,
        code=str(practice.PROVINCE_NO),
        valid_from=SINCE,
        defaults={
            "name": "Tỉnh Thực Hành",
            "name_key": fold("Tỉnh Thực Hành"),
            "kind": "Tỉnh",
            "province_no": practice.PROVINCE_NO,
            "position": practice.FIRST,
            "position_end": practice.LAST,
        },
    )
    # Codes of real communes go to some 33,000; numbers from 90,000 on are free.
    return Area.objects.create(
        level=Level.COMMUNE,
        code=str(90_000 + number),
        name="Xã Thực Hành",
        name_key=fold("Xã Thực Hành"),
        kind="Xã",
        parent=province,
        valid_from=SINCE,
        province_no=practice.PROVINCE_NO,
        position=scope.lo,
        position_end=scope.hi,
    )


def _register(family: Family, commune: Area, village: Area, change: Change, today: datetime.date, scope: Scope) -> None:
    since = add_months(first_of_month(today), -14)
    home = register_household(
        commune=commune,
        village=village,
        residence_kind="rural",
        since=since,
        members=family.people,
        change=change,
        by=scope,
        poverty={"class": family.poverty},
        address=family.address,
    )
    people = Person.objects.filter(household=home).order_by("pk")
    decided = [(person, benefit) for person, benefit in zip(people, family.benefits, strict=True) if benefit]
    Decision.objects.bulk_create(
        [
            Decision(
                person=person,
                household=home,
                benefit=benefit,
                signed_on=add_months(since, 1),
                from_month=add_months(since, 1),
                source=Decision.Source.GENERATED,
                change=change,
                province_no=home.province_no,
                area_pos=home.area_pos,
            )
            for person, benefit in decided
        ]
    )


def _colleague_prepares(scope: Scope) -> None:
    """Decisions that wait for a chair: whoever plays the chair may not sign what the same person drafted, so a colleague did."""
    colleague, _ = User.objects.get_or_create(
        username=COLLEAGUE, defaults={"full_name": "Đồng nghiệp Thực Hành", "is_active": False, "password": make_password(None)}
    )
    by = replace(scope, user_id=colleague.pk, role=Role.COMMUNE_OFFICER, assignment_id=None)
    for name, benefit in TO_SIGN:
        person = Person.objects.get(full_name=name, area_pos__gte=scope.lo, area_pos__lt=scope.hi)
        draft = decision_documents.prepare(kind=PaperKind.GRANT, person=person, benefits=(benefit,), by=by)
        decision_documents.submit(document=draft, by=by)


def _compute(month: datetime.date, scope: Scope) -> None:
    """This month's package of every family and the draft list, by the one engine; kept apart from the country's months by its kind."""
    law = load_law()
    run = Run.objects.create(
        kind=Run.Kind.RECALCULATION,
        month=month,
        law_version=law.version(month),
        started_by_id=scope.user_id,
        finished_at=timezone.now(),
    )
    place = Place(practice.PROVINCE_NO, scope.lo, scope.hi)
    prepare()
    computed = compute_month(law=law, month=month, place=place, run_id=run.pk, frozen=False, reopened=0)
    write_drafts(Shard(0, run.pk, month, 0, place, str(practice.PROVINCE_NO)), computed)
    with connection.cursor() as cursor:
        # The engine's temporary tables go with a run's own transaction; this one belongs to a request, which may compute again.
        cursor.execute("DISCARD TEMP")
