"""The choice of a digest on one's own page in the administration."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel

from portal.digest.enums import Cadence
from portal.digest.models import DigestChoice
from portal.digest.operations import choose_digest, may_have_digest


class DigestForm(forms.Form):
    """How often."""

    cadence = forms.ChoiceField(
        label=_("Open tasks by e-mail"),
        choices=Cadence.choices,
        required=False,
        help_text=_(
            "How many tasks of each kind are open, with links. Nothing comes when nothing is open, and no "
            "name stands in it."
        ),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def save(self) -> None:
        """Store the choice. A page without the field (opened before) changes nothing."""
        if chosen := self.cleaned_data["cadence"]:
            choose_digest(user_id=self.user.pk, cadence=Cadence(chosen), now=timezone.now())


class DigestPanel(BaseSettingsPanel):
    """«Opgaver på mail»."""

    name = "digest"
    title = _("Tasks by e-mail")
    order = 250
    form_class = DigestForm

    def is_active(self) -> bool:
        """Show it to those who may see tasks."""
        return may_have_digest(self.user)

    def get_form(self) -> DigestForm:
        """Return the form with what is chosen."""
        choice = DigestChoice.objects.filter(user=self.user).first()
        initial = {"cadence": choice.cadence if choice else Cadence.OFF}
        data = self.request.POST if self.request.method == "POST" else None
        return DigestForm(data, user=self.user, initial=initial, prefix=self.name)
