"""«Det kræver din opmærksomhed»: open tasks by kind, the oldest first, each with what may be done (issue 4)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import View

from core.audit.log import Actor
from core.cms.staff_pages import StaffPage
from core.worklist.errors import DayNotAheadError, WorkItemError
from core.worklist.kinds import get as get_kind
from core.worklist.models import WorkItem
from core.worklist.operations import assign_item, snooze_item, wake_item
from core.worklist.permissions import handlers, user_can_handle_tasks, user_can_see_tasks
from core.worklist.querysets import KindCounts, WorkItemQuerySet
from core.worklist.rules import latest_wake

MINE, FREE = "mine", "free"
SHOWN_OF_A_KIND = 5
PER_PAGE = 30
A_WEEK = timedelta(days=7)


def attention_url(**chosen: str) -> str:
    """Return the page's address with filters: kind, who, asleep."""
    kept = {name: value for name, value in chosen.items() if value}
    return reverse("tasks_waiting") + (f"?{urlencode(kept)}" if kept else "")


def age_text(opened_at: datetime, *, now: datetime) -> str:
    """Return how old a task is, in whole local days."""
    days = (timezone.localdate(now) - timezone.localdate(opened_at)).days
    if days < 1:
        return _("today")
    return ngettext("%(count)s day old", "%(count)s days old", days) % {"count": days}


def summary_text(counts: KindCounts, *, now: datetime) -> str:
    """Return what stands beside the name of a kind: open, overdue, the oldest, how many sleep."""
    parts = [ngettext("%(count)s open", "%(count)s open", counts.open) % {"count": counts.open}]
    if counts.late:
        parts.append(ngettext("%(count)s overdue", "%(count)s overdue", counts.late) % {"count": counts.late})
    if counts.asleep:
        parts.append(sleep_text(counts.asleep))
    return ", ".join(parts)


def sleep_text(number: int) -> str:
    """Return how many tasks sleep."""
    return ngettext("%(count)s sleeps", "%(count)s sleep", number) % {"count": number}


def urgency(entry: tuple[str, KindCounts]) -> tuple[Any, ...]:
    """Return the order of kinds: overdue first, then whose oldest is oldest; those that only sleep last."""
    kind, counts = entry
    oldest = counts.oldest.timestamp() if counts.oldest else float("inf")
    return (counts.open == 0, -counts.late, oldest, str(get_kind(kind).title))


def shown(item: WorkItem, *, user: Any, now: datetime) -> dict[str, Any]:
    """Return what a page says of a task, and what this person may do with it. Asks the database nothing."""
    today = timezone.localdate(now)
    due_on = timezone.localdate(item.due_at) if item.due_at else None
    latest = latest_wake(today=today, due_on=due_on)
    return {
        "item": item,
        "description": item.description(),
        "url": item.url,
        "detail_url": reverse("tasks:inspect", args=[item.pk]),
        "age": age_text(item.opened_at, now=now),
        "is_late": item.due_at is not None and item.due_at < now,
        "due_on": due_on,
        "is_asleep": item.is_asleep(on=today),
        "is_mine": item.assignee_id == user.pk,
        "earliest": today + timedelta(days=1),
        "suggested": min(today + A_WEEK, latest),
        "latest": latest,
    }


class AttentionView(StaffPage):
    """The page. Without a kind: the oldest five of each. With one: all of it, paged."""

    http_method_names = ["get", "head"]
    template_name = "admin/tasks/attention.html"
    page_title = gettext_lazy("This needs your attention")
    header_icon = "tasks"

    def may(self, user: Any) -> bool:
        """Let in those who may see tasks."""
        return user_can_see_tasks(user)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the tasks that the filters keep. A fixed number of queries, whatever is open."""
        now = self.now
        who = request.GET.get("who", "")
        who = who if who in (MINE, FREE) else ""
        sleeping = request.GET.get("asleep") == "1"
        kind = request.GET.get("kind", "")[:60]
        everybodys = WorkItem.objects.all().counts_by_kind(now=now, user_id=request.user.pk)
        kept = _of(who, WorkItem.objects.open(), request.user)
        counts = kept.counts_by_kind(now=now) if who else everybodys
        wanted = kept.asleep(now=now) if sleeping else kept.awake(now=now)
        chosen = {"who": who, "asleep": "1" if sleeping else "", "kind": kind}
        page = None
        if kind:
            page = Paginator(wanted.of_kind(kind).oldest_first(), PER_PAGE).get_page(request.GET.get("p"))
            items: Iterable[WorkItem] = page.object_list
        else:
            items = wanted.oldest_of_each_kind(SHOWN_OF_A_KIND)
        groups = _groups(items, counts, user=request.user, now=now, chosen=chosen)
        can_handle = user_can_handle_tasks(request.user)
        return self.show(
            groups=groups,
            page=page,
            query=urlencode({name: value for name, value in chosen.items() if value}),
            filters=_filters(everybodys.values(), chosen),
            kinds=_kind_links(counts, chosen),
            chosen=chosen,
            is_filtered=any(chosen.values()),
            can_handle=can_handle,
            handlers=list(handlers()) if can_handle and groups else [],
            here=request.get_full_path(),
            all_url=attention_url(),
        )


def _of(who: str, queryset: WorkItemQuerySet, user: Any) -> WorkItemQuerySet:
    if who == MINE:
        return queryset.given_to(user.pk)
    return queryset.free() if who == FREE else queryset


def _number(counts: KindCounts, chosen: dict[str, str]) -> int:
    return counts.asleep if chosen["asleep"] else counts.open


def _groups(
    items: Iterable[WorkItem],
    counts: dict[str, KindCounts],
    *,
    user: Any,
    now: datetime,
    chosen: dict[str, str],
) -> list[dict[str, Any]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        rows.setdefault(item.kind, []).append(shown(item, user=user, now=now))
    groups = []
    for kind, counted in sorted(counts.items(), key=urgency):
        if kind not in rows:
            continue
        more = 0 if chosen["kind"] else _number(counted, chosen) - len(rows[kind])
        groups.append(
            {
                "kind": kind,
                "title": get_kind(kind).title,
                "summary": summary_text(counted, now=now),
                "url": attention_url(**{**chosen, "kind": kind}),
                "rows": rows[kind],
                "more": max(more, 0),
                "total": _number(counted, chosen),
            }
        )
    return groups


def _kind_links(counts: dict[str, KindCounts], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return the filter by kind: those with something to show, and the one chosen."""
    links = [
        {
            "label": get_kind(kind).title,
            "count": _number(counted, chosen),
            "url": attention_url(**{**chosen, "kind": kind}),
            "is_current": kind == chosen["kind"],
        }
        for kind, counted in sorted(counts.items(), key=urgency)
        if _number(counted, chosen) or kind == chosen["kind"]
    ]
    total = sum(_number(counted, chosen) for counted in counts.values())
    everything = {
        "label": _("All kinds"),
        "count": total,
        "url": attention_url(**{**chosen, "kind": ""}),
        "is_current": not chosen["kind"],
    }
    return [everything, *links]


def _filters(counts: Iterable[KindCounts], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Return the filters by person, and what sleeps, each with its number."""
    return [
        {
            "label": label,
            "count": sum(getattr(counted, name) for counted in counts),
            "url": attention_url(who=who, asleep=asleep, kind=chosen["kind"]),
            "is_current": (chosen["who"], chosen["asleep"]) == (who, asleep),
        }
        for name, label, who, asleep in (
            ("open", _("Everybody’s"), "", ""),
            ("mine", _("Mine"), MINE, ""),
            ("free", _("Nobody has them"), FREE, ""),
            ("asleep", _("Asleep"), "", "1"),
        )
    ]


class GiveForm(forms.Form):
    """Who shall have a task; empty: nobody."""

    assignee = forms.IntegerField(required=False)
    only_if_free = forms.BooleanField(required=False)


class SnoozeForm(forms.Form):
    """The day it comes back."""

    wakes_on = forms.DateField()


class TaskStepView(View):
    """One step with a task, by POST; leads back to where it was taken."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the step, and say what became of it."""
        if not user_can_handle_tasks(request.user):
            raise PermissionDenied
        item = get_object_or_404(WorkItem, pk=pk)
        try:
            messages.success(request, self.take(item, request, timezone.now()))
        except WorkItemError as error:
            messages.error(request, f"{item.description()} {error}")
        back = request.POST.get("next", "")
        is_own = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return HttpResponseRedirect(back if is_own else reverse("tasks:inspect", args=[item.pk]))

    def take(self, item: WorkItem, request: HttpRequest, now: datetime) -> str:
        """Call the operation; return what to say."""
        raise NotImplementedError


class GiveView(TaskStepView):
    """Give a task to a person, take it, or put it back."""

    def take(self, item: WorkItem, request: HttpRequest, now: datetime) -> str:
        """Assign it."""
        form = GiveForm(request.POST)
        # Nobody has this number: what is not a number is refused as the wrong person, not read as nobody.
        assignee_id = form.cleaned_data["assignee"] if form.is_valid() else -1
        item = assign_item(
            item_id=item.pk,
            assignee_id=assignee_id,
            only_if_free=form.cleaned_data.get("only_if_free", False),
            actor=Actor.of(request.user),
            now=now,
        )
        if item.assignee_id is None:
            return _("The task is free for a colleague.")
        if item.assignee_id == request.user.pk:
            return _("The task is yours.")
        return _("The task is now with %(name)s.") % {"name": item.assignee}


class SnoozeView(TaskStepView):
    """Put a task off."""

    def take(self, item: WorkItem, request: HttpRequest, now: datetime) -> str:
        """Let it sleep."""
        form = SnoozeForm(request.POST)
        if not form.is_valid():
            raise DayNotAheadError
        item = snooze_item(
            item_id=item.pk,
            wakes_on=form.cleaned_data["wakes_on"],
            actor=Actor.of(request.user),
            now=now,
        )
        day = date_format(form.cleaned_data["wakes_on"], "j. F Y")
        return _("The task sleeps, and is back on %(day)s.") % {"day": day}


class WakeView(TaskStepView):
    """Take a task that sleeps back."""

    def take(self, item: WorkItem, request: HttpRequest, now: datetime) -> str:
        """Wake it."""
        wake_item(item_id=item.pk, actor=Actor.of(request.user), now=now)
        return _("The task is awake.")
