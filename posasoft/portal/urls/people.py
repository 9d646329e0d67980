"""Accounts, receivers, verification, notices, the payment day."""

from django.urls import path

from posasoft.portal.views import cashless, family_notices, payday, receiving, verification

patterns = [
    path("households/<uuid:public_id>/receiving/", receiving.show, name="household_receiving"),
    path("households/<uuid:public_id>/receiving/<slug:kind>/", receiving.new, name="receiving_new"),
    path("receiving/<slug:kind>/<uuid:public_id>/<slug:move>/", receiving.act, name="receiving_act"),
    path("cashless/", cashless.index, name="cashless"),
    path("nhan-tien/", payday.public, name="payday_public"),
    path("payday/", payday.index, name="payday"),
    path("payday/<uuid:public_id>/", payday.household, name="payday_household"),
    path("family-notices/", family_notices.index, name="family_notices"),
    path("family-notices/queue/", family_notices.queue, name="family_notices_queue"),
    path("family-notices/letters/<int:area_id>/", family_notices.letters, name="family_letters"),
    path("family-notices/templates/", family_notices.templates, name="notice_templates"),
    path("family-notices/templates/<slug:kind>/<slug:medium>/", family_notices.template, name="notice_template"),
    path("verification/", verification.index, name="verifications"),
    path("verification/new/", verification.new, name="verification_new"),
    path("verification/<uuid:public_id>/", verification.show, name="verification"),
    path("verification/<uuid:public_id>/<int:place>/", verification.answer, name="verification_answer"),
    path("verification/<uuid:public_id>/close/", verification.close, name="verification_close"),
]
