"""Home, search, households, persons, areas."""

from django.urls import path

from posasoft.portal.views import areas, home, households, persons, search, why

patterns = [
    path("", home.home, name="home"),
    path("search/", search.results, name="search"),
    path("households/", households.index, name="households"),
    path("households/<uuid:public_id>/", households.show, name="household"),
    path("households/<uuid:public_id>/why/", why.show, name="why"),
    path("persons/<uuid:public_id>/", persons.show, name="person"),
    path("areas/", areas.index, name="areas"),
    path("areas/<int:area_id>/", areas.show, name="area"),
]
