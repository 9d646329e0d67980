"""Excel round trip; mass change of areas."""

from django.urls import path

from posasoft.portal.views import reforms, workbooks

patterns = [
    path("workbooks/", workbooks.index, name="workbooks"),
    path("workbooks/<uuid:public_id>/file/", workbooks.file, name="workbook_file"),
    path("workbooks/<uuid:public_id>/agree/", workbooks.second, name="workbook_agree"),
    path("imports/<uuid:public_id>/returned/", workbooks.returned, name="import_returned"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/settle/", workbooks.settle, name="import_settle"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/gone/", workbooks.gone, name="import_gone"),
    path("areas/reforms/", reforms.index, name="reforms"),
    path("areas/reforms/<uuid:public_id>/", reforms.show, name="reform"),
    path("areas/reforms/<uuid:public_id>/start/", reforms.start, name="reform_start"),
    path("areas/reforms/<uuid:public_id>/undo/", reforms.undo, name="reform_undo"),
    path("areas/reforms/<uuid:public_id>/unplaced/", reforms.unplaced, name="reform_unplaced"),
    path("areas/reforms/<uuid:public_id>/place/", reforms.place, name="reform_place"),
]
