"""Banks and e-wallets an account may lie with: a code of ours, the name on screen, and a bank's BIC (ISO 9362) for its payment files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """``bic`` is empty for an e-wallet."""

    code: str
    name: str
    kind: str
    bic: str = ""


_ALL = (
    Provider("AGRIBANK", "Agribank", "bank", "VBAAVNVX"),
    Provider("VIETINBANK", "VietinBank", "bank", "ICBVVNVX"),
    Provider("VIETCOMBANK", "Vietcombank", "bank", "BFTVVNVX"),
    Provider("BIDV", "BIDV", "bank", "BIDVVNVX"),
    Provider("LPBANK", "LPBank", "bank", "LVBKVNVX"),
    Provider("MBBANK", "MB Bank", "bank", "MSCBVNVX"),
    Provider("ACB", "ACB", "bank", "ASCBVNVX"),
    Provider("TECHCOMBANK", "Techcombank", "bank", "VTCBVNVX"),
    Provider("VPBANK", "VPBank", "bank", "VPBKVNVX"),
    Provider("SACOMBANK", "Sacombank", "bank", "SGTTVNVX"),
    Provider("SHB", "SHB", "bank", "SHBAVNVX"),
    Provider("VIETTEL_MONEY", "Viettel Money", "ewallet"),
    Provider("VNPT_MONEY", "VNPT Money", "ewallet"),
    Provider("MOBIFONE_MONEY", "MobiFone Money", "ewallet"),
    Provider("MOMO", "MoMo", "ewallet"),
)
PROVIDERS = {provider.code: provider for provider in _ALL}


def of_kind(kind: str) -> list[Provider]:
    """Those of a kind ("bank", "ewallet"), in the order of screens."""
    return [provider for provider in _ALL if provider.kind == kind]


def name_of(code: str) -> str:
    """The name on screen; the code itself when it is not in the table any more."""
    return PROVIDERS[code].name if code in PROVIDERS else code


def bic_of(code: str) -> str:
    """A bank's BIC; "" for an e-wallet or a code that is not in the table."""
    return PROVIDERS[code].bic if code in PROVIDERS else ""
