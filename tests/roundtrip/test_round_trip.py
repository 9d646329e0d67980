"""A commune's households leave in a workbook, are edited offline for weeks, and come back: nothing is lost, nothing happens by itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from households.models import FactSpell, Household, ImportBatch, ImportFinding, ImportRow, Person, Workbook
from households.operations import set_fact
from households.staging import operations
from households.staging.operations import Taking
from households.workbooks.conflicts import choose
from households.workbooks.gone import answer_gone
from households.workbooks.making import WorkbookRefused, make_workbook
from households.workbooks.returning import returned_workbook
from posasoft.core.models import AuditEvent, Hold, Job, WorkItem
from posasoft.core.operations import add_village
from posasoft.core.scope import COUNTRY
from tests.households.cast import JANUARY, Cast, cast
from tests.roundtrip.edited import PLACES, Paper, downloaded, edited, send_back
from tests.support.database import as_scope

pytestmark = pytest.mark.django_db
NOVEMBER = dt.date(2026, 11, 1)
PAO, DO, SINH = "Giàng Mí Páo", "Giàng Thị Dợ", "Giàng Mí Sính"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "files")
    found = cast()
    add_village(commune=found.dong_van, name="Thôn Má Lủng", since=JANUARY, by=COUNTRY)
    return found


@pytest.fixture
def workbook(people: Cast) -> Workbook:
    return make_workbook(area=people.dong_van, reason="rà soát", by=COUNTRY)


def row_of(batch: ImportBatch, name: str) -> ImportRow:
    return ImportRow.objects.get(batch=batch, full_name=name)


def errors(batch: ImportBatch) -> list[tuple[int, str, str]]:
    found = ImportFinding.objects.filter(batch=batch, severity="error").order_by("row", "id")
    return [(finding.row, finding.column, finding.message) for finding in found]


def test_the_workbook_holds_one_row_per_member_of_the_own_commune_only(workbook: Workbook) -> None:
    paper = downloaded(workbook)
    names = [paper.sheet.cell(number, PLACES["full_name"]).value for number in range(2, 6)]
    assert [name or "" for name in names] == [PAO, DO, SINH, ""]
    assert "Vàng Thị Pà" not in str([[cell.value for cell in row] for row in paper.sheet.iter_rows(max_row=20)])
    assert (paper.get(PAO, "poverty"), paper.get(PAO, "born"), paper.get(DO, "born")) == ("Hộ nghèo", "02/05/1988", "1948")
    assert paper.get(PAO, "national_id") == "••• 571"


def test_ids_are_locked_cells_are_open_and_lists_drop_down(workbook: Workbook) -> None:
    paper = downloaded(workbook)
    assert paper.sheet.protection.sheet
    line = 2
    assert [paper.sheet.cell(line, PLACES[name]).protection.locked for name in ("key", "code", "national_id")] == [True] * 3
    assert [paper.sheet.cell(line, PLACES[name]).protection.locked for name in ("full_name", "poverty", "studying")] == [False] * 3
    assert paper.sheet.cell(3, PLACES["poverty"]).protection.locked, "the class is the household's: only its first row is open"
    assert not paper.sheet.cell(5, PLACES["national_id"]).protection.locked, "a new person's number may be written"
    lists = {str(rule.sqref).split(":")[0][0]: rule.formula1 for rule in paper.sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(lists) == 8
    assert paper.sheet.column_dimensions["A"].hidden
    assert paper.book["posasoft"].sheet_state == "veryHidden"
    assert "Chọn trong danh sách" in (paper.sheet.cell(1, PLACES["relation"]).comment.text or "")
    assert "Xã Đồng Văn" in str(paper.book["Hướng dẫn"]["A1"].value)


def test_the_same_download_twice_is_the_same_paper(people: Cast, workbook: Workbook) -> None:
    first = downloaded(workbook)
    Person.objects.filter(full_name=PAO).update(full_name="Giàng Mí Pao")
    second = downloaded(workbook)
    assert [[c.value for c in r] for r in first.sheet.iter_rows()] == [[c.value for c in r] for r in second.sheet.iter_rows()]


def test_an_unchanged_workbook_changes_nothing(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    batch = edited(workbook, people.dong_van, tmp_path, lambda paper: None)
    assert batch.status == "staged"
    assert batch.workbook == workbook
    assert set(ImportRow.objects.filter(batch=batch).values_list("verdict", flat=True)) == {"same"}
    before = Person.objects.order_by("pk").values_list("pk", "full_name", "born", "studying")
    held = list(before)
    operations.accept(batch=batch, by=COUNTRY)
    assert list(before) == held
    assert not FactSpell.objects.exists()


def test_only_what_was_changed_here_goes_in_and_others_later_changes_stay(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    paper = downloaded(workbook)
    paper.set(SINH, "studying", "Trung học cơ sở")
    dong = Person.objects.get(full_name=DO)
    set_fact(subject="p", subject_id=dong.pk, fact="ethnicity", value="08", since=None, change=people.change, by=COUNTRY)
    batch = send_back(paper, people.dong_van, tmp_path)
    assert row_of(batch, SINH).diff == {"studying": ["primary", "lower_secondary"]}
    assert row_of(batch, DO).meanwhile == {"ethnicity": [None, "08"]}
    assert row_of(batch, DO).diff == {}
    operations.accept(batch=batch, by=COUNTRY, only=Taking(days={"studying": NOVEMBER}))
    child = Person.objects.get(full_name=SINH)
    assert (child.studying, child.studying_since) == ("lower_secondary", NOVEMBER)
    assert Person.objects.get(full_name=DO).ethnicity == "08"
    assert FactSpell.objects.get(subject="p", subject_id=child.pk, fact="studying").until == NOVEMBER


def test_what_both_changed_waits_until_somebody_chooses(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    paper = downloaded(workbook)
    paper.set(SINH, "studying", "Trung học cơ sở")
    child = Person.objects.get(full_name=SINH)
    set_fact(subject="p", subject_id=child.pk, fact="studying", value="vocational", since=JANUARY, change=people.change, by=COUNTRY)
    batch = send_back(paper, people.dong_van, tmp_path)
    row = row_of(batch, SINH)
    assert (row.conflicts, row.meanwhile) == (1, {"studying": ["primary", "vocational"]})
    operations.accept(batch=batch, by=COUNTRY)
    assert Person.objects.get(pk=child.pk).studying == "vocational"
    choose(row=row, field="studying", keep_file=True, by=COUNTRY)
    row.refresh_from_db()
    assert (row.conflicts, row.diff) == (0, {"studying": ["vocational", "lower_secondary"]})
    operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER)
    assert Person.objects.get(pk=child.pk).studying == "lower_secondary"


def test_choosing_the_registry_leaves_its_value(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    paper = downloaded(workbook)
    paper.set(PAO, "full_name", "Giàng Mí Pó")
    Person.objects.filter(full_name=PAO).update(full_name="Giàng Mí Pào")
    batch = send_back(paper, people.dong_van, tmp_path)
    row = ImportRow.objects.get(batch=batch, conflicts=1)
    choose(row=row, field="full_name", keep_file=False, by=COUNTRY)
    row.refresh_from_db()
    assert (row.conflicts, row.diff) == (0, {})
    operations.accept(batch=batch, by=COUNTRY)
    assert Person.objects.filter(full_name="Giàng Mí Pào").exists()


def test_a_change_by_others_after_the_reading_is_still_seen_at_acceptance(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    batch = edited(workbook, people.dong_van, tmp_path, lambda paper: paper.set(SINH, "studying", "Trung học cơ sở"))
    child = Person.objects.get(full_name=SINH)
    set_fact(subject="p", subject_id=child.pk, fact="studying", value="vocational", since=JANUARY, change=people.change, by=COUNTRY)
    operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER)
    assert Person.objects.get(pk=child.pk).studying == "vocational"
    assert row_of(batch, SINH).conflicts == 1


def test_a_blank_never_deletes_and_the_word_for_none_does(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    blank = edited(workbook, people.dong_van, tmp_path, lambda paper: paper.set(SINH, "studying", None))
    assert row_of(blank, SINH).diff == {}
    assert ImportFinding.objects.filter(batch=blank, severity="warning", message__contains="không xóa").count() == 1
    left = edited(workbook, people.dong_van, tmp_path, lambda paper: paper.set(SINH, "studying", "Không đi học"))
    assert row_of(left, SINH).diff == {"studying": ["primary", None]}
    operations.accept(batch=left, by=COUNTRY, from_day=NOVEMBER)
    assert Person.objects.get(full_name=SINH).studying is None


def test_a_wrong_cell_says_where_what_and_what_is_allowed_and_comes_back_red(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def spoil(paper: Paper) -> None:
        paper.set(SINH, "studying", "Lớp lá")
        paper.set(PAO, "born", "31/02/1988")
        paper.set(PAO, "relation", "Chủ hộ")

    batch = edited(workbook, people.dong_van, tmp_path, spoil)
    told = errors(batch)
    assert [(row, column) for row, column, _ in told] == [(2, "Ngày sinh"), (4, "Đang học")]
    assert "31/02/1988" in told[0][2]
    assert "Chọn một trong: Nhà trẻ; Mẫu giáo" in told[1][2]
    back = Paper(returned_workbook(batch))
    cell = back.sheet.cell(4, PLACES["studying"])
    assert (cell.value, cell.fill.fgColor.rgb, "Nhà trẻ" in cell.comment.text) == ("Lớp lá", "FFF8C9C0", True)
    back.set(SINH, "studying", "Mẫu giáo")
    back.set(PAO, "born", "28/02/1988")
    again = send_back(back, people.dong_van, tmp_path, "lan-hai.xlsx")
    assert errors(again) == []
    assert row_of(again, SINH).diff == {"studying": ["primary", "preschool"]}


def test_altered_copied_and_foreign_rows_are_noticed(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    other = make_workbook(area=people.pho_bang, reason="rà soát", by=COUNTRY)
    foreign = downloaded(other).sheet.cell(2, PLACES["key"]).value

    def tamper(paper: Paper) -> None:
        key = paper.get(PAO, "key")
        paper.set(DO, "key", key)
        paper.set(SINH, "key", str(key)[:-3] + "abc")
        paper.add(key=foreign, full_name="Vàng Thị Lạ")

    batch = edited(workbook, people.dong_van, tmp_path, tamper)
    assert [row for row, _, _ in errors(batch)] == [3, 4, 5]
    assert "chép từ dòng 2" in errors(batch)[0][2]
    operations.accept(batch=batch, by=COUNTRY)
    assert Person.objects.count() == 4
    assert Person.objects.get(full_name="Vàng Thị Pà").household == people.neighbours


def test_a_workbook_of_another_commune_or_with_a_forged_key_is_refused(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    elsewhere = edited(workbook, people.pho_bang, tmp_path, lambda paper: None)
    assert (elsewhere.status, "địa bàn khác" in elsewhere.refusal) == ("refused", True)
    paper = downloaded(workbook)
    paper.book["posasoft"]["A1"] = "W.0:forged"
    assert "Khóa của tệp đã bị sửa" in send_back(paper, people.dong_van, tmp_path).refusal


def test_new_members_and_new_households_are_added_by_hand(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def add(paper: Paper) -> None:
        paper.add(code=people.family.code, full_name="Giàng Thị Mỷ", relation="Con", sex="Nữ", born="01/10/2026", ethnicity="Mông")
        paper.add(
            code="MỚI 1", full_name="Sùng Mí Vừ", relation="Chủ hộ", sex="Nam", born="1990", poverty="Hộ cận nghèo", village="Thôn Má Lủng"
        )
        paper.add(code="mới 1", full_name="Sùng Thị Say", relation="Vợ, chồng", sex="Nữ", born="1992")
        paper.add(code="08-99999-000001", full_name="Lạc Hộ Ai")

    batch = edited(workbook, people.dong_van, tmp_path, add)
    assert [(row, "không có trong tệp này" in message) for row, _, message in errors(batch)] == [(8, True)]
    counts = operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER)
    assert counts["new"] == 3
    assert Person.objects.get(full_name="Giàng Thị Mỷ").household == people.family
    home = Household.objects.get(members__full_name="Sùng Mí Vừ")
    assert (home.members.count(), home.poverty, home.village.name if home.village else "") == (2, "near_poor", "Thôn Má Lủng")


def test_a_new_row_for_somebody_who_is_in_the_registry_is_a_question(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def add(paper: Paper) -> None:
        paper.add(code="MỚI 1", full_name=PAO, relation="Chủ hộ", sex="Nam", born="02/05/1988", national_id="002088000571")

    batch = edited(workbook, people.dong_van, tmp_path, add)
    assert ImportRow.objects.get(batch=batch, row=5).match == "doubt"
    operations.accept(batch=batch, by=COUNTRY)
    assert Person.objects.filter(full_name=PAO).count() == 1


def test_a_removed_line_removes_nobody_and_asks_what_happened(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def remove(paper: Paper) -> None:
        paper.clear(DO)
        paper.clear(SINH)
        paper.clear(PAO)

    batch = edited(workbook, people.dong_van, tmp_path, remove)
    gone = {row.full_name: row for row in ImportRow.objects.filter(batch=batch, verdict="gone")}
    assert set(gone) == {DO, SINH, PAO}
    operations.accept(batch=batch, by=COUNTRY)
    assert Person.objects.filter(household=people.family, died_on=None).count() == 3
    answer_gone(row=gone[DO], what="died", day=dt.date(2026, 10, 2), by=COUNTRY)
    answer_gone(row=gone[SINH], what="moved", day=None, by=COUNTRY)
    answer_gone(row=gone[PAO], what="mistake", day=None, by=COUNTRY)
    assert Person.objects.get(full_name=DO).died_on == dt.date(2026, 10, 2)
    assert WorkItem.objects.get(kind="declare_move").subject_id == Person.objects.get(full_name=SINH).pk
    assert Person.objects.filter(household=people.family, died_on=None).count() == 2
    with pytest.raises(operations.WrongMoment):
        answer_gone(row=gone[DO], what="mistake", day=None, by=COUNTRY)


def test_accepting_by_row_and_by_kind_leaves_the_rest_waiting(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def edit(paper: Paper) -> None:
        paper.set(SINH, "studying", "Trung học cơ sở")
        paper.set(DO, "disability_degree", "Nặng")
        paper.set(DO, "disability_type", "Nhìn")
        paper.set(PAO, "poverty", "Hộ cận nghèo")

    batch = edited(workbook, people.dong_van, tmp_path, edit)
    operations.accept(batch=batch, by=COUNTRY, only=Taking(fields=["disability_degree", "disability_type"], days={"disability": NOVEMBER}))
    grandmother = Person.objects.get(full_name=DO)
    assert (grandmother.disability_degree, grandmother.disability_since) == ("severe", NOVEMBER)
    assert Household.objects.get(pk=people.family.pk).poverty == "poor"
    operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER, only=Taking(rows=[row_of(batch, SINH).pk]))
    assert Person.objects.get(full_name=SINH).studying == "lower_secondary"
    assert Person.objects.get(full_name=SINH).household == people.family
    assert Household.objects.get(pk=people.family.pk).poverty == "poor"
    operations.accept(batch=batch, by=COUNTRY, from_day=dt.date(2026, 12, 1))
    assert Household.objects.get(pk=people.family.pk).poverty == "near_poor"
    assert Household.objects.count() == 2


def test_all_clean_rows_leave_those_with_errors(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def edit(paper: Paper) -> None:
        paper.set(SINH, "studying", "Trung học cơ sở")
        paper.set(DO, "relation", "Con")
        paper.set(DO, "sex", "Chưa rõ")

    batch = edited(workbook, people.dong_van, tmp_path, edit)
    operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER, only=Taking(clean=True))
    assert Person.objects.get(full_name=SINH).studying == "lower_secondary"
    assert Person.objects.get(full_name=DO).relation == "parent"


def test_undo_gives_back_every_value_whatever_days_the_kinds_had(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    def edit(paper: Paper) -> None:
        paper.set(SINH, "studying", "Trung học cơ sở")
        paper.set(PAO, "poverty", "Hộ cận nghèo")
        paper.set(PAO, "full_name", "Giàng Mí Pó")

    batch = edited(workbook, people.dong_van, tmp_path, edit)
    operations.accept(batch=batch, by=COUNTRY, only=Taking(days={"studying": NOVEMBER, "poverty": dt.date(2026, 7, 1)}))
    assert Household.objects.get(pk=people.family.pk).poverty_since == dt.date(2026, 7, 1)
    batch.refresh_from_db()
    operations.undo(batch=batch, by=COUNTRY)
    child, home = Person.objects.get(full_name=SINH), Household.objects.get(pk=people.family.pk)
    assert (child.studying, child.studying_since) == ("primary", JANUARY)
    assert (home.poverty, home.poverty_since) == ("poor", JANUARY)
    assert Person.objects.filter(full_name=PAO).exists()
    assert not FactSpell.objects.exists()


def test_undo_is_refused_once_a_month_was_paid_on_it(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    batch = edited(workbook, people.dong_van, tmp_path, lambda paper: paper.set(SINH, "studying", "Trung học cơ sở"))
    operations.accept(batch=batch, by=COUNTRY, from_day=NOVEMBER)
    batch.refresh_from_db()
    Hold.objects.create(
        effect="no_undo", subject_kind="households.change", subject_id=batch.change_id, reason="đã trả", placed_by_kind="test", placed_by_id=1,
        province_no=3, area_pos=people.dong_van.position,
    )  # fmt: skip
    with pytest.raises(operations.WrongMoment):
        operations.undo(batch=batch, by=COUNTRY)


def test_the_neighbour_cannot_take_our_workbook_back_nor_read_it(people: Cast, workbook: Workbook) -> None:
    with as_scope(people.pho_bang):
        assert not Workbook.objects.exists()


def test_a_download_is_audited_and_a_province_is_too_wide(people: Cast, workbook: Workbook) -> None:
    assert AuditEvent.objects.filter(verb="make_workbook", object_kind="households_workbook", detail__persons=3).exists()
    province = people.dong_van.parent
    assert province is not None
    with pytest.raises(WorkbookRefused):
        make_workbook(area=province, reason="rà soát", by=COUNTRY)


def test_who_left_the_household_meanwhile_is_left_alone(people: Cast, workbook: Workbook, tmp_path: Path) -> None:
    paper = downloaded(workbook)
    paper.set(DO, "disability_degree", "Nặng")
    Person.objects.filter(full_name=DO).update(died_on=dt.date(2026, 10, 1))
    batch = send_back(paper, people.dong_van, tmp_path)
    assert row_of(batch, DO).decision == "rejected"
    assert "đã mất" in errors(batch)[0][2]


def test_a_large_commune_is_read_back_in_chunks_that_a_successor_goes_on_with(people: Cast, tmp_path: Path) -> None:
    change = people.change
    homes = Household.objects.bulk_create(
        Household(
            code=f"08-00721-7{number:05}", commune=people.dong_van, change=change, province_no=3, area_pos=people.dong_van.position,
            residence_kind="rural", poverty="poor", poverty_since=JANUARY,
        )
        for number in range(1000)
    )  # fmt: skip
    Person.objects.bulk_create(
        Person(
            full_name=f"Sùng Thị {'ABCDEFGHIJ'[number % 10]}", name_key="sung thi", name_sort="sung thi", relation="head", household=home,
            born=dt.date(1980, 1, 1), change=change, province_no=3, area_pos=home.area_pos,
        )
        for number, home in enumerate(homes)
    )  # fmt: skip
    workbook = make_workbook(area=people.dong_van, reason="rà soát", by=COUNTRY)
    batch = send_back(downloaded(workbook), people.dong_van, tmp_path)
    assert (batch.status, batch.person_count, batch.household_count) == ("staged", 1003, 1001)
    job = Job.objects.get(pk=batch.job_id)
    assert (job.progress_done, job.state["blocks"]) == (1003, 1001)
    assert ImportRow.objects.filter(batch=batch).exclude(verdict="same").count() == 0
