"""Django settings. Everything a deployment may choose comes from LIANFANG_* variables."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from lianfang.config import environment as env
from lianfang.config import logs

PACKAGE = Path(__file__).resolve().parent.parent

DATA_DIR = env.data_dir()
DEBUG = env.flag("LIANFANG_DEBUG", default=False)
SECRET_KEY = env.secret("django")
# The master key under which personal fields and the keys of persons lie (kernel/crypto.py).
LIANFANG_MASTER_KEY = env.secret("master")
ALLOWED_HOSTS = env.words("LIANFANG_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.words("LIANFANG_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "ninja",
    "lianfang.kernel",
    "lianfang.web",
    "lianfang.areas",
    "lianfang.people",
    "lianfang.screening",
    "lianfang.services",
    "lianfang.mobilising",
    "lianfang.watching",
    "lianfang.tracing",
    "lianfang.stations",
    "lianfang.arrivals",
    "lianfang.messaging",
    "lianfang.directives",
    "lianfang.supplies",
    "lianfang.briefing",
    "lianfang.doors",
    "lianfang.drill",
]

MIDDLEWARE = [
    # Probes come by address and in plain http: before the checks of host and https.
    "lianfang.config.probes.Probes",
    "lianfang.config.observation.Observation",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lianfang.web.middleware.ProblemMiddleware",
]

ROOT_URLCONF = "lianfang.config.urls"
WSGI_APPLICATION = "lianfang.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lianfang.web.context.web",
            ],
        },
    },
]

DATABASES = {"default": env.database("LIANFANG_DATABASE_URL", DATA_DIR)}
# Replay rebuilds the state under a second alias while the code stays the same (kernel/routing.py).
DATABASE_ROUTERS = ["lianfang.kernel.routing.CurrentAliasRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = env.text("LIANFANG_LANGUAGE", default="zh-hans")
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
# A year, so that a shared desk opens in the language it was left in.
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
TIME_ZONE = env.text("LIANFANG_TIME_ZONE", default="Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# In production names carry a hash and files lie compressed; `lianfang serve` prepares them.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Uploaded files: a part of each backup. They are never served by address, only by views.
MEDIA_ROOT = DATA_DIR / "uploads"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
    }
}
CSRF_FAILURE_VIEW = "lianfang.web.views.csrf_failure"
# /styleguide shows the components of the console (always with DEBUG).
LIANFANG_STYLEGUIDE = env.flag("LIANFANG_STYLEGUIDE", default=False)
# LIANFANG_HTTPS says that people reach this server by https only. Behind a proxy which ends the
# https and sets X-Forwarded-Proto itself, LIANFANG_PROXY=1 lets Django believe that header.
HTTPS = env.flag("LIANFANG_HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("LIANFANG_PROXY", default=False) else None
)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# A body of 100 visits is about 40 kB; imports come as files and are streamed to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

# How many hours a phone may be read without having been in touch (doors/sync/devices.py).
LIANFANG_PHONE_LEASE_HOURS = float(env.text("LIANFANG_PHONE_LEASE_HOURS", default="24"))

# The mail server for notices, as apprise writes it, without receivers
# (mailtos://user:password@smtp.example.org:465?from=notices@example.org&mode=ssl).
LIANFANG_MAIL = env.text("LIANFANG_MAIL", default="")
# A function (number, text) for text messages; without one they go into outbox/sms.jsonl.
LIANFANG_SMS = env.text("LIANFANG_SMS", default="")
# The address under which people reach this server, for links in messages and feeds.
LIANFANG_ADDRESS = env.text("LIANFANG_ADDRESS", default="").rstrip("/")

# Who may read /metrics: holders of this token; without one, only callers on this machine.
METRICS_TOKEN = env.text("LIANFANG_METRICS_TOKEN", default="")

LOGGING = logs.configure(pretty=DEBUG, level=env.text("LIANFANG_LOG_LEVEL", default="INFO"))
