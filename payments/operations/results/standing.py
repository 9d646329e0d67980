"""Who may say what became of a line: the agency that was sent it, its program, the counter it was handed to, the system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from payments.models import AgencyPost
from posasoft.core.access import SYSTEM
from posasoft.core.scope import Scope, unbound


class ResultRefused(Exception):
    """Results cannot be taken as asked; nothing was changed. The message is for the screen (Vietnamese)."""


@contextmanager
def writing(by: Scope) -> Iterator[None]:
    """One transaction in which the system writes what ``by`` was found to be allowed."""
    with transaction.atomic(), unbound(by):
        yield


def require_agency(agency_id: int, service_point_id: int | None, by: Scope) -> None:
    """Results of an agency come from its headquarters or program, those of a counter from its clerks too. Raises ResultRefused."""
    if by.role == SYSTEM or (by.agency_id is not None and by.agency_id == agency_id):
        return
    post = post_of(by)
    if post is None or post.agency_id != agency_id or (post.service_point_id and post.service_point_id != service_point_id):
        raise ResultRefused(_("Bạn không làm việc cho đơn vị hoặc điểm chi trả này."))


def require_point(service_point_id: int | None, by: Scope) -> None:
    """Only who stands at a counter marks its lines. Raises ResultRefused."""
    if by.role == SYSTEM:
        return
    post = post_of(by)
    if service_point_id is None or post is None or post.service_point_id != service_point_id:
        raise ResultRefused(_("Dòng này không thuộc danh sách của điểm chi trả nơi bạn làm việc."))


def post_of(by: Scope) -> AgencyPost | None:
    """Where the acting clerk works; None for everybody else."""
    return AgencyPost.objects.filter(assignment_id=by.assignment_id).first() if by.assignment_id else None
