"""Letting evaluations go when their time has come (rule 10); the figures stay in their batches."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from booking.enums import QuoteState
from booking.evaluation.rules import (
    CODE_KEPT_DAYS,
    OPT_OUT_DAYS,
    QUOTE_DAYS,
    SHEET_DAYS,
    UNREAD_DAYS,
    days_ago,
)
from booking.models import AnswerCode, AnswerSheet, EvaluationOptOut, FreeText


@transaction.atomic
def forget_evaluations(now: datetime) -> int:
    """Delete filled-in forms, texts, codes and hashes whose time is over. Returns how many; safe to run twice.

    A filled-in form is deleted a year after it was answered, counted or not.
    """
    texts, _models = old_texts(now).delete()
    sheets = old_sheets(now)
    number = sheets.count()
    sheets.delete()
    codes, _models = old_codes(now).delete()
    hashes, _models = old_opt_outs(now).delete()
    return texts + number + codes + hashes


def old_texts(now: datetime) -> QuerySet[FreeText]:
    """Return texts that may be quoted no more, and those nobody has read in time."""
    unread = Q(state__in=(QuoteState.WAITING, QuoteState.REJECTED), written_on__lt=days_ago(now, UNREAD_DAYS))
    return FreeText.objects.filter(unread | Q(written_on__lt=days_ago(now, QUOTE_DAYS)))


def old_sheets(now: datetime) -> QuerySet[AnswerSheet]:
    """Return the filled-in forms whose year is over."""
    return AnswerSheet.objects.filter(answered_on__lt=days_ago(now, SHEET_DAYS))


def old_codes(now: datetime) -> QuerySet[AnswerCode]:
    """Return the codes that ended a while ago."""
    return AnswerCode.objects.filter(ends_at__date__lt=days_ago(now, CODE_KEPT_DAYS))


def old_opt_outs(now: datetime) -> QuerySet[EvaluationOptOut]:
    """Return the hashes of those who said long ago that they do not want to be asked."""
    return EvaluationOptOut.objects.filter(since__lt=days_ago(now, OPT_OUT_DAYS))
