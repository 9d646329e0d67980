"""A decision, its notice to the family, and the register, as PDF."""

from __future__ import annotations

import base64
import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from pypdf import PdfReader, PdfWriter

from beneficiaries.models import DecisionDocument
from beneficiaries.operations.decision_documents import content_of
from beneficiaries.operations.decision_documents.notice import HOTLINE, notice
from beneficiaries.operations.decision_documents.wording import inside, place_name
from households import crypto
from posasoft.core.dates import format_long
from posasoft.core.html_to_pdf import render_pdf

# A draft has no number, day or signature yet: the blanks that a pen would fill.
NO_NUMBER = "      /"
NO_DAY = "ngày …… tháng …… năm ……"


def decision_pdf(document: DecisionDocument) -> bytes:
    """The paper as signed; a draft as it would be signed today, with blanks for number, day and name."""
    return render_pdf(render_to_string("documents/decision.html", {"c": shown(document)}))


def notice_pdf(document: DecisionDocument) -> bytes:
    """The same to the family in plain words, with the hotline and how to complain."""
    return render_pdf(render_to_string("documents/notice.html", {"c": shown(document)}))


def register_pdf(rows: Sequence[DecisionDocument], *, issuer: str, year: int) -> bytes:
    """The register of a year's decisions to print and bind."""
    return render_pdf(render_to_string("documents/register.html", {"rows": rows, "issuer": issuer, "year": year}))


def joined(papers: Iterable[bytes]) -> bytes:
    """Many papers as one PDF, in order, each beginning on a page of its own."""
    writer = PdfWriter()
    for paper in papers:
        writer.append(PdfReader(io.BytesIO(paper)))
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def shown(document: DecisionDocument) -> dict[str, Any]:
    """The frozen content (a draft's as of today) with what only the layout needs."""
    content = document.content or _draft(document)
    lines = content["issuer"].split("\n")
    day = format_long(datetime.date.fromisoformat(content["day"])) if document.content else NO_DAY
    code = document.check_code
    return content | {
        "issuer_lines": lines,
        "issuer_line": " ".join(lines),
        "issuer_title": f"Ủy ban nhân dân {inside(document.commune)}",
        "parent_line": content["parent"].replace("ỦY BAN NHÂN DÂN\n", "UBND "),
        "number_shown": content["number"] or f"{NO_NUMBER}{document.paper}",
        "day_long": day,
        "articles_shown": [{"number": n, "paragraphs": texts} for n, texts in enumerate(_with_notes(content), start=1)],
        "identity": _identity(content["person"]),
        "case": document.case.number if document.case else "",
        "qr": _qr(check_url(code)) if code else "",
        "check_code": code,
        "check_url": check_url(code) if code else "",
        "hotline": HOTLINE,
    }


def _draft(document: DecisionDocument) -> dict[str, Any]:
    signer = {"name": "", "title": "CHỦ TỊCH", "before": ""}
    return content_of(document, day=timezone.localdate(), number="", signer=signer) | {
        "place": place_name(document.commune),
        "notice": notice(document),
    }


def _with_notes(content: dict[str, Any]) -> list[list[str]]:
    """The officer's own sentences stand at the end of Điều 2."""
    articles = [list(article) for article in content["articles"]]
    articles[1] += content.get("notes", [])
    return articles


def _identity(person: dict[str, Any]) -> str:
    """Sinh ngày …, số định danh cá nhân …, nơi cư trú …, from the sealed id."""
    parts = []
    if person.get("born"):
        parts.append(
            f"{'Sinh ngày' if person['born'].count('/') == 2 else 'Sinh năm' if '/' not in person['born'] else 'Sinh tháng'} {person['born']}"
        )
    if person.get("id"):
        (number,) = crypto.unseal_many([base64.b64decode(person["id"])])
        parts.append(f"số định danh cá nhân {number}")
    parts.append(f"nơi cư trú: {person['address']}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def check_url(code: str) -> str:
    """Where anybody may check the paper."""
    host = settings.ALLOWED_HOSTS[0]
    scheme = "http" if host in ("127.0.0.1", "localhost") else "https"
    return f"{scheme}://{host}/check/{code}/"


def _qr(text: str) -> SafeString:
    """An inline drawing: the engine that draws the page may load nothing."""
    drawing = segno.make(text, error="m", micro=False).svg_inline(scale=2, border=0, omitsize=True)
    return mark_safe(drawing)  # made here from a check code of our own alphabet
