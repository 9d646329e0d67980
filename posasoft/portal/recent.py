"""The households and persons that somebody opened last, in their session: public ids, no names."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from households.models import Household, Person
from posasoft.core.scope import Scope
from posasoft.portal.queries.scoped import in_scope

KEY = "recent"
MOST = 8
PAGES = {"household": "h", "person": "p"}


@dataclass(frozen=True)
class Opened:
    """A page opened before, as the palette offers it."""

    view: str
    public_id: uuid.UUID
    title: str
    under: str


class RecentMiddleware:
    """Notes which household or person was opened; a page that was refused leaves nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == 200 and request.method == "GET" and match and match.url_name in PAGES and "public_id" in match.kwargs:
            entry = f"{PAGES[match.url_name]}{match.kwargs['public_id']}"
            kept = [entry, *(known for known in request.session.get(KEY, []) if known != entry)][:MOST]
            if kept != request.session.get(KEY):
                request.session[KEY] = kept
        return response


def opened(request: HttpRequest, scope: Scope) -> list[Opened]:
    """What was opened last and still lies in the role's range, the latest first; two queries."""
    entries: list[str] = request.session.get(KEY, [])
    ids = {kind: [uuid.UUID(entry[1:]) for entry in entries if entry[0] == kind] for kind in PAGES.values()}
    people = in_scope(Person.objects.select_related("household__commune"), scope).filter(public_id__in=ids["p"])
    homes = in_scope(Household.objects.select_related("commune"), scope).filter(public_id__in=ids["h"])
    heads = Person.objects.filter(household__in=homes.values("pk"), relation="head", died_on=None, canonical=None)
    names = dict(heads.values_list("household", "full_name")) if ids["h"] else {}
    found = (
        {f"p{p.public_id}": Opened("portal:person", p.public_id, p.full_name, p.household.commune.name) for p in people} if ids["p"] else {}
    )
    if ids["h"]:
        found |= {f"h{h.public_id}": Opened("portal:household", h.public_id, names.get(h.pk, h.code), h.code) for h in homes}
    return [found[entry] for entry in entries if entry in found]
