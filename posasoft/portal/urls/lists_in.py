"""Communes' lists on their way in."""

from django.urls import path

from posasoft.portal.views import imports

patterns = [
    path("imports/", imports.index, name="imports"),
    path("imports/<uuid:public_id>/", imports.show, name="import"),
    path("imports/<uuid:public_id>/findings/", imports.findings, name="import_findings"),
    path("imports/<uuid:public_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<uuid:public_id>/accept/", imports.accept, name="import_accept"),
    path("imports/<uuid:public_id>/reject/", imports.reject, name="import_reject"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/", imports.answer, name="import_answer"),
    path("imports/<uuid:public_id>/deaths/", imports.deaths, name="import_deaths"),
    path("imports/<uuid:public_id>/rejected/", imports.rejected, name="import_rejected"),
    path("imports/<uuid:public_id>/undo/", imports.undo, name="import_undo"),
]
