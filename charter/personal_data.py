"""What charter holds of persons, and how it lets go; who signed stays until its rule's day (rules 4 and 10)."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charter.enums import PaperState
from charter.models import (
    Agreement,
    AuthorityCheck,
    IdentityBinding,
    MemberInvitation,
    PaperSignature,
    Provider,
    ProviderApplication,
    ProviderInvitation,
    ProviderMember,
    SignatureEvidence,
    SigningAttempt,
    VettingEntry,
)
from charter.operations.agreements import old_documents
from charter.operations.applications import old_applications, old_invitations, unproven_applications
from charter.operations.members import old_member_invitations
from charter.operations.retention import (
    NOTE_GONE,
    PROVIDER_KEPT_FOR,
    declined_papers,
    ended_contacts,
    ended_members,
    old_attempts,
    old_evidence,
    old_networks,
    with_contact,
    with_networks,
)
from charter.operations.signing import ATTEMPT_VALID_FOR
from charter.operations.vetting import old_vetting_entries
from charter.organisation.enums import ApplicationState
from charter.organisation.rules import CLOSED_STATES, DOCUMENT_KEPT, PROVE_WITHIN
from charter.organisation.work_items import APPLICATION, application_subject, proposal_key
from core.accounts.closing import Use, register_use
from core.privacy.people import Person, has_email, has_phone, mentions
from core.privacy.registry import KEPT_BY_RULE, Asked, Holding, dated, delete_rows, exempt, register
from core.worklist.operations import close_item_by_key, close_items


def _acts_for_a_provider() -> Q:
    return Q(pk__in=ProviderMember.objects.exclude(provider__state__in=CLOSED_STATES).values("user"))


def _end_memberships(user: Any) -> None:
    for model in (ProviderMember, IdentityBinding):
        model.objects.filter(user=user).delete()


def _erase_attempts(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        if row.signature_id is None and row.authority_document:
            row.authority_document.delete(save=False)
        row.delete()


def _erase_applications(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        close_items(
            kind=APPLICATION,
            subject=application_subject(row),
            resolution="erased",
            actor=asked.actor,
            now=asked.now,
        )
        row.delete()


def _erase_member_invitations(rows: Sequence[Any], asked: Asked) -> None:
    for row in rows:
        close_item_by_key(key=proposal_key(row.pk), resolution="erased", actor=asked.actor, now=asked.now)
        row.delete()


def _erase_contacts(rows: Sequence[Any], asked: Asked) -> None:
    Provider.objects.filter(pk__in=[row.pk for row in rows], state__in=CLOSED_STATES).update(
        contact_name="", contact_email="", contact_phone=""
    )


def _why_contact_stays(provider: Any, asked: Asked) -> Any:
    if provider.state in CLOSED_STATES:
        return ""
    return _("The provider’s contact person. It goes when another is named on the provider’s page.")


def _why_membership_stays(member: Any, asked: Asked) -> Any:
    if member.provider.state in CLOSED_STATES:
        return ""
    return _("The role at %(provider)s is in use. It goes when it is taken away there.") % {
        "provider": member.provider
    }


def _kept_by_rule(row: Any, asked: Asked) -> Any:
    return KEPT_BY_RULE


def _application_also(row: Any, asked: Asked) -> Any:
    return _("It still awaits our answer and is withdrawn.") if row.state == ApplicationState.WAITING else ""


def _of_applicant(person: Person) -> Q:
    return has_email(person, "contact_email") | has_phone(person, "contact_phone")


def _of_signed() -> Q:
    return Q(signature__evidence__isnull=False)


def register_all() -> None:
    """Register what charter holds, and what keeps an account alive."""
    register_use(
        "provider_members",
        Use(
            condition=_acts_for_a_provider,
            reason=_("The account is used for a provider. It ends when the role is taken away there."),
            ended=_end_memberships,
        ),
    )
    _register_signatures()
    _register_providers()
    _register_cases()
    _register_exemptions()


def _register_signatures() -> None:
    attempt_days = max(1, ATTEMPT_VALID_FOR.days)
    register(
        Holding(
            name="signing_attempts",
            rule="signing_attempts",
            model="charter.SigningAttempt",
            fields=("signer_name", "signer_role", "authority", "statements", "authority_document", "proof"),
            shown=("provider", "started_at"),
            rows=lambda: dated(SigningAttempt.objects.all(), since="started_at", days=attempt_days),
            due=old_attempts,
            of=lambda person: has_email(person, "user__email"),
            erase=_erase_attempts,
            order=20,
        )
    )
    register(
        Holding(
            name="signature_evidence",
            rule="signature_evidence",
            model="charter.SignatureEvidence",
            fields=(
                "signer_name",
                "signer_email",
                "signer_role",
                "authority",
                "statements",
                "proof",
                "salt",
                "document",
                "authority_document",
            ),
            shown=("signature",),
            rows=lambda: dated(
                SignatureEvidence.objects.all(), since="signature__signed_at", until="delete_after"
            ),
            due=old_evidence,
            of=lambda person: has_email(person, "signer_email"),
            stays=_kept_by_rule,
            contact="signer_email",
            url=lambda row: reverse("signature:inspect", args=[row.signature_id]),
        )
    )
    register(
        Holding(
            name="signature_networks",
            rule="signature_networks",
            model="charter.SignatureEvidence",
            fields=("ip_address", "user_agent"),
            shown=("signature",),
            rows=lambda: dated(with_networks(), since="signature__signed_at", until="network_delete_after"),
            due=old_networks,
            of=lambda person: has_email(person, "signer_email"),
            stays=_kept_by_rule,
            contact="signer_email",
        )
    )
    register(
        Holding(
            name="signed_papers",
            rule="signature_evidence",
            model="charter.PaperSignature",
            fields=("signer_name", "signer_role", "authority", "scan"),
            rows=lambda: dated(
                PaperSignature.objects.exclude(state=PaperState.DECLINED).exclude(signer_name="", scan=""),
                since="registered_at",
                until="signature__evidence__delete_after",
            ),
            due=lambda now: PaperSignature.objects.exclude(scan="", signer_name="").filter(
                signature__evidence__in=old_evidence(now)
            ),
            unfound="a paper has a name and no address",
        )
    )
    register(
        Holding(
            name="declined_papers",
            rule="declined_papers",
            model="charter.PaperSignature",
            fields=("signer_name", "signer_role", "authority", "scan"),
            rows=lambda: dated(
                PaperSignature.objects.filter(state=PaperState.DECLINED), since="decided_at", days=90
            ),
            due=declined_papers,
            unfound="a paper has a name and no address",
        )
    )
    register(
        Holding(
            name="authority_notes",
            rule="signature_evidence",
            model="charter.AuthorityCheck",
            fields=("note",),
            rows=lambda: dated(
                _notes().filter(_of_signed()), since="checked_at", until="signature__evidence__delete_after"
            ),
            due=lambda now: _notes().filter(signature__evidence__in=old_evidence(now)),
            unfound="a note of ours about a signature",
        )
    )
    register(
        Holding(
            name="identity_bindings",
            rule="dormant_accounts",
            model="charter.IdentityBinding",
            fields=("issuer", "subject_hmac"),
            shown=("method", "bound_at"),
            rows=lambda: dated(IdentityBinding.objects.all(), since="bound_at"),
            of=lambda person: has_email(person, "user__email"),
            stays=lambda row, asked: _why_binding_stays(row),
            erase=delete_rows,
            order=60,
        )
    )


def _why_binding_stays(row: Any) -> Any:
    member = ProviderMember.objects.exclude(provider__state__in=CLOSED_STATES).filter(user=row.user_id)
    return _("It is used for signing for a provider.") if member.exists() else ""


def _notes() -> QuerySet[AuthorityCheck]:
    return AuthorityCheck.objects.exclude(note__in=["", NOTE_GONE])


def _register_providers() -> None:
    register(
        Holding(
            name="provider_contacts",
            rule="ended_providers",
            model="charter.Provider",
            fields=("contact_name", "contact_email", "contact_phone"),
            shown=("name", "state"),
            rows=lambda: _until_a_year_after_the_end(with_contact(), "state_since", "state"),
            due=ended_contacts,
            of=_of_applicant,
            stays=_why_contact_stays,
            erase=_erase_contacts,
            contact="contact_email",
            url=lambda row: reverse("provider:inspect", args=[row.pk]),
        )
    )
    register(
        Holding(
            name="provider_members",
            rule="ended_providers",
            model="charter.ProviderMember",
            fields=("user",),
            shown=("provider", "role", "since"),
            rows=lambda: _until_a_year_after_the_end(
                ProviderMember.objects.select_related("provider", "user"),
                "provider__state_since",
                "provider__state",
                since="since",
            ),
            due=ended_members,
            of=lambda person: has_email(person, "user__email"),
            stays=_why_membership_stays,
            erase=delete_rows,
            url=lambda row: reverse("provider:inspect", args=[row.provider_id]),
            order=55,
        )
    )
    register(
        Holding(
            name="provider_applications",
            rule="provider_applications",
            model="charter.ProviderApplication",
            fields=("contact_name", "contact_email", "contact_phone", "presentation", "reason", "website"),
            shown=("reference", "name", "state", "created_at"),
            rows=lambda: dated(
                ProviderApplication.objects.exclude(state=ApplicationState.UNPROVEN),
                since="created_at",
                until="delete_after",
            ),
            due=old_applications,
            of=_of_applicant,
            also=_application_also,
            erase=_erase_applications,
            contact="contact_email",
            url=lambda row: reverse("provider_application:inspect", args=[row.pk]),
        )
    )
    register(
        Holding(
            name="unproven_applications",
            rule="unproven_applications",
            model="charter.ProviderApplication",
            fields=("contact_name", "contact_email", "contact_phone", "presentation", "website"),
            shown=("reference", "name", "created_at"),
            rows=lambda: dated(
                ProviderApplication.objects.filter(state=ApplicationState.UNPROVEN), since="created_at"
            ).annotate(kept_until=F("created_at") + PROVE_WITHIN),
            due=unproven_applications,
            of=_of_applicant,
            erase=_erase_applications,
            contact="contact_email",
        )
    )
    register(
        Holding(
            name="provider_invitations",
            rule="provider_invitations",
            model="charter.ProviderInvitation",
            fields=("contact_name", "email"),
            shown=("organisation", "created_at"),
            rows=lambda: dated(ProviderInvitation.objects.all(), since="created_at", until="delete_after"),
            due=old_invitations,
            of=lambda person: has_email(person, "email"),
            erase=delete_rows,
            contact="email",
            url=lambda row: reverse("provider_invitation:inspect", args=[row.pk]),
        )
    )
    register(
        Holding(
            name="member_invitations",
            rule="member_invitations",
            model="charter.MemberInvitation",
            fields=("email",),
            shown=("provider", "role", "invited_at"),
            rows=lambda: dated(MemberInvitation.objects.all(), since="invited_at", until="delete_after"),
            due=old_member_invitations,
            of=lambda person: has_email(person, "email"),
            erase=_erase_member_invitations,
            contact="email",
        )
    )


def _until_a_year_after_the_end(
    rows: QuerySet[Any], ended: str, state: str, *, since: str = ""
) -> QuerySet[Any]:
    """Date rows of providers: an end only where the provider has ended."""
    from django.db.models import Case, DateTimeField, Value, When

    end = Case(
        When(**{f"{state}__in": CLOSED_STATES}, then=F(ended) + PROVIDER_KEPT_FOR),
        default=Value(None),
        output_field=DateTimeField(),
    )
    return rows.annotate(kept_since=F(since or ended), kept_until=end)


def _register_cases() -> None:
    register(
        Holding(
            name="vetting_entries",
            rule="vetting_entries",
            model="charter.VettingEntry",
            fields=("text", "file", "file_name"),
            shown=("kind", "at"),
            rows=lambda: dated(VettingEntry.objects.all(), since="at", until="delete_after"),
            due=old_vetting_entries,
            of=lambda person: mentions(person, "text"),
            stays=_kept_by_rule,
        )
    )
    register(
        Holding(
            name="agreement_documents",
            rule="agreement_documents",
            model="charter.Agreement",
            fields=("document", "document_name"),
            rows=lambda: dated(Agreement.objects.exclude(document=""), since="first_day").annotate(
                kept_until=F("last_day") + DOCUMENT_KEPT
            ),
            due=old_documents,
            unfound="a document about an organisation",
        )
    )


def _register_exemptions() -> None:
    exempt("charter.Programme", reason="names of programmes and departments")
    exempt(
        "charter.Provider",
        "name",
        "slug",
        "cvr",
        "p_number",
        "state_reason",
        "state_note",
        "decision_reference",
        "presentation",
        "website",
        reason="about the organisation, not about a person",
    )
    exempt("charter.Agreement", "title", "file_reference", "document_sha256", reason="about the agreement")
    exempt(
        "charter.VettingCase",
        "decision_maker",
        "reason",
        "file_reference",
        reason="a decision about an organisation and which office made it",
    )
    exempt("charter.CharterPeriod", reason="names of periods")
    exempt("charter.CharterText", reason="the charter")
    exempt(
        "charter.SigningAttempt",
        "language",
        "text_sha256",
        "code_nonce",
        "authority_sha256",
        "broker_state",
        reason="hashes and random numbers; the row goes within a day",
    )
    exempt("charter.IdentityBinding", "cvr", "bound_by", reason="of the organisation; a word")
    exempt("charter.Signature", reason="hashes and a reference: who signed lies in the evidence (rule 4)")
    exempt("charter.SignatureRecord", reason="a chain of salted hashes (rule 4)")
    exempt("charter.ChainHead", reason="a hash")
    exempt(
        "charter.PaperSignature",
        "system_name",
        "scan_sha256",
        "decline_reason",
        reason="the name of a system, a hash, a fixed kind of reason",
    )
    exempt("charter.ProviderInvitation", "organisation", "cvr", "language", reason="about the organisation")
    exempt(
        "charter.ProviderApplication",
        "reference",
        "name",
        "cvr",
        "p_number",
        "language",
        reason="about the organisation; goes with the row",
    )
    exempt("charter.ProviderApplication", "reason", reason="goes with the row")
    exempt("charter.MemberInvitation", "language", reason="a language")
