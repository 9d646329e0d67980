"""The case that a decision ends."""

from __future__ import annotations

from beneficiaries.models import DecisionDocument
from posasoft.core.scope import Scope


def follow(document: DecisionDocument, *, by: Scope) -> None:
    """Move the case on: decided by a grant or a change, refused by a refusal. A case that is elsewhere meanwhile refuses the signature."""
