"""Pages about one session that exist twice: on the provider's own pages and in the administration, with one flow."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import View

from booking.wording import when_text
from core.cms.staff_pages import StaffPage
from workshops.models import Session


class OneSessionView(View):
    """The flow. Who may, and how it looks, say the two classes below: put one of them first among the bases."""

    http_method_names = ["get", "head", "post"]

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the time."""
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    @cached_property
    def session(self) -> Session:
        """The session."""
        return get_object_or_404(
            Session.objects.select_related("offer__provider", "provider", "venue", "for_school", "course"),
            pk=self.kwargs["session_id"],
        )

    @property
    def back_url(self) -> str:
        """The session's own page."""
        raise NotImplementedError

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render the page."""
        raise NotImplementedError


@method_decorator([login_required, never_cache], name="dispatch")
class ProviderSessionPage(View):
    """Such a page of the portal, for the provider's people; to others the session does not exist (rule 12)."""

    request: HttpRequest
    session: Session
    template_name = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Let in the provider's people who may."""
        if not self.may(request.user, self.session.provider_id):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def may(self, user: Any, provider_id: int) -> bool:
        """Whether a user may do this for a provider."""
        raise NotImplementedError

    @property
    def back_url(self) -> str:
        """The session on the provider's pages."""
        return reverse("provider_session", args=[self.session.pk])

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render it as a page of the portal."""
        shared = {"session": self.session, "provider": self.session.provider, "back_url": self.back_url}
        return render(self.request, self.template_name, {**shared, **context}, status=status)


class StaffSessionPage(StaffPage):
    """Such a page of the administration, below the date."""

    session: Session
    parents = (("sessions:index", gettext_lazy("Dates")),)

    @property
    def back_url(self) -> str:
        """The session in the administration."""
        return reverse("sessions:inspect", args=[self.session.pk])

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the date."""
        return [{"url": self.back_url, "label": when_text(self.session)}]

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render it as a page of the administration."""
        return super().show(status=status, session=self.session, back_url=self.back_url, **context)
