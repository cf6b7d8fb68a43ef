"""Named states and kinds of providers, vetting and signatures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProviderKind(models.TextChoices):
    """What a provider is. A municipal team is not an external actor: no charter (DOMAIN.md 1.3)."""

    MUNICIPAL_TEAM = "municipal_team", _("Municipal team")
    SUPPLIER = "supplier", _("Supplier")
    CIVIL_SOCIETY = "civil_society", _("Civil society")


class ProviderState(models.TextChoices):
    """Where a provider is (DESIGN.md 6)."""

    NEW = "new", _("New")
    VETTING = "vetting", _("Being vetted")
    AWAITING_EXPLANATION = "awaiting_explanation", _("Awaiting explanation")
    APPROVED = "approved", _("Approved")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")
    DECLINED_CHARTER = "declined_charter", _("Declined the charter")


class MemberRole(models.TextChoices):
    """What a member may do for a provider (L1)."""

    SIGNATORY = "signatory", _("Signatory")
    COORDINATOR = "coordinator", _("Coordinator")
    FACILITATOR = "facilitator", _("Facilitator")


class SignatureMethod(models.TextChoices):
    """How the signer proved who they are; labelled as what it is, nothing called qualified."""

    EMAIL_CODE = "email_code", _("Log-in and one-time code by e-mail")
    MITID = "mitid", _("MitID through an identity broker")
    MITID_ERHVERV = "mitid_erhverv", _("MitID Erhverv through an identity broker")
    DEMO_BROKER = "demo_broker", _("Demo broker, not MitID")
    PASSKEY = "passkey", _("Log-in and passkey")
    PAPER = "paper", _("On paper or in another system, registered by the administration")


class PaperState(models.TextChoices):
    """Where a signature given on paper or in another system is: two caseworkers, one after the other (C15)."""

    WAITING = "waiting", _("Waits for a colleague")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class AuthorityOutcome(models.TextChoices):
    """What a caseworker found about a signer's right to sign (C9)."""

    CONFIRMED = "confirmed", _("The signer may sign for the organisation")
    DOUBTFUL = "doubtful", _("It is doubtful")


class RecordKind(models.TextChoices):
    """What happened to a signature. Each adds a record; none is edited (rule 4)."""

    SIGNED = "signed", _("Signed")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EVIDENCE_DELETED = "evidence_deleted", _("Personal evidence deleted by rule")


class CoverageState(models.TextChoices):
    """What a provider's charter is, on a day (DESIGN.md 6)."""

    NOT_REQUIRED = "not_required", _("No charter needed")
    NOT_SIGNED = "not_signed", _("Not signed")
    UPCOMING = "upcoming", _("Signed, covers later")
    COVERED = "covered", _("Covered")
    RENEWAL_OPEN = "renewal_open", _("Renewal open")
    LAPSED = "lapsed", _("Lapsed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CharterMode(models.TextChoices):
    """How long a signature covers (C3): the setting PORTAL_CHARTER_MODE."""

    CALENDAR_YEAR = "calendar_year", _("A charter period, by default the calendar year")
    ROLLING = "rolling", _("Twelve months from signing")


class Transition(models.TextChoices):
    """A step on a provider's way (charter.rules.TRANSITIONS says which is legal when)."""

    START_VETTING = "start_vetting", _("Start vetting")
    ASK_EXPLANATION = "ask_explanation", _("Ask for an explanation")
    RECEIVE_EXPLANATION = "receive_explanation", _("Record the explanation")
    APPROVE = "approve", _("Approve")
    ACTIVATE = "activate", _("Activate")
    SUSPEND = "suspend", _("Suspend")
    REACTIVATE = "reactivate", _("Reactivate")
    END = "end", _("End the cooperation")
    DECLINE_CHARTER = "decline_charter", _("Record that the charter was declined")
