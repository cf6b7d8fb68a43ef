"""Letting evaluations go when their time has come (rule 10); the figures stay in their batches."""

from datetime import datetime

from django.db import transaction

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
    unread, _models = FreeText.objects.filter(
        state__in=(QuoteState.WAITING, QuoteState.REJECTED), written_on__lt=days_ago(now, UNREAD_DAYS)
    ).delete()
    read, _models = FreeText.objects.filter(written_on__lt=days_ago(now, QUOTE_DAYS)).delete()
    sheets = AnswerSheet.objects.filter(answered_on__lt=days_ago(now, SHEET_DAYS))
    number = sheets.count()
    sheets.delete()
    codes, _models = AnswerCode.objects.filter(ends_at__date__lt=days_ago(now, CODE_KEPT_DAYS)).delete()
    hashes, _models = EvaluationOptOut.objects.filter(since__lt=days_ago(now, OPT_OUT_DAYS)).delete()
    return unread + read + number + codes + hashes
