"""The resident's own checks under watch: temperatures, or that all are well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianfang.people.rules import mask_name
from lianfang.services.cards import Card
from lianfang.services.door_forms import ReportForm
from lianfang.services.views.door import bound, door
from lianfang.watching import queries as watching
from lianfang.web.acts import done, send, show


class CheckForm(ReportForm):
    """One temperature for each person under watch, or that all are well."""

    fields_of = {"temperature": "t0"}

    def checks(self, watches: list[Any]) -> list[dict[str, Any]]:
        """Return the payloads of `watch.self_check`, one for each person that was answered."""
        result = []
        for number, row in enumerate(watches):
            value = self.cleaned_data.get(f"t{number}")
            if value:
                result.append({"watch_id": str(row.id), "temperature": value})
            elif self.cleaned_data.get("well"):
                result.append({"watch_id": str(row.id), "normal": True})
        return result


@require_http_methods(["GET", "HEAD", "POST"])
@door
def checks(request: HttpRequest, card: Card) -> HttpResponse:
    """Let people under watch send their own checks, from a browser bound to the door only."""
    home = card.household
    if not bound(request, card):
        return HttpResponseRedirect(reverse("door_bind", args=[card.code]))
    watches = watching.own_checks(home.district, home.id)
    listed: list[tuple[UUID, str]] = [
        (row.id, mask_name(row.person.name if row.person else "") or _("Person %(n)d") % {"n": n})
        for n, row in enumerate(watches, 1)
    ]
    post = request.method == "POST"
    form = CheckForm(request.POST if post else None, people=listed)
    if post and watches and form.is_valid():
        first, *more = form.checks(watches)
        name = "watch.self_check"
        then = [(name, payload) for payload in more]
        if receipt := send(card.actor, form, name, first, home.district, then=then):
            where = reverse("door", args=[card.code])
            return done(request, receipt, _("Thank you, it is written down."), where)
    context = {"card": card, "bound": True, "watches": watches}
    return show(request, "services/door/checks.html", form, context)
