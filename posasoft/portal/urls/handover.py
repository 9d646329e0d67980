"""Handing over a post."""

from django.urls import path

from posasoft.portal.views import handover

patterns = [
    path("handovers/", handover.index, name="handovers"),
    path("handovers/<uuid:public_id>/", handover.show, name="handover"),
    path("handovers/<uuid:public_id>/complete/", handover.complete, name="handover_complete"),
    path("handovers/<uuid:public_id>/drop/", handover.drop, name="handover_drop"),
    path("handovers/<uuid:public_id>/minutes/", handover.minutes_pdf, name="handover_minutes"),
]
