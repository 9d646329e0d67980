"""Long pieces of work: list, live progress, stop."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from posasoft.core import jobs as runner
from posasoft.core.access import SIGNED_IN, allow
from posasoft.core.models import Job
from posasoft.portal.queries import work_in_background as background
from posasoft.portal.requests import OfficerRequest

MOST = 50


def found_job(request: OfficerRequest, job_id: int) -> Job:
    """The job if the role may see it, else 404."""
    job = background.jobs(request.scope).filter(pk=job_id).first()
    if job is None:
        raise Http404
    return job


@allow(*SIGNED_IN)
def index(request: OfficerRequest) -> HttpResponse:
    """The latest jobs of the role."""
    now = timezone.now()
    rows = [background.view(job, now) for job in background.jobs(request.scope)[:MOST]]
    return render(request, "portal/jobs.html", {"rows": rows})


@allow(*SIGNED_IN)
def show(request: OfficerRequest, job_id: int) -> HttpResponse:
    """One job with its log."""
    job = found_job(request, job_id)
    return render(request, "portal/job.html", {"view": background.view(job, timezone.now()), "log": job.log.order_by("pk")[:500]})


@allow(*SIGNED_IN)
def status(request: OfficerRequest, job_id: int) -> HttpResponse:
    """The progress line alone: it asks for itself again until the job has ended, then the page is read anew."""
    found = background.view(found_job(request, job_id), timezone.now())
    response = render(request, "_components/job.html", {"view": found})
    if not found.is_open:
        response["HX-Refresh"] = "true"
    return response


@allow(*SIGNED_IN)
@require_POST
def cancel(request: OfficerRequest, job_id: int) -> HttpResponse:
    """Ask a job to stop; what it committed stays, and it can be started again."""
    runner.cancel(job=found_job(request, job_id), by=request.scope)
    messages.info(request, _("Đã yêu cầu dừng. Phần đã ghi được giữ lại."))
    return redirect("portal:job", job_id)
