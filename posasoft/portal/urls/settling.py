"""Reconciliation, statements, scorecards, uncollected money."""

from django.urls import URLPattern, path

from posasoft.portal.views import settling, statements, uncollected

patterns: list[URLPattern] = [
    path("settling/month/", settling.index, name="settling"),
    path("settling/month/step/", settling.step, name="settling_step"),
    path("settling/month/close/", settling.close_month, name="settling_close_month"),
    path("settling/scorecard/", settling.scorecard, name="scorecard"),
    path("settling/statements/", statements.index, name="statements"),
    path("settling/statements/<uuid:public_id>/", statements.show, name="statement"),
    path("settling/statements/<uuid:public_id>/sign/", statements.sign, name="statement_sign"),
    path("settling/statements/<uuid:public_id>/<str:kind>/", statements.download, name="statement_download"),
    path("settling/uncollected/", uncollected.index, name="uncollected"),
    path("settling/uncollected/<uuid:public_id>/", uncollected.show, name="uncollected_case"),
    path("settling/uncollected/<uuid:public_id>/answer/", uncollected.answer, name="uncollected_answer"),
    path("settling/households/<uuid:public_id>/", uncollected.waiting, name="waiting_money"),
    path("settling/households/<uuid:public_id>/write-off/", uncollected.ask, name="write_off_ask"),
    path("settling/write-offs/", uncollected.write_offs, name="write_offs"),
    path("settling/write-offs/<uuid:public_id>/decide/", uncollected.decide, name="write_off_decide"),
]
