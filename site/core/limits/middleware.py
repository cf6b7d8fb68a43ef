"""A limit exceeded anywhere in a view becomes the 429 page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.limits.errors import LimitExceededError
from core.limits.limits import too_many_response


class LimitsMiddleware:
    """Turns LimitExceededError, raised by a view, into the page that says when to try again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 429 for a limit exceeded; leave everything else alone."""
        if isinstance(exception, LimitExceededError):
            return too_many_response(request, exception)
        return None
