"""What the provider's pages say of a state: one decision each, so that templates switch once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from charter.enums import CoverageState, MemberRole, ProviderState, SignatureMethod
from charter.methods import Proof, honesty, label
from charter.methods.profiles import Profile
from charter.models import Provider, ProviderMember, SigningAttempt
from charter.operations.signing import Opening
from charter.rules import Coverage, SigningBar


@dataclass(frozen=True)
class Notice:
    """An alert: its kind, heading and text, and whether it leads to signing."""

    kind: str
    heading: str
    text: str
    can_sign: bool = False


def day_text(day: date | None) -> str:
    """Return a day in words."""
    return formats.date_format(day) if day else ""


def coverage_label(coverage: Coverage) -> tuple[str, str]:
    """Return a badge for a coverage: label and kind."""
    until = {"day": day_text(coverage.until)}
    return {
        CoverageState.NOT_REQUIRED: (_("No charter needed"), "info"),
        CoverageState.NOT_SIGNED: (_("Charter not signed"), "warning"),
        CoverageState.UPCOMING: (
            _("Covered from %(day)s") % {"day": day_text(coverage.starts_on)},
            "info",
        ),
        CoverageState.COVERED: (_("Covered until %(day)s") % until, "success"),
        CoverageState.RENEWAL_OPEN: (_("Covered until %(day)s") % until, "success"),
        CoverageState.LAPSED: (
            _("Charter lapsed on %(day)s") % {"day": day_text(coverage.lapsed_on)},
            "error",
        ),
        CoverageState.WITHDRAWN: (_("Charter withdrawn"), "error"),
    }[coverage.state]


def next_step(provider: Provider, coverage: Coverage, opening: Opening) -> Notice:
    """Return what the front page of a provider that may work says on top: its charter, and what to do next.

    What the other states say is decided in charter.organisation.pages.
    """
    can_sign = opening.bar is None
    if coverage.state == CoverageState.NOT_REQUIRED:
        return Notice(
            "info",
            _("You need no charter"),
            _("Municipal teams are not external partners. You can hold sessions."),
        )
    if coverage.is_covered:
        return _covered_notice(provider, coverage, opening)
    heading = {
        CoverageState.NOT_SIGNED: _("The charter is not signed"),
        CoverageState.UPCOMING: _("The charter does not cover you yet"),
        CoverageState.LAPSED: _("The charter has lapsed"),
        CoverageState.WITHDRAWN: _("The charter has been withdrawn"),
    }[coverage.state]
    if can_sign:
        return Notice(
            "warning",
            heading,
            _("Your dates cannot be booked. They open as soon as you have signed."),
            can_sign=True,
        )
    return Notice("warning", heading, _bar_text(opening.bar, provider))


def _covered_notice(provider: Provider, coverage: Coverage, opening: Opening) -> Notice:
    until = {"day": day_text(coverage.until)}
    if provider.state != ProviderState.ACTIVE:
        return Notice(
            "info",
            _("The charter is signed"),
            _(
                "You are covered until %(day)s. Your dates open when we have activated you; you will hear from us."
            )
            % until,
        )
    if coverage.state == CoverageState.RENEWAL_OPEN:
        text = (
            _("You are covered until %(day)s. Dates after that open when the next period is signed.") % until
        )
        if opening.bar is None:
            return Notice("info", _("You can sign for the next period now"), text, can_sign=True)
        if opening.bar == SigningBar.NOT_SIGNATORY:
            return Notice(
                "info", _("The next period can be signed now"), f"{text} {_bar_text(opening.bar, provider)}"
            )
    return Notice("success", _("You are covered"), _("Your dates until %(day)s can be booked.") % until)


def signing_notice(provider: Provider, coverage: Coverage, opening: Opening) -> Notice | None:
    """Return why the charter cannot be signed on the signing page, and what to do; None when it can.

    Where no charter is published the page has an empty state of its own.
    """
    if opening.bar is None or opening.bar == SigningBar.NO_VERSION:
        return None
    heading = {
        SigningBar.NOT_REQUIRED: _("You need no charter"),
        SigningBar.NOT_APPROVED: _("You cannot sign yet"),
        SigningBar.SUSPENDED: _("The cooperation is paused"),
        SigningBar.CLOSED: _("The cooperation has ended"),
        SigningBar.ALREADY_SIGNED: _("The charter is signed"),
        SigningBar.WINDOW_CLOSED: _("Signing has not opened"),
        SigningBar.NOT_SIGNATORY: _("Somebody else must sign"),
    }[opening.bar]
    text = _bar_text(opening.bar, provider)
    if opening.bar == SigningBar.ALREADY_SIGNED:
        text = _("You are covered until %(day)s.") % {"day": day_text(coverage.until)}
        if coverage.renewal_opens_on:
            text += " " + _("The next period can be signed from %(day)s.") % {
                "day": day_text(coverage.renewal_opens_on)
            }
    return Notice("success" if opening.bar == SigningBar.ALREADY_SIGNED else "info", heading, text)


def _bar_text(bar: SigningBar | None, provider: Provider) -> str:
    match bar:
        case SigningBar.NOT_REQUIRED:
            return _("Municipal teams are not external partners. You can hold sessions.")
        case SigningBar.NOT_APPROVED:
            return _("We look at every organisation first. You can sign as soon as you are approved.")
        case SigningBar.SUSPENDED:
            return _(
                "Nothing can be signed while the cooperation is paused. Write to us if you have questions."
            )
        case SigningBar.CLOSED:
            return _("Write to us if you want to take part again.")
        case SigningBar.NO_VERSION:
            return _("You will hear from us when the charter is ready.")
        case SigningBar.WINDOW_CLOSED:
            return _("There is no period to sign for now. You will hear from us when signing opens.")
        case SigningBar.NOT_SIGNATORY:
            names = signatory_names(provider)
            if names:
                return _("Ask %(names)s to sign: they can sign for %(provider)s.") % {
                    "names": names,
                    "provider": provider.name,
                }
            return _("Nobody is registered as signatory for %(provider)s. Write to us, and we add one.") % {
                "provider": provider.name
            }
    return ""


def signatory_names(provider: Provider) -> str:
    """Return who can sign for a provider, for its own members to read."""
    members = ProviderMember.objects.filter(
        provider=provider, role=MemberRole.SIGNATORY, user__is_active=True
    ).select_related("user")
    names: list[Any] = [str(member.user) for member in members]
    return _(" or ").join(names)


@dataclass(frozen=True)
class Way:
    """One way to confirm through a broker, as the page offers it."""

    name: str
    title: str
    text: str
    button: str


_WAYS = {
    SignatureMethod.MITID: _lazy(
        "You log in again with your own MitID. We get your name, not your CPR number."
    ),
    SignatureMethod.MITID_ERHVERV: _lazy(
        "You log in again with MitID Erhverv for the organisation you sign for. We get your name and its CVR number."
    ),
    SignatureMethod.DEMO_BROKER: _lazy(
        "Made for trying out: you choose who you are from a list. It is not MitID and proves nothing."
    ),
}


def way(profile: Profile) -> Way:
    """Return a way with what happens when it is chosen."""
    return Way(
        profile.name,
        profile.title,
        str(_WAYS[profile.method]),
        _("Confirm with %(way)s") % {"way": profile.title},
    )


def attempt_rows(attempt: SigningAttempt) -> list[dict[str, str]]:
    """Return what the signer has stated, to read once more before signing."""
    span = f"{day_text(attempt.period_first_day)} – {day_text(attempt.period_last_day)}"
    return [
        {"label": _("Organisation"), "value": attempt.provider.name},
        {"label": _("Covers"), "value": span},
        {"label": _("Your full name"), "value": attempt.signer_name},
        {"label": _("Your role in the organisation"), "value": attempt.signer_role},
        {"label": _("What entitles you to sign"), "value": attempt.authority},
        *(
            [{"label": _("Document of your authority"), "value": _("Handed in")}]
            if attempt.authority_document
            else []
        ),
    ]


@dataclass(frozen=True)
class Confirmed:
    """Who has been confirmed, how, and for how long it can be signed with."""

    name: str
    method: str
    honesty: str
    until: datetime


def confirmed_as(attempt: SigningAttempt, *, now: datetime) -> Confirmed | None:
    """Return what a broker or passkey has confirmed, while it can be signed with."""
    if attempt.proof is None or attempt.proof_expires_at is None or now >= attempt.proof_expires_at:
        return None
    proof = Proof.from_evidence(attempt.proof)
    return Confirmed(
        name=str(proof.facts.get("name", "")) or attempt.signer_name,
        method=label(proof.method),
        honesty=honesty(proof.method),
        until=attempt.proof_expires_at,
    )
