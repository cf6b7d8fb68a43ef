"""«Få besked, når der kommer datoer»: leave an address, confirm it, stop it (S25). GET changes nothing (rule 15)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from booking.models import DateNotice
from booking.operations.noticing import ask_for_notice, confirm_notice, stop_notice
from booking.requesting import links
from booking.requesting.forms import NoticeForm
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError
from core.links.tokens import read_token
from workshops.models import Offer


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def notice_form(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Ask for an address; the answer is the same whether it was known or not."""
    offer = get_object_or_404(Offer, pk=offer_id)
    user = request.user
    initial = {"email": user.email} if user.is_authenticated else {}
    form = NoticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now, email = timezone.now(), form.cleaned_data["email"]
        try:
            hit("sign_up_email", email, now=now)
        except LimitExceededError as error:
            return too_many_response(request, error)
        ask_for_notice(offer_id=offer.pk, email=email, language=get_language() or "da", now=now)
        return redirect("notice_sent", offer_id=offer.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "booking/requests/notice_form.html", {"offer": offer, "form": form}, status=status)


@require_GET
def notice_sent(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Say that a mail is on its way."""
    return render(
        request, "booking/requests/notice_sent.html", {"offer": get_object_or_404(Offer, pk=offer_id)}
    )


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
def notice_manage(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm or stop a notice, by the link in its mail."""
    try:
        claim = read_token(token, purpose=links.NOTICE, now=timezone.now())
        notice = DateNotice.objects.select_related("offer").filter(pk=claim.object_id).first()
        if notice:
            claim.require_generation(notice.link_generation)
    except LinkError as error:
        return render(request, "booking/dead_link.html", {"code": error.code}, status=404)
    if request.method == "POST" and notice:
        if "stop" in request.POST:
            stop_notice(notice_id=notice.pk)
        else:
            confirm_notice(notice_id=notice.pk, now=timezone.now())
        return redirect("notice_manage", token=token)
    return render(request, "booking/requests/notice_manage.html", {"notice": notice})
