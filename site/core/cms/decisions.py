"""Pages of the administration where something is decided: a form, an operation, back to the object."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core.audit.log import Actor


class DecisionView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A form about one object that ends in an operation. Typed values stay when it is refused."""

    model: Any = None
    permission_required = "change"
    template_name = "admin/decision.html"
    form_class: type[forms.Form] = forms.Form
    refusals: tuple[type[Exception], ...] = ()
    """What the operation may raise; its text is shown on the form."""

    index_url_name = ""
    inspect_url_name = ""
    submit_label: Any = _("Save")
    explanation: Any = ""
    is_serious: bool = False

    @cached_property
    def object(self) -> Any:
        """The row the decision is about."""
        return get_object_or_404(self.model, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the object."""
        return str(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list and the object."""
        meta = self.model._meta
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": capfirst(meta.verbose_name_plural)},
            {"url": self.get_success_url(), "label": str(self.object)},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.object)},
        ]

    def get_success_url(self) -> str:
        """Go back to the object's page."""
        return reverse(self.inspect_url_name, args=(self.object.pk,))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page says around the form."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return {
            **context,
            "explanation": self.explanation,
            "submit_label": self.submit_label,
            "is_serious": self.is_serious,
            "cancel_url": self.get_success_url(),
            "media": form.media,
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Call the operation; a refusal is said on the form."""
        try:
            self.decide(form.cleaned_data)
        except self.refusals as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, self.done_text())
        return HttpResponseRedirect(self.get_success_url())

    def done_text(self) -> str:
        """Return what staff are told afterwards."""
        return gettext("Done.")

    def decide(self, data: dict[str, Any]) -> None:
        """Call the operation behind the form."""
        raise NotImplementedError

    @property
    def actor(self) -> Actor:
        """Who decides."""
        return Actor.of(self.request.user)
