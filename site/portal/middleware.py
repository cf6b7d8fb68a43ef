"""Response headers that depend on the path."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.utils.csp import CSP

_ADMIN_POLICY = {
    # Wagtail 8.0's choosers and date pickers carry inline scripts and know no nonce (wagtail#1288);
    # a nonce here would switch 'unsafe-inline' off. Still nothing from elsewhere (rule 14).
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-ancestors": [CSP.SELF],
}


class PathCSPMiddleware(ContentSecurityPolicyMiddleware):
    """The strict policy everywhere; under /admin/ only what Wagtail's inline scripts force."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Set the Content-Security-Policy header."""
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_config"):
            response._csp_config = {**settings.SECURE_CSP, **_ADMIN_POLICY}  # type: ignore[attr-defined]  # how Django carries a view's own policy
        return super().process_response(request, response)
