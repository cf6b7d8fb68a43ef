"""«Se og slet mine oplysninger»: ask for a link, see, take along, erase. GET changes nothing (rule 15)."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from core.audit.log import LINK
from core.limits.errors import LimitExceededError
from core.limits.limits import hit, limited, too_many_response
from core.links.errors import LinkError
from core.privacy.forms import OwnDataForm
from core.privacy.links import request_of
from core.privacy.models import DataRequest
from core.privacy.operations import ask_for_own_data, erase_person, note_reading
from core.privacy.pages import download, purposes, without_the_question
from core.privacy.people import Person
from core.privacy.reading import Held, held_about
from core.privacy.registry import Asked


@limited("sign_up_ip")
@never_cache
@require_http_methods(["GET", "POST"])
def own_data_ask(request: HttpRequest) -> HttpResponse:
    """Ask for an address; the answer is the same whether anything is held about it (rule 12)."""
    user = request.user
    initial = {"email": user.email} if user.is_authenticated else {}
    form = OwnDataForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now, email = timezone.now(), form.cleaned_data["email"]
        try:
            hit("own_data_email", email, now=now)
        except LimitExceededError as error:
            return too_many_response(request, error)
        ask_for_own_data(email=email, language=get_language() or "da", now=now)
        return redirect("own_data_sent")
    status = 422 if request.method == "POST" else 200
    return render(request, "privacy/ask.html", {"form": form}, status=status)


@require_GET
def own_data_sent(request: HttpRequest) -> HttpResponse:
    """Say that a mail is on its way."""
    return render(request, "privacy/sent.html")


@require_GET
def own_data_erased(request: HttpRequest) -> HttpResponse:
    """Say that it is done."""
    return render(request, "privacy/erased.html")


def _by_link(
    view: Callable[[HttpRequest, DataRequest, str, datetime], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open a page by the link in the mail; every kind of dead link gets the same page."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        try:
            asked = request_of(token, now=now)
        except LinkError:
            return render(request, "privacy/dead_link.html", status=404)
        return view(request, asked, token, now)

    return wrapped


def _held(asked: DataRequest, *, now: datetime) -> list[Held]:
    who = Asked(actor=LINK, now=now, by_staff=False)
    return without_the_question(held_about(Person(email=asked.email), who))


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_GET
@_by_link
def own_data(request: HttpRequest, asked: DataRequest, token: str, now: datetime) -> HttpResponse:
    """Show what is held, why and until when."""
    held = _held(asked, now=now)
    note_reading("own_data.read", f"datarequest:{asked.pk}", actor=LINK, now=now)
    context = {"asked": asked, "token": token, "purposes": purposes(held)}
    return render(request, "privacy/own_data.html", context)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_GET
@_by_link
def own_data_file(request: HttpRequest, asked: DataRequest, token: str, now: datetime) -> HttpResponse:
    """Send what is held as JSON or PDF."""
    note_reading("own_data.exported", f"datarequest:{asked.pk}", actor=LINK, now=now)
    held = _held(asked, now=now)
    wanted = request.GET.get("format", "")
    return download(Person(email=asked.email), held, file_format=wanted, now=now)


@limited("token_page_ip", methods=("GET", "POST"))
@never_cache
@require_http_methods(["GET", "POST"])
@_by_link
def own_data_erase(request: HttpRequest, asked: DataRequest, token: str, now: datetime) -> HttpResponse:
    """Show what goes, what stays and why; by POST, erase."""
    if request.method == "POST":
        erase_person(
            person=Person(email=asked.email), actor=LINK, now=now, by_staff=False, language=asked.language
        )
        # Its row is gone where it held the address; this browser forgets it too.
        request.session.flush()
        return redirect("own_data_erased")
    held = _held(asked, now=now)
    context = {
        "asked": asked,
        "token": token,
        "goes": [each for each in held if not each.stays],
        "stays": [each for each in held if each.stays],
    }
    return render(request, "privacy/erase.html", context)
