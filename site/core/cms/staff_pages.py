"""What every page of ours in the administration has: who may, when it is, who acts, where it stands."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from core.audit.log import Actor


class StaffPage(WagtailAdminTemplateMixin, View):
    """A page in Wagtail's frame. Whoever may not see it is refused before anything is read."""

    parents: tuple[tuple[str, Any], ...] = ()
    """URL names and labels of the pages above it."""

    now: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Take the time, and let in those who may. Subclasses load what the page is about after this."""
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()
        if not self.may(request.user):
            raise PermissionDenied

    def may(self, user: Any) -> bool:
        """Whether a user may open the page."""
        raise NotImplementedError

    @property
    def actor(self) -> Actor:
        """Return who acts."""
        return Actor.of(self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the pages above."""
        above = [{"url": reverse(name), "label": label} for name, label in self.parents]
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, *above, *self.own_breadcrumbs(), here]

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Return the steps between the pages above and this one."""
        return []

    def show(self, *, status: int = 200, **context: Any) -> HttpResponse:
        """Render the page."""
        return self.render_to_response(self.get_context_data(**context), status=status)
