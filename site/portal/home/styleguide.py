"""The styleguide's form and sample values: every component of templates/components/ in every state."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils import timezone


class SampleForm(forms.Form):
    """One field of each kind. Bound to nothing it shows every message."""

    name = forms.CharField(
        label="Dit navn",
        error_messages={"required": "Indtast dit navn."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="E-mail",
        help_text="Vi sender en kvittering til adressen.",
        error_messages={
            "required": "Indtast din e-mail.",
            "invalid": "Indtast en e-mail som navn@eksempel.dk.",
        },
    )
    pupils = forms.IntegerField(
        label="Antal elever",
        min_value=1,
        max_value=60,
        error_messages={"required": "Indtast antal elever."},
        widget=forms.NumberInput(attrs={"class": "input-char-4", "inputmode": "numeric"}),
    )
    phone = forms.CharField(label="Telefon på dagen", required=False, help_text="Fx 00 00 00 00")
    grade = forms.ChoiceField(
        label="Klassetrin",
        choices=[("", "Vælg klassetrin"), *[(str(grade), f"{grade}. klasse") for grade in range(4, 10)]],
        error_messages={"required": "Vælg klassetrin."},
    )
    seats = forms.ChoiceField(
        label="Hvor mange kommer I?",
        choices=[("1", "Jeg kommer alene"), ("2", "Vi kommer to")],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg, hvor mange I kommer."},
    )
    needs = forms.MultipleChoiceField(
        label="Behov på dagen",
        help_text="Vælg alt, der passer.",
        required=False,
        choices=[("interpreter", "Tolk"), ("step_free", "Adgang uden trin"), ("hearing", "Teleslynge")],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label="Besked til underviseren",
        required=False,
        help_text="Skriv ikke oplysninger om enkeltpersoner.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    agrees = forms.BooleanField(
        label="En lærer fra skolen er til stede hele tiden",
        error_messages={"required": "Bekræft, at en lærer er til stede."},
    )
    source = forms.CharField(widget=forms.HiddenInput, required=False)


class SampleFilter(forms.Form):
    """A filter over a list."""

    q = forms.CharField(label="Søg", required=False)
    grade = forms.ChoiceField(
        label="Klassetrin",
        required=False,
        choices=[("", "Alle klassetrin"), ("5", "5. klasse"), ("8", "8. klasse")],
    )
    free_from = forms.DateField(
        label="Ledige tider fra", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


def samples() -> dict[str, Any]:
    """Return the sample values, the same at every visit but for the dates."""
    start = timezone.make_aware(datetime(2026, 10, 20, 9, 0))  # noqa: DTZ001 - made aware right here
    answers = [
        {"label": "Skole", "value": "Eksempelskolen", "url": "#", "edit": "skole"},
        {"label": "Klasse", "value": "7.A, 24 elever og 2 voksne", "url": "#", "edit": "klasse"},
        {"label": "Besked", "value": "Vi mødes i biblioteket.\nBrug indgangen mod gården."},
    ]
    return {
        "empty_form": SampleForm(prefix="empty"),
        "sample_form": SampleForm(data={"sample-email": "ikke en adresse"}, prefix="sample"),
        "filter_form": SampleFilter({"grade": "5"}),
        "starts_at": start,
        "ends_at": start + timedelta(minutes=90),
        "breadcrumb_items": [("Forside", "/"), ("Tilbud", "/tilbud/")],
        "facts": ["4.–6. klasse", "90 minutter", "På skolen", "Gratis"],
        "answers": answers,
        "steps": [
            {"label": "Dato", "url": "#", "state": "done"},
            {"label": "Klasse", "url": "#", "state": "done"},
            {"label": "Kontakt", "state": "current"},
            {"label": "Tjek dine svar", "state": "todo"},
        ],
        "headers": ["Skole", "Klasse", "Elever", "Voksne", "Dato", "Tidspunkt"],
        "rows": [
            ["Eksempelskolen", "7.A", 24, 2, "20. oktober 2026", "9.00–10.30"],
            ["Prøveskolen", "5.B", 22, 1, "21. oktober 2026", "10.15–11.45"],
        ],
        "paged": Paginator(range(200), 20).page(5),
        "tags": [
            ("Ledige pladser", "success"),
            ("Få pladser", "warning"),
            ("Optaget", "error"),
            ("Online", "info"),
            ("4.–6. klasse", "neutral"),
        ],
        "alert_kinds": ["info", "success", "warning", "error"],
        "button_kinds": ["primary", "secondary", "tertiary", "warning"],
    }
