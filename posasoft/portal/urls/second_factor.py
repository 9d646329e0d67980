"""Second factor, password, sessions."""

from django.urls import path

from posasoft.portal.views import account, second_factor

patterns = [
    path("account/", account.show, name="account"),
    path("account/password/", account.password, name="account_password"),
    path("account/email/", account.email, name="account_email"),
    path("account/sessions/end/", account.end_other_sessions, name="sessions_end"),
    path("account/sessions/<str:digest>/end/", account.end_session, name="session_end"),
    path("session/left/", account.session_left, name="session_left"),
    path("session/stay/", account.session_stay, name="session_stay"),
    path("second-factor/", second_factor.enrol, name="second_factor"),
    path("second-factor/codes/", second_factor.recovery_codes, name="recovery_codes"),
    path("second-factor/codes/file/", second_factor.recovery_codes_file, name="recovery_codes_file"),
    path("second-factor/codes/kept/", second_factor.recovery_codes_kept, name="recovery_codes_kept"),
    path("second-factor/codes/new/", second_factor.recovery_codes_new, name="recovery_codes_new"),
    path("confirm/", second_factor.confirm, name="confirm"),
]
