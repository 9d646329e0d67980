"""What each role may do with the registry of its area: the one table. Plain Python; docs/access.md is checked against it.

The first five verbs are those of Circular 11/2019/TT-BLĐTBXH on the database of social assistance (build, manage, update, exploit, use); the
duties are the steps of a case and of money that two persons must share (posasoft.core.duties).
"""

from __future__ import annotations

from enum import StrEnum


class Verb(StrEnum):
    """A verb is also the name of the guardian permission ``may_<verb>`` on an area."""

    BUILD = "build"
    MANAGE = "manage"
    UPDATE = "update"
    QUERY = "query"
    USE = "use"
    PREPARE = "prepare"
    DECIDE = "decide"
    SIGN = "sign"
    APPROVE = "approve"
    EXPORT = "export"
    ADMINISTER = "administer"

    @property
    def codename(self) -> str:
        return f"may_{self.value}"


# In the words of the circular, as screens and the page on access show them.
LABELS: dict[Verb, str] = {
    Verb.BUILD: "Xây dựng (lập danh sách, nhập dữ liệu ban đầu)",
    Verb.MANAGE: "Quản lý (tách, nhập, chuyển hộ; địa bàn)",
    Verb.UPDATE: "Cập nhật",
    Verb.QUERY: "Khai thác (tìm kiếm, tổng hợp)",
    Verb.USE: "Sử dụng (xem)",
    Verb.PREPARE: "Lập hồ sơ, lập danh sách",
    Verb.DECIDE: "Thẩm định, đề nghị quyết định",
    Verb.SIGN: "Ký quyết định",
    Verb.APPROVE: "Duyệt",
    Verb.EXPORT: "Xuất dữ liệu",
    Verb.ADMINISTER: "Quản trị người dùng và vai trò",
}

_READ = frozenset({Verb.QUERY, Verb.USE})
_WRITE = frozenset({Verb.BUILD, Verb.UPDATE, Verb.PREPARE})

# Keyed by the value of posasoft.core.models.Role; a role that is missing here may do nothing.
ROLE_VERBS: dict[str, frozenset[Verb]] = {
    "commune_officer": _READ | _WRITE | {Verb.MANAGE, Verb.DECIDE, Verb.EXPORT},
    "commune_chair": _READ | {Verb.SIGN, Verb.APPROVE, Verb.EXPORT},
    "cluster_officer": _READ | {Verb.DECIDE, Verb.EXPORT},
    "province_officer": _READ | {Verb.MANAGE, Verb.APPROVE, Verb.EXPORT, Verb.ADMINISTER},
    "ministry_analyst": _READ | {Verb.EXPORT},
    "hotline": _READ,
    "agency_clerk": frozenset({Verb.USE, Verb.EXPORT}),
    "line_ministry": frozenset({Verb.USE}),
    "auditor": _READ | {Verb.EXPORT},
    "collaborator": frozenset({Verb.USE}),
    "administrator": _READ | {Verb.MANAGE, Verb.ADMINISTER},
}


def verbs_of(role: str) -> frozenset[Verb]:
    """The verbs of a role; none for a role that is not in the table."""
    return ROLE_VERBS.get(role, frozenset())
