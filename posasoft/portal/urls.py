from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from posasoft.core.access import ANYONE, allow
from posasoft.portal.views import areas, home, households, imports, jobs, lists, persons, review, runs, search, session, why

app_name = "portal"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", allow(*ANYONE)(session.SignIn.as_view()), name="sign_in"),
    path("sign-out/", allow(*ANYONE)(LogoutView.as_view()), name="sign_out"),
    path("theme/", session.theme, name="theme"),
    path("language/", allow(*ANYONE)(set_language), name="language"),
    path("role/", session.switch_role, name="switch_role"),
    path("search/", search.results, name="search"),
    path("households/", households.index, name="households"),
    path("households/<uuid:public_id>/", households.show, name="household"),
    path("households/<uuid:public_id>/why/", why.show, name="why"),
    path("persons/<uuid:public_id>/", persons.show, name="person"),
    path("areas/", areas.index, name="areas"),
    path("areas/<int:area_id>/", areas.show, name="area"),
    path("imports/", imports.index, name="imports"),
    path("imports/<uuid:public_id>/", imports.show, name="import"),
    path("imports/<uuid:public_id>/findings/", imports.findings, name="import_findings"),
    path("imports/<uuid:public_id>/columns/", imports.columns, name="import_columns"),
    path("imports/<uuid:public_id>/accept/", imports.accept, name="import_accept"),
    path("imports/<uuid:public_id>/reject/", imports.reject, name="import_reject"),
    path("imports/<uuid:public_id>/rows/<int:row_id>/", imports.answer, name="import_answer"),
    path("imports/<uuid:public_id>/deaths/", imports.deaths, name="import_deaths"),
    path("imports/<uuid:public_id>/rejected/", imports.rejected, name="import_rejected"),
    path("imports/<uuid:public_id>/undo/", imports.undo, name="import_undo"),
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
    path("jobs/", jobs.index, name="jobs"),
    path("jobs/<int:job_id>/", jobs.show, name="job"),
    path("jobs/<int:job_id>/status/", jobs.status, name="job_status"),
    path("jobs/<int:job_id>/cancel/", jobs.cancel, name="job_cancel"),
]
