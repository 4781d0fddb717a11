"""Django for the tests of problems: they hold the catalogue to the gates and live through whole stories."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()
