"""The paper forms of the law as data: what they ask in which order, which facts they answer, which papers go with them, which clock runs."""

from beneficiaries.papers.loader import load_papers, load_procedures, papers, papers_on, procedure_of
from beneficiaries.papers.model import NO, TELLING_BENEFITS, YES, Choice, Field, Item, Paper, Procedure, Section

__all__ = [
    "NO", "TELLING_BENEFITS", "YES", "Choice", "Field", "Item", "Paper", "Procedure", "Section", "load_papers", "load_procedures", "papers",
    "papers_on", "procedure_of",
]  # fmt: skip
