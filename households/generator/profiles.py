"""What families look like by province: rough published shares, sharpened where only orders of magnitude are known.

Provinces are those before 2025-07-01, for which poverty, peoples and household sizes are known; a commune of today takes the
profile of the old district that its cluster stands for.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
# Provinces in which the "Tạo cơ hội" programme ran 2015-2019.
PILOT = ("02", "49", "68", "84")


@dataclass(frozen=True)
class Region:
    """Share of poor and near-poor among all households (end of 2022) and the mean number of children in a family."""

    name: str
    poor: float
    near_poor: float
    children: float


REGIONS = {
    "NM": Region("NM", 0.1423, 0.0769, 1.62),
    "RR": Region("RR", 0.0110, 0.0135, 1.12),
    "NC": Region("NC", 0.0500, 0.0504, 1.22),
    "CH": Region("CH", 0.0839, 0.0700, 1.52),
    "SE": Region("SE", 0.0021, 0.0013, 1.05),
    "MD": Region("MD", 0.0285, 0.0288, 1.12),
}
# The registry holds the poor, the near-poor and the families of recipients, not everybody: odds of poverty are this many times higher.
REGISTRY_ODDS = 7.0
MINORITY_ODDS = 2.2


@dataclass(frozen=True)
class Profile:
    """One province before the mergers; `peoples` are (ethnic code, share)."""

    code: str
    region: Region
    people_thousand: int
    poverty_factor: float
    hard_share: float
    peoples: tuple[tuple[str, float], ...]

    @property
    def weight(self) -> float:
        """Relative number of households in the registry: a tenth of everybody, and the poor."""
        poor = (self.region.poor + self.region.near_poor) * self.poverty_factor
        return self.people_thousand * (0.12 + min(poor, 0.7))


@lru_cache(maxsize=1)
def profiles() -> dict[str, Profile]:
    """Every profile by the old province code."""
    with (DATA / "provinces.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: _profile(row) for row in csv.DictReader(file)}


def _profile(row: dict[str, str]) -> Profile:
    shares = [pair.split(":") for pair in row["ethnic_mix"].split(" ")]
    total = sum(float(share) for _, share in shares)
    return Profile(
        code=row["code"],
        region=REGIONS[row["region"]],
        people_thousand=int(row["people_thousand"]),
        poverty_factor=float(row["poverty_factor"]),
        hard_share=float(row["hard_share"]),
        peoples=tuple((code, float(share) / total) for code, share in shares),
    )


def poverty_shares(profile: Profile, *, minority: bool) -> tuple[float, float]:
    """Shares of poor and near-poor among the province's households in the registry."""
    region = profile.region
    together = region.poor + region.near_poor
    odds = together / (1 - together) * profile.poverty_factor * REGISTRY_ODDS * (MINORITY_ODDS if minority else 0.75)
    share = odds / (1 + odds)
    poor = region.poor / together
    return share * poor, share * (1 - poor)
