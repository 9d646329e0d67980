"""Which verb a page acts by: what a role narrowed to some of its verbs may still send.

The roles of a page stand at its view (`allow`). An assignment may hold fewer verbs than its role; then a page that changes or hands out
something asks here. Of an entry's verbs the first that the whole role has is the one that must have been left to it. Fails closed: a page that
is posted to and has no entry is closed to every narrowed role (tests/access/test_verbs_of_pages.py asks for the entry).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from posasoft.core import audit
from posasoft.core.access import held_verbs
from posasoft.core.verbs import Verb, verbs_of

Handler = Callable[[HttpRequest], HttpResponse]
_REPORT = (Verb.UPDATE, Verb.APPROVE, Verb.DECIDE, Verb.MANAGE)
_APPROVE = (Verb.APPROVE, Verb.DECIDE, Verb.MANAGE)
_BUILD = (Verb.BUILD, Verb.DECIDE, Verb.MANAGE, Verb.APPROVE)
_CASE = (Verb.PREPARE, Verb.SIGN, Verb.DECIDE)
_PREPARE = (Verb.PREPARE,)
_SIGN = (Verb.SIGN,)
_LOOK = (Verb.QUERY, Verb.USE)
_ADMINISTER = (Verb.ADMINISTER,)

# One's own account, device, help and screens: nothing of the registry.
OWN = frozenset({
    "jobs", "job_cancel", "switch_role", "handovers", "handover", "handover_complete", "handover_drop", "help_seen", "practice_enter",
    "practice_leave", "practice_reset", "single_keys", "account", "account_password", "account_email", "sessions_end", "session_end",
    "session_stay", "second_factor", "recovery_codes", "recovery_codes_file", "recovery_codes_kept", "recovery_codes_new", "confirm",
    "notifications_read", "notifications_choose", "error_report", "theme", "language", "sign_in", "sign_in_code", "sign_out",
    "first_password", "list_filter", "list_columns", "view_save", "view_drop", "view_default", "decision_check_form",
    "decision_check", "session_left", "account_login", "mfa_authenticate", "payday_public",
})  # fmt: skip
POSTED: dict[str, tuple[Verb, ...]] = {
    **dict.fromkeys((
        "change_new", "change_edit", "change_draft", "change_check", "change_submit", "change_withdraw", "change_undo",
        "bulk_new", "bulk_apply", "bulk_drop", "bulk_undo", "bulk_changes", "reform_place",
    ), _REPORT),
    **dict.fromkeys((
        "changes_approve", "change_approve", "change_return", "change_refuse", "change_transfer_accept", "change_transfer_refuse",
        "workbook_agree",
    ), _APPROVE),
    **dict.fromkeys((
        "imports", "import", "import_columns", "import_accept", "import_reject", "import_answer", "import_undo", "import_settle", "import_gone",
        "import_deaths", "workbooks",
    ), _BUILD),
    **dict.fromkeys((
        "case_new", "case_form", "case_autosave", "case_why", "case_objection", "case_files", "case_file_remove", "case_move",
    ), _CASE),
    **dict.fromkeys((
        "decision_prepare", "decision_new", "decision_received", "decision_edit", "decision_discard", "decision_annul", "finding_start",
        "finding_dismiss",
    ), _PREPARE),
    **dict.fromkeys(("receiving_new", "family_notices_queue", "family_letters"), (Verb.UPDATE, Verb.DECIDE, Verb.APPROVE)),
    **dict.fromkeys(("receiving_act",), (Verb.APPROVE, Verb.DECIDE)),
    **dict.fromkeys(("notice_template",), (Verb.ADMINISTER, Verb.EXPORT)),
    **dict.fromkeys(("verification_new", "verification_close", "verification_answer"), (Verb.APPROVE, Verb.DECIDE, Verb.UPDATE, Verb.USE)),
    **dict.fromkeys(("payday",), _LOOK),
    **dict.fromkeys(("decisions_sign", "decision_return"), _SIGN),
    "correction_waive": (Verb.SIGN, Verb.APPROVE, Verb.DECIDE, Verb.BUILD),
    **dict.fromkeys(("law_effects_start", "law_effects_decide"), (Verb.APPROVE, Verb.QUERY)),
    **dict.fromkeys(("list_step", "list_striking_read", "lists_draw_up"), (Verb.PREPARE, Verb.DECIDE, Verb.SIGN, Verb.APPROVE)),
    **dict.fromkeys(("list_sign", "lists_sign", "list_send", "lists_send"), (Verb.SIGN, Verb.APPROVE)),
    **dict.fromkeys(("paying_calendar_propose", "paying_calendar_decide", "budget_set"), (Verb.APPROVE, Verb.MANAGE, Verb.QUERY)),
    "delivery_confirm": (Verb.USE,),
    "counter": _LOOK,
    **dict.fromkeys(
        ("counter_mark", "counter_undo", "counter_close", "counter_rest", "results", "result_apply", "result_refuse"), (Verb.USE,)
    ),
    "list_reopen": (Verb.SIGN, Verb.APPROVE),
    "settling_step": (Verb.PREPARE, Verb.SIGN, Verb.APPROVE),
    "settling_close_month": (Verb.APPROVE,),
    "statement_sign": (Verb.APPROVE, Verb.USE),
    "uncollected_answer": (Verb.UPDATE, Verb.USE),
    "write_off_ask": _PREPARE,
    "write_off_decide": (Verb.SIGN, Verb.APPROVE),
    **dict.fromkeys((
        "agency_new", "agency_terms", "agency_point", "agency_service", "agency_service_end", "agency_post", "agency_key", "agency_key_revoke",
    ), _ADMINISTER),
    **dict.fromkeys(("run_start", "run_cancel", "run_resume", "moved_days_save"), (Verb.MANAGE, Verb.QUERY)),
    **dict.fromkeys(("reforms", "reform", "reform_start", "reform_undo"), (Verb.MANAGE,)),
    **dict.fromkeys(("search", "palette", "person_id"), _LOOK),
    **dict.fromkeys(("export_new", "download_file"), (Verb.EXPORT, Verb.USE)),
    "export_decide": (Verb.APPROVE, Verb.EXPORT, Verb.MANAGE),
    **dict.fromkeys((
        "users", "user_new", "user_grant", "user_role_end", "user_switch", "user_invite", "user_factor", "user_give", "user_take_back",
        "user_items_change",
        "error_reports", "error_report_answer",
    ), _ADMINISTER),
}  # fmt: skip
# Files that leave the program by a link.
TAKEN: dict[str, tuple[Verb, ...]] = dict.fromkeys(
    (
        "list_download", "statement_download", "delivery_file", "cash_sheet", "result_template", "result_file",
        "decisions_register", "decisions_print", "workbook_file", "import_rejected",
    ),
    (Verb.EXPORT, Verb.QUERY),
)  # fmt: skip


def verbs_asked(name: str, method: str) -> tuple[Verb, ...] | None:
    """The verbs of an address for a method, None when anybody whom the page admits may; () when no narrowed role may."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return TAKEN.get(name)
    return None if name in OWN else POSTED.get(name, ())


class VerbMiddleware:
    """Refuses what the acting role has the page for but not the verb; placed behind GuardMiddleware."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        assignment = getattr(request, "assignment", None)
        if assignment is None or assignment.verbs is None:
            return
        match, scope = request.resolver_match, request.scope  # type: ignore[attr-defined]  # set by ScopeMiddleware
        asked = verbs_asked(match.url_name or "" if match else "", request.method or "")
        if asked is None:
            return
        of_role = verbs_of(scope.role)
        needed = next((verb for verb in asked if verb in of_role), None)
        if needed is None or needed not in held_verbs(scope):
            audit.record(verb="denied", kind="verb", object_id=(match.route if match else "")[:60], by=scope)
            raise PermissionDenied
