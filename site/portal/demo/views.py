"""The page that lists the demo's log-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.outbox.views import demo_only
from portal.demo import logins


@require_safe
@never_cache
@demo_only
def demo_logins(request: HttpRequest) -> HttpResponse:
    """List one log-in a role; staff with the code that works now."""
    return render(
        request,
        "demo/logins.html",
        {
            "staff": logins.staff_logins(),
            "persons": logins.person_logins(),
            "password": logins.PASSWORD,
            "seconds_left": logins.seconds_left(),
        },
    )
