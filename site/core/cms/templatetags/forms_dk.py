"""Renders any Django form in the design system's markup, its errors summed up at the top of the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()


@dataclass(frozen=True)
class Choice:
    """One radio button or checkbox of a group."""

    widget: SafeString
    id: str
    label: str


@dataclass(frozen=True)
class FieldParts:
    """What a template needs to draw one field."""

    kind: str
    """hidden, text, checkbox, group (radios or checkboxes) or multi (several inputs)."""
    id: str = ""
    widget: SafeString = SafeString("")  # noqa: RUF009 - immutable
    hint: str = ""
    hint_id: str = ""
    errors: list[str] = dataclass_field(default_factory=list)
    error_id: str = ""
    describedby: str = ""
    is_optional: bool = False
    choice_kind: str = ""
    choices: list[Choice] = dataclass_field(default_factory=list)


@dataclass(frozen=True)
class SummaryError:
    """One line of the error summary: the field's own words, and the element that takes the focus."""

    text: str
    target: str


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return "multi"
    return "text"


def _input_class(widget: forms.Widget, kind: str) -> str:
    own = str(widget.attrs.get("class", ""))
    if kind == "checkbox":
        base = "form-checkbox"
    elif isinstance(widget, forms.Select):
        base = "form-select"
    else:
        base = "form-input"
    return f"{base} {own}".strip()


def first_input_id(field: BoundField) -> str:
    """Return the id of the element that takes the focus when the error summary's link is followed."""
    kind = _kind(field)
    if kind == "group":
        choices = field.subwidgets
        return str(choices[0].id_for_label) if choices else ""
    if isinstance(field.field.widget, forms.MultiWidget):
        return f"{field.auto_id}_0"
    if isinstance(field.field.widget, forms.SelectDateWidget):
        return str(field.field.widget.id_for_label(field.auto_id))
    return str(field.id_for_label)


@register.simple_tag
def field_parts(field: BoundField, optional_marker: Any = True) -> FieldParts:
    """Return what components/field.html draws: the widget with its classes and references, hint and errors."""
    kind = _kind(field)
    if kind == "hidden":
        return FieldParts(kind=kind)
    errors = [str(error) for error in field.errors]
    hint = str(field.help_text or "")
    hint_id, error_id = f"{field.auto_id}_hint", f"{field.auto_id}_error"
    described_by = " ".join(([hint_id] if hint else []) + ([error_id] if errors else []))
    shows_optional = optional_marker not in (False, "") and getattr(field.form, "show_optional", True)
    is_optional = bool(shows_optional and not field.field.required and kind != "checkbox")
    common: dict[str, Any] = {
        "kind": kind,
        "hint": hint,
        "hint_id": hint_id,
        "errors": errors,
        "error_id": error_id,
        "describedby": described_by,
        "is_optional": is_optional,
    }
    if kind == "group":
        choice_kind = "checkbox" if isinstance(field.field.widget, forms.CheckboxSelectMultiple) else "radio"
        return FieldParts(
            choice_kind=choice_kind, choices=_choices(field, choice_kind, bool(errors)), **common
        )
    attrs: dict[str, Any] = {
        "class": _input_class(field.field.widget, kind),
        "aria-describedby": described_by or None,
    }
    if errors:
        attrs["aria-invalid"] = "true"
    if kind == "multi":
        del attrs["aria-describedby"]  # the fieldset carries it
    elif not described_by:
        attrs["aria-describedby"] = False
    return FieldParts(id=str(field.id_for_label), widget=field.as_widget(attrs=attrs), **common)


def _choices(field: BoundField, choice_kind: str, is_invalid: bool) -> list[Choice]:
    choices = []
    for sub in field.subwidgets:
        attrs = sub.data["attrs"]
        attrs["class"] = f"form-{choice_kind}"
        # The browser's own "required" would stop a group before our words reach the person.
        attrs.pop("required", None)
        attrs.pop("aria-describedby", None)
        if is_invalid:
            attrs["aria-invalid"] = "true"
        sub.data["wrap_label"] = False
        choices.append(Choice(widget=sub.tag(), id=str(sub.id_for_label), label=str(sub.choice_label)))
    return choices


@register.inclusion_tag("components/field.html")
def render_field(field: BoundField, **options: Any) -> dict[str, Any]:
    """Draw one field: label, hint, error, input. Options: optional_marker, prefix, suffix."""
    return {"field": field, "optional_marker": True, **options}


@register.inclusion_tag("components/form.html")
def render_form(form: forms.BaseForm) -> dict[str, Any]:
    """Draw all fields of a form in their order; the `<form>` element, token and buttons are the page's."""
    return {"form": form}


@register.inclusion_tag("components/error_summary.html")
def error_summary(*bound: forms.BaseForm | forms.BaseFormSet[Any]) -> dict[str, Any]:
    """Draw the error summary of one or more forms or formsets."""
    return {"errors": summary_errors(bound)}


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary_of_page(context: Context) -> dict[str, Any]:
    """Draw the error summary of what the page calls `form`, `forms` or `formset`."""
    return {"errors": summary_errors(_forms_of_page(context))}


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """Return "Fejl: " for the page's title when a form on it has errors: heard first after the reload."""
    has_errors = bool(summary_errors(_forms_of_page(context)))
    return format_html("{} ", gettext("Error:")) if has_errors else ""


def _forms_of_page(context: Context) -> list[forms.BaseForm | forms.BaseFormSet[Any]]:
    found = [context.get("form"), *(context.get("forms") or []), context.get("formset")]
    return [form for form in found if isinstance(form, forms.BaseForm | forms.BaseFormSet)]


def summary_errors(bound: Iterable[forms.BaseForm | forms.BaseFormSet[Any]]) -> list[SummaryError]:
    """Return every error of bound forms in the order of their fields, form-wide ones first."""
    errors: list[SummaryError] = []
    for form in bound:
        if not form.is_bound:
            continue
        if isinstance(form, forms.BaseFormSet):
            errors += [SummaryError(str(text), "") for text in form.non_form_errors()]
            errors += summary_errors(form.forms)
            continue
        errors += [SummaryError(str(text), "") for text in form.non_field_errors()]
        for field in form:
            target = "" if field.is_hidden else first_input_id(field)
            errors += [SummaryError(str(text), target) for text in field.errors]
    return errors
