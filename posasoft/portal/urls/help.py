"""Help, tours, practice."""

from django.urls import path

from posasoft.portal.views import help as guide
from posasoft.portal.views import practice

patterns = [
    path("help/", guide.index, name="help"),
    path("help/<slug:page>/", guide.show, name="help_page"),
    path("help/<slug:page>/tour/", guide.tour, name="help_tour"),
    path("help/<slug:page>/seen/", guide.seen, name="help_seen"),
    path("practice/", practice.index, name="practice"),
    path("practice/enter/", practice.enter, name="practice_enter"),
    path("practice/leave/", practice.leave, name="practice_leave"),
    path("practice/reset/", practice.reset, name="practice_reset"),
]
