"""The log-in page: a code for everybody, and password or passkey for staff."""

from typing import Any

from allauth.account.views import LoginView

from core.accounts.forms import RequestCodeForm


class LogInView(LoginView):
    """allauth's password log-in, with the form that asks for a code above it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form that posts to the page for codes."""
        return {
            **super().get_context_data(**kwargs),
            "code_form": RequestCodeForm(auto_id="id_code_%s"),
        }


log_in = LogInView.as_view()
