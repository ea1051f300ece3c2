"""Django settings. Everything a deployment may choose comes from LIANFANG_* variables."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from lianfang.config import environment as env

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
    "lianfang.doors",
    "lianfang.drill",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
TIME_ZONE = env.text("LIANFANG_TIME_ZONE", default="Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

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
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# A body of 100 visits is about 40 kB; imports come as files and are streamed to disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
