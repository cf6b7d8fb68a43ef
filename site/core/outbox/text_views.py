"""«Mailtekster» in the administration: every mail's text, read, written, tried and taken back (N1, N7)."""

import difflib
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from core.audit.log import record
from core.cms.staff_pages import StaffPage
from core.outbox import editing
from core.outbox.errors import (
    MailTextChangedError,
    MailTextError,
    MailTextRefusedError,
    UnknownMailTypeError,
)
from core.outbox.models import MailTextVersion
from core.outbox.placeholders import explained
from core.outbox.previews import Preview, preview
from core.outbox.registry import Audience, MailType, all_types, get
from core.outbox.rules import MAX_LENGTHS, Problem, is_essential, problems_of
from core.outbox.texts import Wording, sent_when

AUDIENCES: dict[str, Any] = {
    Audience.UNPROVEN: _("An address nobody has confirmed"),
    Audience.SCHOOL: _("Schools"),
    Audience.PERSON: _("Those who sign up or ask"),
    Audience.PROVIDER: _("Providers"),
    Audience.STAFF: _("The team"),
    Audience.USER: _("Those who log in"),
}
LANGUAGE_NAMES: dict[str, Any] = {"da": _("Danish"), "en": _("English")}


def user_can_read(user: Any) -> bool:
    """Whether a user may see the texts of mails."""
    return bool(user.has_perm("outbox.view_mailtextversion") or user_can_write(user))


def user_can_write(user: Any) -> bool:
    """Whether a user may change the texts of mails."""
    return bool(user.has_perm("outbox.change_mailtextversion"))


class TextFilterForm(forms.Form):
    """The filters of the list."""

    q = forms.CharField(label=_("Name of the e-mail"), required=False, max_length=100)
    audience = forms.ChoiceField(
        label=_("Recipient"), required=False, choices=[("", _("All")), *AUDIENCES.items()]
    )
    only = forms.ChoiceField(
        label=_("Text"), required=False, choices=[("", _("All")), ("changed", _("Changed by us"))]
    )

    def chosen(self, name: str) -> str:
        """Return what was asked for, nothing where it makes no sense."""
        self.is_valid()
        value: str = self.cleaned_data.get(name, "")
        return value


class WordingForm(forms.Form):
    """A mail's text. What it may hold is decided by core.outbox.rules."""

    subject = forms.CharField(
        label=_("Subject"),
        required=False,
        max_length=MAX_LENGTHS["subject"],
        help_text=_("Shown on locked screens: never a name, a title or a theme."),
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 20, "spellcheck": "true"}),
    )
    why = forms.CharField(
        label=_("Why the recipient gets this e-mail"),
        required=False,
        max_length=MAX_LENGTHS["why"],
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stands at the foot, between our contact details and the date when we delete."),
    )
    may_leave_out = forms.BooleanField(
        label=_("I mean to leave out what is missing"), required=False, widget=forms.HiddenInput
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def wording(self) -> Wording:
        """What was written."""
        data = self.cleaned_data
        return editing.tidy(Wording(data.get("subject", ""), data.get("body", ""), data.get("why", "")))

    def show_as_sms(self) -> None:
        """Ask for the body alone: a text message has neither subject nor foot."""
        for name in ("subject", "why"):
            self.fields[name].widget = forms.HiddenInput()

    def tell(self, problems: "list[Problem]") -> None:
        """Show what must be mended, and offer to leave something out where that is all."""
        for problem in problems:
            self.add_error(problem.field, problem.message)
        if {problem.code for problem in problems} == {"left_out"}:
            self.fields["may_leave_out"].widget = forms.CheckboxInput()


@dataclass(frozen=True)
class Row:
    """One mail in the list."""

    mail_type: MailType
    audience: Any
    when: str
    texts: list[dict[str, Any]]


class TextPage(StaffPage):
    """A page under «Mailtekster»."""

    http_method_names = ["get", "head"]
    header_icon = "mail"
    is_for_writers = False

    def may(self, user: Any) -> bool:
        """Let in who may read, and to some pages only who may write."""
        return user_can_write(user) if self.is_for_writers else user_can_read(user)


class TextListView(TextPage):
    """Every mail: what it is called, who gets it, when, and whose text it has. One query for all."""

    template_name = "admin/mail_texts/index.html"
    page_title = _("E-mail texts")

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the mails, by name."""
        form = TextFilterForm(request.GET)
        typed, audience, only = form.chosen("q").casefold(), form.chosen("audience"), form.chosen("only")
        in_use = {
            (version.mail_type, version.language): version for version in MailTextVersion.objects.in_use()
        }
        rows = []
        for mail_type in sorted(all_types(), key=lambda each: str(each.title).casefold()):
            when = sent_when(mail_type.name)
            if typed and typed not in f"{mail_type.title} {when} {mail_type.name}".casefold():
                continue
            if audience and mail_type.audience != audience:
                continue
            if only and not any((mail_type.name, code) in in_use for code, _name in settings.LANGUAGES):
                continue
            rows.append(_row(mail_type, when, in_use))
        return self.show(form=form, rows=rows)


def _row(mail_type: MailType, when: str, in_use: dict[tuple[str, str], MailTextVersion]) -> Row:
    texts = []
    for code, _name in settings.LANGUAGES:
        standing = editing.standing_of(mail_type, code, in_use.get((mail_type.name, code)))
        texts.append(
            {
                "url": reverse("mail_text", args=[mail_type.name, code]),
                "language": LANGUAGE_NAMES.get(code, code),
                "label": _state_label(standing),
                "is_changed": standing.version is not None,
            }
        )
    return Row(mail_type, AUDIENCES.get(mail_type.audience, mail_type.audience), when, texts)


def _state_label(standing: editing.Standing) -> str:
    if standing.version is None:
        return gettext("Standard text")
    if not standing.is_usable:
        return gettext("Changed, but cannot be used")
    if standing.has_new_standard:
        return gettext("Changed; there is a new standard text")
    return gettext("Changed by us")


class OneTextPage(TextPage):
    """A page about one mail in one language."""

    parents = (("mail_texts", _("E-mail texts")),)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the mail."""
        super().setup(request, *args, **kwargs)
        self.language: str = kwargs["language"]
        if self.language not in dict(settings.LANGUAGES):
            raise Http404
        try:
            self.mail_type = get(kwargs["name"])
        except UnknownMailTypeError as error:
            raise Http404 from error
        if self.mail_type not in all_types():
            raise Http404

    @cached_property
    def versions(self) -> list[MailTextVersion]:
        """Its versions, newest first."""
        versions = MailTextVersion.objects.of(self.mail_type.name, self.language)
        return list(versions.select_related("saved_by"))

    @cached_property
    def standing(self) -> editing.Standing:
        """How its text stands."""
        used = next((version for version in self.versions if version.is_in_use), None)
        return editing.standing_of(self.mail_type, self.language, used)

    @property
    def newest(self) -> int:
        """The number of its newest version; 0 where there is none."""
        return self.versions[0].number if self.versions else 0

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("mail_text", args=[self.mail_type.name, self.language])

    def get_page_subtitle(self) -> str:
        """Name the language."""
        return str(LANGUAGE_NAMES.get(self.language, self.language))

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """Lead back to the mail's page."""
        return [{"url": self.url, "label": f"{self.mail_type.title} ({self.get_page_subtitle()})"}]

    def preview(self, wording: Wording) -> Preview | None:
        """Return what a text looks like; None where it cannot be shown. Reading a real mail is noted (rule 10)."""
        try:
            seen = preview(
                self.mail_type,
                self.language,
                wording,
                may_see_messages=self.request.user.has_perm("outbox.view_message"),
                now=self.now,
            )
        except MailTextError:
            return None
        if seen.message is not None:
            record("message.previewed", f"message:{seen.message.pk}", actor=self.actor, now=self.now)
        return seen


class TextView(OneTextPage):
    """One mail: how it looks now, what it may say, and its versions."""

    template_name = "admin/mail_texts/detail.html"

    def get_page_title(self) -> str:
        """Name the mail."""
        return str(self.mail_type.title)

    def own_breadcrumbs(self) -> list[dict[str, Any]]:
        """End here."""
        return []

    def get(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Show it."""
        standing = self.standing
        version = standing.version
        return self.show(
            mail_type=self.mail_type,
            language=self.language,
            audience=AUDIENCES.get(self.mail_type.audience, self.mail_type.audience),
            when=sent_when(self.mail_type.name),
            standing=standing,
            state=_state_label(standing),
            others=[
                {"url": reverse("mail_text", args=[name, code]), "label": LANGUAGE_NAMES.get(code, code)}
                for code, _name in settings.LANGUAGES
                if code != self.language
            ],
            seen=self.preview(standing.wording if standing.is_usable else standing.standard),
            new_standard=compared(version.standard_seen, standing.standard)
            if version and standing.has_new_standard
            else None,
            versions=self.versions,
            newest=self.newest,
            can_write=user_can_write(request.user),
        )


class TextEditView(OneTextPage):
    """Write the text: look at it, send it to oneself, take it into use."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/mail_texts/edit.html"
    page_title = _("Edit the text")
    is_for_writers = True

    def get(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Show the form with the text in use, or the standard text."""
        wording = self.standing.wording
        form = WordingForm(
            initial={
                "subject": wording.subject,
                "body": wording.body,
                "why": wording.why,
                "seen": self.newest,
                # What the text in use leaves out was meant once.
                "may_leave_out": bool(_left_out(wording, self.mail_type)),
            }
        )
        return self._ask(form)

    def post(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Look, try or save."""
        form = WordingForm(request.POST)
        if not form.is_valid():
            return self._ask(form, status=422)
        wording, leaves_out = form.wording, form.cleaned_data["may_leave_out"]
        do = request.POST.get("do")
        try:
            if do == "save":
                editing.save_text(
                    mail_type=self.mail_type,
                    language=self.language,
                    wording=wording,
                    seen=form.cleaned_data["seen"],
                    may_leave_out=leaves_out,
                    actor=self.actor,
                    now=self.now,
                )
                messages.success(request, gettext("The text is in use: the next e-mail has it."))
                return HttpResponseRedirect(self.url)
            if do == "trial":
                address = request.user.email  # type: ignore[union-attr]  # only those logged in come here
                editing.send_trial(
                    mail_type=self.mail_type,
                    language=self.language,
                    wording=wording,
                    to=address,
                    author_id=request.user.pk,  # type: ignore[arg-type]  # only those logged in come here
                    actor=self.actor,
                    now=self.now,
                )
                messages.success(
                    request,
                    gettext("A test is on its way to %(address)s. The text is not in use yet.")
                    % {"address": address},
                )
                return self._ask(form, seen=self.preview(wording))
        except MailTextRefusedError as refusal:
            form.tell(list(refusal.problems))
            return self._ask(form, status=422)
        except MailTextChangedError:
            form.add_error(
                None,
                gettext(
                    "A colleague has saved another version in the meantime. Copy what you have written, "
                    "open the page again, and look at the new version first."
                ),
            )
            return self._ask(form, status=422)
        if problems := problems_of(wording, mail_type=self.mail_type, may_leave_out=leaves_out):
            form.tell(problems)
            return self._ask(form, status=422)
        return self._ask(form, seen=self.preview(wording))

    def _ask(self, form: WordingForm, *, seen: Preview | None = None, status: int = 200) -> HttpResponse:
        if self.mail_type.is_sms:
            form.show_as_sms()
        return self.show(
            form=form,
            seen=seen,
            language=self.language,
            standing=self.standing,
            placeholders=[
                {"name": name, "meaning": meaning, "is_common": is_common, "is_needed": is_essential(name)}
                for name, meaning, is_common in explained(self.mail_type)
            ],
            cancel_url=self.url,
            status=status,
        )


def _left_out(wording: Wording, mail_type: MailType) -> bool:
    return any(problem.code == "left_out" for problem in problems_of(wording, mail_type=mail_type))


class TextResetView(OneTextPage):
    """Ask, then go back to the standard text."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/mail_texts/reset.html"
    page_title = _("Back to the standard text")
    is_for_writers = True

    def get(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Show what will change."""
        if self.standing.version is None:
            messages.info(request, gettext("The standard text is in use already."))
            return HttpResponseRedirect(self.url)
        return self.show(
            lines=compared(self.standing.wording, self.standing.standard),
            newest=self.newest,
            cancel_url=self.url,
            language=self.language,
        )

    def post(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Do it."""
        try:
            editing.reset_text(
                mail_type=self.mail_type,
                language=self.language,
                seen=_number(request.POST.get("seen", "")),
                actor=self.actor,
                now=self.now,
            )
        except MailTextChangedError:
            messages.error(request, _changed_text())
        else:
            messages.success(request, gettext("The standard text is in use again."))
        return HttpResponseRedirect(self.url)


class TextKeepView(OneTextPage):
    """Keep the edited text although the standard text has changed, by POST."""

    http_method_names = ["post"]
    is_for_writers = True

    def post(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """Do it."""
        editing.keep_text(mail_type=self.mail_type, language=self.language, actor=self.actor, now=self.now)
        messages.success(request, gettext("Your text stays."))
        return HttpResponseRedirect(self.url)


class TextVersionView(OneTextPage):
    """One version: what it changed, and the way back to it."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/mail_texts/version.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the version."""
        super().setup(request, *args, **kwargs)
        found = [version for version in self.versions if version.number == kwargs["number"]]
        if not found:
            raise Http404
        self.version = found[0]

    def get_page_title(self) -> str:
        """Name the version."""
        return gettext("Version %(number)s") % {"number": self.version.number}

    def get(self, request: HttpRequest, name: str, language: str, number: int) -> HttpResponse:
        """Show what it changed of the version before, or of the standard text."""
        earlier = next((version for version in self.versions if version.number < number), None)
        before = earlier.wording if earlier else self.version.standard_seen
        return self.show(
            version=self.version,
            earlier=earlier,
            lines=compared(before, self.version.wording),
            newest=self.newest,
            can_restore=user_can_write(request.user) and not self._is_in_use,
            cancel_url=self.url,
            language=self.language,
        )

    def post(self, request: HttpRequest, name: str, language: str, number: int) -> HttpResponse:
        """Take it into use again."""
        if not user_can_write(request.user):
            raise PermissionDenied
        try:
            editing.restore_version(
                mail_type=self.mail_type,
                language=self.language,
                number=number,
                seen=_number(request.POST.get("seen", "")),
                actor=self.actor,
                now=self.now,
            )
        except MailTextChangedError:
            messages.error(request, _changed_text())
        except MailTextRefusedError as refusal:
            told = " ".join(problem.message for problem in refusal.problems)
            messages.error(
                request, gettext("This version cannot be used any longer. %(why)s") % {"why": told}
            )
        else:
            messages.success(
                request, gettext("The text of version %(number)s is in use again.") % {"number": number}
            )
        return HttpResponseRedirect(self.url)

    @property
    def _is_in_use(self) -> bool:
        if self.version.is_reset:
            return self.standing.version is None
        return self.version.wording == self.standing.wording


@dataclass(frozen=True)
class Line:
    """One line of a comparison: "removed", "added" or "same"."""

    kind: str
    text: str


def compared(before: Wording, after: Wording) -> list[Line]:
    """Return the lines of two texts, with what went and what came; the subject first, the reason last."""
    old, new = ([each.subject, "", *each.body.splitlines(), "", each.why] for each in (before, after))
    kinds = {"-": "removed", "+": "added", " ": "same"}
    return [Line(kinds[line[0]], line[2:]) for line in difflib.ndiff(old, new) if line[0] in kinds]


def _changed_text() -> str:
    return gettext(
        "Nothing was changed: a colleague has saved another version in the meantime. Look at it first."
    )


def _number(typed: str) -> int:
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


class TextsMenuItem(MenuItem):
    """Its place in the menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may read the texts."""
        return user_can_read(request.user)


TEXT_URLS: list[URLPattern] = [
    path("mailtekster/", TextListView.as_view(), name="mail_texts"),
    path("mailtekster/<slug:name>/<slug:language>/", TextView.as_view(), name="mail_text"),
    path("mailtekster/<slug:name>/<slug:language>/ret/", TextEditView.as_view(), name="mail_text_edit"),
    path(
        "mailtekster/<slug:name>/<slug:language>/standard/", TextResetView.as_view(), name="mail_text_reset"
    ),
    path("mailtekster/<slug:name>/<slug:language>/behold/", TextKeepView.as_view(), name="mail_text_keep"),
    path(
        "mailtekster/<slug:name>/<slug:language>/<int:number>/",
        TextVersionView.as_view(),
        name="mail_text_version",
    ),
]
