"""The minutes of a hand-over, in the layout of Decree 30/2020."""

from __future__ import annotations

from django.template.loader import render_to_string

from posasoft.core.html_to_pdf import render_pdf
from posasoft.core.models import Handover
from posasoft.portal.handover.work import KINDS, Pile


def moved(row: Handover) -> list[Pile]:
    """What went along with a completed hand-over, kind by kind."""
    return [Pile(kind.key, str(kind.label), int(row.moved.get(kind.key, 0)), 0) for kind in KINDS]


def as_pdf(row: Handover) -> bytes:
    """The minutes as PDF; a draft says that it is one."""
    return render_pdf(render_to_string("documents/handover.html", {"row": row, "piles": moved(row)}))
