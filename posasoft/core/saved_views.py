"""Keeping and choosing views of lists. Keyword-only, one transaction each."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from posasoft.core import audit
from posasoft.core.models import ListPreference, RoleAssignment, SavedView
from posasoft.core.names import nfc_name
from posasoft.core.scope import Scope

MOST = 50


class ViewRefused(ValueError):
    """The view cannot be kept as asked; the message is for the officer (Vietnamese)."""


def visible(assignment: RoleAssignment, page: str) -> QuerySet[SavedView]:
    """One's own views, then those that somebody of the same role on the same area shares."""
    shared = Q(is_shared=True, role=assignment.role, area=assignment.area)
    return SavedView.objects.filter(Q(owner=assignment.user) | shared, page=page).select_related("owner").order_by("name", "pk")


@transaction.atomic
def keep(
    *, page: str, name: str, query: str, words: str, columns: list[str], share: bool, assignment: RoleAssignment, by: Scope
) -> SavedView:
    """Keep a view under a name; one's own view of that name is replaced. Raises ViewRefused."""
    name = nfc_name(name)[:80]
    if not name:
        raise ViewRefused("Hãy đặt tên cho bộ lọc.")
    own = SavedView.objects.filter(owner=assignment.user, page=page)
    if not own.filter(name=name).exists() and own.count() >= MOST:
        raise ViewRefused(f"Mỗi người giữ nhiều nhất {MOST} bộ lọc. Hãy xóa bớt.")
    values = {"query": query, "words": words, "columns": columns, "role": assignment.role, "area": assignment.area, "is_shared": share}
    view, _made = SavedView.objects.update_or_create(owner=assignment.user, page=page, name=name, defaults=values)
    audit.record(verb="keep_view", kind="core_savedview", object_id=view.pk, by=by, shared=share)
    return view


@transaction.atomic
def drop(*, view: SavedView, by: Scope) -> None:
    """Delete a view of one's own; whoever opened the list with it opens the plain list again. Raises ViewRefused for another's."""
    if view.owner_id != by.user_id:
        raise ViewRefused("Chỉ người tạo bộ lọc mới xóa được.")
    audit.record(verb="drop_view", kind="core_savedview", object_id=view.pk, by=by)
    view.delete()


def preference(user_id: int, page: str) -> ListPreference | None:
    """The user's columns and default view of a list."""
    return ListPreference.objects.select_related("default_view").filter(user_id=user_id, page=page).first()


@transaction.atomic
def choose_columns(*, user_id: int, page: str, columns: list[str]) -> None:
    """Remember the columns of a list for a user; an empty list means the usual ones."""
    ListPreference.objects.update_or_create(user_id=user_id, page=page, defaults={"columns": columns})


@transaction.atomic
def choose_default(*, user_id: int, page: str, view: SavedView | None) -> None:
    """The view that the list opens with for a user; None for the plain list."""
    ListPreference.objects.update_or_create(user_id=user_id, page=page, defaults={"default_view": view})
