"""The REST API: keys, routers, one error shape. Knows HTTP; the rooms below do the work."""
