"""Reads of runs, entitlements, packages and decisions, within the caller's scope."""

from beneficiaries.queries.comparison import ComparisonCount, ComparisonLine, comparison, comparison_lines
from beneficiaries.queries.lists import Finding, no_longer, not_enrolled
from beneficiaries.queries.package import EntitlementLine, PackageView, package_on
from beneficiaries.queries.runs import RunProgress, ShardProgress, latest_run, months_run, progress, progress_of

__all__ = [
    "ComparisonCount", "ComparisonLine", "EntitlementLine", "Finding", "PackageView", "RunProgress", "ShardProgress", "comparison",
    "comparison_lines", "latest_run", "months_run", "no_longer", "not_enrolled", "package_on", "progress", "progress_of",
]  # fmt: skip
