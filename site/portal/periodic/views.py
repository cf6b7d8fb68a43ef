"""The health pages, for monitors and load balancers."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.periodic.health import check_health


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For the monitor: 503 when anything needs an operator, late jobs and a silent worker included."""
    health = check_health(now=timezone.now())
    return JsonResponse(health.as_json(), status=200 if health.is_well else 503)


@never_cache
@require_safe
def healthz_web(request: HttpRequest) -> JsonResponse:
    """For a load balancer: 503 only when this process cannot show pages. A late job must not take it away."""
    health = check_health(now=timezone.now())
    return JsonResponse(health.as_json(), status=200 if health.can_serve else 503)
