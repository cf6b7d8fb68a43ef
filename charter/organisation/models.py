"""Applications, invitations and what is said in a vetting case."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charter.enums import MemberRole, ProviderKind
from charter.organisation.enums import PENDING_INVITATIONS, ApplicationState, EntryKind, InvitationState
from charter.organisation.querysets import (
    ApplicationQuerySet,
    EntryQuerySet,
    InvitationQuerySet,
    ProviderInvitationQuerySet,
)
from charter.validators import validate_cvr, validate_p_number

if TYPE_CHECKING:
    from charter.models import Provider, VettingCase  # noqa: F401 - the types of the foreign keys


def private_storage() -> Storage:
    """Return the storage that no address serves."""
    return storages["private"]


class ProviderInvitation(models.Model):
    """The administration invites an organisation to apply, by a personal link that fills in what we know."""

    organisation = models.CharField(_("organisation"), max_length=200)
    kind = models.CharField(
        _("kind"), max_length=20, choices=ProviderKind, default=ProviderKind.CIVIL_SOCIETY
    )
    cvr = models.CharField(
        _("CVR number"), max_length=8, blank=True, validators=[validate_cvr], help_text=_("If you know it.")
    )
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    language = models.CharField(_("language"), max_length=5, default="da", choices=settings.LANGUAGES)
    created_at = models.DateTimeField(_("invited"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    expires_at = models.DateTimeField(_("works until"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    link_generation = models.PositiveIntegerField(default=1, editable=False)
    delete_after = models.DateField(_("deleted after"))

    objects = ProviderInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to become a provider")
        verbose_name_plural = _("invitations to become a provider")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.organisation


class ProviderApplication(models.Model):
    """Somebody asks for their organisation to become a provider. Counts from when the address is proven."""

    state = models.CharField(
        _("state"), max_length=20, choices=ApplicationState, default=ApplicationState.UNPROVEN
    )
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    name = models.CharField(_("name of the organisation"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=ProviderKind)
    cvr = models.CharField(_("CVR number"), max_length=8, null=True, blank=True, validators=[validate_cvr])
    p_number = models.CharField(_("P number"), max_length=10, blank=True, validators=[validate_p_number])
    website = models.URLField(_("website"), blank=True)
    presentation = models.TextField(_("presentation"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120)
    contact_email = models.EmailField(_("contact e-mail"))
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    may_sign = models.BooleanField(_("says that they may sign"), default=False)
    language = models.CharField(_("language"), max_length=5, default="da")
    submission_key = models.UUIDField(unique=True, editable=False)
    """The same form sent twice is one application."""

    invitation = models.ForeignKey(
        ProviderInvitation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("invitation"),
    )
    created_at = models.DateTimeField(_("sent"))
    proven_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    reason = models.TextField(_("reason"), blank=True)
    """Why it was turned down: in the mail to the applicant."""

    provider = models.ForeignKey(
        "charter.Provider",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("provider"),
    )
    link_generation = models.PositiveIntegerField(default=1, editable=False)
    delete_after = models.DateField(_("deleted after"))

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cvr=None) | Q(cvr__regex=r"^[0-9]{8}$"),
                name="application_cvr_eight_digits",
                violation_error_message=_("Write the CVR number as eight digits."),
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.UNPROVEN, proven_at=None)
                | (~Q(state=ApplicationState.UNPROVEN) & Q(proven_at__isnull=False)),
                name="application_proven_before_it_counts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MemberInvitation(models.Model):
    """Somebody is asked by e-mail to act for a provider, in one role (L1).

    An invitation as signatory that a coordinator made is only a proposal, until a signatory or the
    administration confirms it (charter.organisation.rules.needs_confirmation).
    """

    provider = models.ForeignKey(
        "charter.Provider",
        on_delete=models.CASCADE,
        related_name="member_invitations",
        verbose_name=_("provider"),
    )
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    state = models.CharField(_("state"), max_length=20, choices=InvitationState)
    language = models.CharField(_("language"), max_length=5, default="da")
    invited_at = models.DateTimeField(_("invited"))
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("works until"))
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    link_generation = models.PositiveIntegerField(default=1, editable=False)
    delete_after = models.DateField(_("deleted after"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of a member")
        verbose_name_plural = _("invitations of members")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "email", "role"],
                condition=Q(state__in=[state.value for state in PENDING_INVITATIONS]),
                name="member_invited_once_per_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.provider} · {self.get_role_display()}"

    @property
    def is_proposed(self) -> bool:
        """Whether somebody must confirm it before it is sent."""
        return self.state == InvitationState.PROPOSED


class VettingEntry(models.Model):
    """One thing added to a vetting case: a question, an answer, a hearing, an internal note. Never edited."""

    case = models.ForeignKey("charter.VettingCase", on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(_("kind"), max_length=20, choices=EntryKind)
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    """Of a question or a hearing: the last day to answer."""

    file = models.FileField(_("file"), upload_to="charter/vetting/", storage=private_storage, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=120, blank=True)
    delete_after = models.DateField(_("deleted after"), null=True, blank=True)
    """Set when the case is decided."""

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a vetting case")
        verbose_name_plural = _("entries of vetting cases")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"
