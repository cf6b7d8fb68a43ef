"""The pages of costs in the administration: a year, the sessions behind it, and where amounts are entered."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import IntegerField, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.admin.menu import MenuItem

from charter.models import Agreement, Provider
from core.cms.staff_pages import StaffPage
from core.exports import FORMATS, Table, table_response
from portal.reporting.costs.enums import Basis, Counts
from portal.reporting.costs.errors import AmountRefusedError
from portal.reporting.costs.forms import AgreedAmountForm, SessionPriceForm
from portal.reporting.costs.models import AgreedAmount, SessionPrice
from portal.reporting.costs.operations import add_amount, set_session_price
from portal.reporting.costs.permissions import user_can_enter_amounts, user_can_see_costs
from portal.reporting.costs.questions import CostQuestion, ask_costs
from portal.reporting.costs.sums import (
    NOTHING,
    ProviderCost,
    YearCost,
    agreement_of_day,
    in_force,
    priced_sessions,
    shares_of,
    year_cost,
)
from portal.reporting.costs.wording import definitions, kroner, prices_words, standing
from workshops.calendars import local_date_of
from workshops.models import Session

PER_PAGE = 50
_AT_ONCE = 500
"""Sessions that an export reads at a time."""

_COSTS = ("costs", gettext_lazy("Economy"))
_PRICES = ("agreed_prices", gettext_lazy("Prices in agreements"))


class CostsPage(StaffPage):
    """A page of amounts: for those who may see them."""

    http_method_names = ["get", "head"]
    header_icon = "tag"
    parents: tuple[tuple[str, Any], ...] = (_COSTS,)

    def may(self, user: Any) -> bool:
        """Let in those who may see amounts."""
        return user_can_see_costs(user)

    @property
    def can_enter(self) -> bool:
        """Whether this user may enter amounts."""
        return user_can_enter_amounts(self.request.user)

    def asked_format(self) -> str:
        """Return the format of an export that is asked for, empty where a page is."""
        asked = self.request.GET.get("export", "")
        return asked if asked in FORMATS else ""


class CostsMenuItem(MenuItem):
    """Its place in the menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to those who may open it."""
        return user_can_see_costs(request.user)


class CostsView(CostsPage):
    """«Økonomi»: a programme's year against its frame, by provider."""

    template_name = "admin/costs/year.html"
    page_title = gettext_lazy("Economy")
    parents = ()

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the year, or send its table."""
        question = ask_costs(request.GET, now=self.now)
        if question is None:
            return self.show(question=None)
        cost = year_cost(programme=question.programme, year=question.year, now=self.now)
        if file_format := self.asked_format():
            return table_response(
                _year_table(cost), file_format=file_format, filename=_filename(_("Economy"), question)
            )
        kind, words = standing(cost)
        return self.show(
            question=question,
            cost=cost,
            standing_kind=kind,
            standing=words,
            frame=kroner(cost.frame) if cost.frame is not None else "",
            spent=kroner(cost.total.spent),
            committed=kroner(cost.total.committed),
            left=kroner(abs(cost.left)) if cost.left is not None else "",
            is_over=cost.left is not None and cost.left < 0,
            open_amount=kroner(cost.total.open.amount),
            bar=_bar(cost),
            rows=[{"row": row, "urls": _urls(question, row.provider_id)} for row in cost.providers],
            urls=_urls(question, None),
            fixed=[
                {
                    "amount": item,
                    "text": kroner(item.amount_dkk),
                    "url": reverse("agreement_prices", args=[item.agreement.pk]),
                }
                for item in cost.fixed
            ],
            programme_url=_programme_url(request.user, question),
            can_enter=self.can_enter,
            definitions=definitions(),
            economy_word=_("Economy"),
            exports={name: f"?{question.query(export=name)}" for name in FORMATS},
        )


class CostSessionsView(CostsPage):
    """The sessions behind a sum, each with its price and where it comes from; or those that have none."""

    template_name = "admin/costs/sessions.html"
    page_title = gettext_lazy("Sessions and their prices")

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the list, or send all of it."""
        question = ask_costs(request.GET, now=self.now)
        if question is None:
            raise Http404
        found = _with_sources(question.sessions(now=self.now)).select_related("provider")
        if file_format := self.asked_format():
            title = _("Sessions and their prices")
            table = Table(title=title, headings=_session_headings(), rows=_session_rows(found))
            return table_response(table, file_format=file_format, filename=_filename(title, question))
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        shares = shares_of(question.sessions(now=self.now))
        return self.show(
            question=question,
            provider=Provider.objects.filter(pk=question.provider_id).first()
            if question.provider_id
            else None,
            counts_label=Counts(question.counts).label if question.counts else "",
            page=page,
            lines=[_line(session) for session in page.object_list],
            sums=[
                {"label": kind.label, "amount": kroner(share.amount)}
                for kind, share in shares.items()
                if not question.only_missing
            ],
            share=shares.get(Counts.SPENT, NOTHING) + shares.get(Counts.COMMITTED, NOTHING),
            query=question.query(),
            back_url=f"{reverse('costs')}?{question.query(provider=None, counts=None, missing=None)}",
            toggle_url=f"?{question.query(missing=None if question.only_missing else '1')}",
            can_enter=self.can_enter,
            exports={name: f"?{question.query(export=name)}" for name in FORMATS},
            sessions_word=_("Sessions and their prices"),
        )


class PricesView(CostsPage):
    """Every cooperation agreement, and what it says that things cost."""

    template_name = "admin/costs/prices.html"
    page_title = gettext_lazy("Prices in agreements")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of the agreements."""
        found = Agreement.objects.select_related("provider", "programme").order_by(
            "provider__name", "-first_day", "-pk"
        )
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("p"))
        agreements = list(page.object_list)
        amounts: dict[int, list[AgreedAmount]] = {}
        for amount in _amounts_of(agreement__in=[agreement.pk for agreement in agreements]):
            amounts.setdefault(amount.agreement_id, []).append(amount)
        today = local_date_of(self.now)
        return self.show(
            page=page,
            lines=[
                {"agreement": agreement, "prices": prices_words(amounts.get(agreement.pk, []), today=today)}
                for agreement in agreements
            ],
            can_enter=self.can_enter,
        )


class AgreementPricesView(CostsPage):
    """What one agreement says that things cost, all of it that was ever entered, and a form for the next amount."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/costs/agreement.html"
    page_title = gettext_lazy("Prices of the agreement")
    parents = (_COSTS, _PRICES)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the agreement."""
        super().setup(request, *args, **kwargs)
        self.agreement = get_object_or_404(
            Agreement.objects.select_related("provider", "programme"), pk=kwargs["pk"]
        )

    def get_page_subtitle(self) -> str:
        """Name the agreement."""
        return f"{self.agreement.provider}: {self.agreement}"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the amounts, and the form to those who may enter them."""
        return self._show(AgreedAmountForm(agreement=self.agreement))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Enter an amount."""
        if not self.can_enter:
            raise PermissionDenied
        form = AgreedAmountForm(request.POST, agreement=self.agreement)
        if not form.is_valid():
            return self._show(form, status=422)
        data = form.cleaned_data
        try:
            add_amount(
                agreement_id=pk,
                basis=Basis(data["basis"]),
                offer_id=data["offer"].pk if data["offer"] else None,
                first_day=data["first_day"],
                amount_dkk=data["amount_dkk"],
                actor=self.actor,
                now=self.now,
            )
        except AmountRefusedError as error:
            form.add_error("first_day" if error.code == "day_outside_agreement" else "offer", str(error))
            return self._show(form, status=409)
        messages.success(request, _("The amount is entered. The figures follow at once."))
        return redirect("agreement_prices", pk)

    def _show(self, form: AgreedAmountForm, *, status: int = 200) -> HttpResponse:
        amounts = list(_amounts_of(agreement=self.agreement))
        kept = {amount.pk for amount in in_force(amounts)}
        return self.show(
            status=status,
            agreement=self.agreement,
            form=form if self.can_enter else None,
            media=form.media,
            lines=[
                {
                    "amount": amount,
                    "text": kroner(amount.amount_dkk),
                    "is_replaced": amount.pk not in kept,
                }
                for amount in amounts
            ],
        )


class SessionPriceView(CostsPage):
    """A session's own price: set, changed, taken away."""

    http_method_names = ["get", "head", "post"]
    template_name = "admin/costs/session.html"
    page_title = gettext_lazy("Price of a session")
    session: Session

    def may(self, user: Any) -> bool:
        """Let in those who may enter amounts."""
        return user_can_enter_amounts(user)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Load the session."""
        super().setup(request, *args, **kwargs)
        self.session = get_object_or_404(Session.objects.select_related("provider"), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Name the session."""
        return str(self.session)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what it costs now, and the form."""
        own = SessionPrice.objects.filter(session=pk).first()
        return self._show(SessionPriceForm(initial={"amount_dkk": own.amount_dkk if own else None}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Save the price."""
        form = SessionPriceForm(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        amount = form.cleaned_data["amount_dkk"]
        set_session_price(session_id=pk, amount_dkk=amount, actor=self.actor, now=self.now)
        messages.success(
            request,
            _("The session has its own price.") if amount is not None else _("The agreement's price counts."),
        )
        return redirect(self._list_url())

    def _show(self, form: SessionPriceForm, *, status: int = 200) -> HttpResponse:
        priced: Any = _with_sources(priced_sessions(now=self.now).filter(pk=self.session.pk)).first()
        return self.show(
            status=status,
            form=form,
            session=self.session,
            session_url=reverse("sessions:inspect", args=[self.session.pk]),
            line=_line(priced) if priced else None,
            cancel_url=self._list_url(),
        )

    def _list_url(self) -> str:
        asked = {
            "programme": self.session.programme_id,
            "year": self.session.local_date.year,
            "provider": self.session.provider_id,
        }
        return f"{reverse('cost_sessions')}?{urlencode(asked)}"


def _urls(question: CostQuestion, provider_id: int | None) -> dict[str, str]:
    """Return the lists behind a row's figures."""
    base = reverse("cost_sessions")
    kinds = {"all": None, "held": Counts.SPENT, "booked": Counts.COMMITTED, "open": Counts.OPEN}
    urls = {
        name: f"{base}?{question.query(provider=provider_id, counts=kind and kind.value)}"
        for name, kind in kinds.items()
    }
    return {**urls, "missing": f"{base}?{question.query(provider=provider_id, missing='1')}"}


def _programme_url(user: Any, question: CostQuestion) -> str:
    if not user.has_perm("charter.change_programme"):
        return ""
    return reverse("programme:edit", args=[question.programme.pk])


def _bar(cost: YearCost) -> dict[str, float] | None:
    """Return how full the frame is, for admin/reporting/_bar.html."""
    if not cost.frame:
        return None
    whole = max(cost.frame, cost.used)
    return {
        "filled": 100 * cost.total.spent / whole,
        "forecast": 100 * cost.used / whole,
        # The mark of the frame itself is 0.7 wide, and must not stand outside.
        "goal": min(100 * cost.frame / whole, 99.3),
    }


def _with_sources(found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Add the agreement that a session's price is to be found in."""
    return found.annotate(
        agreement=Subquery(agreement_of_day().values("pk")[:1], output_field=IntegerField())
    )


def _line(session: Any) -> dict[str, Any]:
    """Return what a list says of a priced session."""
    return {
        "session": session,
        "url": reverse("sessions:inspect", args=[session.pk]),
        "counts": Counts(session.counts).label,
        "price": kroner(session.price) if session.price is not None else "",
        "source": _source(session),
        "agreement_url": reverse("agreement_prices", args=[session.agreement])
        if session.agreement
        else f"{reverse('agreement:index')}?provider={session.provider_id}",
        "price_url": reverse("session_price", args=[session.pk]),
    }


def _source(session: Any) -> str:
    if session.own_price is not None:
        return _("Own price")
    if session.agreed_price is not None:
        return _("By agreement")
    if session.agreement:
        return _("The agreement has no price for it")
    return _("No signed agreement on that day")


def _session_headings() -> list[str]:
    return [
        _("Number"), _("Date"), _("Offer"), _("Provider"), _("State"), _("Counts as"), _("Price (kr.)"),
        _("Where the price comes from"),
    ]  # fmt: skip


def _session_rows(found: QuerySet[Any, Any]) -> Iterator[list[Any]]:
    """Read the sessions in pieces: however many there are, only one piece is in memory."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        for session in found.filter(pk__in=keys[start : start + _AT_ONCE]):
            line: Any = _line(session)
            yield [
                session.pk, session.local_date, session.title, session.provider.name,
                session.get_state_display(), line["counts"], line["session"].price, line["source"],
            ]  # fmt: skip


def _year_table(cost: YearCost) -> Table:
    """Return the year by provider, the frame and what the figures mean below."""
    return Table(
        title=f"{_('Economy')} {cost.year}",
        headings=[
            _("Provider"), pgettext("money", "Sessions held"), _("Price of them (kr.)"), _("Fixed amounts (kr.)"), _("Spent in all (kr.)"),
            _("Sessions booked"), _("Price of them (kr.)"), _("Fixed amounts to come (kr.)"), _("Committed in all (kr.)"),
            _("Open dates"), _("Price of them (kr.)"), _("Sessions with a price"), _("Sessions that should have one"),
        ],
        rows=[_year_row(row) for row in [*cost.providers, cost.total]],
        notes=[
            [_("Programme"), cost.programme.name],
            [_("Year"), cost.year],
            [_("Yearly frame (kr.)"), cost.frame],
            [pgettext("money", "Spent"), cost.total.spent],
            [pgettext("money", "Committed"), cost.total.committed],
            [pgettext("money", "Left"), cost.left],
            *[[text] for text in definitions()],
        ],
    )  # fmt: skip


def _year_row(row: ProviderCost) -> list[Any]:
    return [
        row.name or _("In all"), row.held.sessions, row.held.amount, row.fixed_spent, row.spent,
        row.booked.sessions, row.booked.amount, row.fixed_ahead, row.committed,
        row.open.sessions, row.open.amount, row.counted.priced, row.counted.sessions,
    ]  # fmt: skip


def _filename(title: str, question: CostQuestion) -> str:
    return slugify(f"{title}-{question.programme.slug}-{question.year}")


def _amounts_of(**conditions: Any) -> QuerySet[AgreedAmount]:
    """Return the amounts of agreements, the latest first."""
    return (
        AgreedAmount.objects.filter(**conditions)
        .select_related("offer")
        .order_by("-first_day", "basis", "offer__title", "-pk")
    )
