"""Applications on their way to a decision."""

from django.urls import path

from posasoft.portal.views.cases import calendar, files, keying, lists, moving, showing

patterns = [
    path("cases/", lists.index, name="cases"),
    path("cases/new/", keying.new, name="case_new"),
    path("cases/postings/", lists.postings, name="case_postings"),
    path("cases/<uuid:public_id>/", showing.show, name="case"),
    path("cases/<uuid:public_id>/form/", keying.form, name="case_form"),
    path("cases/<uuid:public_id>/autosave/", keying.autosave, name="case_autosave"),
    path("cases/<uuid:public_id>/why/", showing.why, name="case_why"),
    path("cases/<uuid:public_id>/receipt/", files.receipt, name="case_receipt"),
    path("cases/<uuid:public_id>/objection/", moving.objection, name="case_objection"),
    path("cases/<uuid:public_id>/files/", files.add, name="case_files"),
    path("cases/<uuid:public_id>/files/<uuid:file_id>/", files.show, name="case_file"),
    path("cases/<uuid:public_id>/files/<uuid:file_id>/remove/", files.remove, name="case_file_remove"),
    path("cases/<uuid:public_id>/move/<slug:name>/", moving.move, name="case_move"),
    path("calendar/", calendar.index, name="moved_days"),
    path("calendar/save/", calendar.save, name="moved_days_save"),
]
