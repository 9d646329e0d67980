"""Which roles may open which address: the table that the build holds every address against (test_matrix.py).

To add an address: run `./run test tests/access/test_matrix.py`; the failing test prints the line. Paste it below, look whether the roles are
right, and say in `needs` which thing of things.py the address takes. A letter is a role: see CODES.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from posasoft.core.models import Role

CODES = {
    "c": Role.COMMUNE_OFFICER, "h": Role.COMMUNE_CHAIR, "k": Role.CLUSTER_OFFICER, "p": Role.PROVINCE_OFFICER, "m": Role.MINISTRY_ANALYST,
    "o": Role.HOTLINE, "a": Role.AGENCY_CLERK, "l": Role.LINE_MINISTRY, "u": Role.AUDITOR, "v": Role.COLLABORATOR, "s": Role.ADMINISTRATOR,
}  # fmt: skip
EVERYBODY = "chkpmoaluvs"
REGISTRY = "chkpmus"
REPORTING = "chkp"
SENDING = "ckps"
COMMUNE = "ch"


@dataclass(frozen=True)
class Row:
    """An address: `roles` None is open before sign-in. `expected` answers of the own thing; refused roles get 403, a sibling's thing is 404.

    `narrower`: letters of admitted roles that may be answered 404 for the own thing too, because the page is for some things only.
    `asks`: a thing named in the query or the form (ASKED in things.py); another's is 404 there as well.
    """

    name: str
    letters: str | None
    needs: str = ""
    method: str = "GET"
    parts: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    ok: tuple[int, ...] = ()
    narrow: str = ""
    asks: str = ""

    @property
    def roles(self) -> frozenset[str] | None:
        return None if self.letters is None else frozenset(CODES[letter] for letter in self.letters)

    @property
    def narrower(self) -> frozenset[str]:
        return frozenset(CODES[letter] for letter in self.narrow)

    @property
    def expected(self) -> set[int]:
        return set(self.ok) or ({200, 302} if self.method == "GET" else {200, 302, 400})


def suggestion(name: str, route: str, view: Callable[..., Any]) -> str:
    """The line for an address that is not in the table yet."""
    allowed = frozenset(getattr(view, "allowed_roles", ()))
    letters = None if "*" in allowed else "".join(letter for letter, role in CODES.items() if role in allowed)
    named = {"EVERYBODY": EVERYBODY, "REGISTRY": REGISTRY, "REPORTING": REPORTING, "SENDING": SENDING, "COMMUNE": COMMUNE}
    groups = {frozenset(text): name for name, text in named.items()}
    spelled = "None" if letters is None else groups.get(frozenset(letters), f'"{letters}"')
    params = re.findall(r"<(?:\w+:)?(\w+)>", route)
    needs = f', "{name.split("_")[0]}"' if params else ""
    method = ', method="POST"' if _post_only(view) else ""
    return f'    Row("{name}", {spelled}{needs}{method}),'


def _post_only(view: Callable[..., Any]) -> bool:
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            if cell.cell_contents == ["POST"]:
                return True
        view = getattr(view, "__wrapped__", None)
    return False


ROWS: tuple[Row, ...] = (
    Row("jobs", EVERYBODY),
    Row("job", EVERYBODY, "job", narrow="alv"),
    Row("job_status", EVERYBODY, "job", narrow="alv"),
    Row("job_cancel", EVERYBODY, "job", method="POST", narrow="alv"),
    Row("cases", "chkpu"),
    Row("case_new", "c"),
    Row("case_postings", "chkpu"),
    Row("case", "chkpu", "case"),
    Row("case_form", "c", "case"),
    Row("case_autosave", "c", "case", method="POST"),
    Row("case_why", COMMUNE, "case", method="POST"),
    Row("case_receipt", COMMUNE, "case"),
    Row("case_objection", "c", "case_posted", method="POST"),
    Row("case_files", COMMUNE, "case", method="POST"),
    Row("case_file", "chkpu", "case_file"),
    Row("case_file_remove", COMMUNE, "case_file", method="POST"),
    Row("case_move", "chk", "case_move", method="POST", ok=(302, 422)),
    Row("moved_days", "ms"),
    Row("moved_days_save", "ms", method="POST"),
    Row("changes", REPORTING),
    Row("changes_who_may", REPORTING),
    Row("change_communes", REPORTING),
    Row("changes_approve", REPORTING, method="POST"),
    Row("change_new", REPORTING, method="POST", parts={"kind": "correct_name"}, asks="person"),
    Row("change_transfer", COMMUNE, "transfer"),
    Row("change_transfer_accept", COMMUNE, "transfer", method="POST"),
    Row("change_transfer_refuse", COMMUNE, "transfer", method="POST"),
    Row("change", REPORTING, "change"),
    Row("change_edit", REPORTING, "change_own"),
    Row("change_draft", REPORTING, "change_own", method="POST"),
    Row("change_check", REPORTING, "change_own"),
    Row("change_submit", REPORTING, "change_own", method="POST"),
    Row("change_withdraw", REPORTING, "change_own", method="POST"),
    Row("change_approve", REPORTING, "change", method="POST"),
    Row("change_return", REPORTING, "change", method="POST"),
    Row("change_refuse", REPORTING, "change", method="POST"),
    Row("change_undo", REPORTING, "change", method="POST"),
    Row("decisions", REGISTRY),
    Row("decisions_print", REPORTING, asks="decision"),
    Row("decisions_register", REGISTRY),
    Row("decisions_waiting", COMMUNE),
    Row("decisions_sign", "h", method="POST"),
    Row("decision_new", "c", asks="person"),
    Row("decision_prepare", "c", "case_id", method="POST"),
    Row("decision", REGISTRY, "decision"),
    Row("decision_panel", COMMUNE, "decision"),
    Row("decision_edit", "c", "decision", method="POST"),
    Row("decision_discard", "c", "decision", method="POST"),
    Row("decision_annul", "c", "decision", method="POST"),
    Row("decision_return", "h", "decision", method="POST"),
    Row("decision_pdf", REPORTING, "decision"),
    Row("decision_notice", REPORTING, "decision"),
    Row("decision_check_form", None),
    Row("decision_check", None, parts={"code": "AAAA"}),
    Row("findings", REGISTRY),
    Row("finding_start", "c", "finding", method="POST"),
    Row("finding_dismiss", "c", "finding", method="POST"),
    Row("finding_notice", "c", "finding"),
    Row("users", "ps"),
    Row("user_new", "ps"),
    Row("user", "ps", "user"),
    Row("user_grant", "ps", "user", method="POST"),
    Row("user_role_end", "ps", "held_role", method="POST"),
    Row("user_items", "ps", "held_role"),
    Row("user_items_change", "ps", "held_role", method="POST"),
    Row("user_switch", "ps", "user", method="POST"),
    Row("user_invite", "ps", "user", method="POST"),
    Row("user_factor", "ps", "user", method="POST"),
    Row("user_give", "s", "user", method="POST"),
    Row("user_take_back", "s", "given", method="POST"),
    Row("decision_received", "c", asks="person"),
    Row("reforms", "s"),
    Row("reform", "s", "reform"),
    Row("reform_start", "s", "reform", method="POST"),
    Row("reform_undo", "s", "reform", method="POST"),
    Row("reform_unplaced", "cps", "reform"),
    Row("reform_place", "cps", "reform", method="POST"),
    Row("sign_in", None),
    Row("sign_in_code", None),
    Row("first_password", None, parts={"link": "x"}),
    Row("sign_out", None),
    Row("theme", None, method="POST"),
    Row("language", None),
    Row("switch_role", EVERYBODY, method="POST"),
    Row("handovers", EVERYBODY),
    Row("handover", EVERYBODY, "handover", narrow="alv"),
    Row("handover_complete", EVERYBODY, "handover", method="POST", narrow="alv"),
    Row("handover_drop", EVERYBODY, "handover", method="POST", narrow="alv"),
    Row("handover_minutes", EVERYBODY, "handover", narrow="alv"),
    Row("help", EVERYBODY),
    Row("help_page", EVERYBODY, parts={"page": "home"}),
    Row("help_tour", EVERYBODY, parts={"page": "home"}),
    Row("help_seen", EVERYBODY, method="POST", parts={"page": "home"}, ok=(204,)),
    Row("practice", EVERYBODY),
    Row("practice_enter", EVERYBODY, method="POST"),
    Row("practice_leave", EVERYBODY, method="POST"),
    Row("practice_reset", EVERYBODY, method="POST"),
    Row("imports", SENDING),
    Row("import", SENDING, "import"),
    Row("import_findings", SENDING, "import"),
    Row("import_columns", SENDING, "import"),
    Row("import_accept", SENDING, "import", method="POST"),
    Row("import_reject", SENDING, "import", method="POST"),
    Row("import_answer", SENDING, "import_row", method="POST"),
    Row("import_deaths", SENDING, "import"),
    Row("import_rejected", SENDING, "import"),
    Row("import_undo", SENDING, "import", method="POST"),
    Row("review", REGISTRY),
    Row("review_tile", REGISTRY),
    Row("runs", REGISTRY),
    Row("run_start", "pms", method="POST"),
    Row("run", REGISTRY, parts={"month": "2026-11"}),
    Row("run_status", REGISTRY, parts={"month": "2026-11"}),
    Row("run_changes", REGISTRY, parts={"month": "2026-11"}),
    Row("run_cancel", "pms", method="POST", parts={"month": "2026-11"}),
    Row("run_resume", "pms", method="POST", parts={"month": "2026-11"}),
    Row("lists", "chkpmaus"),
    Row("list", "chkpmaus", "list"),
    Row("list_download", "chkpmaus", "list_file"),
    Row("lists_sign", "hp", method="POST"),
    Row("lists_draw_up", "c", method="POST", data={"month": "2026-11", "kind": "supplementary"}),
    Row("paying_calendar", REGISTRY),
    Row("paying_calendar_propose", "pm", method="POST", data={"since": "12/2026", "act": "preview"}, ok=(422,)),
    Row("paying_calendar_decide", "pm", "calendar_proposal", method="POST", data={"act": "confirm"}, narrow="m"),
    Row("budgets", "hpmu"),
    Row("budget_set", "pm", method="POST", data={"programme": "tcxh"}, ok=(422,)),
    Row("list_striking", "chkp", "list"),
    Row("list_striking_read", "chkp", "list", method="POST"),
    Row("list_step", "chkp", "list", method="POST", parts={"move": "check"}),
    Row("list_sign", "hp", "list", method="POST", parts={"move": "approve"}),
    Row("palette", REGISTRY, method="POST"),
    Row("single_keys", EVERYBODY, method="POST"),
    Row("home", EVERYBODY),
    Row("search", REGISTRY),
    Row("household", REGISTRY, "household"),
    Row("why", REGISTRY, "household"),
    Row("household_money", REGISTRY, "household"),
    Row("household_money_trail", REGISTRY, "household"),
    Row("ledger_proofs", "pmus"),
    Row("corrections", "chkp"),
    Row("correction_waive", "hp", method="POST"),
    Row("law_effects", "pm"),
    Row("law_effects_start", "pm", method="POST"),
    Row("law_effects_decide", "pm", method="POST"),
    Row("settling", "chkpmu"),
    Row("settling_step", "chp", method="POST"),
    Row("settling_close_month", "p", method="POST", data={"month": "2026-11"}),
    Row("scorecard", "hpmu"),
    Row("statements", "pamu"),
    Row("statement", "pamu", "statement", narrow="a"),
    Row("statement_sign", "pa", "statement", method="POST", narrow="a"),
    Row("statement_download", "pamu", "statement_file", narrow="a"),
    Row("uncollected", "chkpuv"),
    Row("uncollected_case", "chkpuv", "uncollected"),
    Row("uncollected_answer", "cv", "uncollected", method="POST"),
    Row("waiting_money", "chkpu", "household"),
    # No line of the household waits: there is nothing to ask for.
    Row("write_off_ask", "c", "household", method="POST", narrow="c"),
    Row("write_offs", "chkpu"),
    Row("write_off_decide", "hp", "write_off", method="POST"),
    Row("household_papers", REGISTRY, "household"),
    Row("household_history", REGISTRY, "household"),
    Row("household_looks", REGISTRY, "household"),
    Row("person", REGISTRY, "person"),
    Row("person_money", REGISTRY, "person"),
    Row("person_papers", REGISTRY, "person"),
    Row("person_history", REGISTRY, "person"),
    Row("person_looks", REGISTRY, "person"),
    Row("areas", EVERYBODY),
    Row("area", EVERYBODY, "area"),
    Row("account", EVERYBODY),
    Row("account_password", EVERYBODY),
    Row("account_email", EVERYBODY),
    Row("sessions_end", EVERYBODY, method="POST"),
    Row("session_end", EVERYBODY, method="POST", parts={"digest": "x"}),
    Row("session_left", EVERYBODY),
    Row("session_stay", EVERYBODY, method="POST"),
    Row("second_factor", EVERYBODY),
    Row("recovery_codes", EVERYBODY),
    Row("recovery_codes_file", EVERYBODY, method="POST"),
    Row("recovery_codes_kept", EVERYBODY, method="POST"),
    Row("recovery_codes_new", EVERYBODY, method="POST"),
    Row("confirm", EVERYBODY),
    Row("downloads", EVERYBODY),
    Row("export_new", REGISTRY, parts={"kind": "households"}),
    Row("download_status", EVERYBODY, "export"),
    Row("download_file", EVERYBODY, "export", method="POST"),
    Row("export_decide", "hkpmus", "export_waiting"),
    Row("notifications", EVERYBODY),
    Row("notifications_read", EVERYBODY, method="POST"),
    Row("notifications_choose", EVERYBODY, method="POST"),
    Row("error_report", EVERYBODY),
    Row("error_reports", "s"),
    Row("error_report_answer", "s", "error_report"),
    Row("person_id", REPORTING, "person"),
    Row("trail", "hpus"),
    Row("audit_heads", "us"),
    Row("households", REGISTRY),
    Row("persons", REGISTRY),
    Row("list_filter", REGISTRY, method="POST", parts={"page": "households"}),
    Row("list_columns", REGISTRY, method="POST", parts={"page": "households"}),
    Row("view_save", REGISTRY, method="POST", parts={"page": "households"}),
    Row("view_open", REGISTRY, "view"),
    Row("view_drop", REGISTRY, "view", method="POST"),
    Row("view_default", REGISTRY, "view", method="POST"),
    Row("bulk_changes", REPORTING),
    Row("bulk_new", REPORTING, method="POST", parts={"page": "households"}, narrow="p"),
    Row("bulk", REPORTING, "bulk"),
    Row("bulk_apply", REPORTING, "bulk", method="POST"),
    Row("bulk_drop", REPORTING, "bulk", method="POST"),
    Row("bulk_undo", REPORTING, "bulk", method="POST"),
    Row("workbooks", "chkps"),
    Row("workbook_file", SENDING, "workbook"),
    Row("workbook_agree", "hkps", "workbook", method="POST"),
    Row("import_returned", SENDING, "import"),
    Row("import_settle", SENDING, "import_row", method="POST"),
    Row("import_gone", SENDING, "import_row", method="POST"),
    Row("deliveries", "ahpu"),
    Row("delivery", "ahpu", "delivery"),
    Row("delivery_file", "ahpu", "delivery_file"),
    Row("delivery_confirm", "a", "delivery", method="POST"),
    Row("list_send", "hp", "list", method="POST"),
    Row("counter", "a"),
    # The world's list is complete: no village of it waits (tests/results/test_counter_pages.py opens one that does).
    Row("counter_village", "a", "counter_village", narrow="a"),
    Row("counter_line", "a", "counter_line"),
    Row("counter_mark", "a", "counter_line", method="POST", data={"outcome": "unpaid"}),
    Row("counter_undo", "a", "counter_line", method="POST"),
    # A clerk without a counter has no day to close and no sheet to print.
    Row("counter_close", "a", method="POST", data={"day": "2026-11-21"}, narrow="a"),
    Row("cash_sheet", "a", narrow="a"),
    Row("counter_rest", "a", "list_sent", method="POST"),
    Row("results", "a"),
    Row("result_template", "a", "list_blank"),
    Row("result_batch", "a", "result_batch"),
    Row("result_apply", "a", "result_batch", method="POST"),
    Row("result_refuse", "a", "result_batch", method="POST"),
    Row("result_file", "a", "result_batch"),
    Row("list_results", REGISTRY, "list_sent"),
    Row("list_reopen", "hp", "list_sent", method="POST"),
    Row("lists_send", "hp", method="POST"),
    Row("agencies", "ps"),
    Row("agency", "ps", "agency"),
    Row("agency_new", "s"),
    Row("agency_terms", "s", "agency"),
    Row("agency_point", "ps", "agency", method="POST"),
    Row("agency_service", "ps", "agency", method="POST"),
    Row("agency_service_end", "ps", "agency_service", method="POST"),
    Row("agency_post", "ps", "agency", method="POST"),
    Row("agency_key", "s", "agency", method="POST"),
    Row("agency_key_revoke", "s", "agency_key", method="POST"),
    Row("api_docs", EVERYBODY),
    # The interface of programs: open to no session, closed without a key (tests/payer/test_interface.py).
    Row("api_schema", None),
    Row("api_public_key", None),
    Row("api_deliveries", None),
    Row("api_delivery", None),
    Row("api_delivery_file", None),
    Row("api_delivery_confirm", None),
    Row("api_results", None),
    Row("api_result", None),
    Row("household_receiving", REGISTRY, "household"),
    Row("receiving_new", "ck", "household", parts={"kind": "account"}),
    Row("receiving_act", "chk", "receiver", method="POST", parts={"kind": "receiver", "move": "confirm"}),
    Row("cashless", "chkpmu"),
    Row("payday_public", None),
    Row("payday", "chkpmous"),
    Row("payday_household", "chkpmous", "household"),
    Row("family_notices", "chkpu"),
    Row("family_notices_queue", "ckp", method="POST", data={"month": "2026-11"}),
    Row("family_letters", "ckp", "letters", method="POST"),
    Row("notice_templates", "chkpmus"),
    Row("notice_template", "ms", parts={"kind": "payday", "medium": "text"}),
    Row("verifications", "chkpmouv"),
    Row("verification_new", "kp"),
    Row("verification", "chkpmouv", "verification"),
    Row("verification_answer", "ckpov", "verification_answer"),
    Row("verification_close", "kp", "verification", method="POST"),
    Row("account_login", None),
    Row("mfa_authenticate", None),
)
