"""One file of settings; what differs between installations comes from the environment (docs/install.md lists every variable)."""

from __future__ import annotations

import datetime
from pathlib import Path

import pghistory
from django.core.exceptions import ImproperlyConfigured

from posasoft.content_policy import POLICY
from posasoft.env import database, env_bool, env_int, env_text
from posasoft.logs import LOGGING as LOGGING
from posasoft.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env_bool("DEBUG", False)
SECRET_KEY = env_text("SECRET_KEY")
# 32 bytes in hex; ids are unreadable without it, so it is kept apart from the database.
NATIONAL_ID_KEY = env_text("NATIONAL_ID_KEY")
ALLOWED_HOSTS = [host for host in env_text("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env_text("CSRF_TRUSTED_ORIGINS").split(",") if origin]
# False only for a demonstration on loopback, where there is no certificate.
HTTPS = env_bool("HTTPS", True)
# A demonstration shows the codes of its invented users; without a certificate nobody takes it for the real thing.
DEMONSTRATION = env_bool("DEMO", False)
if DEMONSTRATION and HTTPS:
    raise ImproperlyConfigured("DEMO=1 shows second factors: it is for HTTPS=0 on the same machine only.")
BEHIND_PROXY = env_bool("BEHIND_PROXY", False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "guardian",
    "pgtrigger",
    "pghistory",
    "posasoft.core",
    "households",
    "beneficiaries",
    "payments",
    "posasoft.portal",
]

MIDDLEWARE = [
    # Before everything, so that every line of the log and every answer carries the request's id.
    "posasoft.core.request_ids.RequestIdMiddleware",
    # Headers first, so that static files and error pages carry them too.
    "posasoft.core.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "posasoft.portal.body_limit.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "posasoft.core.middleware.ScopeMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "posasoft.core.sessions.SessionUseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "posasoft.core.headers.NoNulMiddleware",
    "posasoft.core.enrolment.EnrolmentMiddleware",
    "posasoft.core.middleware.GuardMiddleware",
    "posasoft.portal.verbs_of_pages.VerbMiddleware",
    "posasoft.core.lookups.LookupMiddleware",
    "posasoft.portal.recent.RecentMiddleware",
    # Last, as it asks to be: it answers for a sign-in that it refused.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "posasoft.urls"
WSGI_APPLICATION = "posasoft.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "posasoft.portal.context_processors.frame",
            ],
        },
    },
]

# The serving role owns nothing and is bound by row-level security; the owner only migrates and loads.
DATABASES = {"default": database(env_text("DATABASE_URL", "postgresql://posasoft_app@127.0.0.1:5432/posasoft"))}
MIGRATION_DATABASE_URL = env_text("MIGRATION_DATABASE_URL", env_text("DATABASE_URL"))
APP_DATABASE_ROLE = "posasoft_app"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
# Object permissions are of officers, on areas; nobody is anonymous here and groups are not used.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "portal:sign_in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "portal:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "posasoft.core.passwords.LengthValidator"},
    {"NAME": "posasoft.core.passwords.CommonValidator"},
    {"NAME": "posasoft.core.passwords.OwnWordsValidator"},
]
INVITATION_DAYS = env_int("INVITATION_DAYS", 7)

# Sign-in by user name; accounts are made by an administrator, and nobody signs up, resets by e-mail or is told which part was wrong.
ACCOUNT_ADAPTER = "posasoft.core.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "posasoft.portal.sign_in_forms.SignInForm"}
# Counted elsewhere: passwords by django-axes (user and address), codes by posasoft.core.second_factor.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "posasoft.core.second_factor.Adapter"
MFA_FORMS = {"authenticate": "posasoft.portal.sign_in_forms.CodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# A phone's clock may be half a minute off; posasoft.core.second_factor sees to it that no code counts twice.
MFA_TOTP_TOLERANCE = 1
WRONG_CODES_LIMIT = 5
WRONG_CODES_WITHIN = datetime.timedelta(minutes=5)
CONFIRMED_FOR = datetime.timedelta(minutes=5)

AXES_FAILURE_LIMIT = env_int("WRONG_SIGN_INS", 5)
AXES_COOLOFF_TIME = datetime.timedelta(minutes=env_int("LOCK_MINUTES", 15))
# A user at an address: colleagues behind the same office address go on working, and nobody is locked out from afar.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "posasoft.core.addresses.address_of"
AXES_LOCKOUT_CALLABLE = "posasoft.portal.views.session.locked"
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "login", "password", "next", "ip_address"]
AXES_VERBOSE = False

SESSION_ENGINE = "posasoft.core.sessions"
SESSION_COOKIE_AGE = env_int("SESSION_HOURS", 10) * 3600
SESSION_IDLE_MINUTES = env_int("SESSION_IDLE_MINUTES", 30)
SESSIONS_AT_ONCE = env_int("SESSIONS_AT_ONCE", 3)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
LOOKUPS_PER_MINUTE = env_int("LOOKUPS_PER_MINUTE", 120)
LOOKUPS_PER_HOUR = env_int("LOOKUPS_PER_HOUR", 2000)
TOO_MANY_REQUESTS_VIEW = "posasoft.portal.views.errors.too_many"

# The interface for agencies' programs: keys only, never a session, and no browsable pages.
API_CALLS_PER_MINUTE = env_int("API_CALLS_PER_MINUTE", 120)
API_WRONG_KEYS = env_int("API_WRONG_KEYS", 10)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["posasoft.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["posasoft.api.authentication.MayDo"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "POSASoft: danh sách chi trả",
    "DESCRIPTION": "For programs of agencies that pay social assistance: deliveries of payment lists, their files, receipt, results.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "posasoft.api.description.with_refusals"],
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["posasoft.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
DATA_DIR = Path(env_text("POSASOFT_DATA", str(BASE_DIR / "data")))
MEDIA_ROOT = DATA_DIR / "files"
# Uploads, attachments and exports hold personal data: they lie encrypted (posasoft.core.vault).
STORAGES = {
    "default": {"BACKEND": "posasoft.core.vault.VaultStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

REDIS_URL = env_text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Delivered late and perhaps twice; jobs bear it, and a task lost with its worker would not come back otherwise.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
# A request does not wait for a broker that is away: its job is in the database, and the sweeper wakes a worker later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE

# Digests and the heads of the audit chain go out by e-mail; without a server they are written into the data folder.
SITE_URL = env_text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
DEFAULT_FROM_EMAIL = env_text("EMAIL_FROM", "posasoft@localhost")
EMAIL_HOST = env_text("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_text("EMAIL_USER")
EMAIL_HOST_PASSWORD = env_text("EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_TLS", True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
# Text messages to families go out by a module of payments/sms; "file" writes them into the data folder. Notices name the hotline.
SMS_PROVIDER = env_text("SMS_PROVIDER", "file")
SMS_FOLDER = DATA_DIR / "sms"
HOTLINE = env_text("HOTLINE", "1800 1567")
# Who keeps the day's heads of the audit chain outside this database: addresses with commas between.
AUDIT_HEADS_TO = [address.strip() for address in env_text("AUDIT_HEADS_TO").split(",") if address.strip()]
# Above the largest list (households.importing.limits) with its form around it; longer requests are refused unread.
LARGEST_REQUEST = 64 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# Who, why and from which change, beside the old version itself: no second table to join or to secure.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()

CONTENT_SECURITY_POLICY = POLICY
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "posasoft.portal.views.errors.csrf_failed"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "language"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
THEME_COOKIE_NAME = "__Host-theme" if HTTPS else "theme"
