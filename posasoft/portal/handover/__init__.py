"""Handing over a post: open work, drafts and saved views go along, and minutes say what did."""

from posasoft.portal.handover.operations import HandoverError, complete, draft, drop
from posasoft.portal.handover.work import Pile, piles

__all__ = ["HandoverError", "Pile", "complete", "draft", "drop", "piles"]
