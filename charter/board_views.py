"""«Charteret: hvem mangler?» in the administration: the board, its filters, and the button that reminds (C7)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet

from charter import pages
from charter.board import Row, board
from charter.errors import ReminderError
from charter.gate import local_day
from charter.models import Provider, Signature
from charter.operations.reminding import remind_provider
from charter.permissions import user_can_remind, user_can_see_board
from charter.renewal import Standing
from core.audit.log import Actor


class BoardForm(forms.Form):
    """The filters."""

    stand = forms.ChoiceField(label=_("Charter"), required=False, choices=[("", _("All")), *Standing.choices])
    q = forms.CharField(label=_("Name of the provider"), required=False, max_length=100)

    def chosen(self, name: str) -> str:
        """Return what was asked for, nothing where it makes no sense."""
        self.is_valid()
        value: str = self.cleaned_data.get(name, "")
        return value


class BoardView(PermissionCheckedMixin, WagtailAdminTemplateMixin, View):
    """The board."""

    model: Any = Signature
    any_permission_required = ["view", "change"]
    template_name = "admin/charter/board.html"
    page_title = _("Board of the charter")
    header_icon = "clipboard-list"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Stand below the front page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of the board."""
        now = timezone.now()
        form = BoardForm(request.GET)
        standing, text = form.chosen("stand"), form.chosen("q")
        found = board(now=now, standing=standing, text=text, number=request.GET.get("p"))
        today = local_day(now)
        can_remind = user_can_remind(request.user)
        kept = {key: value for key, value in (("stand", standing), ("q", text)) if value}
        return self.render_to_response(
            self.get_context_data(
                form=form,
                page=found.page,
                rows=[_shown(row, can_remind=can_remind, today=today) for row in found.rows],
                groups=[
                    {
                        "label": each.label,
                        "count": count,
                        "url": f"?{urlencode({'stand': each.value, **({'q': text} if text else {})})}",
                        "is_current": each == standing,
                    }
                    for each, count in found.counts.items()
                ],
                total=sum(found.counts.values()),
                is_filtered=bool(kept),
                query=urlencode(kept),
                here=request.get_full_path(),
            )
        )


def _shown(row: Row, *, can_remind: bool, today: Any) -> dict[str, Any]:
    """Return what a row of the board says."""
    facts, stake = row.facts, row.stake
    coverage = facts.coverage
    left = (coverage.until - today).days if coverage.until else None
    was_today = row.reminded_at is not None and local_day(row.reminded_at) >= today
    return {
        "provider": facts.provider,
        "url": reverse("provider:inspect", args=(facts.provider.pk,)),
        "standing": facts.standing,
        "standing_label": facts.standing.label,
        "coverage": pages.coverage_label(coverage)[0],
        "left": ngettext("%(count)s day left", "%(count)s days left", left) % {"count": left}
        if left is not None
        else "",
        "dates": stake.dates,
        "bookings": stake.bookings,
        "first_day": stake.first_day,
        "reminded_at": row.reminded_at,
        "signatories": row.signatories,
        "waits": facts.may_be_reminded,
        "remind_url": reverse("charter_board:remind", args=(facts.provider.pk,))
        if can_remind and facts.may_be_reminded and row.signatories and not was_today
        else "",
    }


class RemindView(PermissionCheckedMixin, View):
    """Remind one provider's signatories, by POST."""

    http_method_names = ["post"]
    model: Any = Provider
    permission_required = "change"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send, and go back to the board as it was filtered."""
        provider = get_object_or_404(Provider, pk=pk)
        if not user_can_remind(request.user):
            raise PermissionDenied
        try:
            queued = remind_provider(
                provider_id=provider.pk, actor=Actor.of(request.user), now=timezone.now()
            )
        except ReminderError as error:
            messages.error(request, f"{provider}: {error}")
        else:
            messages.success(
                request,
                ngettext(
                    "%(provider)s: a reminder is on its way to %(count)s signatory.",
                    "%(provider)s: a reminder is on its way to %(count)s signatories.",
                    queued,
                )
                % {"provider": provider, "count": queued},
            )
        back = request.POST.get("next", "")
        is_own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if is_own else reverse("charter_board:index"))


class BoardMenuItem(MenuItem):
    """Shown to whoever may see signatures."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the permission."""
        return user_can_see_board(request.user)


class BoardViewSet(ViewSet):
    """«Overblik over charteret»."""

    name = "charter_board"
    icon = "clipboard-list"
    menu_item_class = BoardMenuItem
    menu_label = _("Board of the charter")

    def get_urlpatterns(self) -> list[Any]:
        """The board and its button."""
        return [
            path("", self.construct_view(BoardView), name="index"),
            path("<int:pk>/remind/", self.construct_view(RemindView), name="remind"),
        ]
