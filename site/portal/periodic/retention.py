"""The retention rules of what the lower packages store; each names the job that deletes (rule 10)."""

from django.utils.translation import gettext_lazy as _

from core.audit.retention import RetentionRule, register


def register_all() -> None:
    """Register the rules."""
    register(
        RetentionRule(
            name="abandoned_forms",
            title=_("Booking forms that were never sent"),
            what=_("What was typed before the form was left"),
            purpose=_("To keep the place while the form is filled in"),
            days=1,
            counted_from=_("the end of the hold"),
            deleted_by="delete_abandoned_forms",
        )
    )
    register(
        RetentionRule(
            name="calendar_feeds",
            title=_("Calendar subscriptions"),
            what=_("Whose subscription it is: an e-mail address, or a member of a provider or the team"),
            purpose=_("To show somebody’s dates in their own calendar"),
            days=730,
            counted_from=_("when it was made or last prolonged; 30 days after it is stopped"),
            deleted_by="delete_feeds",
        )
    )
    register(
        RetentionRule(
            name="handovers",
            title=_("Addresses asked to take a booking over"),
            what=_("Name and e-mail address"),
            purpose=_("To hand the booking over when the address is confirmed"),
            days=7,
            counted_from=_("the day the booking was offered to it"),
            deleted_by="drop_ended_handovers",
        )
    )
    register(
        RetentionRule(
            name="messages",
            title=_("Sent e-mails"),
            what=_("E-mail address, type, times and result; never the text"),
            purpose=_("To see that an e-mail arrived, and to send it again if it did not"),
            days=None,
            counted_from=_("the day it is sent; the type of e-mail says how many days"),
            deleted_by="purge_messages",
        )
    )
    register(
        RetentionRule(
            name="sessions",
            title=_("Log-ins"),
            what=_("Who is logged in, in which browser session"),
            purpose=_("To stay logged in from page to page"),
            days=1,
            counted_from=_("the end of the log-in, 12 hours after it began"),
            deleted_by="purge_sessions",
        )
    )
    register(
        RetentionRule(
            name="counters",
            title=_("Counters of attempts"),
            what=_("A keyed hash of IP address or e-mail address, and a number"),
            purpose=_("To stop abuse of forms and log-in"),
            days=1,
            counted_from=_("the end of the period counted"),
            deleted_by="purge_counters",
        )
    )
    register(
        RetentionRule(
            name="accounts",
            title=_("Accounts never logged in to"),
            what=_("E-mail address and language"),
            purpose=_("To send the code that somebody asked for"),
            days=7,
            counted_from=_("the day a code was asked for"),
            deleted_by="purge_accounts",
        )
    )
    register(
        RetentionRule(
            name="signing_attempts",
            title=_("Signings that were started"),
            what=_("Name, role, statements and document of authority of the one who is signing"),
            purpose=_("To carry the signing from one page to the next"),
            days=1,
            counted_from=_("when the signing was started"),
            deleted_by="delete_old_attempts",
        )
    )
    register(
        RetentionRule(
            name="declined_papers",
            title=_("Signatures on paper that were declined"),
            what=_("Name, role and authority of the signer, and the scan"),
            purpose=_("To register it again if the decision was wrong"),
            days=90,
            counted_from=_("the day it was declined"),
            deleted_by="delete_declined_papers",
        )
    )
    register(
        RetentionRule(
            name="signature_networks",
            title=_("IP address and browser of a signature"),
            what=_("IP address and the name of the browser"),
            purpose=_("To find misuse of a signature"),
            days=365,
            counted_from=_("the day of the signature"),
            deleted_by="forget_networks",
        )
    )
    register(
        RetentionRule(
            name="signature_evidence",
            title=_("Who signed the charter"),
            what=_(
                "Name, e-mail, role, authority with its document, statements, proof, the receipt, and the scan of a paper"
            ),
            purpose=_("To prove that the provider signed"),
            days=5 * 365,
            counted_from=_("the last day the signature covers"),
            deleted_by="delete_evidence",
        )
    )
    register(
        RetentionRule(
            name="booking_contacts",
            title=_("Contacts of school bookings"),
            what=_("Teacher’s name, e-mail, phone on the day, room and entrance; the e-mails sent about it"),
            purpose=_("To hold the session and to reach the teacher about it"),
            days=None,
            counted_from=_("the session; kept to the end of the school year after the one it was held in"),
            deleted_by="anonymise_bookings",
        )
    )
    register(
        RetentionRule(
            name="sign_up_contacts",
            title=_("Contacts of sign-ups"),
            what=_("Name, e-mail, phone and needs of a person or an organisation; the e-mails sent about it"),
            purpose=_("To keep the seat and to reach the participant about it"),
            days=30,
            counted_from=_("the event"),
            deleted_by="anonymise_bookings",
        )
    )
    register(
        RetentionRule(
            name="request_contacts",
            title=_("Contacts of requests for dates"),
            what=_("Name, e-mail, phone, organisation and needs of the one who asked; the e-mails about it"),
            purpose=_("To answer the request and to agree on a date"),
            days=30,
            counted_from=_("the visit, or the end of the request"),
            deleted_by="anonymise_requests",
        )
    )
    register(
        RetentionRule(
            name="unproven_requests",
            title=_("Requests whose address was never confirmed"),
            what=_("All that was typed"),
            purpose=_("To send the request on once the address is confirmed"),
            days=1,
            counted_from=_("the day it was sent"),
            deleted_by="chase_requests",
        )
    )
    register(
        RetentionRule(
            name="date_notices",
            title=_("Addresses that wait for dates"),
            what=_("E-mail address and language"),
            purpose=_("To tell once that an offer has dates; deleted right after"),
            days=365,
            counted_from=_("the day the address was confirmed; the day after, where it never is"),
            deleted_by="delete_old_notices",
        )
    )
    register(
        RetentionRule(
            name="unproven_applications",
            title=_("Applications whose address was never confirmed"),
            what=_("All that was typed"),
            purpose=_("To read the application once the address is confirmed"),
            days=2,
            counted_from=_("when it was sent"),
            deleted_by="delete_applications",
        )
    )
    register(
        RetentionRule(
            name="provider_applications",
            title=_("Applications to become a provider"),
            what=_("Name, e-mail and phone of the applicant; what the organisation told; our answer"),
            purpose=_("To answer the application, and to explain the answer afterwards"),
            days=180,
            counted_from=_("our answer"),
            deleted_by="delete_applications",
        )
    )
    register(
        RetentionRule(
            name="provider_invitations",
            title=_("Invitations to apply"),
            what=_("Name and e-mail address of a contact person"),
            purpose=_("To invite the organisation"),
            days=30,
            counted_from=_("the day it was used or withdrawn, or its link ended"),
            deleted_by="delete_applications",
        )
    )
    register(
        RetentionRule(
            name="member_invitations",
            title=_("Invitations of members"),
            what=_("E-mail address, role and who invited"),
            purpose=_("To let somebody act for a provider"),
            days=30,
            counted_from=_("the day it was answered or withdrawn, or its link ended"),
            deleted_by="delete_invitations",
        )
    )
    register(
        RetentionRule(
            name="vetting_entries",
            title=_("Questions, answers and notes of vetting cases"),
            what=_("Texts and files about the organisation, and who wrote them; the decision itself is kept"),
            purpose=_("To decide, and to explain the decision afterwards"),
            days=5 * 365,
            counted_from=_("the decision"),
            deleted_by="delete_vetting_entries",
        )
    )
    register(
        RetentionRule(
            name="agreement_documents",
            title=_("Documents of cooperation agreements"),
            what=_("The signed document with the names in it; period and file reference are kept"),
            purpose=_("To know what was agreed"),
            days=5 * 365,
            counted_from=_("the agreement's last day"),
            deleted_by="delete_agreement_documents",
        )
    )
    register(
        RetentionRule(
            name="report_notes",
            title=_("Notes of reports"),
            what=_("The note to the team, and which user reported; the numbers stay"),
            purpose=_("To learn from how the session went, and to ask about the numbers"),
            days=730,
            counted_from=_("the day of the session"),
            deleted_by="forget_report_notes",
        )
    )
    register(
        RetentionRule(
            name="door_ticks",
            title=_("Ticks at the door"),
            what=_("How many of a sign-up came, when it was ticked, and by which user; the numbers stay"),
            purpose=_("To count who comes, also where the network is lost"),
            days=30,
            counted_from=_("the day of the session"),
            deleted_by="forget_door_ticks",
        )
    )
    register(
        RetentionRule(
            name="session_messages",
            title=_("Messages to those who had booked"),
            what=_("The text, and which user sent it; when and to how many stays"),
            purpose=_("To see what those who had booked were told"),
            days=365,
            counted_from=_("the day of the session"),
            deleted_by="forget_message_texts",
        )
    )
    register(
        RetentionRule(
            name="evaluation_answers",
            title=_("Answers of evaluations"),
            what=_(
                "Filled-in forms: what was answered about which session on which day; nobody’s name. The counts stay"
            ),
            purpose=_("To count them, five or more at a time"),
            days=365,
            counted_from=_("the day of the answer"),
            deleted_by="forget_evaluations",
        )
    )
    register(
        RetentionRule(
            name="evaluation_texts",
            title=_("What people wrote in evaluations"),
            what=_(
                "Texts that may be quoted; what nobody has read is deleted after 180 days, what is rejected at once"
            ),
            purpose=_("To learn from it, and to quote it"),
            days=730,
            counted_from=_("the day of the answer"),
            deleted_by="forget_evaluations",
        )
    )
    register(
        RetentionRule(
            name="evaluation_codes",
            title=_("Codes for the board"),
            what=_("A code for a session or a class, and how many have answered"),
            purpose=_("To let a class answer without log-in"),
            days=30,
            counted_from=_("the last day of the code"),
            deleted_by="forget_evaluations",
        )
    )
    register(
        RetentionRule(
            name="evaluation_opt_outs",
            title=_("Who does not want to be asked how it went"),
            what=_("A keyed hash of an e-mail address"),
            purpose=_("Not to ask again"),
            days=730,
            counted_from=_("the day they said so"),
            deleted_by="forget_evaluations",
        )
    )
    register(
        RetentionRule(
            name="offer_drafts",
            title=_("Drafts of offers"),
            what=_(
                "What a provider has typed, with the names of who teaches and of the contact, and who wrote it"
            ),
            purpose=_("To go on writing, and to send the offer for approval"),
            days=365,
            counted_from=_("when it was last changed; not while it is under review"),
            deleted_by="delete_offer_drafts",
        )
    )
