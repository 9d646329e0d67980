"""The audit trail is chained: whoever changes it afterwards, with whatever rights, is found out."""

from __future__ import annotations

import csv
import datetime
import threading
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from posasoft.core import audit, sealing
from posasoft.core.models import AuditEvent, AuditSeal, AuditSealRun
from posasoft.core.scope import COUNTRY, acting
from posasoft.core.sealing_check import Fault, Stretch, verify
from tests.support.database import owner

TUYEN_QUANG, LAO_CAI = (2, 1_100), (3, 2_100)


@pytest.fixture
def trail(transactional_db: None) -> list[int]:
    """Ten events of Tuyên Quang and three of Lào Cai, sealed; the ids of Tuyên Quang's."""
    for number in range(10):
        audit.record(verb="read", kind="household", object_id=number, by=COUNTRY, area=TUYEN_QUANG, count=number)
    for number in range(3):
        audit.record(verb="read", kind="household", object_id=number, by=COUNTRY, area=LAO_CAI)
    assert sealing.seal() == 13
    return list(AuditEvent.objects.filter(province_no=2).order_by("id").values_list("id", flat=True))


def tamper(statement: str, *parameters: object) -> None:
    with owner(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def faults(**stretch: object) -> list[Fault]:
    return verify(Stretch(**stretch)).faults  # type: ignore[arg-type]  # keywords of the test


def named() -> list[tuple[int, int | None]]:
    return [(fault.province_no, fault.event_id) for fault in faults()]


def test_an_untouched_trail_is_sound(trail: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_audit")

    assert "đã kiểm 13 mắt xích" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        "actor_id = 77", "role = 'auditor'", "verb = 'export'", "object_kind = 'person'", "object_id = 'other'", "area_pos = 5",
        """detail = '{"count": 8}'""",
    ],
)  # fmt: skip
def test_one_field_changed_by_a_superuser_names_the_row(trail: list[int], change: str) -> None:
    tamper(f"UPDATE core_auditevent SET {change} WHERE id = %s", trail[6])

    assert named() == [(2, trail[6])]


def test_the_time_of_a_row_cannot_be_changed_either(trail: list[int]) -> None:
    tamper("UPDATE core_auditevent SET at = at - interval '3 seconds' WHERE id = %s", trail[6])

    assert (2, trail[6]) in named()


def test_the_province_of_a_row_cannot_be_changed_either(trail: list[int]) -> None:
    tamper("UPDATE core_auditevent SET province_no = 3 WHERE id = %s", trail[6])

    assert named() == [(2, trail[6])]


def test_a_deleted_row_is_named(trail: list[int]) -> None:
    tamper("DELETE FROM core_auditevent WHERE id = %s", trail[3])

    assert named() == [(2, trail[3])]


def test_a_row_deleted_with_its_link_leaves_a_gap(trail: list[int]) -> None:
    tamper("DELETE FROM core_auditevent WHERE id = %s", trail[3])
    tamper("DELETE FROM core_auditseal WHERE event_id = %s", trail[3])

    (fault,) = faults()
    assert (fault.seq, fault.event_id) == (5, trail[4])


def test_a_row_changed_together_with_its_link_breaks_the_next_link(trail: list[int]) -> None:
    tamper("UPDATE core_auditevent SET verb = 'export' WHERE id = %s", trail[6])
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM core_auditseal WHERE event_id = %s", [trail[5]])
        before = bytes(cursor.fetchone()[0])
        cursor.execute(f"SELECT {sealing.CANONICAL} FROM core_auditevent e WHERE id = %s", [trail[6]])
        forged = sealing.link(before, cursor.fetchone()[0])
    tamper("UPDATE core_auditseal SET hash = %s WHERE event_id = %s", forged, trail[6])

    assert named() == [(2, trail[7])]


def test_a_tail_cut_off_with_its_links_is_missed_by_the_rounds(trail: list[int]) -> None:
    for table, column in (("core_auditevent", "id"), ("core_auditseal", "event_id")):
        tamper(f"DELETE FROM {table} WHERE {column} = ANY (%s)", trail[7:])

    (fault,) = faults()
    assert (fault.province_no, fault.seq) == (2, 10)
    assert "bị cắt" in fault.text


def test_a_tail_cut_off_everywhere_is_missed_by_the_head_kept_outside(trail: list[int], tmp_path: Path) -> None:
    page = tmp_path / "heads.csv"
    with page.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([head.province_no, head.day.isoformat(), head.seq, head.hash] for head in sealing.heads_of_day(sealing._today()))
    tamper("DELETE FROM core_auditevent")
    tamper("DELETE FROM core_auditseal")
    tamper("DELETE FROM core_auditsealrun")

    call_command("verify_audit")
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit", heads=page)
    assert refused.value.returncode == 1


def test_a_row_slipped_in_is_named(trail: list[int]) -> None:
    tamper(
        "INSERT INTO core_auditevent (at, verb, object_kind, province_no, area_pos, xid)"
        " SELECT at, 'read', 'household', 2, 1100, xid FROM core_auditevent WHERE id = %s",
        trail[2],
    )

    (fault,) = faults()
    assert "chèn" in fault.text
    assert sealing.seal() == 0


def test_a_row_written_with_a_time_of_the_past_is_named_though_it_is_sealed(trail: list[int]) -> None:
    tamper("INSERT INTO core_auditevent (at, verb, object_kind, province_no) VALUES (now() - interval '2 days', 'read', 'household', 2)")
    assert sealing.seal(sealing._today() + datetime.timedelta(days=1)) == 1

    (fault,) = faults()
    assert "lùi thời điểm" in fault.text


def test_a_round_rewritten_is_noticed(trail: list[int]) -> None:
    audit.record(verb="read", kind="household", by=COUNTRY, area=TUYEN_QUANG)
    sealing.seal()
    tamper("DELETE FROM core_auditsealrun WHERE id = (SELECT min(id) FROM core_auditsealrun)")

    assert any("vòng niêm phong" in fault.text for fault in faults())


def test_the_command_ends_with_an_error_and_says_where(trail: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    tamper("UPDATE core_auditevent SET verb = 'x' WHERE id = %s", trail[6])

    with pytest.raises(CommandError):
        call_command("verify_audit", province=2)
    assert f"tỉnh số 2, ngày {sealing._today():%d/%m/%Y}, mắt xích 7, dòng nhật ký {trail[6]}" in capsys.readouterr().out
    call_command("verify_audit", province=3)


def test_sealing_twice_changes_nothing(trail: list[int]) -> None:
    before = list(AuditSeal.objects.values_list("hash", flat=True))

    assert sealing.seal() == 0
    assert list(AuditSeal.objects.values_list("hash", flat=True)) == before
    assert AuditSealRun.objects.count() == 1


def test_a_sealer_killed_in_between_leaves_nothing_and_the_next_one_does_it_all(trail: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    audit.record(verb="read", kind="household", by=COUNTRY, area=TUYEN_QUANG)

    def killed(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_close_round", killed)
        with pytest.raises(KeyboardInterrupt):
            sealing.seal()

    assert AuditSeal.objects.count() == 13
    assert sealing.seal() == 1
    assert faults() == []


def test_days_are_parts_of_one_chain(trail: list[int]) -> None:
    tomorrow = sealing._today() + datetime.timedelta(days=1)
    audit.record(verb="read", kind="household", by=COUNTRY, area=TUYEN_QUANG)
    sealing.seal(tomorrow)

    assert [(head.province_no, head.seq) for head in sealing.heads_of_day(tomorrow)] == [(2, 1)]
    assert faults(first=tomorrow) == []
    tamper("UPDATE core_auditseal SET hash = sha256('x') WHERE event_id = %s", trail[9])
    assert [fault.day for fault in faults(first=tomorrow)] == [tomorrow]


def other_connection() -> psycopg.Connection:
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname", "options") if parameters.get(key)}
    return psycopg.connect(**known)


WRITE = "INSERT INTO core_auditevent (verb, object_kind, province_no) VALUES ('read', 'household', 2) RETURNING id"


def test_a_row_committed_late_is_sealed_once(trail: list[int]) -> None:
    with other_connection() as slow:
        (late,) = slow.execute(WRITE).fetchone()
        audit.record(verb="read", kind="household", by=COUNTRY, area=TUYEN_QUANG)
        assert sealing.seal() == 1
        slow.commit()

    assert sealing.seal() == 1
    assert sealing.seal() == 0
    assert AuditSeal.objects.filter(event_id=late).count() == 1
    assert faults() == []


def test_writers_in_parallel_wait_for_nobody_and_keep_one_chain(trail: list[int]) -> None:
    def write() -> None:
        with other_connection() as own:
            for _ in range(50):
                own.execute(WRITE)
                own.commit()

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        sealing.seal()
    sealing.seal()

    assert AuditSeal.objects.filter(province_no=2).count() == 160
    assert faults() == []


def test_two_sealers_at_once_do_it_once(trail: list[int]) -> None:
    audit.record(verb="read", kind="household", by=COUNTRY, area=TUYEN_QUANG)
    with other_connection() as first:
        first.execute("SELECT pg_advisory_xact_lock(hashtext('core_auditseal'))")
        assert sealing.seal() == 0
    assert sealing.seal() == 1


@pytest.mark.parametrize("table", ["core_auditevent", "core_auditseal", "core_auditsealrun"])
def test_the_serving_role_can_neither_change_nor_remove(trail: list[int], table: str) -> None:
    for statement in (f"UPDATE {table} SET day = day" if "seal" in table else f"UPDATE {table} SET verb = 'x'", f"DELETE FROM {table}"):
        with (
            acting(COUNTRY),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_events_of_a_month_nobody_opened_are_kept_and_move_when_it_is_opened(transactional_db: None) -> None:
    tamper("INSERT INTO core_auditevent (at, verb, object_kind) VALUES ('2031-05-05', 'read', 'household')")
    with connection.cursor() as cursor:
        cursor.execute("SELECT core_open_audit_month('2031-05-20')")
        cursor.execute("SELECT core_open_audit_month('2031-05-20')")
        cursor.execute("SELECT tableoid::regclass::text FROM core_auditevent")
        assert cursor.fetchall() == [("core_auditevent_203105",)]
    assert sealing.seal() == 1
