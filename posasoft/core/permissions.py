"""Roles as guardian permissions on areas: rewritten by one statement from the roles in force, for `has_perm` and `get_objects_for_user`.

The request itself asks the dated role (posasoft.core.access), so a role that ended this morning is gone before these rows are.
"""

from __future__ import annotations

import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from posasoft.core import audit
from posasoft.core.models import Area, AreaPermission, User
from posasoft.core.scope import Scope
from posasoft.core.verbs import ROLE_VERBS, Verb

# Every verb of every role in force, on its area; a role narrowed to some verbs gives those only; the whole country is every province.
_WANTED = """
CREATE TEMP TABLE wanted_permission ON COMMIT DROP AS
SELECT DISTINCT r.user_id, p.id AS permission_id, a.id AS area_id
FROM core_roleassignment r
JOIN core_user u ON u.id = r.user_id AND u.is_active
JOIN unnest(%(roles)s::text[], %(verbs)s::text[]) AS v(role, verb) ON v.role = r.role AND (r.verbs IS NULL OR v.verb = ANY (r.verbs))
JOIN auth_permission p ON p.codename = 'may_' || v.verb
JOIN django_content_type t ON t.id = p.content_type_id AND t.app_label = 'core' AND t.model = 'area'
JOIN core_area a ON a.id = r.area_id OR (r.area_id IS NULL AND a.level = 'province' AND a.position IS NOT NULL)
WHERE r.since <= %(day)s AND (r.until IS NULL OR r.until > %(day)s) AND (%(user)s::bigint IS NULL OR r.user_id = %(user)s)
"""
_REMOVE = """
DELETE FROM core_areapermission g WHERE (%(user)s::bigint IS NULL OR g.user_id = %(user)s)
  AND (g.until <= %(day)s OR (g.of_role AND NOT EXISTS (SELECT FROM wanted_permission w
    WHERE w.user_id = g.user_id AND w.permission_id = g.permission_id AND w.area_id = g.content_object_id)))
"""
_ADD = """
INSERT INTO core_areapermission (user_id, permission_id, content_object_id, of_role)
SELECT user_id, permission_id, area_id, true FROM wanted_permission ON CONFLICT DO NOTHING
"""


def bring_up_to_date(*, day: datetime.date | None = None, user: User | None = None) -> int:
    """Make the permissions those of the roles in force on a day (today), for one user or for all; how many rows changed."""
    pairs = [(role, verb.value) for role, verbs in ROLE_VERBS.items() for verb in sorted(verbs)]
    values = {
        "day": day or timezone.localdate(),
        "user": user.pk if user else None,
        "roles": [role for role, _ in pairs],
        "verbs": [verb for _, verb in pairs],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS wanted_permission")
        cursor.execute(_WANTED, values)
        cursor.execute(_REMOVE, values)
        changed = int(cursor.rowcount)
        cursor.execute(_ADD)
        changed += cursor.rowcount
        cursor.execute("DROP TABLE wanted_permission")
    return int(changed)


@transaction.atomic
def give(*, user: User, verb: Verb, area: Area, until: datetime.date | None, by: Scope) -> AreaPermission:
    """Give one user one verb on an area besides the user's roles; the same again only moves its last day. Raises PermissionError for oneself."""
    if by.user_id == user.pk:
        raise PermissionError(_("Không ai được tự cấp quyền cho mình."))
    permission = _permission(verb)
    given: AreaPermission
    given, _made = AreaPermission.objects.update_or_create(
        user=user, permission_id=permission, content_object=area, defaults={"of_role": False, "until": until}
    )
    audit.record(verb="give_permission", kind="user", object_id=user.pk, by=by, permission=verb.value, area_id=area.pk)
    return given


@transaction.atomic
def take_back(*, given: AreaPermission, by: Scope) -> None:
    """Take back what was given besides the roles; a permission that a role gives as well stays as the role's."""
    user = User.objects.get(pk=given.user_id)
    audit.record(verb="take_back_permission", kind="user", object_id=user.pk, by=by, permission_id=given.permission_id)
    given.delete()
    bring_up_to_date(user=user)


def _permission(verb: Verb) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id"
            " WHERE t.app_label = 'core' AND t.model = 'area' AND p.codename = %s",
            [verb.codename],
        )
        row = cursor.fetchone()
    if row is None:
        raise LookupError(f"no permission {verb.codename}: run migrate")
    return int(row[0])
