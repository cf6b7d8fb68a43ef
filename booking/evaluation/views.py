"""Where people answer: by a code from the board, without log-in or cookie of their own; or by the link of a mail."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from django.views.generic import View

from booking.enums import FormKind
from booking.errors import BookingRefusedError
from booking.evaluation.errors import CodeUnknownError
from booking.evaluation.forms import CodeForm, PaperForm, shown_as
from booking.evaluation.links import EVALUATE, address_hash
from booking.evaluation.reading import find_code, kind_of_link, paper_of, paper_of_code, require_open
from booking.evaluation.results import (
    batches_of,
    breakdown,
    periods,
    results_of,
    sums_of,
    waiting_answers,
)
from booking.evaluation.rules import link_ends
from booking.models import AnswerCode, BookedSession, EvaluationAnswered, EvaluationOptOut
from booking.operations.evaluating import answer_by_code, answer_by_link, ask_again, stop_asking
from charter.models import Provider
from charter.permissions import user_is_member
from core.limits.limits import client_ip, hit, is_exhausted, limited
from core.links.errors import LinkError, LinkInvalidError
from core.links.tokens import read_token

WRONG_CODES = "evaluation_code_ip"
"""Only wrong codes are counted: a class behind one address types 28 right ones."""


@method_decorator(never_cache, name="dispatch")
class EnterCodeView(View):
    """`/e/`: type the code from the board."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the one field."""
        return _enter(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Go to the form of the code. Nothing is changed."""
        form = CodeForm(request.POST)
        if not form.is_valid():
            return _enter(request, form, status=422)
        try:
            code = _known_code(request, form.cleaned_data["code"])
        except CodeUnknownError as refusal:
            form.add_error("code", refusal.message)
            return _enter(request, form, status=422)
        return HttpResponseRedirect(reverse("evaluation_code", args=[code.code]))


def _enter(request: HttpRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    return render(request, "booking/evaluation/enter.html", {"form": form}, status=status)


def _known_code(request: HttpRequest, typed: str) -> AnswerCode:
    """Return the code, counting wrong ones.

    Raises:
        LimitExceededError: too many wrong ones came from here lately. Whoever has a form open still delivers it.
        CodeUnknownError: no such code.
    """
    now, address = timezone.now(), client_ip(request)
    try:
        code = find_code(typed)
    except CodeUnknownError:
        hit(WRONG_CODES, address, now=now)
        raise
    if is_exhausted(WRONG_CODES, address, now=now):
        hit(WRONG_CODES, address, now=now)
    return code


@method_decorator(never_cache, name="dispatch")
class CodeView(View):
    """`/e/K7M2PX/`: the form. Several pupils may answer on one device, and many behind one address."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show the questions, or why there are none."""
        try:
            found = _known_code(request, code)
            require_open(found, now=timezone.now())
            form = PaperForm(paper=paper_of_code(found))
        except BookingRefusedError as refusal:
            return self._refused(refusal)
        return self._show(found, form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        """Take the answer."""
        try:
            found = find_code(code)
        except CodeUnknownError as refusal:
            hit(WRONG_CODES, client_ip(request), now=timezone.now())
            return self._refused(refusal)
        try:
            version_id, goal_ids = shown_as(request.POST)
            form = PaperForm(
                request.POST, paper=paper_of_code(found, version_id=version_id, goal_ids=goal_ids)
            )
            if not form.is_valid():
                return self._show(found, form, status=422)
            answer_by_code(
                code_id=found.pk,
                sheet_id=form.cleaned_data["sheet"],
                paper=form.paper,
                answers=form.answers(),
                now=timezone.now(),
            )
        except BookingRefusedError as refusal:
            return self._refused(refusal)
        return HttpResponseRedirect(reverse("evaluation_thanks", args=[found.code]))

    def _show(self, code: AnswerCode, form: PaperForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "paper": form.paper, "about": _about(code)}
        return render(self.request, "booking/evaluation/answer.html", context, status=status)

    def _refused(self, refusal: BookingRefusedError) -> HttpResponse:
        status = 404 if isinstance(refusal, CodeUnknownError) else 409
        context = {"text": refusal.message}
        return render(self.request, "booking/evaluation/refused.html", context, status=status)


def _about(code: AnswerCode) -> str:
    if code.session is not None:
        return code.session.title
    return code.pilot_class.pilot.title if code.pilot_class else ""


@require_GET
@never_cache
def thanks(request: HttpRequest, code: str) -> HttpResponse:
    """Say thank you, and let the next one answer on the same device."""
    try:
        found = _known_code(request, code)
    except CodeUnknownError:
        raise Http404 from None
    context = {"code": found, "is_for_pupils": found.kind != FormKind.PARTICIPANTS}
    return render(request, "booking/evaluation/thanks.html", context)


@method_decorator([limited("token_page_ip", methods=("GET", "POST")), never_cache], name="dispatch")
class _LinkView(View):
    """By the link of the mail: one purpose, one booked session."""

    http_method_names = ["get", "head", "post"]
    booked: BookedSession
    kind: FormKind

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in whoever holds a link that still works."""
        self.now = timezone.now()
        try:
            claim = read_token(kwargs["token"], purpose=EVALUATE, now=self.now)
            found = (
                BookedSession.objects.select_related("booking", "session__provider", "session__venue")
                .filter(pk=claim.object_id)
                .first()
            )
            kind = kind_of_link(found) if found else None
            if found is None or kind is None:
                raise LinkInvalidError
            claim.require_generation(found.booking.link_generation)
        except LinkError as error:
            return render(request, "booking/evaluation/dead_link.html", {"code": error.code}, status=404)
        self.booked, self.kind = found, kind
        return super().dispatch(request, *args, **kwargs)


class LinkFormView(_LinkView):
    """The teacher's or the participant's form."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the questions, or that they are answered."""
        if self._is_answered():
            return self._show(None)
        try:
            return self._show(PaperForm(paper=paper_of(self.kind, offer_id=self.booked.session.offer_id)))
        except BookingRefusedError:
            raise Http404 from None

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Take the answer, once."""
        version_id, goal_ids = shown_as(request.POST)
        try:
            paper = paper_of(
                self.kind, offer_id=self.booked.session.offer_id, version_id=version_id, goal_ids=goal_ids
            )
            form = PaperForm(request.POST, paper=paper)
            if not form.is_valid():
                return self._show(form, status=422)
            answer_by_link(
                booked_session_id=self.booked.pk,
                sheet_id=form.cleaned_data["sheet"],
                paper=paper,
                answers=form.answers(),
                now=self.now,
            )
        except BookingRefusedError as refusal:
            return self._show(None, notice=refusal.message, status=409)
        return HttpResponseRedirect(request.path)

    def _is_answered(self) -> bool:
        return EvaluationAnswered.objects.filter(pk=self.booked.pk).exists()

    def _show(self, form: PaperForm | None, *, notice: str = "", status: int = 200) -> HttpResponse:
        code = None
        if self.kind == FormKind.TEACHER:
            code = AnswerCode.objects.filter(session=self.booked.session_id, ends_at__gt=self.now).first()
        context = {
            "form": form,
            "paper": form.paper if form else None,
            "session": self.booked.session,
            "notice": notice,
            "pupils_code": code,
            "deadline": link_ends(self.booked.session.ends_at),
            "opt_out_path": f"{self.request.path}nej-tak/",
            "is_teacher": self.kind == FormKind.TEACHER,
        }
        return render(self.request, "booking/evaluation/link.html", context, status=status)


class OptOutView(_LinkView):
    """No more of these mails, and yes please again. A page with a button: scanners open links (rule 15)."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show the button."""
        return self._show()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Stop the mails to this booking's address, or start them again."""
        email = self.booked.booking.contact_email
        if email and request.POST.get("ja"):
            ask_again(email=email)
        elif email:
            stop_asking(email=email, now=self.now)
        return HttpResponseRedirect(request.path)

    def _show(self) -> HttpResponse:
        email = self.booked.booking.contact_email
        context = {
            "is_stopped": bool(email)
            and EvaluationOptOut.objects.filter(address_hash=address_hash(email)).exists(),
            "form_path": self.request.path.removesuffix("nej-tak/"),
        }
        return render(self.request, "booking/evaluation/opt_out.html", context)


@login_required
@never_cache
@require_GET
def provider_results(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a provider how its own sessions went; to others the page does not exist (rule 12)."""
    provider = get_object_or_404(Provider, slug=slug)
    if not user_is_member(request.user, provider.pk):
        raise Http404
    now = timezone.now()
    choices = periods(now=now)
    period = next((item for item in choices if item.key == request.GET.get("periode")), choices[0])
    batches = batches_of(period=period, provider_id=provider.pk)
    sums = sums_of(batches)
    context = {
        "provider": provider,
        "periods": choices,
        "period": period,
        "results": results_of(batches, sums, goals_apart=len({one.offer_id for one in sums}) == 1),
        "parts": breakdown(sums, by="offer"),
        "waiting": waiting_answers(provider_id=provider.pk),
        "title": _("How it went"),
    }
    return render(request, "booking/evaluation/provider.html", context)
