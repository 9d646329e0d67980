"""Help, tours, practice."""

from django.urls import path

from posasoft.portal.views import practice

patterns = [
    path("practice/", practice.index, name="practice"),
    path("practice/enter/", practice.enter, name="practice_enter"),
    path("practice/leave/", practice.leave, name="practice_leave"),
    path("practice/reset/", practice.reset, name="practice_reset"),
]
