"""Results of payments: the counter, files with answers, a list's results."""

from django.urls import URLPattern, path

from posasoft.portal.views import counter, results

patterns: list[URLPattern] = [
    path("counter/", counter.index, name="counter"),
    path("counter/villages/<int:village_id>/", counter.village, name="counter_village"),
    path("counter/close/", counter.close, name="counter_close"),
    path("counter/sheet/", counter.sheet, name="cash_sheet"),
    path("counter/lists/<int:list_id>/rest/", counter.rest, name="counter_rest"),
    path("counter/<uuid:line>/", counter.line, name="counter_line"),
    path("counter/<uuid:line>/mark/", counter.mark, name="counter_mark"),
    path("counter/<uuid:line>/undo/", counter.undo, name="counter_undo"),
    path("results/", results.index, name="results"),
    path("results/lists/<int:list_id>/<slug:kind>/", results.template, name="result_template"),
    path("results/<uuid:public_id>/", results.show, name="result_batch"),
    path("results/<uuid:public_id>/apply/", results.apply, name="result_apply"),
    path("results/<uuid:public_id>/refuse/", results.refuse, name="result_refuse"),
    path("results/<uuid:public_id>/findings/", results.findings, name="result_file"),
    path("paying/lists/<int:list_id>/results/", results.of_list, name="list_results"),
    path("paying/lists/<int:list_id>/reopen/", results.reopen, name="list_reopen"),
]
