"""How often something may be tried: counted in the database, right across processes (X4).

Fixed windows: at worst twice the number passes around a window's edge, which is fine for what these
stop (guessing, mail floods). The key is a keyed hash, so neither an address nor an IP is stored.
"""

import ipaddress
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core.limits.errors import LimitExceededError
from core.limits.models import Counter


@dataclass(frozen=True)
class Limit:
    """At most `count` times in each `window`."""

    count: int
    window: timedelta


# Whole schools and the municipality's network share one IP address: the limits per IP are wide,
# those per recipient narrow.
LIMITS: dict[str, Limit] = {
    "login_code_ip": Limit(40, timedelta(minutes=15)),
    "login_code_email": Limit(6, timedelta(hours=1)),
    "login_code_try_ip": Limit(80, timedelta(minutes=15)),
    "login_password_ip": Limit(40, timedelta(minutes=15)),
    "login_password_email": Limit(10, timedelta(minutes=15)),
    "second_factor_user": Limit(10, timedelta(minutes=15)),
    "totp_step": Limit(1, timedelta(minutes=5)),
    "sign_up_ip": Limit(600, timedelta(hours=1)),
    "sign_up_email": Limit(10, timedelta(hours=6)),
    "token_page_ip": Limit(240, timedelta(minutes=10)),
    "search_ip": Limit(120, timedelta(minutes=1)),
    "application_ip": Limit(40, timedelta(hours=1)),
    "application_email": Limit(5, timedelta(hours=6)),
    "member_invitation": Limit(30, timedelta(hours=1)),
    "vetting_answer": Limit(20, timedelta(hours=1)),
    "session_message": Limit(5, timedelta(hours=1)),
    "session_message_user": Limit(20, timedelta(hours=1)),
    "own_data_email": Limit(5, timedelta(hours=6)),
    "charter_check_ip": Limit(60, timedelta(minutes=10)),
    "signing_start": Limit(20, timedelta(hours=1)),
    "signing_code": Limit(6, timedelta(hours=1)),
    "signing_broker": Limit(20, timedelta(hours=1)),
    "evaluation_code_ip": Limit(300, timedelta(minutes=10)),
}
"""Every scope in use. A scope that ends in `_ip` takes an address from `client_ip`."""

_KEPT_FOR = timedelta(days=2)


_COUNT_ONE = """
    INSERT INTO limits_counter (scope, key, window_starts_at, count) VALUES (%s, %s, %s, 1)
    ON CONFLICT (scope, key, window_starts_at) DO UPDATE SET count = limits_counter.count + 1
    WHERE limits_counter.count < %s
"""
"""By hand, as Django's INSERT cannot add to the row that is there; asked by every form that somebody sends."""


def hit(scope: str, *key_parts: object, now: datetime) -> None:
    """Count one attempt. One statement, and safe when many arrive at once.

    Call it before the transaction of what it guards: rolled back, the attempt would not count.

    Raises:
        LimitExceededError: the attempts of this window are used up; carries `retry_at`.
    """
    limit = LIMITS[scope]
    window_starts_at = _window_start(now, limit.window)
    key = _key(scope, key_parts)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_ONE,
            [scope, key, connection.ops.adapt_datetimefield_value(window_starts_at), limit.count],
        )
        counted = cursor.rowcount
    if not counted:
        raise LimitExceededError(scope, retry_at=window_starts_at + limit.window)


def is_exhausted(scope: str, *key_parts: object, now: datetime) -> bool:
    """Return whether the next attempt would be refused, without counting one."""
    limit = LIMITS[scope]
    return Counter.objects.filter(
        scope=scope,
        key=_key(scope, key_parts),
        window_starts_at=_window_start(now, limit.window),
        count__gte=limit.count,
    ).exists()


def delete_old_counters(*, now: datetime) -> int:
    """Delete counters whose window is long over; returns how many."""
    deleted, _per_model = old_counters(now).delete()
    return deleted


def old_counters(now: datetime) -> QuerySet[Counter]:
    """Return the counters whose window is long over."""
    return Counter.objects.filter(window_starts_at__lt=now - _KEPT_FOR)


def client_ip(request: HttpRequest) -> str:
    """Return the visitor's address: the peer's, or what the last trusted proxy saw.

    X-Forwarded-For is believed only as far as PORTAL_TRUSTED_PROXIES says: each trusted proxy has
    appended one entry on the right; everything further left is the visitor's own claim.
    """
    peer = str(request.META.get("REMOTE_ADDR") or "")
    if settings.PORTAL_TRUSTED_PROXIES < 1:
        return peer
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if not hops:
        return peer
    claimed = hops[-min(settings.PORTAL_TRUSTED_PROXIES, len(hops))]
    try:
        return str(ipaddress.ip_address(claimed))
    except ValueError:
        return peer


def too_many_response(request: HttpRequest, error: LimitExceededError) -> HttpResponse:
    """Return the page that says when to try again, with status 429."""
    seconds = max(1, int((error.retry_at - timezone.now()).total_seconds()) + 1)
    response = render(
        request,
        "pages/too_many.html",
        {"retry_at": error.retry_at, "minutes": (seconds + 59) // 60},
        status=429,
    )
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


type _View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def limited[**P](scope: str, *, methods: Collection[str] = ("POST",)) -> Callable[[_View[P]], _View[P]]:
    """Count requests with these methods to a view per IP address; answer 429 when there are too many.

    On a class: `@method_decorator(limited("search_ip", methods=("GET",)), name="dispatch")`.
    """

    def decorate(view: _View[P]) -> _View[P]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method in methods:
                try:
                    hit(scope, client_ip(request), now=timezone.now())
                except LimitExceededError as error:
                    return too_many_response(request, error)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate


class LimitedMixin:
    """The same for class-based views: set `limit_scope`, and `limit_methods` when GET counts too."""

    limit_scope: str
    limit_methods: Collection[str] = ("POST",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count, then go on to the view."""
        view: _View[...] = super().dispatch  # type: ignore[misc]  # a mixin in front of django.views.View
        return limited(self.limit_scope, methods=self.limit_methods)(view)(request, *args, **kwargs)


def _window_start(now: datetime, window: timedelta) -> datetime:
    seconds = int(window.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def _key(scope: str, key_parts: Collection[object]) -> str:
    parts = [str(part).strip().lower() for part in key_parts]
    if scope.endswith("_ip"):
        parts = [_network(part) for part in parts]
    value = json.dumps([scope, *parts])
    return salted_hmac("core.limits", value, algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """Return an IPv6 address's /64, which is one household or office; an IPv4 address as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


__all__: list[str] = [
    "LIMITS",
    "Limit",
    "LimitExceededError",
    "LimitedMixin",
    "client_ip",
    "delete_old_counters",
    "hit",
    "is_exhausted",
    "limited",
    "too_many_response",
]
