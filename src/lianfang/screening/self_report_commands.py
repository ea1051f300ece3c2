"""What households report themselves: a visit without a visitor, counted where the round allows."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_lazy as _

from lianfang.kernel.batch import Batch
from lianfang.kernel.registry import list_command
from lianfang.kernel.verbs import Verb
from lianfang.people.locate import by_household
from lianfang.screening import payloads
from lianfang.screening.visit_commands import visit


@list_command(
    "household.self_report",
    payloads.SelfReport,
    verb=Verb.SELF_REPORT,
    locate=by_household(),
    title=_("Report for one's household"),
)
def self_report(batch: Batch[payloads.SelfReport]) -> None:
    """Record what the household says of itself, by the same rules as a visit."""
    visit(cast(Batch[payloads.Visit], batch))
