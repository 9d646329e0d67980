"""Areas are dated: a code means something only together with a day, and what was merged can still be asked for."""

from __future__ import annotations

import datetime

import pytest
from django.test import TestCase

from posasoft.core.area_loading import AreaLoader
from posasoft.core.areas import NoSuchAreaError, area_on, areas_on, descendants, in_geography_of, parent_on, predecessors, successors
from posasoft.core.models import Area, AreaSuccession, Level
from posasoft.core.operations import VillageError, add_village
from posasoft.core.scope import COUNTRY

BEFORE, AFTER, NOW = datetime.date(2025, 6, 30), datetime.date(2025, 7, 1), datetime.date(2026, 11, 1)


class TestCountry(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        AreaLoader().load()

    def test_it_has_the_units_of_each_day(self) -> None:
        counts = {day: [areas_on(day, level).count() for level in ("province", "district", "commune")] for day in (BEFORE, AFTER, NOW)}
        assert counts == {BEFORE: [63, 696, 10035], AFTER: [34, 0, 3321], NOW: [34, 0, 3321]}

    def test_one_code_names_a_town_and_later_a_merger_of_five_communes(self) -> None:
        town, commune = area_on("commune", "00721", BEFORE), area_on("commune", "00721", AFTER)
        assert (town.name, commune.name) == ("Thị trấn Đồng Văn", "Xã Đồng Văn")
        assert town.pk != commune.pk
        assert len(predecessors(commune)) == 5
        assert [s.area for s in successors(town)] == [commune]

    def test_a_code_that_ended_is_refused_after_its_day(self) -> None:
        assert area_on("province", "02", BEFORE).name == "Tỉnh Hà Giang"
        with pytest.raises(NoSuchAreaError, match="02.*01/07/2025"):
            area_on("province", "02", AFTER)

    def test_every_old_commune_has_exactly_one_default_successor(self) -> None:
        old = areas_on(BEFORE, Level.COMMUNE)
        assert AreaSuccession.objects.filter(is_default=True, from_area__in=old).count() == old.count() == 10035

    def test_a_renamed_province_keeps_its_communes_under_both_names(self) -> None:
        earlier, later = area_on("province", "75", AFTER), area_on("province", "75", NOW)
        assert (earlier.name, later.name) == ("Tỉnh Đồng Nai", "Thành phố Đồng Nai")
        assert descendants(earlier, AFTER, "commune").count() == descendants(later, NOW, "commune").count() == 95
        commune = descendants(later, NOW, "commune").first()
        assert commune is not None
        assert parent_on(commune, AFTER) == earlier

    def test_below_an_old_province_lie_districts_and_communes(self) -> None:
        ha_giang = area_on("province", "02", BEFORE)
        assert descendants(ha_giang, BEFORE, "district").count() == 11
        assert descendants(ha_giang, BEFORE, "commune").count() == 193

    def test_a_cluster_groups_the_communes_of_an_old_district(self) -> None:
        cluster = Area.objects.get(level="cluster", code="C026")
        names = set(descendants(cluster, NOW).values_list("name", flat=True))
        assert "Xã Đồng Văn" in names
        assert cluster.name == "Cụm Đồng Văn"

    def test_every_commune_in_force_is_in_one_cluster_and_inside_its_range(self) -> None:
        current = Area.objects.filter(level="commune", valid_to__isnull=True)
        for commune in current.prefetch_related("cluster_memberships__cluster", "parent"):
            (membership,) = commune.cluster_memberships.all()
            for above in (membership.cluster, commune.parent):
                assert above is not None
                assert above.position <= commune.position < commune.position_end <= above.position_end

    def test_ranges_of_neighbours_do_not_touch(self) -> None:
        ranges = list(
            Area.objects.filter(level="commune", position__isnull=False).order_by("position").values_list("position", "position_end")
        )
        assert len(ranges) == 3321
        assert all(left[1] <= right[0] for left, right in zip(ranges, ranges[1:], strict=False))

    def test_a_statistic_can_be_asked_in_the_geography_of_another_day(self) -> None:
        now, then = in_geography_of(NOW), in_geography_of(BEFORE)
        town, commune = area_on("commune", "00721", BEFORE), area_on("commune", "00721", NOW)
        assert now[town.pk] == (commune.pk, True)
        # Five communes became one: what lay in it before is an estimate, the namesake's.
        assert then[commune.pk] == (town.pk, False)
        split = area_on("commune", "00016", BEFORE)
        assert now[split.pk][1] is False

    def test_villages_take_places_inside_their_commune_and_a_name_only_once(self) -> None:
        commune = area_on("commune", "00721", NOW)
        first = add_village(commune=commune, name="Thôn  Má Lủng", since=AFTER, by=COUNTRY)
        second = add_village(commune=commune, name="Thôn Lũng Táo", since=AFTER, by=COUNTRY)
        assert commune.position < first.position < second.position < commune.position_end
        assert add_village(commune=commune, name="thôn má lủng", since=AFTER, by=COUNTRY) == first
        with pytest.raises(VillageError, match="không được để trống"):
            add_village(commune=commune, name="  ", since=AFTER, by=COUNTRY)
        with pytest.raises(VillageError, match="không còn là đơn vị"):
            add_village(commune=area_on("commune", "00721", BEFORE), name="Thôn Một", since=AFTER, by=COUNTRY)
