"""Review, monthly runs, payment lists."""

from django.urls import path

from posasoft.portal.views import lists, review, runs

patterns = [
    path("review/", review.index, name="review"),
    path("review/tile/", review.tile, name="review_tile"),
    path("runs/", runs.index, name="runs"),
    path("runs/start/", runs.start, name="run_start"),
    path("runs/<str:month>/", runs.show, name="run"),
    path("runs/<str:month>/status/", runs.status, name="run_status"),
    path("runs/<str:month>/changes/", runs.changes, name="run_changes"),
    path("runs/<str:month>/cancel/", runs.cancel, name="run_cancel"),
    path("runs/<str:month>/resume/", runs.resume, name="run_resume"),
    path("lists/", lists.index, name="lists"),
    path("lists/<int:list_id>/", lists.show, name="list"),
    path("lists/<int:list_id>/<str:kind>/", lists.download, name="list_download"),
]
