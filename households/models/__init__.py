"""Who lives with whom, where, since when, in which class."""

from households.models.bulk import AddressToken, BulkChange, BulkRow
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
from households.models.reform import AreaReform, AreaReformPair, AreaReformStep, UnplacedHousehold
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
from households.models.requests import ChangeRequest, ChangeSubject, Transfer
from households.models.workbooks import Workbook, WorkbookRow

__all__ = [
    "AddressToken", "BulkChange", "BulkRow",
    "AreaReform", "AreaReformPair", "AreaReformStep", "UnplacedHousehold", "Workbook", "WorkbookRow",
    "Change", "ChangeFeed", "ChangeRequest", "ChangeSubject", "DisabilityDegree", "DisabilityType", "Document", "ExternalId", "FactSpell",
    "FosteredBy", "Household",
    "ImportBatch", "ImportFinding", "ImportProfile", "ImportRow", "ImportedBenefit", "ImportedDeath",
    "NationalId", "Person", "Poverty", "PovertySurvey", "Precision", "Raising", "Relation", "ResidenceKind", "SearchToken", "Sex", "Studying",
    "Transfer",
]  # fmt: skip
