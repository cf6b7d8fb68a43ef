"""What the audit log calls the acts of this package."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from charter.enums import Transition

ACTIONS: dict[str, Any] = {
    "agreement.created": _("Cooperation agreement registered"),
    "agreement.document_deleted": _("Document of a cooperation agreement deleted"),
    "agreement.document_read": _("Document of a cooperation agreement looked at"),
    "agreement.edited": _("Cooperation agreement edited"),
    "agreement.exported": _("Cooperation agreements exported"),
    "agreement.journal_read": _("Cooperation agreement packed for the journal"),
    "agreement.read": _("Cooperation agreement looked at"),
    "application.accepted": _("Application accepted"),
    "application.declined": _("Application turned down"),
    "application.read": _("Application looked at"),
    "application.proven": _("E-mail address of an application confirmed"),
    "charter.doubt": _("A check of the signatures found something wrong"),
    "charter.text_saved": _("Charter text saved"),
    "charter.version_drafted": _("Charter version drafted"),
    "charter.version_published": _("Charter version published"),
    "evidence.deleted": _("Personal evidence deleted by rule"),
    "identity.bound": _("Identity tied to a user"),
    "identity.released": _("Identity untied from a user"),
    "paper.declined": _("Signature on paper turned down"),
    "paper.registered": _("Signature on paper registered"),
    "provider.created": _("Provider made"),
    "provider.edited": _("Provider edited"),
    "provider.invitation_confirmed": _("Invitation confirmed"),
    "provider.invitation_resent": _("Invitation sent again"),
    "provider.invitation_revoked": _("Invitation taken back"),
    "provider.invited": _("Organisation invited to become a provider"),
    "provider.member_added": _("Member added"),
    "provider.member_invited": _("Member invited"),
    "provider.member_removed": _("Member removed"),
    "provider.reminded": _("Provider reminded of the charter"),
    "signature.authority_checked": _("Authority to sign checked"),
    "signature.evidence_read": _("Evidence looked at"),
    "signature.journal_read": _("Signature packed for the journal"),
    "signature.receipt_read": _("Receipt looked at"),
    "signature.signed": _("Charter signed"),
    "signature.withdrawn": _("Signature withdrawn"),
    "vetting.answered": _("The provider answered in its vetting"),
    "vetting.asked": _("Question asked in a vetting"),
    "vetting.closed": _("Vetting closed"),
    "vetting.deadline_moved": _("Deadline in a vetting moved"),
    "vetting.entry_deleted": _("Entry of a vetting deleted by rule"),
    "vetting.file_read": _("File of a vetting looked at"),
    "vetting.hearing": _("Sent for hearing"),
    "vetting.journal_read": _("Vetting packed for the journal"),
    "vetting.note": _("Note written in a vetting"),
    "vetting.read": _("Vetting looked at"),
    "vetting.opened": _("Vetting opened"),
    **{f"provider.{transition.value}": transition.label for transition in Transition},
}

SUBJECTS: dict[str, Any] = {
    "agreement": _("Cooperation agreement"),
    "charterversion": _("Charter version"),
    "paper": _("Signature on paper"),
    "provider": _("Provider"),
    "providerapplication": _("Application"),
    "providerinvitation": _("Invitation"),
    "signature": _("Signature"),
    "vettingcase": _("Vetting"),
}
