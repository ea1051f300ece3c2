"""The proof for an inspector: its lines, the changes of the list, and the digest checked again."""

from __future__ import annotations

import hashlib
import io
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from tests import town as towns
from tests.screening.helpers import client, readings, start, text, visit
from tests.town import COMMUNITY, DISTRICT, Town, do, entry

from lianfang.kernel.models import Record
from lianfang.kernel.submit import submit
from lianfang.screening import proof_queries, queries, rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = towns.build()
    town.register(1, "3-2-501", "3-2-502", "3-2-503")
    town.register(2, "4-1-101")
    town.hire("auditor", "auditor", "440605011")
    return town


def prove(town: Town, round_id: UUID, code: str = COMMUNITY) -> proof_queries.Proof:
    round_ = queries.round_(town.actor("auditor"), round_id)
    assert round_
    found = proof_queries.prove(town.actor("auditor"), round_, town.areas[code])
    assert found
    return found


def take(town: Town, round_id: UUID) -> Any:
    browser = client(town, "auditor")
    page = browser.get(f"/rounds/{round_id}/proof?area={town.areas[COMMUNITY].id}")
    where = f"/rounds/{round_id}/proof/file?area={town.areas[COMMUNITY].id}"
    return browser.post(where, {"entry_id": str(page.context["form"].entry)})


def test_the_denominator_is_told_with_its_changes_from_the_journal(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", all_normal=True)
    lead = town.actor("lead")
    town.register(1, "3-2-504")
    homes = {label: str(id_) for label, id_ in town.households.items()}
    do(lead, "household.close", {"household_id": homes["3-2-503"], "why": "拆除"})
    merge = {"household_id": homes["3-2-502"], "into_id": homes["3-2-501"]}
    do(lead, "household.merge", merge)
    found = prove(town, round_id)
    assert found.at_start == 4
    assert [(c.command, c.by, c.door) for c in found.changes] == [
        ("household.register", 1, "3-2-504"),
        ("household.close", -1, "3-2-503"),
        ("household.merge", -1, "3-2-502"),
    ]
    assert found.changes[1].why == "拆除"
    assert found.agrees
    assert found.counts.households == 3
    assert found.first < found.changes[0].seq <= found.last


def test_a_move_between_grids_changes_the_grids_and_not_the_community(town: Town) -> None:
    round_id = start(town)
    moved = {
        "area_id": str(town.grid(2).id),
        "household_ids": [str(town.households["3-2-501"])],
    }
    do(town.actor("lead"), "household.assign", moved)
    assert prove(town, round_id).changes == []
    first = prove(town, round_id, COMMUNITY + "001")
    second = prove(town, round_id, COMMUNITY + "002")
    assert [(first.at_start, c.by) for c in first.changes] == [(3, -1)]
    assert [(second.at_start, c.by) for c in second.changes] == [(1, 1)]


def test_every_line_has_its_record_or_its_owner(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.0))
    visit(town, round_id, "3-2-502", "refused")
    rounds.close_round(town.actor("lead"), round_id)
    lines = {line.door: line for line in prove(town, round_id).lines}
    assert lines["3-2-501"].visit_id
    record = Record.objects.get(district=DISTRICT, id=lines["3-2-501"].visit_id)
    assert (record.command, record.seq) == ("household.visit", lines["3-2-501"].seq)
    assert lines["3-2-501"].who == "grid1"
    assert (lines["3-2-502"].outcome, lines["3-2-502"].owner) == ("refused", "grid1")
    assert (lines["4-1-101"].outcome, lines["4-1-101"].owner) == ("unvisited", "grid2")


def test_the_file_can_be_checked_by_its_own_lines(town: Town) -> None:
    round_id = start(town)
    visit(town, round_id, "3-2-501", readings=readings(town, "3-2-501", 38.0), note="咳嗽")
    rounds.close_round(town.actor("lead"), round_id)
    answer = take(town, round_id)
    assert answer.status_code == 200
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    facts = {row[0]: row[1] for row in book.get_sheet_by_index(0).to_python()}
    rows = book.get_sheet_by_index(1).to_python()[1:]
    total = hashlib.sha256()
    for line in sorted(str(row[-1]) + "\n" for row in rows):
        total.update(line.encode())
    assert facts["SHA-256"] == total.hexdigest() == prove(town, round_id).digest
    assert len(rows) == 4
    shown = str([row[:-1] for row in rows])
    assert "王" not in shown
    assert "38.0" not in shown
    assert "咳嗽" not in shown
    assert Record.objects.filter(command="round.prove").count() == 1


def test_the_digest_stays_after_closing_and_tells_when_the_ledger_went_on(town: Town) -> None:
    round_id = start(town)
    take(town, round_id)
    early = prove(town, round_id).digest
    visit(town, round_id, "3-2-501", all_normal=True)
    rounds.close_round(town.actor("lead"), round_id)
    closed = prove(town, round_id).digest
    do(
        town.actor("lead"),
        "household.correct",
        {"household_id": str(town.households["3-2-502"]), "building": "3", "room": "502A"},
    )
    town.register(1, "3-2-509")
    assert prove(town, round_id).digest == closed != early
    browser = client(town, "auditor")
    where = f"/rounds/{round_id}/proof/verify?area={town.areas[COMMUNITY].id}&digest="
    assert browser.get(where + closed).context["same"]
    went_on = browser.get(where + early)
    assert not went_on.context["same"]
    assert "The ledger went on since" in text(went_on)
    assert "It is another one" in text(browser.get(where + "0" * 64))


def test_a_forged_digest_is_not_taken_into_the_journal(town: Town) -> None:
    round_id = start(town)
    payload = {
        "round_id": str(round_id),
        "area_id": str(town.areas[COMMUNITY].id),
        "digest": "0" * 64,
        "lines": 4,
    }
    receipt = submit(town.actor("auditor"), [entry("round.prove", payload)])[0]
    assert receipt.refusal
    assert receipt.refusal.code == "proof.changed"


def test_the_page_says_what_stands(town: Town) -> None:
    round_id = start(town)
    page = text(client(town, "auditor").get(f"/rounds/{round_id}/proof"))
    assert "Of 4 households 4 are open" in page
    for label in town.households:
        visit(town, round_id, label, all_normal=True, who="lead")
    page = text(client(town, "auditor").get(f"/rounds/{round_id}/proof"))
    assert "All 4 households are done or excused." in page


def test_the_proof_is_paged_on_the_screen_and_whole_on_paper(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof_queries, "PAGE", 2)
    round_id = start(town)
    visit(town, round_id, "3-2-501")
    browser = client(town, "auditor")
    where = f"/rounds/{round_id}/proof?area={town.areas[COMMUNITY].id}"
    whole = browser.get(f"{where}&paper=1").context
    assert (len(whole["lines"]), whole["next"], whole["print_now"]) == (4, "", True)
    first = browser.get(where).context
    second = browser.get(first["next"]).context
    doors = [line.door for page in (first, second) for line, _ in page["lines"]]
    assert doors == [line.door for line, _ in whole["lines"]]
    assert first["proof"].agrees
    assert second["proof"].agrees
    # Whichever page one reads, the digest is that of the whole ledger.
    assert len({page["proof"].digest for page in (whole, first, second)}) == 1
