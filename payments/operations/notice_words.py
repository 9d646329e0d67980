"""The words of notices: templates with variables in braces, checked when written, filled when a notice goes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from payments.models import Medium, Notice, NoticeKind, NoticeTemplate
from payments.notice_defaults import FIRST_WORDS
from posasoft.core import audit
from posasoft.core.scope import Scope

# Variable → what stands in a preview; which of them a kind may use.
EXAMPLES = {
    "ten": "Lò Văn Mẫu", "tien": "1.620.000", "thang": "12/2026", "tu_ngay": "01/12/2026", "den_ngay": "10/12/2026",
    "noi_nhan": "Bưu điện văn hóa xã Đồng Văn", "ly_do": "ba tháng liền không nhận tiền",
    "cach_nhan": "vào tài khoản Agribank, ba số cuối 123", "ma": "4F2A-91C7-0B3D", "duong_day": "1800 1567",
}  # fmt: skip
_COMMON = frozenset({"ten", "ma", "duong_day"})
_MONEY = frozenset({"tien", "thang", "tu_ngay", "den_ngay", "noi_nhan"})
ALLOWED: dict[str, frozenset[str]] = {
    NoticeKind.PAYDAY: _COMMON | _MONEY,
    NoticeKind.UNPAID: _COMMON | _MONEY,
    NoticeKind.SUSPENSION: _COMMON | {"thang", "ly_do"},
    NoticeKind.ACCOUNT: _COMMON | {"cach_nhan", "tu_ngay"},
}
NEEDED: dict[str, frozenset[str]] = {
    NoticeKind.PAYDAY: frozenset({"tien", "tu_ngay", "ma"}), NoticeKind.UNPAID: frozenset({"tien", "ma"}),
    NoticeKind.SUSPENSION: frozenset({"ly_do"}), NoticeKind.ACCOUNT: frozenset({"cach_nhan", "duong_day"}),
}  # fmt: skip
# Two text messages of 153 letters joined; networks here turn accents into the long, dear kind of message, so they are left out.
LONGEST_TEXT, LONGEST_LETTER = 306, 3000
_VARIABLE = re.compile(r"\{([a-z_]*)\}")


class WordsRefused(Exception):
    """A template cannot be used; the message is for the screen (Vietnamese)."""


@dataclass(frozen=True)
class Words:
    """A notice as it goes out, and where to."""

    title: str
    body: str
    payee: str
    phone: str
    wants_texts: bool


def fill(text: str, facts: dict[str, str]) -> str:
    """A template's text with its variables; one that is not known stays empty, and nothing else in braces means anything."""
    return _VARIABLE.sub(lambda found: facts.get(found[1], ""), text)


def plain(text: str) -> str:
    """The text in letters that every telephone network takes: without accents."""
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def code_on_paper(code: str) -> str:
    """A notice's code in groups of four, as people read it aloud."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def preview(kind: str, medium: str, title: str, body: str) -> tuple[str, str]:
    """Title and body with examples in the variables' places. Raises WordsRefused."""
    _check(kind, medium, title, body)
    return with_examples(medium, title, body)


def with_examples(medium: str, title: str, body: str) -> tuple[str, str]:
    """Title and body of a template that was checked when it was written, with examples in the variables' places."""
    title, body = fill(title, EXAMPLES), fill(body, EXAMPLES)
    return (title, plain(body)) if medium == Medium.TEXT else (title, body)


def _check(kind: str, medium: str, title: str, body: str) -> None:
    if kind not in ALLOWED or medium not in Medium.values:
        raise WordsRefused(_("Không có loại thông báo này."))
    used = set(_VARIABLE.findall(title + body))
    braces = _VARIABLE.sub("", title + body)
    unknown = sorted(used - ALLOWED[kind])
    if unknown or "{" in braces or "}" in braces:
        raise WordsRefused(_("Biến không dùng được ở loại thông báo này: %(names)s") % {"names": ", ".join(unknown) or "{ }"})
    missing = sorted(NEEDED[kind] - used)
    if missing:
        raise WordsRefused(_("Thông báo phải có: %(names)s") % {"names": ", ".join("{" + name + "}" for name in missing)})
    longest = LONGEST_TEXT if medium == Medium.TEXT else LONGEST_LETTER
    length = len(fill(body, EXAMPLES))
    if not title.strip() or length > longest:
        raise WordsRefused(_("Cần có tiêu đề, và nội dung không quá %(most)s ký tự (đang là %(now)s).") % {"most": longest, "now": length})


def current(kind: str, medium: str) -> NoticeTemplate:
    """The latest version of a template, without writing the first: for pages."""
    last = NoticeTemplate.objects.filter(kind=kind, medium=medium).order_by("-version").first()
    if last is not None:
        return last
    title, body = FIRST_WORDS[kind, medium]
    return NoticeTemplate(kind=kind, medium=medium, version=1, title=title, body=body)


def template_of(kind: str, medium: str) -> NoticeTemplate:
    """The latest version of a template; the first one is written from the words in the program."""
    last = current(kind, medium)
    if last.pk is not None:
        return last
    NoticeTemplate.objects.bulk_create([last], ignore_conflicts=True)
    return NoticeTemplate.objects.get(kind=kind, medium=medium, version=1)


def save_template(*, kind: str, medium: str, title: str, body: str, by: Scope) -> NoticeTemplate:
    """A new version of a template; notices queued before keep theirs. Raises WordsRefused."""
    _check(kind, medium, title, body)
    with transaction.atomic():
        last = NoticeTemplate.objects.select_for_update().filter(kind=kind, medium=medium).order_by("-version").first()
        if last is not None and (last.title, last.body) == (title.strip(), body.strip()):
            return last
        made = NoticeTemplate.objects.create(
            kind=kind,
            medium=medium,
            version=(last.version if last else 0) + 1,
            title=title.strip(),
            body=body.strip(),
            made_by_id=by.user_id,
        )
        audit.record(verb="change_template", kind="notice_template", object_id=made.pk, by=by, of=kind, medium=medium, version=made.version)
    return made


# The payee of the line, else the head of the household, and where the family is reached now.
_READ = """
SELECT n.id, coalesce(p.full_name, h.full_name, ''), coalesce(c.phone, ''), coalesce(c.wants_texts, true)
FROM payments_notice n
LEFT JOIN payments_paymentline l ON l.month = n.month AND l.id = n.line_id
LEFT JOIN households_person p ON p.id = l.payee_id
LEFT JOIN LATERAL (
  SELECT full_name FROM households_person WHERE household_id = n.household_id AND canonical_id IS NULL AND died_on IS NULL
  ORDER BY (relation = 'head') DESC NULLS LAST, born NULLS LAST, id LIMIT 1) h ON true
LEFT JOIN payments_contact c ON c.household_id = n.household_id
WHERE n.id = ANY (%s)
"""


def written(notices: Sequence[Notice]) -> Iterator[tuple[Notice, Words]]:
    """Notices (with their templates) as they go out, in the order given; names and telephones are read by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [[notice.pk for notice in notices]])
        read = {row[0]: row[1:] for row in cursor.fetchall()}
    for notice in notices:
        name, phone, wants_texts = read.get(notice.pk, ("", "", True))
        facts = {**notice.facts, "ten": name, "ma": code_on_paper(notice.code), "duong_day": settings.HOTLINE}
        title, body = fill(notice.template.title, facts), fill(notice.template.body, facts)
        yield notice, Words(title, plain(body) if notice.medium == Medium.TEXT else body, name, phone, wants_texts)
