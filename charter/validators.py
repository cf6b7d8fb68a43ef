"""Checks of identifiers of organisations (DOMAIN.md 2.2), with messages that say what to do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)


def is_cvr(number: str) -> bool:
    """Return whether a number is eight digits whose weighted sum is divisible by 11."""
    if len(number) != 8 or not (number.isascii() and number.isdigit()) or number == "00000000":
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, _CVR_WEIGHTS, strict=True)) % 11 == 0


def validate_cvr(number: str) -> None:
    """Raise ValidationError unless `number` is a CVR number."""
    if len(number) != 8 or not (number.isascii() and number.isdigit()):
        raise ValidationError(_("Write the CVR number as eight digits."), code="cvr_form")
    if not is_cvr(number):
        raise ValidationError(_("There is no such CVR number: check the digits."), code="cvr_check_digit")


def validate_p_number(number: str) -> None:
    """Raise ValidationError unless `number` is ten digits (a P number has no check digit)."""
    if len(number) != 10 or not (number.isascii() and number.isdigit()):
        raise ValidationError(_("Write the P number as ten digits."), code="p_number_form")
