"""Who looked at what; exports and the download centre; notifications; error reports."""

from django.urls import path

from posasoft.portal.views import downloads, error_reports, ids, notices, trail

patterns = [
    path("downloads/", downloads.index, name="downloads"),
    path("downloads/new/<slug:kind>/", downloads.new, name="export_new"),
    path("downloads/<uuid:public_id>/status/", downloads.status, name="download_status"),
    path("downloads/<uuid:public_id>/file/", downloads.take, name="download_file"),
    path("downloads/<uuid:public_id>/decide/", downloads.decide, name="export_decide"),
    path("notifications/", notices.index, name="notifications"),
    path("notifications/read/", notices.read, name="notifications_read"),
    path("notifications/choose/", notices.choose, name="notifications_choose"),
    path("report-error/", error_reports.new, name="error_report"),
    path("error-reports/", error_reports.index, name="error_reports"),
    path("error-reports/<int:report_id>/", error_reports.answer, name="error_report_answer"),
    path("persons/<uuid:public_id>/id/", ids.show, name="person_id"),
    path("trail/", trail.index, name="trail"),
    path("trail/heads/", trail.audit_heads, name="audit_heads"),
]
