"""The frame of a provider's planning pages: whose they are, who may, and when nothing can be planned."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import View

from charter.models import Provider
from charter.rules import CAN_SIGN_IN
from workshops.permissions import user_can_plan_for


@method_decorator([login_required, never_cache], name="dispatch")
class ProviderPlanningView(View):
    """A page for a provider's coordinators; to others it does not exist (rule 12)."""

    http_method_names = ["get", "head", "post"]
    template_name = ""
    provider: Provider

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in the coordinators of a provider that is approved; lead the others of it back, and say why."""
        provider = Provider.objects.filter(slug=kwargs["slug"]).first()
        if provider is None or not user_can_plan_for(request.user, provider.pk):
            raise Http404
        self.provider = provider
        if provider.state not in CAN_SIGN_IN:
            messages.info(request, _("You can plan dates and write offers while the cooperation is running."))
            return redirect("provider_home", slug=provider.slug)
        self.load()
        return super().dispatch(request, *args, **kwargs)

    def load(self) -> None:
        """Find what the page is about; raises Http404 for what is another's."""

    def page(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render it as a page of the portal."""
        return render(self.request, self.template_name, {"provider": self.provider, **context}, status=status)
