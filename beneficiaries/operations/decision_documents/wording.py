"""The text of a decision: what is frozen at signing. Plain sentences in the style of administrative papers; the layout is made elsewhere."""

from __future__ import annotations

import base64
import datetime
import re
from typing import Any

from beneficiaries.models import DecisionDocument, Ground, PaperKind
from beneficiaries.operations.decision_documents.grounds import grounds
from households.models import Household, NationalId, Person
from posasoft.core.dates import format_long, format_partial
from posasoft.core.models import Area
from posasoft.core.money import format_number
from posasoft.core.money_words import money_words
from posasoft.core.months import add_months, age_on

CHILD_AGE = 16
KINDS = (
    "Tỉnh ",
    "Thành phố ",
    "Xã ",
    "Phường ",
    "Đặc khu ",
    "Thị trấn ",
    "Thôn ",
    "Bản ",
    "Làng ",
    "Ấp ",
    "Khu phố ",
    "Tổ dân phố ",
    "Buôn ",
)
SUBJECTS = {
    PaperKind.GRANT: "hưởng",
    PaperKind.ADJUST: "điều chỉnh mức",
    PaperKind.STOP: "thôi hưởng",
    PaperKind.SUSPEND: "tạm dừng chi trả",
    PaperKind.RESUME: "tiếp tục chi trả",
    PaperKind.REFUSE: "không đủ điều kiện hưởng",
}
OFFICE = "Phòng Văn hóa - Xã hội"
RECIPIENTS = ("Như Điều 3;", "Tổ chức dịch vụ chi trả;", "Lưu: VT, hồ sơ đối tượng.")
_CARE, _FUNERAL, _PENSION = "hỗ trợ kinh phí chăm sóc, nuôi dưỡng hằng tháng", "hỗ trợ chi phí mai táng", "trợ cấp hưu trí xã hội"


def family_of(benefits: set[str]) -> str:
    """What a title calls the benefits of a decision; never an illness."""
    if benefits and all(code.startswith("CARE-") for code in benefits):
        return _CARE
    if benefits == {"FUNERAL"}:
        return _FUNERAL
    if benefits == {"PENSION-SOCIAL"}:
        return _PENSION
    if benefits and all(code.startswith("EMERGENCY-") for code in benefits):
        return "trợ giúp xã hội khẩn cấp"
    return "trợ cấp xã hội hằng tháng"


def month_text(month: datetime.date | str) -> str:
    """tháng 11 năm 2026; months 1 and 2 with a zero, as Decree 30/2020 writes dates."""
    day = datetime.date.fromisoformat(month) if isinstance(month, str) else month
    return f"tháng {day.month:02d} năm {day.year}" if day.month <= 2 else f"tháng {day.month} năm {day.year}"


def subject_of(document: DecisionDocument) -> str:
    """Trích yếu."""
    if document.kind == PaperKind.ANNUL and document.annuls:
        return f"Về việc hủy bỏ Quyết định số {document.annuls.number}"
    benefits = {line["benefit"] for line in document.lines} or set(document.basis.get("benefits", []))
    return f"Về việc {SUBJECTS[PaperKind(document.kind)]} {family_of(benefits)}"


def content_of(document: DecisionDocument, *, day: datetime.date, number: str, signer: dict[str, str]) -> dict[str, Any]:
    """Everything the paper says, as data. The national id stays sealed: the layout opens it when the paper is printed."""
    commune = document.commune
    province = commune.parent
    benefits = {line["benefit"] for line in document.lines} or set(document.basis.get("benefits", []))
    return {
        "form": 1,
        "kind": document.kind,
        "parent": f"ỦY BAN NHÂN DÂN\n{_with_kind(province).upper()}" if province else "",
        "issuer": f"ỦY BAN NHÂN DÂN\n{commune.name.upper()}",
        "authority": f"CHỦ TỊCH ỦY BAN NHÂN DÂN {commune.name.upper()}",
        "number": number,
        "place": place_name(commune),
        "day": day.isoformat(),
        "subject": subject_of(document),
        "grounds": [*grounds(document.kind, benefits, day), *document.ours.get("grounds", [])],
        "proposed_by": f"Trưởng {OFFICE}",
        "articles": _articles(document),
        "notes": document.ours.get("notes", []),
        "recipients": document.ours.get("recipients") or list(RECIPIENTS),
        "person": _person(document.person, document.household, day),
        "lines": document.lines,
        "basis": {key: document.basis.get(key) for key in ("law_version", "checks")},
        "signer": signer,
    }


def _with_kind(area: Area) -> str:
    """Province rows may hold their bare name; papers say Tỉnh Tuyên Quang, Thành phố Huế."""
    return area.name if area.name.startswith(KINDS) else f"{area.kind} {area.name}"


def inside(area: Area) -> str:
    """A unit's name within a sentence: xã Đồng Văn, thôn Má Lủng."""
    name = _with_kind(area) if area.kind else area.name
    return f"{name[:1].lower()}{name[1:]}" if name.startswith(KINDS) else name


def place_name(commune: Area) -> str:
    """The place of signing: the commune's own name; with its kind where the name is a number (Phường 9)."""
    bare = commune.name.removeprefix(commune.kind).strip() or commune.name
    return commune.name if bare.isdigit() else bare


def _person(person: Person | None, household: Household, day: datetime.date) -> dict[str, Any]:
    where = ", ".join(inside(area) for area in (household.village, household.commune, household.commune.parent) if area)
    if person is None:
        return {"title": "hộ có mã", "name": household.code, "born": "", "id": "", "address": where}
    sealed = NationalId.objects.filter(person=person).order_by("-pk").first()
    return {
        "title": title_of(person, day),
        "name": person.full_name,
        "born": format_partial(person.born, person.born_precision) if person.born else "",
        "id": base64.b64encode(bytes(sealed.number_enc)).decode() if sealed else "",
        "address": where,
        "died": format_partial(person.died_on, "day") if person.died_on else "",
    }


def title_of(person: Person, day: datetime.date) -> str:
    if person.born and age_on(person.born, day) < CHILD_AGE:
        return "cháu"
    return {"male": "ông", "female": "bà"}.get(person.sex or "", "ông (bà)")


def who_of(document: DecisionDocument) -> str:
    if document.person is None:
        return f"hộ có mã {document.household.code}"
    return f"{title_of(document.person, document.signed_on or document.prepared_at.date())} {document.person.full_name}"


def amount_text(line: dict[str, Any]) -> str:
    """1.080.000 đồng/tháng (Bằng chữ: …)."""
    each = "" if line.get("once") else "/tháng"
    words = money_words(line["amount"])
    return f"{format_number(line['amount'])} đồng{each} (Bằng chữ: {words}{' mỗi tháng' if each else ''})"


def _articles(document: DecisionDocument) -> list[list[str]]:
    """Điều 1 (what), Điều 2 (who carries it out), Điều 3 (in force, who answers): lists of paragraphs."""
    replaces = " và thay thế quyết định bị hủy bỏ" if document.kind == PaperKind.ANNUL else ""
    who = who_of(document)
    return [
        _SENTENCES[PaperKind(document.kind)](document, who),
        [_CARRY_OUT[PaperKind(document.kind)]],
        [
            f"Quyết định này có hiệu lực kể từ ngày ký{replaces}. Chánh Văn phòng Hội đồng nhân dân và Ủy ban nhân dân, "
            f"Trưởng {OFFICE}, các tổ chức, cá nhân có liên quan và {who} chịu trách nhiệm thi hành Quyết định này./."
        ],
    ]


_CARRY_OUT = {
    **dict.fromkeys(
        (PaperKind.GRANT, PaperKind.ADJUST, PaperKind.RESUME),
        f"Giao {OFFICE} lập danh sách chi trả, theo dõi việc hưởng; tổ chức dịch vụ chi trả thực hiện chi trả theo danh sách đã được phê duyệt.",
    ),
    PaperKind.STOP: f"Giao {OFFICE} đưa đối tượng ra khỏi danh sách chi trả từ tháng ghi tại Điều 1 và đối chiếu số tiền đã chi (nếu có).",
    PaperKind.SUSPEND: (
        f"Giao {OFFICE} xác minh, đề nghị cho hưởng lại hoặc thôi hưởng theo quy định. "
        "Khi đối tượng được hưởng lại, các tháng tạm dừng được truy lĩnh."
    ),
    PaperKind.REFUSE: f"Giao {OFFICE} thông báo và hướng dẫn người nộp hồ sơ; hồ sơ có thể được nộp lại khi điều kiện thay đổi.",
    PaperKind.ANNUL: f"Giao {OFFICE} khôi phục việc hưởng như trước khi có quyết định bị hủy bỏ và tính lại các tháng liên quan.",
}


# Điều 6 khoản 1 điểm e → điểm e khoản 1 Điều 6; Luật 41/2024/QH15 Điều 21 → Điều 21 Luật số 41/2024/QH15.
_POINT = re.compile(r"Điều (\d+)(?: khoản (\d+))?(?: điểm (\w+))?")
_OF = re.compile(r"(Luật|Nghị định|Quyết định|Thông tư) (\d+/[^\s;,]+) ((?:điểm \w+ )?(?:khoản \d+ )?Điều \d+)")


def _law(line: dict[str, Any]) -> str:
    return article_of(line["article"], line["instrument"])


def article_of(article: str, instrument: str) -> str:
    """The article as administrative papers cite it."""

    def turned(found: re.Match[str]) -> str:
        return (f"điểm {found[3]} " if found[3] else "") + (f"khoản {found[2]} " if found[2] else "") + f"Điều {found[1]}"

    article = _POINT.sub(turned, article)
    if "/" in article:
        return _OF.sub(r"\3 \1 số \2", article)
    return f"{article.replace(';', ',')} {_instrument(instrument)}"


def _instrument(number: str) -> str:
    return f"Nghị định số {number}" if number.endswith("NĐ-CP") else number


def _level(line: dict[str, Any]) -> str:
    number = line["coefficient"] or ""
    factor = f"; hệ số {(number if '.' in number else number + '.0').replace('.', ',')}" if number else ""
    return f"mức {amount_text(line)}{factor}; căn cứ {_law(line)}"


def arrears_of(line: dict[str, Any]) -> list[str]:
    """What months before the present one come to."""
    if not line.get("past"):
        return []
    parts = []
    for span in line["past"]:
        last = add_months(datetime.date.fromisoformat(span["until_month"]), -1)
        months = f"{span['months']:02d}" if span["months"] < 10 else str(span["months"])
        period = (
            f"{month_text(span['from_month'])}" if span["months"] == 1 else f"từ {month_text(span['from_month'])} đến {month_text(last)}"
        )
        parts.append(f"{period}: {months} tháng x {format_number(span['amount'])} đồng")
    total = sum(span["months"] * span["amount"] for span in line["past"])
    return [f"Số tiền truy lĩnh ({'; '.join(parts)}): {format_number(total)} đồng (Bằng chữ: {money_words(total)})."]


def _grant(document: DecisionDocument, who: str) -> list[str]:
    said = [f"Cho {who} được hưởng:"]
    for line in document.lines:
        when = f"trong {month_text(line['from_month'])}" if line.get("once") else f"kể từ {month_text(line['from_month'])}"
        said += [f"{line['title']}: {_level(line)}; thời gian hưởng {when}.", *arrears_of(line)]
    return said


def _adjust(document: DecisionDocument, who: str) -> list[str]:
    said = [f"Điều chỉnh mức hưởng đối với {who}:"]
    for line in document.lines:
        before = f" (mức đang hưởng {format_number(line['before'])} đồng/tháng)" if line.get("before") else ""
        said += [
            f"{line['title']}: {_level(line)}{before}; thời gian điều chỉnh kể từ {month_text(line['from_month'])}.",
            *arrears_of(line),
        ]
    return said


def reason_of(document: DecisionDocument) -> str:
    label = Ground(document.ground).label if document.ground else ""
    when = f" ({format_long(document.event_on)})" if document.event_on else ""
    return f"{label[:1].lower()}{label[1:]}{when}"


def _stop(document: DecisionDocument, who: str) -> list[str]:
    said = [f"Thôi hưởng đối với {who}; lý do: {reason_of(document)}."]
    said += [f"{line['title']}: kể từ {month_text(line['from_month'])}." for line in document.lines]
    return said + own_reasons(document)


def _suspend(document: DecisionDocument, who: str) -> list[str]:
    said = [f"Tạm dừng chi trả đối với {who}; lý do: {reason_of(document)}."]
    said += [f"{line['title']}, mức {amount_text(line)}: tạm dừng kể từ {month_text(line['from_month'])}." for line in document.lines]
    return said + own_reasons(document)


def _resume(document: DecisionDocument, who: str) -> list[str]:
    said = [f"Tiếp tục chi trả đối với {who} kể từ tháng tạm dừng:"]
    for line in document.lines:
        said += [f"{line['title']}: {_level(line)}; kể từ {month_text(line['from_month'])}.", *arrears_of(line)]
    return said


def _refuse(document: DecisionDocument, who: str) -> list[str]:
    return [f"Không giải quyết đề nghị hưởng trợ cấp của {who}.", *_because(document)]


def _annul(document: DecisionDocument, who: str) -> list[str]:
    old = document.annuls
    signed = format_long(old.signed_on) if old and old.signed_on else ""
    return [f"Hủy bỏ Quyết định số {old.number if old else ''} {signed} đối với {who}.", *_because(document)]


def _because(document: DecisionDocument) -> list[str]:
    first, *others = own_reasons(document) or [""]
    return [f"Lý do: {first}", *others]


def own_reasons(document: DecisionDocument) -> list[str]:
    return [line.strip() for line in document.reasons.splitlines() if line.strip()]


_SENTENCES = {
    PaperKind.GRANT: _grant,
    PaperKind.ADJUST: _adjust,
    PaperKind.STOP: _stop,
    PaperKind.SUSPEND: _suspend,
    PaperKind.RESUME: _resume,
    PaperKind.REFUSE: _refuse,
    PaperKind.ANNUL: _annul,
}
