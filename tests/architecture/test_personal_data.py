"""Every column that can hold text about a person is declared by a holding, or exempt with a stated reason (rule 10)."""

import pytest
from django.apps import apps
from django.db import connection, models

from core.audit.retention import all_rules
from core.privacy.registry import all_holdings, exemptions, holdings_of
from portal.periodic.jobs import all_jobs
from portal.periodic.retention_job import parts

CAN_HOLD = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.FileField,
    models.GenericIPAddressField,
    models.BinaryField,
)


def columns() -> list[str]:
    """Every such column; a reference to a user is a number and follows the account."""
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, CAN_HOLD) and not field.choices
    ]


def declared() -> set[str]:
    return {f"{each.model}.{name}" for each in all_holdings() for name in each.fields}


def is_exempt(column: str) -> bool:
    model, _dot, name = column.rpartition(".")
    return any(each.model == model and (not each.fields or name in each.fields) for each in exemptions())


def test_every_column_that_can_hold_personal_data_is_declared_or_exempt():
    missing = [column for column in columns() if column not in declared() and not is_exempt(column)]

    assert missing == [], (
        "Declare them in your package's personal_data.py, with a rule; or exempt them, with a reason."
    )


def test_the_search_for_columns_finds_what_there_is():
    assert {
        "booking.Booking.contact_email",
        "charter.SignatureEvidence.signer_name",
        "accounts.User.email",
    } <= set(columns())


ONLY_ON_SQLITE = {"wagtailsearch.SQLiteFTSIndexEntry"}


def test_every_exemption_says_why_and_names_what_exists():
    for each in exemptions():
        if each.model in ONLY_ON_SQLITE and connection.vendor != "sqlite":
            continue
        model = apps.get_model(each.model)
        assert len(each.reason) > 5, each
        for name in each.fields:
            model._meta.get_field(name)


@pytest.mark.parametrize("holding", all_holdings(), ids=lambda each: each.name)
def test_a_holding_is_whole(holding):
    """It names a rule and columns that exist, can be found or says why not, and is erased or says why it stays."""
    for name in (*holding.fields, *holding.shown):
        holding.model_class._meta.get_field(name)
    assert holding.rule in {rule.name for rule in all_rules()}
    assert (holding.of is None) == bool(holding.unfound)
    assert holding.of is None or holding.erase is not None or holding.stays is not None


@pytest.mark.parametrize("rule", [rule.name for rule in all_rules()])
def test_every_rule_covers_something_that_gets_due_and_is_deleted_by_the_one_job(rule):
    found = next(each for each in all_rules() if each.name == rule)

    assert any(each.due is not None for each in holdings_of(rule))
    assert found.deleted_by in parts()
    assert found.deleted_by in {job.name for job in all_jobs()}
