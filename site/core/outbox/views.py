"""The demo's mailbox: every mail sent, as its reader would see it. 404 wherever no text of mails is kept."""

import base64
import hashlib
import re
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from core.outbox.models import Message

_PER_PAGE = 25
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def demo_only[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Let a page exist in the demo only (PORTAL_IS_DEMO)."""

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.PORTAL_IS_DEMO:
            raise Http404
        return view(*args, **kwargs)

    return wrapped


@require_safe
@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails sent, newest first; `?til=` keeps those to one address."""
    # PostgreSQL's text holds no NUL, so no address can.
    recipient = request.GET.get("til", "").replace("\x00", "").strip()
    messages = Message.objects.with_text().order_by("-sent_at", "-pk")
    if recipient:
        messages = messages.filter(to_email__iexact=recipient)
    page = Paginator(messages.defer("body_text", "body_html"), _PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "outbox/mailbox.html", {"page_of_mails": page, "recipient": recipient})


@require_safe
@demo_only
def mailbox_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail: HTML in a frame of its own, plain text, attachments."""
    return render(request, "outbox/mailbox_message.html", {"mail": _mail(pk)})


@require_safe
@xframe_options_sameorigin
@demo_only
def mailbox_html(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve the HTML of one mail as a mail program would: no script, nothing loaded, links in a new tab."""
    html = _mail(pk).body_html
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response._csp_config = {  # type: ignore[attr-defined]  # how Django carries a view's own policy
        "default-src": [CSP.NONE],
        "style-src": [f"'sha256-{_hash(style)}'" for style in _STYLE.findall(html)] or [CSP.NONE],
        "frame-ancestors": [CSP.SELF],
        "base-uri": [CSP.NONE],
        "form-action": [CSP.NONE],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
    return response


@require_safe
@demo_only
def mailbox_attachment(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Serve an attachment for download."""
    attachments = _mail(pk).attachments
    if not 0 <= number < len(attachments):
        raise Http404
    attachment = attachments[number]
    response = HttpResponse(
        base64.b64decode(attachment["content"]), content_type=attachment["mimetype"].split(";")[0]
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{_safe_name(attachment["filename"])}"'
    return response


def _mail(pk: int) -> Message:
    return get_object_or_404(Message.objects.with_text(), pk=pk)


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _safe_name(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII)
