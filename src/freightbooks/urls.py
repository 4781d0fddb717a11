"""The table of all addresses: the API's, the metrics' and the pages'. `web` and `api` do not know each other."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from freightbooks.api.the_api import api
from freightbooks.web import errors, metrics
from freightbooks.web.urls import urlpatterns as pages

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", api.urls), path("metrics", metrics.metrics), *pages]

handler403 = errors.not_allowed
handler404 = errors.not_found
handler500 = errors.our_mistake
