"""Any Django form in the design system's markup: labels, hints, errors and the summary."""

import re

import pytest
from django import forms
from django.template import Context, Template

from core.cms.templatetags.forms_dk import SummaryError, summary_errors


class Visit(forms.Form):
    name = forms.CharField(label="Navn", error_messages={"required": "Indtast dit navn."})
    email = forms.EmailField(
        label="E-mail",
        help_text="Vi sender en kvittering.",
        error_messages={"required": "Indtast din e-mail."},
    )
    note = forms.CharField(label="Besked", required=False, widget=forms.Textarea)
    seats = forms.ChoiceField(
        label="Pladser",
        choices=[("1", "En"), ("2", "To")],
        widget=forms.RadioSelect,
        error_messages={"required": "Vælg antal pladser."},
    )
    needs = forms.MultipleChoiceField(
        label="Behov", required=False, choices=[("tolk", "Tolk")], widget=forms.CheckboxSelectMultiple
    )
    agrees = forms.BooleanField(label="Jeg er med", error_messages={"required": "Sæt kryds."})
    source = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.data.get("full"):
            raise forms.ValidationError("Der er ikke flere pladser. Vælg en anden dato.")
        return super().clean()


def render(source: str, **context) -> str:
    return Template("{% load forms_dk %}" + source).render(Context(context))


def test_every_visible_field_has_a_label_or_legend_for_its_input():
    html = render("{% render_form form %}", form=Visit())

    for field_id in ("id_name", "id_email", "id_note", "id_agrees", "id_seats_0", "id_seats_1", "id_needs_0"):
        assert f'for="{field_id}"' in html
        assert f'id="{field_id}"' in html
    assert html.count("<legend") == 2


def test_error_texts_are_the_same_at_the_field_and_in_the_summary():
    form = Visit({"email": "x@y.dk"})

    fields = render("{% render_form form %}", form=form)
    summary = render("{% error_summary form %}", form=form)

    at_fields = re.findall(r'<span class="sr-only">Fejl: </span>([^<]+)', fields)
    in_summary = re.findall(r'<a href="#[^"]+">([^<]+)</a>', summary)
    assert at_fields == in_summary == ["Indtast dit navn.", "Vælg antal pladser.", "Sæt kryds."]


def test_summary_links_lead_to_an_element_that_takes_the_focus():
    form = Visit({})

    fields = render("{% render_form form %}", form=form)
    targets = [error.target for error in summary_errors([form])]

    assert targets == ["id_name", "id_email", "id_seats_0", "id_agrees"]
    for target in targets:
        assert re.search(rf"<(input|select|textarea)[^>]*\bid=\"{target}\"", fields)


def test_a_field_with_hint_and_error_names_both_and_is_marked_invalid():
    html = render("{% render_field form.email %}", form=Visit({}))

    assert 'aria-describedby="id_email_hint id_email_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_email_hint"' in html
    assert 'id="id_email_error"' in html


def test_a_field_without_hint_and_error_describes_nothing():
    html = render("{% render_field form.name %}", form=Visit())

    assert "aria-describedby" not in html
    assert "aria-invalid" not in html


def test_errors_of_a_group_are_on_the_fieldset_and_the_inputs():
    html = render("{% render_field form.seats %}", form=Visit({}))

    assert '<fieldset aria-describedby="id_seats_error">' in html
    assert html.count('aria-invalid="true"') == 2
    assert 'class="form-radio"' in html


def test_checkboxes_of_a_group_look_like_checkboxes():
    html = render("{% render_field form.needs %}", form=Visit())

    assert 'class="form-checkbox"' in html
    assert 'class="form-group-checkbox"' in html


def test_only_what_is_optional_is_marked_so():
    html = render("{% render_form form %}", form=Visit())

    assert html.count("(frivilligt)") == 2
    assert "(frivilligt)" not in render("{% render_field form.note optional_marker=False %}", form=Visit())


def test_errors_of_the_whole_form_come_first_and_link_nowhere():
    errors = summary_errors(
        [Visit({"full": "1", "name": "A", "email": "a@b.dk", "seats": "1", "agrees": "on"})]
    )

    assert errors == [SummaryError("Der er ikke flere pladser. Vælg en anden dato.", "")]


def test_an_unbound_form_has_no_summary():
    assert render("{% error_summary form %}", form=Visit()).strip() == ""


def test_the_page_finds_its_form_and_formset_and_says_so_in_the_title():
    formset = forms.formset_factory(Visit, extra=1)({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"})
    formset.forms[0].empty_permitted = False

    summary = render("{% error_summary_of_page %}", formset=formset)

    assert "id_form-0-name" in summary
    assert render("{% error_prefix %}", formset=formset) == "Fejl: "
    assert render("{% error_prefix %}") == ""


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", '"><b>'], ids=["script", "quote"])
def test_what_was_typed_is_shown_again_and_escaped(typed):
    html = render("{% render_form form %}", form=Visit({"name": typed}))

    assert typed not in html
    assert "&lt;" in html
