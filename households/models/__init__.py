"""Who lives with whom, where, since when, in which class."""

from households.models.history import (
    ChangeFeed,
    Document,
    ExternalId,
    FactSpell,
    NationalId,
    PovertySurvey,
    Raising,
    SearchToken,
)
from households.models.importing import (
    ImportBatch,
    ImportedBenefit,
    ImportedDeath,
    ImportFinding,
    ImportProfile,
    ImportRow,
)
from households.models.registry import (
    Change,
    DisabilityDegree,
    DisabilityType,
    FosteredBy,
    Household,
    Person,
    Poverty,
    Precision,
    Relation,
    ResidenceKind,
    Sex,
    Studying,
)

__all__ = [
    "Change", "ChangeFeed", "DisabilityDegree", "DisabilityType", "Document", "ExternalId", "FactSpell", "FosteredBy", "Household",
    "ImportBatch", "ImportFinding", "ImportProfile", "ImportRow", "ImportedBenefit", "ImportedDeath",
    "NationalId", "Person", "Poverty", "PovertySurvey", "Precision", "Raising", "Relation", "ResidenceKind", "SearchToken", "Sex", "Studying",
]  # fmt: skip
