"""States of a payment list: one table of moves. Plain Python; the whole cycle is drawn in docs/payments.md."""

from __future__ import annotations

DRAFT, RELEASED = "draft", "released"

# Draft lists are rewritten by the next run of their month; a released one is frozen for ever.
MOVES = {
    (DRAFT, "rebuild"): DRAFT,
    (DRAFT, "release"): RELEASED,
}
FROZEN = frozenset({RELEASED})
