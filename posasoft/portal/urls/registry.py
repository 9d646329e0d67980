"""Home, search, households, persons, areas."""

from django.urls import path

from posasoft.portal.views import areas, home, households, persons, search, tabs, why

patterns = [
    path("", home.home, name="home"),
    path("search/", search.results, name="search"),
    path("households/<uuid:public_id>/", households.show, name="household"),
    path("households/<uuid:public_id>/why/", why.show, name="why"),
    path("households/<uuid:public_id>/money/", tabs.household_money, name="household_money"),
    path("households/<uuid:public_id>/papers/", tabs.household_papers, name="household_papers"),
    path("households/<uuid:public_id>/history/", tabs.household_history, name="household_history"),
    path("households/<uuid:public_id>/looks/", tabs.household_looks, name="household_looks"),
    path("persons/<uuid:public_id>/", persons.show, name="person"),
    path("persons/<uuid:public_id>/money/", tabs.person_money, name="person_money"),
    path("persons/<uuid:public_id>/papers/", tabs.person_papers, name="person_papers"),
    path("persons/<uuid:public_id>/history/", tabs.person_history, name="person_history"),
    path("persons/<uuid:public_id>/looks/", tabs.person_looks, name="person_looks"),
    path("areas/", areas.index, name="areas"),
    path("areas/<int:area_id>/", areas.show, name="area"),
]
