"""Numbers of papers: per issuing authority, kind of paper and year, in the order of signing, without gaps and without races."""

from __future__ import annotations

from django.db import connection

from beneficiaries.models import DecisionDocument

# The row stays locked until the signing commits: the next signer waits, and a signing that fails gives its number back.
_NEXT = """
INSERT INTO beneficiaries_decisionnumber (commune_id, paper, year, last, province_no, area_pos) VALUES (%s, %s, %s, 1, %s, %s)
ON CONFLICT (commune_id, paper, year) DO UPDATE SET last = beneficiaries_decisionnumber.last + 1 RETURNING last
"""


def next_number(document: DecisionDocument, year: int) -> int:
    """The next place in the sequence; inside the transaction that signs."""
    commune = document.commune
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [commune.pk, document.paper, year, commune.province_no, commune.position])
        last: int = cursor.fetchone()[0]
    return last


def number_text(sequence: int, paper: str) -> str:
    """05/QĐ-UBND: padded below ten (Decree 30/2020)."""
    return f"{sequence:02d}/{paper}"
