"""Decisions, their register, signing; what the engine finds each month."""

from django.urls import path

from posasoft.portal.views.decisions import check, drafting, found, register, signing

patterns = [
    path("decisions/", register.index, name="decisions"),
    path("decisions/print/", register.together, name="decisions_print"),
    path("decisions/register.pdf", register.bound, name="decisions_register"),
    path("decisions/waiting/", signing.waiting, name="decisions_waiting"),
    path("decisions/sign/", signing.sign, name="decisions_sign"),
    path("decisions/new/", drafting.new, name="decision_new"),
    path("decisions/received/", drafting.received, name="decision_received"),
    path("decisions/prepare/<uuid:case_id>/", drafting.prepare, name="decision_prepare"),
    path("decisions/<uuid:public_id>/", register.show, name="decision"),
    path("decisions/<uuid:public_id>/panel/", signing.panel, name="decision_panel"),
    path("decisions/<uuid:public_id>/edit/", drafting.edit, name="decision_edit"),
    path("decisions/<uuid:public_id>/discard/", drafting.discard, name="decision_discard"),
    path("decisions/<uuid:public_id>/annul/", drafting.annul, name="decision_annul"),
    path("decisions/<uuid:public_id>/return/", signing.send_back, name="decision_return"),
    path("decisions/<uuid:public_id>/paper.pdf", register.pdf, name="decision_pdf"),
    path("decisions/<uuid:public_id>/notice.pdf", register.notice, name="decision_notice"),
    path("findings/", found.index, name="findings"),
    path("findings/<int:pk>/start/", found.start, name="finding_start"),
    path("findings/<int:pk>/dismiss/", found.dismiss, name="finding_dismiss"),
    path("findings/<int:pk>/notice.pdf", found.notice, name="finding_notice"),
    path("check/", check.check, name="decision_check_form"),
    path("check/<str:code>/", check.check, name="decision_check"),
]
