"""What an address of these pages names, or 404; and refusals as messages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404

from households.change_kinds import OFFICERS
from households.models import ChangeRequest, Transfer
from households.operations import requests
from posasoft.portal.queries import changes
from posasoft.portal.requests import OfficerRequest

CHANGE_ROLES = OFFICERS


def found_request(request: OfficerRequest, public_id: uuid.UUID) -> ChangeRequest:
    """The request in the role's range, else 404."""
    found = changes.request_in_scope(request.scope, public_id)
    if found is None:
        raise Http404
    return found


def found_transfer(request: OfficerRequest, public_id: uuid.UUID) -> Transfer:
    """The transfer that comes to the role's range, else 404."""
    found = changes.transfer_in_scope(request.scope, public_id)
    if found is None:
        raise Http404
    return found


def choices_of(request: OfficerRequest) -> dict[str, str]:
    """What was chosen where the registry is newer: field -> yours or theirs."""
    return {
        name.removeprefix("choose "): str(value)
        for name, value in request.POST.items()
        if name.startswith("choose ") and value in ("yours", "theirs")
    }


@contextmanager
def telling(request: OfficerRequest) -> Iterator[None]:
    """What an operation refuses becomes a message on the next page; conflicts stand on the request's own page."""
    try:
        yield
    except requests.Invalid as error:
        messages.error(request, " ".join(error.errors.values()))
    except (requests.NotAllowed, requests.WrongMoment, requests.CannotUndo, requests.Conflict) as error:
        messages.error(request, str(error))
