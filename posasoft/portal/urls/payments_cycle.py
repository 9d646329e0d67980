"""The steps of payment lists."""

from django.urls import URLPattern, path

from posasoft.portal.views import lists_cycle

patterns: list[URLPattern] = [
    path("paying/lists/sign/", lists_cycle.sign_many, name="lists_sign"),
    path("paying/lists/draw-up/", lists_cycle.draw_up, name="lists_draw_up"),
    path("paying/lists/<int:list_id>/striking/", lists_cycle.striking, name="list_striking"),
    path("paying/lists/<int:list_id>/striking/read/", lists_cycle.read, name="list_striking_read"),
    path("paying/lists/<int:list_id>/step/<str:move>/", lists_cycle.step, name="list_step"),
    path("paying/lists/<int:list_id>/sign/<str:move>/", lists_cycle.sign, name="list_sign"),
]
