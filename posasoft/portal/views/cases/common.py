"""What the views of cases share."""

from __future__ import annotations

import uuid

from django.http import Http404

from beneficiaries.models import Case
from posasoft.core.models import Role
from posasoft.portal.queries import cases
from posasoft.portal.requests import OfficerRequest

READERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER, Role.PROVINCE_OFFICER, Role.AUDITOR)
KEYERS = (Role.COMMUNE_OFFICER,)
MOVERS = (Role.COMMUNE_OFFICER, Role.COMMUNE_CHAIR, Role.CLUSTER_OFFICER)


def found_case(request: OfficerRequest, public_id: uuid.UUID) -> Case:
    """The case if the role may know of it, else 404."""
    found = cases.case_of(request.scope, public_id)
    if found is None:
        raise Http404
    return found


def place(case: Case) -> tuple[int, int]:
    """(province_no, area_pos), as audit rows want it."""
    return case.province_no, case.area_pos
