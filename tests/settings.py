"""The product's settings with a fast password hasher, and a data folder that goes away.

A server started by a test (tests/support/server.py) uses this module too, in the same folder, so
that it reads the same keys; it serves hashed static files, as in production.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "LIANFANG_TEST_DATA" in os.environ and os.environ.get("LIANFANG_TEST_SERVER"):
    os.environ["LIANFANG_DATA"] = os.environ["LIANFANG_TEST_DATA"]
else:
    folder = tempfile.mkdtemp(prefix="lianfang-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["LIANFANG_DATA"] = folder

from lianfang.config.settings import *  # noqa: F403
from lianfang.config.settings import DATA_DIR, DATABASES, STATIC_ROOT, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# The style guide is the acceptance of the components (tests/web).
LIANFANG_STYLEGUIDE = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in production: WAL and BEGIN IMMEDIATE say nothing in memory, and servers and
    # threads of the tests see the same database. Without waiting for the disk, though.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("=FULL", "=OFF")

if not os.environ.get("LIANFANG_TEST_SERVER"):
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

Path(STATIC_ROOT).mkdir(exist_ok=True)

# Playwright's synchronous interface runs an event loop in this thread; the tests' queries are
# synchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
