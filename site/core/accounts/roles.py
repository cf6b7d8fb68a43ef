"""The product's staff roles as Django groups. Provider roles are memberships (charter.ProviderMember).

What a role may do is registered by the top package (`portal.grants`), one line an app or model, and
written to the groups after each migration: `ensure_roles` is the only place that grants anything.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission

ADMINISTRATION = "Administration"
CASEWORKER = "Sagsbehandler"
EDITOR = "Redaktør"
AUDITOR = "Revisor"

STAFF_ROLES = (ADMINISTRATION, CASEWORKER, EDITOR, AUDITOR)
"""Groups that see the admin; each of them needs a second factor (X2)."""

REVIEWERS = (EDITOR, ADMINISTRATION)
"""Who answers what an editor sends for review."""

REVIEW = "godkendelse hos en kollega"
"""The workflow's name: data, shown after «Send til»."""

WAGTAILS_WORKFLOW, WAGTAILS_REVIEWERS = "Moderators approval", "Moderators"

ALL = ("add", "change", "delete", "view")
WRITE = ("add", "change", "view")
VIEW = ("view",)

_grants: dict[str, Mapping[str, tuple[str, ...]]] = {}
_page_rights: dict[str, tuple[str, ...]] = {
    EDITOR: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
    ADMINISTRATION: ("add", "change", "publish", "bulk_delete", "lock", "unlock"),
}
_collection_rights: dict[str, tuple[str, ...]] = {
    EDITOR: ("add", "change", "choose"),
    ADMINISTRATION: ("add", "change", "choose"),
    CASEWORKER: ("choose",),
}


def register_grants(target: str, grants: Mapping[str, tuple[str, ...]]) -> None:
    """Say what each role may do with the models of an app ("booking") or one model ("booking.booking").

    A line for a model replaces its app's. Besides add, change, delete and view, a codename of the
    model's own may be named ("publish_offer").
    """
    unknown = set(grants) - set(STAFF_ROLES)
    if unknown:
        raise ValueError(f"No such role: {', '.join(sorted(unknown))}")
    _grants[target] = dict(grants)


def granted(role: str, model: Any) -> tuple[str, ...]:
    """Return the actions a role has on a model by the registered table."""
    line = _grants.get(model._meta.label_lower, _grants.get(model._meta.app_label, {}))
    return line.get(role, ())


def ensure_roles() -> None:
    """Create the groups and give each exactly the registered permissions. Safe to repeat.

    Runs after every migration, when content types, permissions, the root page and the root
    collection exist. Groups that an administrator made are left alone.
    """
    for role in STAFF_ROLES:
        group, _created = Group.objects.get_or_create(name=role)
        wanted = set(
            Permission.objects.filter(
                content_type__app_label="wagtailadmin", codename="access_admin"
            ).values_list("pk", flat=True)
        )
        by_codename = {
            (permission.content_type_id, permission.codename): permission.pk
            for permission in Permission.objects.all()
        }
        wanted |= set(_model_permissions(role, by_codename))
        if set(group.permissions.values_list("pk", flat=True)) != wanted:
            group.permissions.set(wanted)
        _ensure_page_rights(group)
        _ensure_collection_rights(group)
    _ensure_reviewers()


def _model_permissions(role: str, by_codename: Mapping[tuple[int, str], int]) -> list[int]:
    from django.contrib.contenttypes.models import ContentType

    found = []
    for model in apps.get_models():
        actions = granted(role, model)
        if not actions:
            continue
        content_type = ContentType.objects.get_for_model(model, for_concrete_model=False)
        for action in actions:
            codename = f"{action}_{model._meta.model_name}" if action in ALL else action
            pk = by_codename.get((content_type.pk, codename))
            if pk is not None:
                found.append(pk)
    return found


def _ensure_page_rights(group: Group) -> None:
    from wagtail.models import GroupPagePermission, Page

    root = Page.objects.filter(depth=1).first()
    if root is None:
        return
    for right in _page_rights.get(group.name, ()):
        permission = Permission.objects.filter(
            content_type__app_label="wagtailcore", codename=f"{right}_page"
        ).first()
        if permission is not None:
            GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


def _ensure_collection_rights(group: Group) -> None:
    from wagtail.models import Collection, GroupCollectionPermission

    root = Collection.objects.filter(depth=1).first()
    if root is None:
        return
    for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
        for right in _collection_rights.get(group.name, ()):
            permission = Permission.objects.filter(
                content_type__app_label=app_label, codename=f"{right}_{model}"
            ).first()
            if permission is not None:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=root, permission=permission
                )


def _ensure_reviewers() -> None:
    """Let editors and the administration answer what is sent for review (P5).

    Wagtail ships a workflow that asks a group of its own, which nobody here is in: what was sent would wait for
    ever. A workflow that somebody has changed, renamed or replaced is left alone.
    """
    from wagtail.models import GroupApprovalTask, Workflow

    task = GroupApprovalTask.objects.filter(name=WAGTAILS_WORKFLOW).first()
    if task is None or set(task.groups.values_list("name", flat=True)) != {WAGTAILS_REVIEWERS}:
        return
    task.groups.set(Group.objects.filter(name__in=REVIEWERS))
    task.name = REVIEW
    task.save(update_fields=["name"])
    Workflow.objects.filter(name=WAGTAILS_WORKFLOW).update(name=REVIEW)
