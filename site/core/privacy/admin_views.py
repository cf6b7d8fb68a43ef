"""«Persondata» in the administration: find a person, take along, erase; what is left, and what was deleted.

Everything about a person is by POST: no address ever stands in a URL, so in no access log.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from core.audit.log import record
from core.cms.staff_pages import StaffPage
from core.privacy.forms import PersonForm
from core.privacy.models import RetentionRun
from core.privacy.operations import erase_person
from core.privacy.pages import download, purposes, without_the_question
from core.privacy.people import Person
from core.privacy.reading import Held, held_about, left
from core.privacy.registry import Asked

_RUNS = 30


def may_search(user: Any) -> bool:
    """Whether a user may look for what is held about a person."""
    return bool(user.has_perm("privacy.view_datarequest") or user.has_perm("privacy.change_datarequest"))


def may_erase(user: Any) -> bool:
    """Whether a user may erase a person."""
    return bool(user.has_perm("privacy.change_datarequest"))


class PrivacyView(StaffPage):
    """A page under «Persondata»."""

    header_icon = "lock"

    def may(self, user: Any) -> bool:
        """Let in whoever may search."""
        return may_search(user)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and let no browser keep it."""
        response = super().dispatch(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def held(self, person: Person) -> list[Held]:
        """Return what is held about somebody."""
        asked = Asked(actor=self.actor, now=self.now, by_staff=True)
        return without_the_question(held_about(person, asked))


class PersonView(PrivacyView):
    """Find a person by address or number; take along what is held."""

    template_name = "admin/privacy/person.html"
    page_title = _("A person’s data")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(form=PersonForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show what is held, or send it as a file; note that it was asked for."""
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self.show(form=form, status=422)
        person = form.person
        held = self.held(person)
        wanted = request.POST.get("file", "")
        record(
            "person.exported" if wanted else "person.searched",
            "person",
            actor=self.actor,
            now=self.now,
            found=len(held),
        )
        if wanted:
            return download(person, held, file_format=wanted, now=self.now)
        return self.show(
            form=form,
            person=person,
            who=person.email or request.POST["who"],
            is_searched=True,
            purposes=purposes(held),
            addresses=_addresses(person, held),
            may_erase=may_erase(request.user) and any(not each.stays for each in held),
        )


class ErasePersonView(PrivacyView):
    """Show what goes, what stays and why; confirmed, erase."""

    template_name = "admin/privacy/erase.html"
    page_title = _("Delete a person’s data")
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Show the preview, or erase and say so."""
        if not may_erase(request.user):
            raise PermissionDenied
        form = PersonForm(request.POST)
        if not form.is_valid():
            return redirect("privacy_person")
        if "confirm" not in request.POST:
            held = self.held(form.person)
            return self.show(
                who=request.POST["who"],
                is_email=bool(form.person.email),
                goes=[each for each in held if not each.stays],
                stays=[each for each in held if each.stays],
                search_url=reverse("privacy_person"),
            )
        done = erase_person(
            person=form.person,
            actor=self.actor,
            now=self.now,
            by_staff=True,
            language=request.POST.get("language", "da"),
        )
        messages.success(
            request,
            ngettext("%(count)s row is deleted.", "%(count)s rows are deleted.", done.gone)
            % {"count": done.gone}
            + " "
            + gettext("%(count)s stay by rule.") % {"count": done.stayed},
        )
        return redirect("privacy_person")


class LeftView(PrivacyView):
    """What is left, why and until when; what is due; the latest runs of the job (D1, D6)."""

    template_name = "admin/privacy/left.html"
    page_title = _("What is left")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show it."""
        rows = left()
        return self.show(
            rows=[row for row in rows if row.count],
            empty=[row.rule.title for row in rows if not row.count],
            runs=_runs(RetentionRun.objects.all()[:_RUNS], {row.rule.name: row.rule.title for row in rows}),
        )


def _runs(runs: Sequence[RetentionRun] | Any, titles: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "run": run,
            "parts": [(titles.get(name, name), count) for name, count in sorted(run.counts.items())],
            "failures": [failure["part"] for failure in run.failures],
        }
        for run in runs
    ]


def _addresses(person: Person, held: Sequence[Held]) -> list[str]:
    """Return the addresses that a searched number stands with."""
    if not person.phone:
        return []
    return sorted({each.address.lower() for each in held if each.address})


class PrivacyMenuItem(MenuItem):
    """Shown to whoever may search for a person."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Ask the permission."""
        return may_search(request.user)
