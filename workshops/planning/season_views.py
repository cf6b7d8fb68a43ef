"""Repeating a provider's school year in the next, in the administration (L5)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.models import Provider
from workshops.models import Session
from workshops.planning.steps import SeasonSteps
from workshops.planning.views import PlanningView


class StaffSeasonView(SeasonSteps, PlanningView):
    """First whose dates, then the provider's own steps."""

    template_name = "workshops/season_form.html"
    page_title = _lazy("Repeat in the next school year")
    header_icon = "rotate"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Find the provider that the address names; without one the page asks."""
        number = request.GET.get("provider", "")
        if number:
            provider = Provider.objects.filter(pk=number).first() if number.isdecimal() else None
            if provider is None:
                raise Http404
            self.provider = provider
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the provider, or for its dates."""
        if not hasattr(self, "provider"):
            return self._ask_whose()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the steps; without a provider ask for it."""
        if not hasattr(self, "provider"):
            return self._ask_whose()
        return super().post(request, *args, **kwargs)

    def _ask_whose(self) -> HttpResponse:
        with_dates = Provider.objects.filter(pk__in=Session.objects.values("provider"))
        return self.show({"providers": with_dates.order_by("name", "pk")}, status=200)

    def show(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Render it as a page of the administration."""
        provider = getattr(self, "provider", None)
        return self.render_to_response(self.get_context_data(provider=provider, **context), status=status)

    def get_page_subtitle(self) -> str:
        """Name the provider."""
        return str(getattr(self, "provider", ""))

    def done_url(self) -> str:
        """Go to the provider's plans."""
        return f"{reverse(self.index_url_name)}?offer__provider={self.provider.pk}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the plans."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": _("Plans")},
            {"url": "", "label": self.get_page_title()},
        ]
