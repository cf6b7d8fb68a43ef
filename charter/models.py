"""Programmes, providers and their members, agreements, vetting, charter versions and signatures."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField

from charter.enums import (
    AuthorityOutcome,
    MemberRole,
    PaperState,
    ProviderKind,
    ProviderState,
    RecordKind,
    SignatureMethod,
)
from charter.organisation.enums import CaseKind, CaseOutcome, CaseState
from charter.organisation.querysets import AgreementQuerySet, CaseQuerySet
from charter.querysets import PeriodQuerySet, ProviderQuerySet, SignatureQuerySet, VersionQuerySet
from charter.validators import validate_cvr, validate_p_number


def private_storage() -> Storage:
    """Return the storage that no address serves: receipts are personal (rule 12)."""
    return storages["private"]


class Programme(models.Model):
    """An action plan or effort (handleplan/indsats) with its period and department: data (P9)."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=60, unique=True)
    department = models.CharField(_("department"), max_length=200)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    yearly_budget_dkk = models.PositiveIntegerField(_("yearly frame (DKK)"), null=True, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="programme_period_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Provider(models.Model):
    """Who offers sessions: a municipal team, a supplier or an association.

    `state` changes only through charter.operations (rule 3).
    """

    name = models.CharField(_("name"), max_length=200, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=ProviderKind)
    cvr = models.CharField(
        _("CVR number"),
        max_length=8,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_cvr],
        help_text=_("Eight digits. Leave it empty for an association without a CVR number."),
        error_messages={"unique": _("Another provider has this CVR number.")},
    )
    """Eight digits that pass the check digit; empty for associations without one (L4)."""

    p_number = models.CharField(_("P number"), max_length=10, blank=True, validators=[validate_p_number])
    state = models.CharField(_("state"), max_length=24, choices=ProviderState, default=ProviderState.NEW)
    state_since = models.DateTimeField(_("state since"))
    state_reason = models.TextField(_("reason"), blank=True)
    state_note = models.TextField(_("reason as told to the provider"), blank=True)
    """What the provider reads on its own pages; `state_reason` is for the administration."""

    decision_reference = models.CharField(_("decision reference (F2/eDoc)"), max_length=60, blank=True)
    presentation = models.TextField(_("presentation"), blank=True)
    website = models.URLField(_("website"), blank=True)
    contact_name = models.CharField(_("contact person"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="ProviderMember", related_name="providers"
    )

    objects = ProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cvr=None) | Q(cvr__regex=r"^[0-9]{8}$"),
                name="provider_cvr_eight_digits",
                violation_error_message=_("Write the CVR number as eight digits."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_charter(self) -> bool:
        """Whether the charter gate asks for a signature (all but municipal teams)."""
        return self.kind != ProviderKind.MUNICIPAL_TEAM


class ProviderMember(models.Model):
    """A user who acts for a provider, in one role; a person may hold several rows (DESIGN.md 5, People)."""

    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("provider")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("user"),
    )
    role = models.CharField(_("role"), max_length=20, choices=MemberRole)
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("provider member")
        verbose_name_plural = _("provider members")
        ordering = ["provider", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "user", "role"], name="member_role_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.provider} · {self.get_role_display()}"


class Agreement(models.Model):
    """A cooperation agreement (samarbejdsaftale) with its period and file reference (R8)."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("provider")
    )
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("programme")
    )
    title = models.CharField(_("title"), max_length=200)
    signed_on = models.DateField(
        _("signed on"), null=True, blank=True, help_text=_("Empty while it is only being prepared.")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(
        _("last day"), null=True, blank=True, help_text=_("Empty when it runs until one of you ends it.")
    )
    file_reference = models.CharField(_("file reference (F2/eDoc)"), max_length=60, blank=True)
    document = models.FileField(
        _("document"), upload_to="charter/agreements/", storage=private_storage, blank=True
    )
    document_name = models.CharField(_("name of the document"), max_length=120, blank=True)
    document_sha256 = models.CharField(_("SHA-256 of the document"), max_length=64, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("cooperation agreement")
        verbose_name_plural = _("cooperation agreements")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="agreement_period_in_order",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class VettingCase(models.Model):
    """The vetting (afdækning) of a provider: opened, perhaps an explanation asked for, decided."""

    provider = models.ForeignKey(
        Provider, on_delete=models.CASCADE, related_name="vetting_cases", verbose_name=_("provider")
    )
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    kind = models.CharField(_("about"), max_length=20, choices=CaseKind, default=CaseKind.ADMISSION)
    state = models.CharField(_("state"), max_length=20, choices=CaseState, default=CaseState.OPEN)
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    """The last day for the organisation to answer what it was asked last."""

    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=CaseOutcome, blank=True)
    decision_maker = models.CharField(_("decision maker"), max_length=120, blank=True)
    """Who decided, where it was not the one who registered it: a head of department, a committee."""

    decided_on = models.DateField(_("date of the decision"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    file_reference = models.CharField(_("file reference (F2/eDoc)"), max_length=60, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("vetting case")
        verbose_name_plural = _("vetting cases")
        ordering = ["-opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(decided_at=None), name="vetting_one_open_per_provider"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, outcome="") & ~Q(state=CaseState.DECIDED)
                | Q(decided_at__isnull=False, state=CaseState.DECIDED) & ~Q(outcome=""),
                name="vetting_decided_with_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {date_format(timezone.localtime(self.opened_at))}"


class CharterPeriod(models.Model):
    """A charter year: its days and from when it can be signed. Data, by default the calendar year."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    first_day = models.DateField(_("first day"), unique=True)
    last_day = models.DateField(_("last day"))
    signing_opens_on = models.DateField(_("signing opens on"))

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("charter period")
        verbose_name_plural = _("charter periods")
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day"), signing_opens_on__lte=F("first_day")),
                name="period_days_in_order",
                violation_error_message=_(
                    "The last day must not be before the first, nor signing open after it."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CharterVersion(models.Model):
    """One wording of the charter. Locked from its first signature (rule 4).

    A version is accepted from `required_from` until the day before the next published version's
    `required_from` (`accepted_until`, kept by charter.operations.publish_version). It may be signed from
    `published_at`; a signature covers days only while its version is accepted (C6).
    """

    number = models.PositiveIntegerField(_("version"), unique=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    required_from = models.DateField(_("must be signed from"), null=True, blank=True)
    accepted_until = models.DateField(_("accepted until"), null=True, blank=True)
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("charter version")
        verbose_name_plural = _("charter versions")
        ordering = ["-number"]

    def __str__(self) -> str:
        return _("Version %(number)s") % {"number": self.number}


class CharterText(models.Model):
    """The wording of a version in one language."""

    version = models.ForeignKey(CharterVersion, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=5, default="da")
    title = models.CharField(_("title"), max_length=200)
    notice = models.CharField(_("notice shown above the text"), max_length=200, blank=True)
    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul"])

    class Meta:
        verbose_name = _("charter text")
        verbose_name_plural = _("charter texts")
        ordering = ["version", "language"]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="charter_text_once_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"


class SigningAttempt(models.Model):
    """A started signing: the statements typed and the fresh proof asked for. Goes when done or after a day."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(CharterVersion, on_delete=models.CASCADE, related_name="+")
    period_first_day = models.DateField()
    period_last_day = models.DateField()
    language = models.CharField(max_length=5, default="da")
    text_sha256 = models.CharField(max_length=64)
    """Of the text the signer was shown; if the text changed meanwhile, signing is refused."""

    signer_name = models.CharField(max_length=120)
    signer_role = models.CharField(max_length=120)
    authority = models.CharField(max_length=200)
    statements = models.JSONField(default=list)
    """What was ticked, word for word as displayed."""

    code_nonce = models.CharField(max_length=64, blank=True)
    """The code is an HMAC over this, the id and SECRET_KEY (charter.methods.codes): the code itself is stored nowhere."""

    code_expires_at = models.DateTimeField(null=True, blank=True)
    code_attempts = models.PositiveSmallIntegerField(default=0)
    authority_document = models.FileField(upload_to="charter/authority/", storage=private_storage, blank=True)
    authority_sha256 = models.CharField(max_length=64, blank=True)
    broker_state = models.CharField(max_length=64, blank=True)
    """SHA-256 of the state of the newest question to a broker; emptied by its one answer."""

    broker_asked_at = models.DateTimeField(null=True, blank=True)
    proof = models.JSONField(null=True, blank=True)
    """What a broker or passkey confirmed, until the person signs with it (charter.methods.Proof)."""

    proof_expires_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    signature = models.ForeignKey(
        "Signature", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.provider} {self.started_at:%Y-%m-%d %H:%M}"


class IdentityBinding(models.Model):
    """Which identity at a broker is which user: noted when it first confirmed, and the same ever after.

    The subject itself is not here, only an HMAC of it. A professional identity belongs to one CVR number, so a
    person who signs for two organisations has two.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="identity_bindings",
        verbose_name=_("user"),
    )
    method = models.CharField(_("method"), max_length=20, choices=SignatureMethod)
    issuer = models.CharField(_("issuer"), max_length=200)
    cvr = models.CharField(_("CVR number"), max_length=8, blank=True)
    subject_hmac = models.CharField(max_length=64)
    bound_at = models.DateTimeField(_("bound at"))
    bound_by = models.CharField(_("bound by"), max_length=20)
    """What the first confirmation matched: "email" or "name"."""

    class Meta:
        verbose_name = _("identity binding")
        verbose_name_plural = _("identity bindings")
        ordering = ["-bound_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "method", "issuer", "cvr"], name="binding_one_identity_per_user"
            ),
            models.UniqueConstraint(fields=["issuer", "subject_hmac"], name="binding_one_user_per_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_method_display()}"

    def get_bound_by_display(self) -> str:
        """Return in words what the first confirmation matched."""
        return {"email": gettext("The e-mail address"), "name": gettext("The name")}.get(
            self.bound_by, self.bound_by
        )


class Signature(models.Model):
    """A provider's signature of one version for a span of days. Never edited (rule 4; triggers refuse it).

    No personal data here: who signed lies in SignatureEvidence, deletable by rule.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("provider")
    )
    version = models.ForeignKey(
        CharterVersion, on_delete=models.PROTECT, related_name="signatures", verbose_name=_("version")
    )
    covers_from = models.DateField(_("covers from"))
    covers_until = models.DateField(_("covers until"))
    """Both days included. Withdrawal does not change them: a record does (SignatureRecord)."""

    method = models.CharField(_("method"), max_length=20, choices=SignatureMethod)
    signed_at = models.DateTimeField(_("signed at"))
    text_sha256 = models.CharField(_("SHA-256 of the signed text"), max_length=64)
    """SHA-256 of the exact text shown, as bytes."""

    document_sha256 = models.CharField(_("SHA-256 of the receipt"), max_length=64, blank=True)
    reference = models.CharField(_("reference"), max_length=20, unique=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["-signed_at", "-pk"]
        indexes = [
            models.Index(fields=["provider", "covers_from", "covers_until"], name="signature_coverage"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(covers_until__gte=F("covers_from")), name="signature_days_in_order"
            ),
        ]

    def __str__(self) -> str:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (self.covers_from, self.covers_until))
        return f"{self.provider} {first} – {last}"


class SignatureRecord(models.Model):
    """What happened to a signature, as a chain: each record carries the hash of the one before (rule 4).

    `ends_on` on a withdrawal is the first day no longer covered. `content` is canonical JSON; personal
    values in it are salted hashes of what lies in SignatureEvidence.
    """

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(_("kind"), max_length=20, choices=RecordKind)
    at = models.DateTimeField(_("at"))
    ends_on = models.DateField(_("first day not covered"), null=True, blank=True)
    content = models.TextField()
    previous_hash = models.CharField(max_length=64, blank=True, unique=True)
    record_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("signature record")
        verbose_name_plural = _("signature records")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class ChainHead(models.Model):
    """The end of the chain of records, one row: appending locks it, and a cut-off tail shows."""

    last_hash = models.CharField(max_length=64, blank=True)
    records = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.records} {self.last_hash[:12]}"


class SignatureEvidence(models.Model):
    """Who signed and how it was proved: personal data, apart, deletable by rule (rules 4 and 10)."""

    signature = models.OneToOneField(Signature, on_delete=models.PROTECT, related_name="evidence")
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    signer_name = models.CharField(_("name"), max_length=120)
    signer_email = models.EmailField(_("e-mail"))
    signer_role = models.CharField(_("role"), max_length=120)
    authority = models.CharField(_("authority"), max_length=200)
    statements = models.JSONField(_("statements as displayed"), default=list)
    proof = models.JSONField(_("proof"), default=dict)
    """Method, issuer, subject, level, time of authentication, transaction id (charter.methods.Proof)."""

    ip_address = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    network_delete_after = models.DateField(_("IP address and browser deleted after"))
    """Short retention; not part of the chain, so that deleting them breaks nothing."""

    salt = models.CharField(max_length=64)
    document = models.FileField(
        _("receipt"), upload_to="charter/receipts/", storage=private_storage, blank=True
    )
    authority_document = models.FileField(
        _("document of authority"), upload_to="charter/authority/", storage=private_storage, blank=True
    )
    """What the signer handed in to show the right to sign; its hash is among the facts of the proof."""

    delete_after = models.DateField(_("deleted after"))

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")

    def __str__(self) -> str:
        return f"{self.signature}"


class AuthorityCheck(models.Model):
    """A named caseworker has looked at a signer's right to sign. A new look is a new row; none is edited (C9)."""

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="authority_checks")
    outcome = models.CharField(_("outcome"), max_length=12, choices=AuthorityOutcome)
    note = models.TextField(_("note"), blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("check of authority")
        verbose_name_plural = _("checks of authority")
        ordering = ["-checked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=AuthorityOutcome.DOUBTFUL) | ~Q(note="") | Q(checked_by=None),
                name="authority_doubt_has_a_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signature} · {self.get_outcome_display()}"


class PaperSignature(models.Model):
    """A signature given on paper or in another system, as one caseworker registered it (C15).

    Only when another has approved it is there a `Signature`. What names the signer goes by rule, as evidence does.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="paper_signatures", verbose_name=_("provider")
    )
    version = models.ForeignKey(
        CharterVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    period_first_day = models.DateField(_("first day"))
    period_last_day = models.DateField(_("last day"))
    signer_name = models.CharField(_("name"), max_length=120, blank=True)
    signer_role = models.CharField(_("role"), max_length=120, blank=True)
    authority = models.CharField(_("authority"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"))
    system_name = models.CharField(_("signed in"), max_length=120, blank=True)
    """The other system; empty: on paper."""

    scan = models.FileField(_("scan"), upload_to="charter/papers/", storage=private_storage, blank=True)
    scan_sha256 = models.CharField(_("SHA-256 of the scan"), max_length=64)
    state = models.CharField(_("state"), max_length=12, choices=PaperState, default=PaperState.WAITING)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("registered by"),
    )
    registered_at = models.DateTimeField(_("registered at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("declined by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decline_reason = models.TextField(_("reason"), blank=True)
    signature = models.OneToOneField(
        Signature,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="paper",
        verbose_name=_("signature"),
    )

    class Meta:
        verbose_name = _("signature on paper")
        verbose_name_plural = _("signatures on paper")
        ordering = ["-registered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(registered_by=None) | ~Q(approved_by=F("registered_by")),
                name="paper_approved_by_another",
                violation_error_message=_("A colleague must approve: you registered it yourself."),
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.APPROVED, signature__isnull=False)
                | (~Q(state=PaperState.APPROVED) & Q(signature=None)),
                name="paper_signature_when_approved",
            ),
            models.CheckConstraint(
                condition=(Q(state=PaperState.WAITING) & Q(decided_at=None))
                | (~Q(state=PaperState.WAITING) & Q(decided_at__isnull=False)),
                name="paper_decided_when_not_waiting",
            ),
            models.UniqueConstraint(
                fields=["provider", "period_last_day"],
                condition=Q(state=PaperState.WAITING),
                name="paper_one_waiting_per_period",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {date_format(self.signed_on, 'SHORT_DATE_FORMAT')}"


from charter.organisation.models import (  # noqa: E402 - these refer to the models above
    MemberInvitation as MemberInvitation,
)
from charter.organisation.models import ProviderApplication as ProviderApplication  # noqa: E402
from charter.organisation.models import ProviderInvitation as ProviderInvitation  # noqa: E402
from charter.organisation.models import VettingEntry as VettingEntry  # noqa: E402
