"""Whether a mail text that a person has written can be used: pure, from the text and its mail type (N7)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from django.utils.translation import gettext as _

from core.outbox import sms
from core.outbox.placeholders import sample_value
from core.outbox.registry import MailType
from core.outbox.texts import BUTTON, COMMON_PLACEHOLDERS, PLACEHOLDER, SUBJECT_PLACEHOLDERS, Wording

ESSENTIAL = frozenset(
    {"cause", "code", "date", "dates", "deadline", "hotline", "reason", "reference", "task", "times", "url"}
)
"""What a mail would be of no use without, and every link (`..._url`); the rest may be left out on purpose."""

MAX_LENGTHS = {"subject": 150, "body": 8000, "why": 500}
_BRACES = re.compile(r"\{[^{}\n]*\}?|\}")
_LINK_LINE = re.compile(r"^\s*\[.*\]\s*\(.*\)\s*$|\]\(")


@dataclass(frozen=True)
class Problem:
    """What stops a text, on which field of its form."""

    field: str
    code: str
    message: str


def is_essential(placeholder: str) -> bool:
    """Whether a mail that fills this placeholder must show it."""
    return placeholder in ESSENTIAL or placeholder.endswith("_url")


def problems_of(wording: Wording, *, mail_type: MailType, may_leave_out: bool = False) -> list[Problem]:
    """Return what must be mended before the text can be used; nothing when it is fine.

    Args:
        may_leave_out: the writer means to leave out what is not essential.
    Source: DESIGN.md N1, N7.
    """
    known = set(mail_type.placeholders) | COMMON_PLACEHOLDERS
    found = [*_empty(wording), *_broken(wording, known), *_subject(wording, known), *_buttons(wording)]
    if mail_type.is_sms:
        found += _sms(wording, mail_type)
    used = {
        name for text in (wording.subject, wording.body, wording.why) for name in PLACEHOLDER.findall(text)
    }
    meant = {problem.code.partition(":")[2] for problem in found}
    found += _missing(set(mail_type.placeholders) - used - meant, may_leave_out=may_leave_out)
    return found


def is_usable(wording: Wording, *, mail_type: MailType) -> bool:
    """Whether a stored text can still be sent: every placeholder in it is still filled."""
    names = {
        name for text in (wording.subject, wording.body, wording.why) for name in PLACEHOLDER.findall(text)
    }
    return names <= set(mail_type.placeholders) | COMMON_PLACEHOLDERS


def _empty(wording: Wording) -> Iterator[Problem]:
    if not wording.subject:
        yield Problem("subject", "empty", _("Write a subject."))
    if not wording.body.strip():
        yield Problem("body", "empty", _("Write what the e-mail says."))
    if not wording.why:
        yield Problem("why", "empty", _("Write why the recipient gets this e-mail."))
    for field, most in MAX_LENGTHS.items():
        if len(getattr(wording, field)) > most:
            message = _("Make the text shorter: at most %(most)s characters.")
            yield Problem(field, "too_long", message % {"most": most})


def _broken(wording: Wording, known: set[str]) -> Iterator[Problem]:
    for field in ("subject", "body", "why"):
        for typed in dict.fromkeys(_BRACES.findall(getattr(wording, field))):
            right = PLACEHOLDER.fullmatch(typed)
            if right and right.group(1) in known:
                continue
            words = re.findall(r"[a-z0-9]+", typed.lower())
            word = "_".join(words if typed.endswith("}") else words[:1])
            close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
            if close:
                yield Problem(
                    field,
                    f"misspelt:{close[0]}",
                    _("%(typed)s does not exist here. Did you mean {%(close)s}?")
                    % {"typed": typed, "close": close[0]},
                )
            elif right:
                yield Problem(
                    field,
                    "unknown",
                    _("%(typed)s is not filled in this e-mail. Choose from the list, or remove it.")
                    % {"typed": typed},
                )
            else:
                yield Problem(
                    field,
                    "braces",
                    _("Curly brackets are for placeholders only. Mend or remove “%(typed)s”.")
                    % {"typed": typed},
                )


def _subject(wording: Wording, known: set[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(PLACEHOLDER.findall(wording.subject)):
        if name in known and name not in SUBJECT_PLACEHOLDERS:
            yield Problem(
                "subject",
                "subject",
                _("Move {%(name)s} to the text: a subject is shown on locked screens, and must name nobody.")
                % {"name": name},
            )


def _sms(wording: Wording, mail_type: MailType) -> Iterator[Problem]:
    """A text message is short, and has lines only."""
    if any(line.strip().startswith(("## ", "[")) for line in wording.body.splitlines()):
        yield Problem(
            "body", "sms_lines", _("Write plain lines: a text message has no headings and no buttons.")
        )
    sample = PLACEHOLDER.sub(lambda found: sample_value(found.group(1)), wording.body)
    if sms.segments(sms.written(sample)) > sms.MAX_SEGMENTS:
        yield Problem(
            "body",
            "sms_long",
            _("Make the text shorter: filled in, it must fit in two text messages (about 300 characters)."),
        )


def _buttons(wording: Wording) -> Iterator[Problem]:
    for line in wording.body.splitlines():
        if not _LINK_LINE.search(line):
            continue
        button = BUTTON.match(line.strip())
        if button is None or not button.group(2).endswith("url"):
            yield Problem(
                "body",
                "button",
                _(
                    "Write a button on a line of its own, as [Text of the button]({manage_url}). This is not one: %(line)s"
                )
                % {"line": line.strip()[:80]},
            )


def _missing(names: Iterable[str], *, may_leave_out: bool) -> Iterator[Problem]:
    needed = sorted(name for name in names if is_essential(name))
    others = sorted(name for name in names if not is_essential(name))
    if needed:
        yield Problem(
            "body",
            "missing",
            _("Put this in the text, the recipient needs it: %(names)s")
            % {"names": ", ".join(f"{{{name}}}" for name in needed)},
        )
    if others and not may_leave_out:
        yield Problem(
            "body",
            "left_out",
            _("This is no longer in the text: %(names)s. Put it back, or tick that you mean to leave it out.")
            % {"names": ", ".join(f"{{{name}}}" for name in others)},
        )
