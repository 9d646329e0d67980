"""Data as a file: asked for with a reason, agreed to by a second person when it is about many, kept encrypted, deleted on its day.

An app puts an exporter into its ``exporting.py``::

    @exporter("households", title=gettext_lazy("Danh sách hộ"))
    class Households:
        columns = (Column("code", gettext_lazy("Mã hộ")), Column("national_id", gettext_lazy("Số định danh"), roles=FULL_ID_ROLES))

        def count(self, scope, params): ...            # persons the file will be about
        def rows(self, scope, params, columns): ...    # cells in the order of the columns asked for; streams
        def describe(self, params): ...                # the filters in words, for the second person and the head of the file

and a page links to ``portal:export_new`` with its filters in the query string.
"""

from posasoft.core.exports.operations import ExportRefused, approve, expire, refuse, request
from posasoft.core.exports.registry import Column, Exporter, exporter, exporter_of, offered
from posasoft.core.exports.rules import MOST_PERSONS, SECOND_ABOVE, may_approve, may_export

__all__ = [
    "MOST_PERSONS", "SECOND_ABOVE", "Column", "ExportRefused", "Exporter", "approve", "expire", "exporter", "exporter_of", "may_approve",
    "may_export", "offered", "refuse", "request",
]  # fmt: skip
