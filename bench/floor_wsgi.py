"""The floor as a WSGI application: no middleware at all."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

django.setup()
# After the set-up: an app of ours insists, while it is being set up, that its middleware is there.
settings.MIDDLEWARE = []

application = WSGIHandler()
