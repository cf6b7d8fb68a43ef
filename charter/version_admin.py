"""Charter versions and charter periods in the administration (C1, C3, C6).

A version is drafted, written in Danish and English, compared with the one before, seen as a signer sees it,
published in two steps (first what it touches), and taken back as long as nobody has signed it.
"""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.views import generic
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.widgets.button import HeaderButton

from charter.admin_forms import PeriodForm, PublishForm, TextForm
from charter.errors import CharterError, RequiredFromError
from charter.models import CharterPeriod, CharterText, CharterVersion
from charter.operations import (
    create_draft_version,
    discard_draft,
    publish_version,
    save_text,
    unpublish_version,
)
from charter.operations.versions import earliest_required_from
from charter.pages import day_text
from charter.rules import Period, gaps_between
from charter.texts import compared_text, statements_in, text_in
from charter.version_effect import effect_of
from core.audit.log import Actor, record
from core.cms.decisions import DecisionView
from core.cms.viewsets import PlainViewSet, ReadOnlyIndexView, ReadOnlyInspectView, ReadOnlyViewSet

LANGUAGES = (("da", _("Danish")), ("en", _("English")))


class VersionDecisionView(DecisionView):
    """A decision about a version."""

    refusals = (CharterError,)
    model = CharterVersion


class VersionIndexView(ReadOnlyIndexView):
    """All versions, newest first, with a button for the next one."""

    @property
    def header_buttons(self) -> list[Any]:
        """Offer a new draft."""
        if not self.user_has_permission("add"):
            return []
        return [HeaderButton(gettext("New version"), url=reverse("charter_version:draft"), icon_name="plus")]


class VersionInspectView(ReadOnlyInspectView):
    """A version: its texts, what changed since the one before, and what can be done."""

    template_name = "admin/charter/version.html"
    page_title = _("Charter version")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add texts, comparison and what can be done."""
        version = self.object
        before = CharterVersion.objects.filter(number__lt=version.number).order_by("-number").first()
        texts = {text.language: text for text in version.texts.all()}
        older = {text.language: text for text in before.texts.all()} if before else {}
        can_change = self.user_has_permission("change")
        is_draft = version.published_at is None
        is_signed = version.locked_at is not None
        is_newest = not CharterVersion.objects.published().filter(number__gt=version.number).exists()
        return {
            **super().get_context_data(**kwargs),
            "version": version,
            "before": before,
            "is_draft": is_draft,
            "languages": [
                {
                    "code": code,
                    "name": name,
                    "text": texts.get(code),
                    "compared": compared_text(older[code], texts[code])
                    if code in older and code in texts
                    else None,
                    "preview_url": reverse("charter_version:preview", args=(version.pk, code))
                    if code in texts
                    else "",
                    "edit_url": reverse("charter_version:text", args=(version.pk, code))
                    if can_change and not is_signed
                    else "",
                }
                for code, name in LANGUAGES
            ],
            "publish_url": self._url("publish") if can_change and is_draft else "",
            "discard_url": self._url("discard") if can_change and is_draft else "",
            "unpublish_url": self._url("unpublish")
            if can_change and not is_draft and not is_signed and is_newest
            else "",
        }

    def _url(self, name: str) -> str:
        return reverse(f"charter_version:{name}", args=(self.object.pk,))


class VersionDraftView(VersionDecisionView):
    """Start a new version."""

    permission_required = "add"
    page_title = _("New version")
    submit_label = _("Make a draft")
    explanation = _(
        "The draft starts from the texts of the newest version. Nobody sees it until you publish it."
    )
    object: Any = None

    def get_page_subtitle(self) -> str:
        """There is no object yet."""
        return ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the list."""
        label = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": label},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_success_url(self) -> str:
        """Go to the draft, or back to the list."""
        if self.object is None:
            return reverse(self.index_url_name)
        return reverse(self.inspect_url_name, args=(self.object.pk,))

    def decide(self, data: dict[str, Any]) -> None:
        """Make the draft."""
        self.object = create_draft_version(actor=self.actor, now=timezone.now())


class VersionTextView(VersionDecisionView):
    """Write a version's text in one language."""

    form_class = TextForm
    page_title = _("Edit the text")

    @cached_property
    def language(self) -> str:
        """The language in the address."""
        language: str = self.kwargs["language"]
        if language not in dict(LANGUAGES):
            raise Http404
        return language

    @property
    def explanation(self) -> str:
        """Say whose words these are about to be, and that a published text is already read."""
        if self.object.locked_at is not None:
            return gettext(
                "This version has been signed and is locked: its words never change. Make a new version instead."
            )
        if self.object.published_at is not None:
            return gettext(
                "This version is published, but nobody has signed it yet. Whoever is reading it now is shown your "
                "new text before signing."
            )
        return ""

    def get_initial(self) -> dict[str, Any]:
        """Start from what is there."""
        text = CharterText.objects.filter(version=self.object, language=self.language).first()
        return {"title": text.title, "notice": text.notice, "body": text.body} if text else {}

    def decide(self, data: dict[str, Any]) -> None:
        """Save the text."""
        save_text(
            version_id=self.object.pk,
            language=self.language,
            actor=self.actor,
            now=timezone.now(),
            **data,
        )


class VersionPreviewView(PermissionCheckedMixin, View):
    """The text as a signer sees it, before anybody does."""

    http_method_names = ["get"]
    model: Any = CharterVersion
    any_permission_required = ["view", "change"]

    def get(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """Show it in its own language."""
        version = get_object_or_404(CharterVersion, pk=pk)
        text = text_in(version, language)
        if text is None or language not in dict(LANGUAGES):
            raise Http404
        with override(text.language):
            return render(
                request,
                "charter/preview.html",
                {
                    "version": version,
                    "text": text,
                    "statements": statements_in(text.language),
                    "back_url": reverse("charter_version:inspect", args=(version.pk,)),
                },
            )


class VersionPublishView(VersionDecisionView):
    """Publish a draft: first the day, then what that day touches, then for good."""

    form_class = PublishForm
    template_name = "admin/charter/publish.html"
    page_title = _("Publish the version")
    is_serious = True

    @property
    def explanation(self) -> str:
        """Say what publishing does."""
        return gettext(
            "Providers can sign the version at once. From the day you choose only this version covers: signatures of "
            "the version before cover until the day before. You see what it touches before anything happens."
        )

    @cached_property
    def _seen(self) -> date | None:
        """The day whose effect is on the page, None in the first step."""
        if self.request.method != "POST" or "change_day" in self.request.POST:
            return None
        form = self.get_form()
        return form.cleaned_data["required_from"] if form.is_valid() else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the chosen day touches."""
        context = super().get_context_data(**kwargs)
        day = None if context["form"].errors else self._seen
        effect = effect_of(self.object, day, now=timezone.now()) if day else None
        return {**context, "day": day, "effect": effect}

    def form_valid(self, form: Any) -> HttpResponse:
        """Show the effect of a day that has not been shown yet; publish one that has."""
        day = form.cleaned_data["required_from"]
        if "change_day" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        earliest = earliest_required_from(self.object, now=timezone.now())
        if earliest is not None and day < earliest:
            form.add_error("required_from", str(RequiredFromError()))
            return self.render_to_response(self.get_context_data(form=form))
        if self.request.POST.get("seen") != day.isoformat():
            return self.render_to_response(self.get_context_data(form=form))
        return super().form_valid(form)

    def decide(self, data: dict[str, Any]) -> None:
        """Publish."""
        publish_version(
            version_id=self.object.pk,
            required_from=data["required_from"],
            actor=self.actor,
            now=timezone.now(),
        )


class VersionUnpublishView(VersionDecisionView):
    """Take a version back that nobody has signed."""

    page_title = _("Take the version back")
    submit_label = _("Take the version back")
    is_serious = True
    explanation = _(
        "Nobody has signed it yet. It becomes a draft again, and the version before covers as it did. Tasks that asked "
        "only because of this version are closed."
    )

    def decide(self, data: dict[str, Any]) -> None:
        """Take it back."""
        unpublish_version(version_id=self.object.pk, actor=self.actor, now=timezone.now())


class VersionDiscardView(VersionDecisionView):
    """Delete a draft."""

    page_title = _("Delete the draft")
    submit_label = _("Delete the draft")
    is_serious = True
    explanation = _("The draft and its texts are deleted. Nothing published is touched.")

    def form_valid(self, form: Any) -> HttpResponse:
        """Delete it and go to the list; a refusal is said on the form."""
        try:
            discard_draft(version_id=self.object.pk, actor=self.actor, now=timezone.now())
        except CharterError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        messages.success(self.request, gettext("The draft has been deleted."))
        return HttpResponseRedirect(reverse(self.index_url_name))


class CharterVersionViewSet(ReadOnlyViewSet):
    """«Charterversioner»."""

    model = CharterVersion
    name = "charter_version"
    menu_label = _("Charter versions")
    icon = "doc-full"
    list_display = ["__str__", "published_at", "required_from", "accepted_until", "locked_at"]
    inspect_view_fields = ["number", "published_at", "required_from", "accepted_until", "locked_at"]
    index_view_class = VersionIndexView
    inspect_view_class = VersionInspectView
    ordering = ["-number"]

    def get_urlpatterns(self) -> list[Any]:
        """Add draft, text, preview, publication and its way back."""
        names = {
            "inspect_url_name": self.get_url_name("inspect"),
            "index_url_name": self.get_url_name("index"),
        }

        def view(view_class: Any) -> Any:
            return self.construct_view(view_class, **names)

        return [
            *super().get_urlpatterns(),
            path("draft/", view(VersionDraftView), name="draft"),
            path("<int:pk>/text/<slug:language>/", view(VersionTextView), name="text"),
            path(
                "<int:pk>/preview/<slug:language>/", self.construct_view(VersionPreviewView), name="preview"
            ),
            path("<int:pk>/publish/", view(VersionPublishView), name="publish"),
            path("<int:pk>/unpublish/", view(VersionUnpublishView), name="unpublish"),
            path("<int:pk>/discard/", view(VersionDiscardView), name="discard"),
        ]


class PeriodSavedMixin:
    """Saves a period, notes it, and warns of days between periods that nobody can sign for."""

    request: HttpRequest
    form: Any

    def save_instance(self) -> CharterPeriod:
        """Save and note what changed."""
        with transaction.atomic():
            period: CharterPeriod = super().save_instance()  # type: ignore[misc]  # the generic view's
            record(
                "charter.period_saved",
                f"charterperiod:{period.pk}",
                actor=Actor.of(self.request.user),
                now=timezone.now(),
                first_day=period.first_day.isoformat(),
                last_day=period.last_day.isoformat(),
                signing_opens_on=period.signing_opens_on.isoformat(),
            )
        periods = [Period(each.first_day, each.last_day, each.name) for each in CharterPeriod.objects.all()]
        for gap in gaps_between(periods):
            messages.warning(
                self.request,
                gettext(
                    "No period covers %(first)s to %(last)s: nobody can sign for those days. Is that meant?"
                )
                % {"first": day_text(gap.first_day), "last": day_text(gap.last_day)},
            )
        return period


class PeriodCreateView(PeriodSavedMixin, generic.CreateView):
    """A new period."""


class PeriodEditView(PeriodSavedMixin, generic.EditView):
    """A period: what has been signed keeps its own days."""


class CharterPeriodViewSet(PlainViewSet):
    """«Charterperioder»."""

    model = CharterPeriod
    name = "charter_period"
    menu_label = _("Charter periods")
    icon = "calendar-alt"
    list_display = ["name", "first_day", "last_day", "signing_opens_on"]
    ordering = ["-first_day"]
    add_view_class = PeriodCreateView
    edit_view_class = PeriodEditView

    def get_form_class(self, for_update: bool = False) -> type[PeriodForm]:
        """Return the form that refuses periods that overlap."""
        return PeriodForm
