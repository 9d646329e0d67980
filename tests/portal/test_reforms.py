"""The administrator merges communes by a table; officers place the households of a split one; nobody else gets near it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from celery import Celery
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from households.models import AreaReform, Household, UnplacedHousehold
from posasoft.core import jobs
from posasoft.core.models import Area, Role, User
from tests.browser import cast
from tests.browser.cast import Places
from tests.support.database import owner

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {"title": "Sắp xếp xã năm 2026", "document": "Nghị quyết 1700/NQ-UBTVQH15", "effective": "01/11/2026"}
MERGER = "00721; 00721; Xã Đồng Văn; toàn bộ\n00724; 00721; Xã Đồng Văn; toàn bộ"
SPLIT = "00721; 00724; Xã Sà Phìn; một phần\n00721; 00721; Xã Đồng Văn; một phần; mặc định\n00724; 00724; Xã Sà Phìn; toàn bộ"


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(Celery, "send_task", lambda *_arguments, **_options: None)


@pytest.fixture
def administrator(places: Places) -> User:
    with owner():
        return cast.make_officer("quantri", "Trần Quản Trị", Role.ADMINISTRATOR, None)


def drafted(client: Client, table: str) -> str:
    response = client.post("/areas/reforms/", FORM | {"table": table})
    assert response.status_code == 302, response.content.decode()[-1500:]
    return str(response["Location"])


def test_only_the_administrator_reforms(enter: Callable[[User], Client], officer: User) -> None:
    client = enter(officer)
    assert client.get("/areas/reforms/").status_code in (403, 404)
    assert client.post("/areas/reforms/", FORM | {"table": MERGER}).status_code in (403, 404)
    assert "Sắp xếp địa bàn" not in client.get("/areas/").content.decode()


def test_a_table_is_previewed_done_and_taken_back(enter: Callable[[User], Client], administrator: User, places: Places) -> None:
    client = enter(administrator)
    address = drafted(client, MERGER)
    body = client.get(address).content.decode()
    assert "Thực hiện" in body
    assert "Xã Sà Phìn" in body
    client.post(f"{address}start/")
    jobs.run_all()
    with owner():
        new = Area.objects.get(level="commune", code="00721", valid_to__isnull=True)
        assert Household.objects.filter(commune=new).count() == 3
    assert "Hoàn tác tất cả" in client.get(address).content.decode()
    page = client.get(f"/areas/{new.pk}/").content.decode()
    for wanted in ("Được lập từ", "Xã Sà Phìn", "Các đơn vị từng mang mã 00721", "Địa giới tại ngày"):
        assert wanted in page, wanted
    before = client.get(f"/areas/{places.neighbour.pk}/?day=31/10/2026").content.decode()
    assert "Nay thuộc" in before
    client.post(f"{address}undo/")
    jobs.run_all()
    with owner():
        assert AreaReform.objects.get().status == "undone"
        assert Household.objects.filter(commune=places.commune).count() == 2


def test_what_was_typed_is_shown_again_with_the_line_that_is_wrong(enter: Callable[[User], Client], administrator: User) -> None:
    client = enter(administrator)
    body = client.post("/areas/reforms/", FORM | {"table": "00721; 00721; Xã Đồng Văn; nửa"}).content.decode()
    assert "Dòng 1" in body
    assert "00721; 00721; Xã Đồng Văn; nửa" in body
    assert "Nghị quyết 1700" in body


def test_a_table_comes_from_a_file_too(enter: Callable[[User], Client], administrator: User) -> None:
    client = enter(administrator)
    text = "Mã cũ,Mã mới,Tên mới,Phần\n00721,00721,Xã Đồng Văn,toàn bộ\n00724,00721,Xã Đồng Văn,toàn bộ\n"
    response = client.post("/areas/reforms/", FORM | {"file": SimpleUploadedFile("bang.csv", text.encode())})
    assert response.status_code == 302, response.content.decode()[-900:]
    with owner():
        assert AreaReform.objects.get().pairs.count() == 2


def test_the_officer_places_the_split_village_and_sees_no_neighbour(
    enter: Callable[[User], Client], administrator: User, officer: User, places: Places
) -> None:
    client = enter(administrator)
    address = drafted(client, SPLIT)
    client.post(f"{address}start/")
    jobs.run_all()
    local = enter(officer)
    body = local.get(f"{address}unplaced/").content.decode()
    assert "Thôn Má Lủng" in body
    assert "Canary" not in body
    with owner():
        village = Area.objects.get(level="village", name="Thôn Má Lủng", valid_to__isnull=True)
        other = Area.objects.get(level="commune", code="00724", valid_to__isnull=True)
    response = local.post(f"{address}place/", {"village": str(village.pk), "to": str(other.pk)})
    assert response.status_code == 302
    assert "Mọi hộ đã được xếp" in local.get(f"{address}unplaced/").content.decode()
    with owner():
        assert Household.objects.filter(commune=other).count() == 3
        assert not UnplacedHousehold.objects.filter(placed_at__isnull=True).exists()
