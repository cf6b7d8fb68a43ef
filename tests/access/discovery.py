"""Finds every URL of the project, and every row that packages have written for them."""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.rows import Row

TESTS = Path(__file__).resolve().parents[1]
OUR_PACKAGES = {"portal", "booking", "workshops", "charter", "core"}
OUR_APPS = {
    "portal",
    "home",
    "periodic",
    "digest",
    "reporting",
    "booking",
    "workshops",
    "charter",
    "cms",
    "worklist",
    "outbox",
    "audit",
    "limits",
    "links",
    "accounts",
}


@dataclass(frozen=True)
class Address:
    """One URL pattern, with the prefixes and namespaces it is reached by."""

    route: str
    name: str
    view: Any

    @property
    def view_class(self) -> Any:
        """The class of a class-based view, else the function."""
        return getattr(self.view, "view_class", self.view)

    @property
    def model(self) -> Any:
        """The model a viewset's view is made for, if any."""
        return getattr(self.view, "view_initkwargs", {}).get("model") or getattr(
            self.view_class, "model", None
        )

    @property
    def is_viewset_of_ours(self) -> bool:
        """Whether it is a page of the administration for one of our models."""
        meta = getattr(self.model, "_meta", None)
        return self.route.startswith("admin/") and meta is not None and meta.app_label in OUR_APPS

    @property
    def is_ours(self) -> bool:
        """Whether the view is code of this project."""
        return self.view_class.__module__.split(".")[0] in OUR_PACKAGES


def addresses() -> list[Address]:
    """Return every URL pattern of the project."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield Address(route=route, name=name, view=entry.callback)
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, route, inner)


def rows_by_package() -> dict[str, list[Row]]:
    """Return the rows of every `access_rows.py` below tests/, by the folder they lie in."""
    found: dict[str, list[Row]] = {}
    for path in sorted(TESTS.rglob("access_rows.py")):
        package = ".".join(path.relative_to(TESTS).parent.parts)
        found[package] = importlib.import_module(f"tests.{package}.access_rows").ROWS
    return found
