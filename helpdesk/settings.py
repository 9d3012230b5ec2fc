"""Every setting, read from the environment.

Two profiles. `embedded` (the default) needs nothing: SQLite in WAL, an in-memory channel layer, background
jobs in the web process. `production` takes nothing for granted and refuses to start with what is missing.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(env.str("HELPDESK_ENV_FILE", str(BASE_DIR / ".env")))

PROFILE = env.str("HELPDESK_PROFILE", "embedded")
if PROFILE not in ("embedded", "production"):
    raise ImproperlyConfigured(f"HELPDESK_PROFILE is {PROFILE!r}; it can be “embedded” or “production”.")
IS_PRODUCTION = PROFILE == "production"


def needed_in_production(name: str, what: str, *, embedded: str) -> str:
    """The value of an environment variable, which production must state and embedded need not."""
    value: str = env.str(name, "")
    if not value and IS_PRODUCTION:
        raise ImproperlyConfigured(f"{name} is missing. In production it must hold {what}.")
    return value or embedded


def data_dir() -> Path:
    folder = Path(env.str("HELPDESK_DATA", str(BASE_DIR / "data")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        sys.exit(f"The helpdesk cannot write to {folder}: {error.strerror}. Set HELPDESK_DATA to a folder that it may write to.")
    if not os.access(folder, os.W_OK):
        sys.exit(f"The helpdesk cannot write to {folder}. Set HELPDESK_DATA to a folder that it may write to.")
    return folder


def kept_secret() -> str:
    """The embedded desk's secret key: made once, kept beside its database."""
    path = data_dir() / "secret.key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


DATA_DIR = BASE_DIR / "data" if IS_PRODUCTION else data_dir()
DESK_NAME = env.str("HELPDESK_NAME", "Helpdesk")
DEBUG = False
SECRET_KEY = needed_in_production("SECRET_KEY", "a long random secret", embedded="") or kept_secret()
ALLOWED_HOSTS = needed_in_production("ALLOWED_HOSTS", "the host names of the desk, separated by commas", embedded="localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "helpdesk.inbox.access.unknown_form"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "helpdesk.admin_site.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "channels",
    "django_filters",
    "django_htmx",
    "django_ox",
    "rest_framework",
    "drf_spectacular",
    "agents",
    "helpdesk.outbox",
    "helpdesk.customers",
    "helpdesk.tickets",
    "routing",
    "customer_agent",
    "helpdesk.transports",
    "helpdesk.sources",
    "helpdesk.imports",
    "helpdesk.inbox",
    "helpdesk.api",
    "helpdesk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "helpdesk.inbox.middleware.ReadersLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "helpdesk.inbox.middleware.PrivatePagesMiddleware",
    "helpdesk.inbox.middleware.ReadableAddressMiddleware",
]

ROOT_URLCONF = "helpdesk.urls"
ASGI_APPLICATION = "helpdesk.asgi.application"
WSGI_APPLICATION = "helpdesk.wsgi.application"

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
            ]
        },
    }
]

# Database ------------------------------------------------------------------------------------------


def database() -> dict[str, Any]:
    url = needed_in_production("DATABASE_URL", "the address of a PostgreSQL database, as postgres://user:password@host/name", embedded="")
    if not url:
        url = f"sqlite:///{DATA_DIR / 'desk.sqlite3'}"
    config: dict[str, Any] = env.db_url_config(url)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # a real file: in memory, SQLite locks otherwise
        # Writers queue for the lock when they begin, not when they first write: no "database is locked" half-way.
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    else:
        config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", 60)
        config["CONN_HEALTH_CHECKS"] = True
    return config


DATABASES = {"default": database()}

# Live updates, cache, jobs -------------------------------------------------------------------------

REDIS_URL = needed_in_production("REDIS_URL", "the address of a Redis server, as redis://host:6379/0", embedded="")
if REDIS_URL:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

WEB_PROCESSES = env.int("WEB_PROCESSES", 1)
TASKS = {
    "default": {
        "BACKEND": "django_ox.backend.OxBackend",
        "QUEUES": ["default"],
        "OPTIONS": {
            "MAX_ATTEMPTS": 5,
            "LOCK_TIMEOUT": env.int("JOB_LOCK_TIMEOUT", 30),
            "BACKOFF_INITIAL": 2,
            "SCHEDULES": {
                "sweep": {"task": "helpdesk.intake.sweep", "every": 30},
                "departures": {"task": "helpdesk.tickets.conversation.sending.sweep_departures", "every": 15},
                "deliveries": {"task": "helpdesk.outbox.deliveries.sweep_deliveries", "every": 30},
                "sources": {"task": "helpdesk.sources.receiving.sweep_received", "every": 30},
                "tickets": {"task": "helpdesk.tickets.acts.snoozing.tend_tickets", "every": 30},
                "silence": {"task": "helpdesk.tickets.acts.silence.close_silent", "every": 600},
                "waiting": {"task": "routing.waiting.route_waiting_job", "every": 60},
                "memberships": {"task": "helpdesk.customers.memberships.update_changed", "every": 10},
                "renamed": {"task": "helpdesk.tickets.search.indexing.index_renamed", "every": 10},
                "unindexed": {"task": "helpdesk.tickets.search.indexing.index_missing", "every": 600},
                "segments": {"task": "helpdesk.customers.memberships.refresh_moving", "every": 300},
                "predictions": {"task": "helpdesk.customers.predictions.jobs.predict_due", "every": 60},
                "orders": {"task": "helpdesk.customers.predictions.jobs.fit_orders", "cron": "30 3 * * *"},
                "back-tests": {"task": "routing.backtest.runs.sweep_back_tests", "every": 30},
                "imports": {"task": "helpdesk.imports.runs.sweep_imports", "every": 30},
                "applications": {"task": "routing.applying.runs.sweep_applications", "every": 30},
            },
        },
    }
}

# Presence (C18): an open page gives a sign of life every HEARTBEAT seconds; Online without one for TTL seconds is skipped.
PRESENCE_HEARTBEAT = env.int("PRESENCE_HEARTBEAT", 30)
PRESENCE_TTL = env.int("PRESENCE_TTL", 300)

# Customer Agent ------------------------------------------------------------------------------------

SENTIMENT_TIME_LIMIT = env.float("SENTIMENT_TIME_LIMIT", 5.0)  # seconds, after which a ticket is routed without (C11)
SENTIMENT_SCORER = env.str("SENTIMENT_SCORER", "customer_agent.builtin_sentiment.BuiltinScorer")

# Conversation --------------------------------------------------------------------------------------

UNDO_SEND_SECONDS = env.int("UNDO_SEND_SECONDS", 10)  # in which a reply can be taken back; 0: it leaves at once
ATTACHMENT_LIMIT = env.int("ATTACHMENT_LIMIT_MB", 25) * 1024 * 1024  # of a file, and of all files of one message

# Imports -------------------------------------------------------------------------------------------

KLAVIYO_HOST = env.str("KLAVIYO_HOST", "")  # another server that speaks Klaviyo's API, for trying imports out

# Mail ----------------------------------------------------------------------------------------------

EMAIL_INBOXES = [address.lower() for address in env.list("EMAIL_INBOXES", default=[])]


def mailer() -> dict[str, Any]:
    """One mailer from EMAIL_URL: smtp://, smtp+tls://, consolemail://, filemail:///folder, memorymail://"""
    url = env.email_url_config(env.str("EMAIL_URL", "") or f"filemail:///{DATA_DIR / 'outgoing'}")
    options = {
        "host": "EMAIL_HOST",
        "port": "EMAIL_PORT",
        "username": "EMAIL_HOST_USER",
        "password": "EMAIL_HOST_PASSWORD",
        "use_tls": "EMAIL_USE_TLS",
        "use_ssl": "EMAIL_USE_SSL",
    }
    backend = url["EMAIL_BACKEND"]
    if backend.endswith("filebased.EmailBackend"):
        return {"BACKEND": backend, "OPTIONS": {"file_path": url["EMAIL_FILE_PATH"]}}
    if not backend.endswith("smtp.EmailBackend"):
        return {"BACKEND": backend}
    return {"BACKEND": backend, "OPTIONS": {option: url[key] for option, key in options.items() if url.get(key)} | {"timeout": 20}}


MAILERS = {"default": mailer()}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", EMAIL_INBOXES[0] if EMAIL_INBOXES else "support@localhost")

# Sign-in -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "agents.Agent"
AUTHENTICATION_BACKENDS = ["agents.roles.RoleBackend", "allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator", "OPTIONS": {"user_attributes": ("email", "name")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "helpdesk.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # V15: a stranger who is named in the form gets no mail
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("account_login")
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/ip,10/15m/key", "reset_password": "5/30m/ip,5/30m/key"}  # V15
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)  # V17: no address from a header unless proxies are declared

# Security ------------------------------------------------------------------------------------------

SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],  # the frame in which a mail is shown, see inbox.views.originals
    "frame-ancestors": [CSP.NONE],
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PRODUCTION
if env.bool("BEHIND_TLS_PROXY", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a definition of 100 conditions is a long form

# Languages, static files, API, logs ----------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("sv", "Svenska"), ("pl", "Polski")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.str("TIME_ZONE", "Europe/Stockholm")
FORMAT_MODULE_PATH = ["helpdesk.formats"]
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "staticfiles" if IS_PRODUCTION else DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["helpdesk.api.authentication.ApiKeyAuthentication", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["helpdesk.api.renderers.TotalJSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,  # the schema describes what there is
    "DEFAULT_PARSER_CLASSES": ["helpdesk.api.parsers.BoundedJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["helpdesk.api.asked.OnlyKnown", "django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "helpdesk.api.base.refused",
}
SPECTACULAR_SETTINGS = {"TITLE": "Helpdesk API", "VERSION": "1", "SERVE_INCLUDE_SCHEMA": False}

# The theme of the admin, in the colours of static/tokens.css.
UNFOLD = {
    "SITE_TITLE": _("Helpdesk"),
    "SITE_HEADER": _("Helpdesk"),
    "SITE_SYMBOL": "support_agent",
    "SITE_URL": None,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: static("css/admin-desk.css")],
    "SIDEBAR": {"navigation": "helpdesk.admin_site.navigation"},
    "COLORS": {
        "primary": {
            "50": "#f0f7f7",
            "100": "#e1eeee",
            "200": "#c6dddf",
            "300": "#a9cdd0",
            "400": "#7cc7cf",
            "500": "#4fb0bb",
            "600": "#0f6672",
            "700": "#0b545e",
            "800": "#08434b",
            "900": "#083940",
            "950": "#04191c",
        },
        "base": {
            "50": "#f7f6f2",
            "100": "#f2f1ec",
            "200": "#e3e1d9",
            "300": "#cbc8be",
            "400": "#98a2a2",
            "500": "#616b6c",
            "600": "#4d585a",
            "700": "#3d484b",
            "800": "#2b3437",
            "900": "#191e1f",
            "950": "#121617",
        },
    },
}

LOG_LEVEL = env.str("LOG_LEVEL", "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"refusals": {"()": "helpdesk.logs.Refusals"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {name: {"level": LOG_LEVEL} for name in ("django", "django_ox", "granian")} | {"django.request": {"filters": ["refusals"]}},
}
