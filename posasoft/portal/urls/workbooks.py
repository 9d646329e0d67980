"""Excel round trip; mass change of areas."""

from django.urls import path

from posasoft.portal.views import workbooks

patterns = [
    path("workbooks/", workbooks.index, name="workbooks"),
    path("workbooks/<uuid:public_id>/file/", workbooks.file, name="workbook_file"),
    path("workbooks/<uuid:public_id>/agree/", workbooks.second, name="workbook_agree"),
    path("imports/<uuid:public_id>/returned/", workbooks.returned, name="import_returned"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/settle/", workbooks.settle, name="import_settle"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/gone/", workbooks.gone, name="import_gone"),
]
