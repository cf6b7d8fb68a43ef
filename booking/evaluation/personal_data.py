"""What evaluations and messages to the booked hold of persons: next to nothing, and for how long (rule 10)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, When
from django.utils.translation import gettext_lazy as _

from booking.enums import QuoteState
from booking.evaluation.links import address_hash
from booking.evaluation.retention import old_codes, old_opt_outs, old_sheets, old_texts
from booking.evaluation.rules import (
    CODE_KEPT_DAYS,
    OPT_OUT_DAYS,
    QUOTE_DAYS,
    SHEET_DAYS,
    UNREAD_DAYS,
)
from booking.messaging.retention import TEXT_DAYS, old_message_texts, told_messages
from booking.models import AnswerCode, AnswerSheet, EvaluationOptOut, FreeText, SessionMessage
from core.privacy.people import Person, mentions
from core.privacy.registry import Asked, Holding, dated, delete_rows, exempt, register


def _of_hash(person: Person) -> Q:
    return Q(address_hash=address_hash(person.email)) if person.email else Q(pk__in=[])


def _empty_messages(rows: Sequence[Any], asked: Asked) -> None:
    SessionMessage.objects.filter(pk__in=[row.pk for row in rows]).update(text="")


def register_all() -> None:
    """Register them."""
    unread = When(
        state__in=(QuoteState.WAITING, QuoteState.REJECTED),
        then=F("written_on") + timedelta(days=UNREAD_DAYS),
    )
    register(
        Holding(
            name="evaluation_texts",
            rule="evaluation_texts",
            model="booking.FreeText",
            fields=("text",),
            shown=("written_on", "state"),
            rows=lambda: dated(FreeText.objects.all(), since="written_on").annotate(
                kept_until=Case(
                    unread,
                    default=F("written_on") + timedelta(days=QUOTE_DAYS),
                    output_field=DateTimeField(),
                )
            ),
            due=old_texts,
            of=lambda person: mentions(person, "text"),
            also=lambda row, asked: _("The address is written in the text."),
            erase=delete_rows,
        )
    )
    for name, rows, since, days, due in (
        ("evaluation_answers", AnswerSheet.objects.all, "answered_on", SHEET_DAYS, old_sheets),
        ("evaluation_codes", AnswerCode.objects.all, "ends_at", CODE_KEPT_DAYS, old_codes),
    ):
        model: Any = rows().model
        register(
            Holding(
                name=name,
                rule=name,
                model=model._meta.label,
                fields=("code",) if model is AnswerCode else ("answered_on",),
                rows=lambda rows=rows, since=since, days=days: dated(rows(), since=since, days=days),  # type: ignore[misc]
                due=due,
                unfound="nobody’s name or address is in it",
            )
        )
    register(
        Holding(
            name="evaluation_opt_outs",
            rule="evaluation_opt_outs",
            model="booking.EvaluationOptOut",
            fields=("address_hash",),
            shown=("since",),
            rows=lambda: dated(EvaluationOptOut.objects.all(), since="since", days=OPT_OUT_DAYS),
            due=old_opt_outs,
            of=_of_hash,
            erase=delete_rows,
        )
    )
    register(
        Holding(
            name="session_messages",
            rule="session_messages",
            model="booking.SessionMessage",
            fields=("text",),
            shown=("session", "sent_at"),
            rows=lambda: dated(told_messages(), since="sent_at").annotate(
                kept_until=F("session__starts_at") + timedelta(days=TEXT_DAYS)
            ),
            due=old_message_texts,
            of=lambda person: mentions(person, "text"),
            also=lambda row, asked: _("The address is written in the text."),
            erase=_empty_messages,
        )
    )
    for name, reason in {
        "FormVersion": "texts of a form",
        "FormQuestion": "texts of a form",
        "LearningGoal": "goals of an offer",
        "ResultBatch": "figures of five answers or more",
        "Pilot": "what was seen of a material, and which office decided",
        "PilotClass": "names of classes and counts",
        "PilotNote": "what happened with a material; none about persons",
        "ReadinessAssessment": "an office’s assessment of itself; none about persons",
    }.items():
        exempt(f"booking.{name}", reason=reason)
