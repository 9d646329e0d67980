"""Work in the background."""

from django.urls import path

from posasoft.portal.views import jobs

patterns = [
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/<int:job_id>/", jobs.show, name="job"),
    path("jobs/<int:job_id>/status/", jobs.status, name="job_status"),
    path("jobs/<int:job_id>/cancel/", jobs.cancel, name="job_cancel"),
]
