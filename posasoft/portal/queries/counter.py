"""What a clerk sees at the counter: the service point of the post, whom the typed or scanned text means, and one payment in full."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from households.crypto import blind_index
from households.models import Household, NationalId, Person
from payments.documents.wording import Part, benefit_label, parts_of
from payments.models import AgencyPost, LineResult, PaymentLine, Receiver, ServicePoint
from payments.queries import components, counter
from payments.queries.counter import CounterLine
from posasoft.core.models import User
from posasoft.core.names import fold_tokens
from posasoft.core.scope import Scope

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# The end of a number of a paper, or the whole of it.
_TAIL, _WHOLE = 3, frozenset({9, 12})
LEAST_LETTERS = 2


def point_of(scope: Scope) -> ServicePoint | None:
    """The counter at which the acting clerk works; None in the headquarters and without a post."""
    post = AgencyPost.objects.filter(assignment_id=scope.assignment_id).select_related("service_point__agency").first()
    return post.service_point if post else None


def scanned(text: str) -> uuid.UUID | None:
    """The last uuid in a text: a letter's QR holds the address of a page before the line's id."""
    found = _UUID.findall(text)
    return uuid.UUID(found[-1]) if found else None


def look(point: ServicePoint, text: str) -> list[CounterLine]:
    """Whom a text means among the lists being paid: a scanned code, a household's code, a paper's number or its end, or a name."""
    if (public_id := scanned(text)) is not None:
        line = counter.line(point.pk, public_id)
        return [line] if line else []
    packed = re.sub(r"[\s.]", "", text)
    if packed.isascii() and packed.isdigit():
        if len(packed) < _TAIL:
            return []
        index = blind_index(packed) if len(packed) in _WHOLE else None
        if index is None and len(packed) > _TAIL:
            return counter.of_household(point.pk, packed)
        return counter.with_paper(point.pk, tail=packed[-_TAIL:], index=index)
    if any(letter.isdigit() for letter in packed) and (found := counter.of_household(point.pk, packed.upper())):
        return found
    words = fold_tokens(text)
    return counter.called(point.pk, words) if sum(map(len, words)) >= LEAST_LETTERS else []


@dataclass(frozen=True)
class Card:
    """One payment in full: who, by which paper, what it is made of, who may collect it, what became of it."""

    line: CounterLine
    paid: PaymentLine
    household: Household
    payee: Person | None
    papers: list[NationalId]
    receiver: Receiver | None
    parts: list[tuple[str, Part]]
    result: LineResult | None
    marked_by: str


def card(point: ServicePoint, public_id: uuid.UUID) -> Card | None:
    """The card of one of the point's lines, None for anybody else's."""
    line = counter.line(point.pk, public_id)
    paid = PaymentLine.objects.filter(month=line.month, id=line.line_id).first() if line else None
    if line is None or paid is None:
        return None
    payee = Person.objects.filter(pk=paid.payee_id).first() if paid.payee_id else None
    result = LineResult.objects.filter(month=paid.month, line_id=paid.id).first()
    by = User.objects.filter(pk=result.by_id).first() if result and result.by_id else None
    return Card(
        line,
        paid,
        Household.objects.select_related("village", "commune").get(pk=paid.household_id),
        payee,
        list(_papers(payee)),
        Receiver.objects.filter(pk=paid.receiver_id).first() if paid.receiver_id else None,
        [(benefit_label(part.first.benefit), part) for part in parts_of(components(paid.components, _names(paid)), paid.month)],
        result,
        str(by) if by else "",
    )


def _papers(payee: Person | None) -> Any:
    if payee is None:
        return ()
    current = NationalId.objects.filter(person=payee, until__isnull=True).exclude(kind=NationalId.Kind.BIRTH)
    return current.order_by("kind", "-since")


def _names(paid: PaymentLine) -> dict[int, str]:
    owners = {int(part["p"]) for part in paid.components if part["p"] is not None}
    return dict(Person.objects.filter(pk__in=owners).values_list("pk", "full_name"))
