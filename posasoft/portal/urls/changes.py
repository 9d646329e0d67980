"""Requests for changes of the registry, transfers, splits, merges."""

from django.urls import path

from posasoft.portal.views.changes import deciding, reporting, transfers

patterns = [
    path("changes/", deciding.index, name="changes"),
    path("changes/who-may/", deciding.who_may, name="changes_who_may"),
    path("changes/communes/", reporting.communes, name="change_communes"),
    path("changes/approve/", deciding.approve_many, name="changes_approve"),
    path("changes/new/<str:kind>/", reporting.new, name="change_new"),
    path("changes/transfers/<uuid:public_id>/", transfers.show, name="change_transfer"),
    path("changes/transfers/<uuid:public_id>/accept/", transfers.accept, name="change_transfer_accept"),
    path("changes/transfers/<uuid:public_id>/refuse/", transfers.refuse, name="change_transfer_refuse"),
    path("changes/<uuid:public_id>/", deciding.show, name="change"),
    path("changes/<uuid:public_id>/edit/", reporting.edit, name="change_edit"),
    path("changes/<uuid:public_id>/draft/", reporting.draft, name="change_draft"),
    path("changes/<uuid:public_id>/check/", reporting.check, name="change_check"),
    path("changes/<uuid:public_id>/submit/", reporting.submit, name="change_submit"),
    path("changes/<uuid:public_id>/withdraw/", reporting.withdraw, name="change_withdraw"),
    path("changes/<uuid:public_id>/approve/", deciding.approve, name="change_approve"),
    path("changes/<uuid:public_id>/return/", deciding.return_, name="change_return"),
    path("changes/<uuid:public_id>/refuse/", deciding.refuse, name="change_refuse"),
    path("changes/<uuid:public_id>/undo/", deciding.undo, name="change_undo"),
]
