"""The product's staff roles as Django groups. Provider roles are memberships (charter.ProviderMember)."""

ADMINISTRATION = "Administration"
CASEWORKER = "Sagsbehandler"
EDITOR = "Redaktør"
AUDITOR = "Revisor"

STAFF_ROLES = (ADMINISTRATION, CASEWORKER, EDITOR, AUDITOR)
"""Groups that see the admin; each of them needs a second factor (X2)."""
