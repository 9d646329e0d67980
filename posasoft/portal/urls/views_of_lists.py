"""Saved views, columns, bulk changes."""

from django.urls import path

from posasoft.portal.views import bulk, registry_lists, saved_views

patterns = [
    path("households/", registry_lists.households, name="households"),
    path("persons/", registry_lists.persons, name="persons"),
    path("views/<str:page>/filter/", registry_lists.narrow, name="list_filter"),
    path("views/<str:page>/columns/", saved_views.choose_columns, name="list_columns"),
    path("views/<str:page>/save/", saved_views.save, name="view_save"),
    path("views/<uuid:public_id>/", saved_views.open_view, name="view_open"),
    path("views/<uuid:public_id>/delete/", saved_views.drop, name="view_drop"),
    path("views/<uuid:public_id>/default/", saved_views.set_default, name="view_default"),
    path("bulk/", bulk.index, name="bulk_changes"),
    path("bulk/<str:page>/new/", bulk.new, name="bulk_new"),
    path("bulk/<uuid:public_id>/", bulk.show, name="bulk"),
    path("bulk/<uuid:public_id>/apply/", bulk.apply, name="bulk_apply"),
    path("bulk/<uuid:public_id>/drop/", bulk.drop, name="bulk_drop"),
    path("bulk/<uuid:public_id>/undo/", bulk.undo, name="bulk_undo"),
]
