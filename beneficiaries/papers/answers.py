"""What was written on a paper, read field by field: kept as typed, made uniform where it is understood, with a clear word where it is not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from beneficiaries.papers.model import NO, YES, Field, Paper
from posasoft.core.dates import format_date, parse_date, parse_partial
from posasoft.core.names import nfc_name

MOST_TEXT = 400
MOST_ROWS = 12
_GROUPED = re.compile(r"[ .,đ]", re.IGNORECASE)


@dataclass
class Answers:
    """``texts`` go into the case's payload (a text per field, a list of objects for rows); ``problems`` maps a field to what is wrong with it
    (``children.2.born`` for a cell, rows from 1)."""

    texts: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


def read(paper: Paper, asked: list[str], raw: Mapping[str, Any], *, complete: bool) -> Answers:
    """Every field of the paper; ``complete`` also asks for what must not be empty. Nothing typed is lost: what is not understood stays as it is."""
    found = Answers()
    for each in paper.fields:
        if each.type == "rows":
            found.texts[each.name] = _rows(each, raw.get(each.name) or [], found.problems)
        else:
            found.texts[each.name], problem = _one(each, str(raw.get(each.name) or ""))
            if problem:
                found.problems[each.name] = problem
    wanted = {each.name for each in paper.asked_fields(found.texts, asked)}
    found.problems = {name: text for name, text in found.problems.items() if name.split(".")[0] in wanted}
    if complete:
        missing = [each for each in paper.asked_fields(found.texts, asked) if each.required and not found.texts.get(each.name)]
        found.problems |= {each.name: _("Chưa điền “%(label)s”.") % {"label": _(each.label)} for each in missing}
    return found


def _rows(of: Field, rows: list[Mapping[str, Any]], problems: dict[str, str]) -> list[dict[str, str]]:
    kept = []
    for row in rows[:MOST_ROWS]:
        cells = {column.name: _one(column, str(row.get(column.name) or "")) for column in of.columns}
        if not any(text for text, _problem in cells.values()):
            continue
        kept.append({name: text for name, (text, _problem) in cells.items()})
        for column in of.columns:
            text, problem = cells[column.name]
            if column.required and not text:
                problem = _("Chưa điền “%(label)s”.") % {"label": _(column.label)}
            if problem:
                problems[f"{of.name}.{len(kept)}.{column.name}"] = problem
    return kept


def _one(of: Field, text: str) -> tuple[str, str]:
    """The text made uniform, and what is wrong with it."""
    text = nfc_name(text)[:MOST_TEXT]
    if not text:
        return "", ""
    try:
        return _UNIFORM[of.type](of, text), ""
    except ValueError as error:
        return text, str(error)


def _text(_of: Field, text: str) -> str:
    return text


def _date(_of: Field, text: str) -> str:
    return str(parse_partial(text))


def _day(_of: Field, text: str) -> str:
    return format_date(parse_date(text))


def _choice(of: Field, text: str) -> str:
    """A choice by its number on the paper, its value, or its words."""
    for choice in of.choices:
        if text in (choice.value, choice.code) or text.casefold() == choice.label.casefold():
            return choice.value
    raise ValueError(_("“%(text)s” không có trong danh sách của “%(label)s”.") % {"text": text, "label": _(of.label)})


def _yes_no(of: Field, text: str) -> str:
    for answer, ways in ((YES, (YES, "1", "có", "x")), (NO, (NO, "2", "0", "không"))):
        if text.casefold() in ways:
            return answer
    raise ValueError(_("“%(label)s”: trả lời có (1) hoặc không (2).") % {"label": _(of.label)})


def _whole(of: Field, text: str) -> str:
    digits = _GROUPED.sub("", text)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 12):
        raise ValueError(_("“%(text)s” không phải là số của “%(label)s”.") % {"text": text, "label": _(of.label)})
    return str(int(digits))


def _id_number(of: Field, text: str) -> str:
    digits = re.sub(r"[\s.\-]", "", text)
    if not (digits.isascii() and digits.isdecimal() and len(digits) in (9, 12)):
        raise ValueError(_("“%(label)s” phải có 12 số (CCCD, số định danh) hoặc 9 số (CMND cũ).") % {"label": _(of.label)})
    return digits


_UNIFORM = {
    "text": _text, "date": _date, "day": _day, "choice": _choice, "yes_no": _yes_no, "money": _whole, "number": _whole, "id_number": _id_number,
}  # fmt: skip


def day_of(text: object) -> datetime.date | None:
    """The first day that a date of a payload can mean; None for an empty or unreadable one."""
    try:
        return parse_partial(str(text or "")).day
    except ValueError:
        return None


def value_of(of: Field, text: str) -> Any:
    """The value that a fact takes: bool for yes and no, whole đồng, a day in ISO form, the code of a choice; None for an empty answer."""
    if not text:
        return None
    if of.type == "yes_no":
        return text == YES
    if of.type in ("money", "number"):
        return int(text)
    if of.type in ("date", "day"):
        day = day_of(text)
        return day.isoformat() if day else None
    return text
