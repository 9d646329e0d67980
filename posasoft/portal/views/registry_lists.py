"""The lists of households and persons: cut, ordered, paged by key, with the officer's own columns and views."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from posasoft.core import audit, saved_views
from posasoft.core.access import allow, may
from posasoft.core.models import ListPreference
from posasoft.core.traces import shows
from posasoft.core.verbs import Verb
from posasoft.portal import words
from posasoft.portal.listing import columns
from posasoft.portal.listing.filters import window
from posasoft.portal.listing.lists import HOUSEHOLDS, LISTS, PERSONS, ListKind
from posasoft.portal.listing.state import ListState, understood
from posasoft.portal.listing.totals import TooWide
from posasoft.portal.queries import areas
from posasoft.portal.requests import OfficerRequest
from posasoft.portal.views.households import REGISTRY_ROLES

PLAIN = "all"


def found_kind(page: str) -> ListKind:
    """The list of an address, else 404."""
    if page not in LISTS:
        raise Http404
    return LISTS[page]


def state_of(request: OfficerRequest, kind: ListKind, given: QueryDict) -> ListState:
    """What a query string asks, kept to what the list understands."""
    today = timezone.localdate()
    area = areas.by_id(given.get("area", ""))
    own = request.assignment.area if request.assignment else None
    token = given.get("words", "")
    text = words.of(request, token)
    return ListState(
        kind=kind,
        scope=request.scope,
        today=today,
        area=area if area is not None and area.position is not None else None,
        own_level=own.level if own else "",
        chosen=understood(kind, given, today, request.scope),
        words=text,
        token=token if text else "",
        sort_key=given.get("sort", ""),
        descending=given.get("desc") == "1",
        before=given.get("before", ""),
        after=given.get("after", ""),
        view=given.get("view", ""),
    )


def _show(request: OfficerRequest, kind: ListKind) -> HttpResponse:
    preference = saved_views.preference(request.scope.user_id or 0, kind.page)
    if not request.GET and preference and preference.default_view:
        return redirect("portal:view_open", preference.default_view.public_id)
    state = state_of(request, kind, request.GET)
    context = _frame(request, state, preference)
    try:
        page, total = state.read()
        rows = kind.rows(page.rows, state.today, request.scope.role)
        context |= {"rows": rows, "before": page.before, "after": page.after, "total": total}
    except TooWide:
        context |= {"too_wide": True}
    _trace(request, kind, state, context.get("rows", []))
    return render(request, "portal/registry_list.html", context)


def _frame(request: OfficerRequest, state: ListState, preference: ListPreference | None) -> dict[str, Any]:
    kind = state.kind
    views = list(saved_views.visible(request.assignment, kind.page)) if request.assignment else []
    view = next((v for v in views if str(v.public_id) == state.view), None)
    wanted = (view.columns if view else []) or (preference.columns if preference else [])
    chosen = columns.chosen(kind.columns, wanted)
    main = ("class", "sex", "age_from", "age_to")
    other = PERSONS if kind is HOUSEHOLDS else HOUSEHOLDS
    shared = {f.key for f in other.filters} - {"state"}
    across = replace(state, kind=other, chosen={k: v for k, v in state.chosen.items() if k in shared}, sort_key="", view="")
    return {
        "kind": kind,
        "state": state,
        "address": reverse(f"portal:{kind.page}"),
        "areas": areas.choices(request.scope, state.area),
        "first_filters": [f for f in state.offered if f.key in main],
        "more_filters": [f for f in state.offered if f.key not in main],
        "more_open": any(key not in main for key in state.chosen),
        "columns": [(column, _ordering(state, column.key)) for column in chosen],
        "first_ordering": _ordering(state, "name"),
        "all_columns": [(column, column in chosen) for column in kind.columns],
        "views": views,
        "view": view,
        "default_view": preference.default_view if preference else None,
        "other": other,
        "other_address": reverse(f"portal:{other.page}"),
        "across": across.query() or f"view={PLAIN}",
        "query": state.query(),
        "chips": state.chips(),
        "waiting_names": ", ".join(str(label) for label in state.waiting),
        "months": window(state.today.replace(day=1)),
        "may_change": state.is_narrow and may(request.scope, Verb.UPDATE),
        "may_export": may(request.scope, Verb.EXPORT),
    }


def _ordering(state: ListState, key: str) -> dict[str, str] | None:
    """How a column's heading orders the list: the address that does so, and what it is now (ascending, descending, none)."""
    if not any(sort.key == key for sort in state.sorts):
        return None
    is_now = state.sort.key == key
    now = ("descending" if state.descending else "ascending") if is_now else "none"
    turn = "" if not is_now or state.descending else "1"
    return {"query": state.query(sort=key, desc=turn), "now": now}


def _trace(request: OfficerRequest, kind: ListKind, state: ListState, rows: list[Any]) -> None:
    lo, _hi = state.range()
    ids = [str(row.key) for row in rows]
    names = tuple(state.applied) + (("words",) if state.applied_words else ())
    shown = "household" if kind is HOUSEHOLDS else "person"
    audit.seen(by=request.scope, kind=shown, ids=ids, count=len(ids), filters=names, page=kind.page, area=_place(request, state))


def _place(request: OfficerRequest, state: ListState) -> tuple[int, int] | None:
    """Where the look was: the chosen area, else the role's own; nothing for the whole country."""
    area = state.area or (request.assignment.area if request.assignment else None)
    if area is None or area.province_no is None or area.position is None:
        return None
    return area.province_no, area.position


@allow(*REGISTRY_ROLES)
@shows("household")
def households(request: OfficerRequest) -> HttpResponse:
    """Households in scope."""
    return _show(request, HOUSEHOLDS)


@allow(*REGISTRY_ROLES)
@shows("person")
def persons(request: OfficerRequest) -> HttpResponse:
    """Persons in scope."""
    return _show(request, PERSONS)


@allow(*REGISTRY_ROLES)
@require_POST
def narrow(request: OfficerRequest, page: str) -> HttpResponse:
    """The form of filters: words go to the session, the rest to the address."""
    kind = found_kind(page)
    given = request.POST.copy()
    given["words"] = words.keep(request, given.get("name", ""))
    state = state_of(request, kind, given)
    return redirect(f"{reverse(f'portal:{page}')}?{replace(state, view='').query() or f'view={PLAIN}'}")
