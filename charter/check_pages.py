"""What the page says about a checked document: the verdict, what is proved, and what is not."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _

from charter.methods import honesty, label, leaves_open
from charter.pages import day_text
from charter.sealing import SealLevel, SealReading
from charter.verification import Answer, Verdict

_COPENHAGEN = ZoneInfo("Europe/Copenhagen")


@dataclass(frozen=True)
class Page:
    """The answer, ready for the template."""

    kind: str
    """success, warning or error, of the alert."""

    heading: str
    text: str
    rows: tuple[dict[str, Any], ...] = ()
    who: str = ""
    """How the signer proved who they are."""

    proved: tuple[str, ...] = ()
    not_proved: tuple[str, ...] = ()


def page_of(answer: Answer) -> Page:
    """Return what the page says."""
    if not answer.is_genuine:
        return Page("error", _heading_of_doubt(answer), answer.sentence, rows=_file_rows(answer))
    is_in_force = answer.verdict == Verdict.IN_FORCE
    text = answer.sentence
    if is_in_force and answer.withdrawn_from:
        text = _("The signature is in force today, but has been withdrawn from %(day)s.") % {
            "day": day_text(answer.withdrawn_from)
        }
    return Page(
        kind="success" if is_in_force else "warning",
        heading=_("The document is genuine") if answer.seal else _("We know this signature"),
        text=text,
        rows=_signature_rows(answer) + _file_rows(answer),
        who=honesty(answer.signature.method) if answer.signature else "",
        proved=_proved(answer),
        not_proved=_not_proved(answer),
    )


def _heading_of_doubt(answer: Answer) -> str:
    if answer.verdict == Verdict.NO_SUCH_REFERENCE:
        return _("We do not know this reference number")
    if answer.verdict == Verdict.OTHER_SIGNATURE:
        return _("Document and reference number do not belong together")
    if answer.verdict in {Verdict.RECORDS, Verdict.TIME}:
        return _("We cannot vouch for this signature")
    return _("We cannot vouch for this document")


def _signature_rows(answer: Answer) -> tuple[dict[str, Any], ...]:
    signature = answer.signature
    if signature is None:
        return ()
    rows: list[dict[str, Any]] = [
        {"label": _("Reference number"), "value": signature.reference},
        {"label": _("Organisation"), "value": signature.provider.name},
        {"label": _("Charter version"), "value": signature.version.number},
        {
            "label": _("Covers"),
            "value": f"{day_text(signature.covers_from)} – {day_text(signature.covers_until)}",
        },
        {"label": _("Signed"), "value": _moment(signature.signed_at)},
        {"label": _("How the signer proved who they are"), "value": label(signature.method)},
    ]
    if answer.withdrawn_from:
        rows.append({"label": _("Withdrawn from"), "value": day_text(answer.withdrawn_from)})
    return tuple(rows)


def _file_rows(answer: Answer) -> tuple[dict[str, Any], ...]:
    seal = answer.seal
    rows: list[dict[str, Any]] = []
    if seal is not None and seal.is_ours and seal.is_intact:
        rows.append({"label": _("Sealed by"), "value": seal.sealed_by})
        if seal.sealed_at:
            rows.append({"label": _("Time in the seal"), "value": _moment(seal.sealed_at)})
        rows.append({"label": _("Kind of seal"), "value": _level(seal)})
    if answer.sha256:
        rows.append({"label": _("The file's SHA-256"), "value": answer.sha256})
    return tuple(rows)


def _level(seal: SealReading) -> str:
    if seal.level == SealLevel.B_LTA:
        return _("%(level)s: with time stamps and revocation data for long keeping") % {"level": seal.level}
    if seal.level == SealLevel.B_T:
        return _("%(level)s: with an independent time stamp") % {"level": seal.level}
    return _("%(level)s: without an independent time stamp") % {"level": seal.level}


def _proved(answer: Answer) -> tuple[str, ...]:
    seal, found = answer.seal, []
    if seal is not None:
        found.append(_("The file is, to the last byte, the one that we stored when it was signed."))
        if seal.is_sealed:
            found.append(
                _(
                    "The seal is unbroken, covers the whole file, and was set with the certificate of %(name)s."
                )
                % {"name": seal.sealed_by}
            )
        if seal.timestamp_at and seal.is_timestamp_trusted:
            found.append(
                _("%(name)s has confirmed that the document existed on %(moment)s.")
                % {"name": seal.timestamp_by, "moment": _moment(seal.timestamp_at)}
            )
    found.append(_("The records of this signature are unbroken: nobody has changed them afterwards."))
    if answer.evidence_deleted_on:
        found.append(
            _(
                "We deleted our own copy of the document and the signer's name by rule on %(day)s. "
                "The hash that we kept still matches."
            )
            % {"day": day_text(answer.evidence_deleted_on)}
            if seal
            else _("We deleted the document and the signer's name by rule on %(day)s.")
            % {"day": day_text(answer.evidence_deleted_on)}
        )
    return tuple(found)


def _not_proved(answer: Answer) -> tuple[str, ...]:
    seal, found = answer.seal, []
    if seal is None:
        found.append(_("Whether a document that somebody shows you is genuine. Upload it, and we can tell."))
    elif not seal.is_sealed:
        found.append(
            _(
                "The document carries no seal: only we can tell that it is genuine, nobody can see it without us."
            )
        )
    elif not (seal.timestamp_at and seal.is_timestamp_trusted):
        found.append(_("The time is our own server's. No independent authority has confirmed it."))
    if answer.signature is not None and (open_question := leaves_open(answer.signature.method)):
        found.append(open_question)
    found.append(
        _("The signature tells what the organisation has promised, not whether it keeps its promise.")
    )
    return tuple(found)


def _moment(moment: Any) -> str:
    local = moment.astimezone(_COPENHAGEN)
    return _("%(day)s at %(time)s (Danish time)") % {
        "day": formats.date_format(local.date()),
        "time": f"{local:%H.%M}",
    }
