"""The rooms under test have tables: Django is set up before the tests import them."""

from __future__ import annotations

import django

django.setup()
