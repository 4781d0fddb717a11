"""Django's settings, all taken from the environment; the defaults suit one machine and one command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from freightbooks.config import data_dir, mail_settings, secret_key


def _database(url: str) -> dict[str, Any]:
    parts: dict[str, Any] = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "postgres"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


PACKAGE = Path(__file__).parent
DATA_DIR = data_dir()
SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("FREIGHTBOOKS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("FREIGHTBOOKS_ORIGINS", "").split(",") if origin]
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", "postgresql:///freightbooks"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "organizations.User"
USE_TZ = True
TIME_ZONE = os.environ.get("FREIGHTBOOKS_TIME_ZONE", "America/New_York")
LANGUAGE_CODE = "en-us"
USE_I18N = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "procrastinate.contrib.django",
    "freightbooks.organizations",
    "freightbooks.freight",
    "freightbooks.connections",
    "freightbooks.mapping",
    "freightbooks.problems",
    "freightbooks.posting",
    "freightbooks.guide",
    "freightbooks.notifying",
    "freightbooks.settlement",
    "freightbooks.receiving",
    "freightbooks.outbound",
    "freightbooks.paying",
    "freightbooks.cancelling",
    "freightbooks.reports",
    "freightbooks.certifying",
    "freightbooks.api",
    "freightbooks.web",
]

MIDDLEWARE = [
    "freightbooks.api.middleware.manners",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "freightbooks.web.middleware.content_security_policy",
    "freightbooks.web.middleware.current_organization",
]

ROOT_URLCONF = "freightbooks.urls"
WSGI_APPLICATION = "freightbooks.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "freightbooks.web.context.shell",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "freightbooks"
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "freightbooks_csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("FREIGHTBOOKS_HTTPS") == "1":
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PUBLIC_ADDRESS = os.environ.get("FREIGHTBOOKS_URL", "http://localhost:8000").rstrip("/")
_MAIL = mail_settings(os.environ.get("FREIGHTBOOKS_EMAIL_URL", "console:"))
EMAIL_BACKEND = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.starttls, _MAIL.tls
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = os.environ.get("FREIGHTBOOKS_EMAIL_FROM", "Freightbooks <freightbooks@localhost>")

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

PROCRASTINATE_ON_APP_READY = "freightbooks.jobs.register"
LOGGING: dict[str, Any] = {"version": 1, "disable_existing_loggers": False}
LOGGING_CONFIG = None
