"""What each move of a case asks for and changes, and who may make it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from beneficiaries import statuses
from beneficiaries.models import Case, CasePosting, Outcome
from beneficiaries.operations import case_clock
from beneficiaries.operations.accepting import accept, enrol, paper_of
from beneficiaries.queries.calendar import calendar
from households.operations import start_change
from posasoft.core.scope import Scope


class CaseRefused(ValueError):
    """The move cannot be made; the message is for the officer, ``problems`` are by field of the paper."""

    def __init__(self, message: str, problems: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or {}


Effect = Callable[[Case, Scope, str, dict[str, Any]], None]


def check_role(case: Case, move: str, by: Scope) -> None:
    """Raises CaseRefused when the status has no such move, or the role may not make it, or the case lies elsewhere."""
    if (case.status, move) not in statuses.CASE_MOVES:
        raise CaseRefused(_("Hồ sơ đang ở bước “%(status)s”%(who)s, không làm được việc này.") % {
            "status": _(case.get_status_display()), "who": _who_was_first(case),
        })  # fmt: skip
    if move not in statuses.case_moves_of(case.status, by.role, timezone.localdate()) or not by.holds(case.area_pos):
        raise CaseRefused(_("Vai trò của bạn không được làm việc này."))


def _who_was_first(case: Case) -> str:
    """Who brought the case to where it is, and when: somebody else's page may be older than that."""
    last = case.steps.select_related("by").order_by("-pk").first()
    if last is None or last.by is None:
        return ""
    return f" ({last.by}, {timezone.localtime(last.at):%H:%M %d/%m/%Y})"


def _nothing(_case: Case, _by: Scope, _note: str, _details: dict[str, Any]) -> None:
    """The move changes the status only."""


def _with_words(_case: Case, _by: Scope, note: str, _details: dict[str, Any]) -> None:
    if not note.strip():
        raise CaseRefused(_("Hãy ghi lý do."))


def _appraise(case: Case, by: Scope, note: str, details: dict[str, Any]) -> None:
    """``outcome``; ``accepted``: fields whose answers become facts; ``reasons`` of a refusal."""
    outcome = details.get("outcome", "")
    if outcome not in Outcome.values:
        raise CaseRefused(_("Chọn kết quả thẩm định."))
    case.refusal_reasons = reasons_of(details) if outcome == Outcome.REFUSE else []
    case.outcome, case.appraisal, case.appraised_by_id = outcome, note, by.user_id
    if outcome == Outcome.GRANT or details.get("accepted"):
        change = start_change(
            kind="request",
            by=by,
            province_no=case.province_no,
            area_pos=case.area_pos,
            reason=paper_of(case).title[:300],
            source=case.number,
        )
        enrol(case=case, change=change, by=by)
        accept(case=case, fields=details.get("accepted", ()), change=change, by=by)
        case.change = change


def reasons_of(details: dict[str, Any]) -> list[dict[str, str]]:
    """Reasons with their articles, empty ones left out. Raises CaseRefused when none is left: nobody is refused without a reason."""
    kept = [
        {"text": str(reason.get("text", "")).strip(), "article": str(reason.get("article", "")).strip()}
        for reason in details.get("reasons") or []
    ]
    kept = [reason for reason in kept if reason["text"]]
    if not kept:
        raise CaseRefused(_("Từ chối phải có ít nhất một lý do kèm căn cứ."))
    if not all(reason["article"] for reason in kept):
        raise CaseRefused(_("Mỗi lý do từ chối phải ghi điều, khoản làm căn cứ."))
    return kept


def _post(case: Case, _by: Scope, _note: str, details: dict[str, Any]) -> None:
    """``place``: where the list hangs."""
    rules = case_clock.procedure(case)
    if case.confidential:
        raise CaseRefused(_("Hồ sơ này không bao giờ được niêm yết (Điều 8 khoản 1 điểm b Nghị định 20/2021/NĐ-CP)."))
    if rules.posting == "none" or case.outcome != Outcome.GRANT:
        raise CaseRefused(_("Hồ sơ này không niêm yết."))
    today = timezone.localdate()
    place = str(details.get("place") or "").strip()
    if not place:
        raise CaseRefused(_("Ghi nơi niêm yết."))
    CasePosting.objects.create(
        case=case, place=place[:160], since=today, until=calendar().add(today, rules.posting_days), province_no=case.province_no,
        area_pos=case.area_pos,
    )  # fmt: skip


def _make_ready(case: Case, _by: Scope, _note: str, _details: dict[str, Any]) -> None:
    rules = case_clock.procedure(case)
    if case.status == statuses.APPRAISED:
        if rules.posting == "required" and not case.confidential and case.outcome == Outcome.GRANT:
            raise CaseRefused(_("Kết quả xét duyệt phải niêm yết %(n)d ngày làm việc trước khi trình.") % {"n": rules.posting_days})
        return
    posting = CasePosting.objects.filter(case=case).latest("pk")
    if timezone.localdate() < posting.until:
        raise CaseRefused(_("Còn niêm yết đến hết ngày %(day)s.") % {"day": f"{posting.until:%d/%m/%Y}"})
    if any(not objection.get("outcome") for objection in posting.objections):
        raise CaseRefused(_("Còn ý kiến khiếu nại chưa có kết luận."))


def _decide(case: Case, by: Scope, _note: str, _details: dict[str, Any]) -> None:
    _second_person(case.appraised_by_id, by)
    if case.outcome != Outcome.GRANT:
        raise CaseRefused(_("Hồ sơ được thẩm định là không đủ điều kiện; hãy từ chối hoặc chuyển lại để thẩm định."))
    _sign(case, by)


def _refuse(case: Case, by: Scope, _note: str, details: dict[str, Any]) -> None:
    """``reasons``; without them the ones of the appraisal."""
    _second_person(case.appraised_by_id, by)
    case.refusal_reasons = reasons_of(details if details.get("reasons") is not None else {"reasons": case.refusal_reasons})
    _sign(case, by)


def _sign(case: Case, by: Scope) -> None:
    case.decided_by_id, case.decided_on = by.user_id, timezone.localdate()


def _second_person(first: int | None, by: Scope) -> None:
    if first is not None and first == by.user_id:
        raise CaseRefused(_("Người thẩm định không được quyết định chính hồ sơ đó."))


def _return(case: Case, _by: Scope, note: str, details: dict[str, Any]) -> None:
    """``fields``: what to complete, each ``{"field", "guidance"}``."""
    known = {field.name for field in paper_of(case).fields}
    marked = [entry for entry in details.get("fields") or [] if entry.get("field") in known]
    if not marked and not note.strip():
        raise CaseRefused(_("Đánh dấu mục cần bổ sung hoặc ghi rõ cần bổ sung gì."))
    case.returned_fields = [{"field": entry["field"], "guidance": str(entry.get("guidance", ""))[:300]} for entry in marked]
    case_clock.stop(case, timezone.localdate())


def _resume(case: Case, _by: Scope, _note: str, _details: dict[str, Any]) -> None:
    case.returned_fields = []
    case_clock.resume(case, timezone.localdate())


def _appeal(case: Case, _by: Scope, note: str, details: dict[str, Any]) -> None:
    _with_words(case, _by, note, details)
    case.appeal_reason = note
    case_clock.appeal(case, timezone.localdate())


def _answer_appeal(case: Case, by: Scope, note: str, details: dict[str, Any]) -> None:
    _with_words(case, by, note, details)
    if by.user_id in (case.decided_by_id, case.appraised_by_id):
        raise CaseRefused(_("Khiếu nại phải do người khác giải quyết, không phải người đã thẩm định hoặc quyết định."))


def _reconsider(case: Case, by: Scope, note: str, details: dict[str, Any]) -> None:
    _answer_appeal(case, by, note, details)
    _again(case)
    case_clock.reconsider(case, timezone.localdate())


def _send_back(case: Case, by: Scope, note: str, details: dict[str, Any]) -> None:
    _with_words(case, by, note, details)
    _again(case)


def _again(case: Case) -> None:
    """Appraised and decided anew."""
    case.outcome, case.refusal_reasons, case.decided_on = "", [], None
    case.appraised_by_id = case.decided_by_id = None


EFFECTS: dict[str, Effect] = {
    "check": _nothing, "appraise": _appraise, "post": _post, "make_ready": _make_ready, "send_back": _send_back, "decide": _decide,
    "refuse": _refuse, "notify": _nothing, "close": _nothing, "return": _return, "resume": _resume, "withdraw": _with_words,
    "appeal": _appeal, "uphold": _answer_appeal, "reconsider": _reconsider,
}  # fmt: skip
