"""From records to messages: few of them, none twice, none lost, quiet at night, urgent at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.messaging.helpers import build, call_helpers, channel
from tests.messaging.standin import SECRET, TOKEN, Service, robots
from tests.town import COMMUNITY, do

from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.ids import new_id
from lianfang.kernel.models import Record
from lianfang.kernel.times import at, now
from lianfang.messaging import delivering, secrets
from lianfang.messaging.models import ChannelSecret, Letter, Message, Notice
from lianfang.messaging.rules import (
    ROBOTS,
    ChannelKind,
    Line,
    MessageAction,
    MessageState,
    Pace,
    fold,
    is_quiet,
    may_speak,
    next_message,
)
from lianfang.messaging.senders import SENDERS, Outcome
from lianfang.messaging.senders import robots as adapters
from lianfang.messaging.senders.outcome import Fault

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    with robots() as one:
        monkeypatch.setattr(adapters, "HOSTS", dict.fromkeys(ROBOTS, one.url))
        yield one


def test_a_hundred_and_twelve_events_are_few_messages(service: Service) -> None:
    town = build()
    with at(NOON):
        lead = town.actor("lead")
        area_id = str(town.areas[COMMUNITY].id)
        channel(lead, "wecom", TOKEN, area_id=area_id, language="zh-hans")
        for number in range(112):
            call_helpers(town, f"第{number}场")
    for minute in range(0, 120, 1):
        with at(NOON + timedelta(minutes=minute)):
            clock.run()
    # Notices of the bell: one for each event; messages to the group: one.
    assert Notice.objects.filter(account_id=town.accounts["helper"].id).count() == 112
    assert len(service.got) == 1
    assert "112" in service.got[0]["text"]["content"]
    assert Letter.objects.filter(state="waiting").count() == 0
    assert Message.objects.get().notices == 112


def test_what_comes_one_by_one_is_batched_by_the_interval(service: Service) -> None:
    town = build()
    lead = town.actor("lead")
    area_id = str(town.areas[COMMUNITY].id)
    with at(NOON):
        channel(lead, "dingtalk", TOKEN, SECRET, area_id=area_id, interval=30, per_hour=2)
    for minute in range(112):
        # DingTalk's stand-in compares the signed time with the clock, so the times are real ones.
        with at(now() + timedelta(seconds=minute)):
            call_helpers(town, f"第{minute}场")
    for minute in range(0, 180, 5):
        delivering.run(now() + timedelta(minutes=minute))
    assert 1 <= len(service.got) <= 2
    assert sum(Message.objects.values_list("notices", flat=True)) == 112


def test_a_digest_is_one_message_a_day_and_urgent_ones_do_not_wait(service: Service) -> None:
    town = build()
    area_id = str(town.areas[COMMUNITY].id)
    with at(NOON):
        unit = str(new_id())
        named = {"organisation_id": unit, "name": "供水公司"}
        do(OPERATOR, "organisation.create", named, "")
        channel(
            town.actor("lead"),
            "wecom",
            TOKEN,
            area_id=area_id,
            digest_at="18:00",
            quiet_from="21:00",
            quiet_until="07:00",
        )
        call_helpers(town)
        clock.run()
    assert service.got == []
    with at(NOON + timedelta(hours=10)):  # 22:00, in the quiet hours
        clock.run()
        assert service.got == []
        whistle = {
            "whistle_id": str(new_id()),
            "area_id": area_id,
            "kind": "停水",
            "title": "三号楼停水",
            "urgency": "half_hour",
            "departments": [unit],
        }
        do(town.actor("lead"), "whistle.raise", whistle)
        clock.run()
    assert len(service.got) == 1
    said = service.got[0]["text"]["content"]
    assert "停水" in said
    assert "三号楼" not in said
    with at(NOON + timedelta(hours=30)):  # 18:00 of the next day
        clock.run()
        clock.run()
    assert len(service.got) == 2
    assert "扫雪" in service.got[1]["text"]["content"]


def test_a_worker_that_dies_loses_nothing_and_sends_nothing_twice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = build()
    area_id = str(town.areas[COMMUNITY].id)
    channel(town.actor("lead"), "wecom", TOKEN, area_id=area_id)
    call_helpers(town)
    moment = now()

    class Killed(BaseException):
        pass

    def dies_before(address: str, key: str, subject: str, text: str) -> Outcome:
        raise Killed

    # Dies after it packed and before it marked the message: the next worker sends it.
    with monkeypatch.context() as patch:
        patch.setattr(delivering, "send_due", lambda *args: dies_before("", "", "", ""))
        with pytest.raises(Killed):
            delivering.run(moment)
    assert service.got == []
    delivering.run(moment)
    delivering.run(moment + timedelta(hours=1))
    assert len(service.got) == 1

    # Dies between sending and noting: nobody knows; it is shown and not sent again by itself.
    call_helpers(town, "发口罩")

    def dies_after(address: str, key: str, subject: str, text: str) -> Outcome:
        adapters.wecom(address, key, subject, text)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setitem(SENDERS, ChannelKind.WECOM, dies_after)
        with pytest.raises(Killed):
            delivering.run(moment + timedelta(hours=2))
    assert len(service.got) == 2
    for minutes in range(0, 60, 4):
        delivering.run(moment + timedelta(hours=2, minutes=minutes))
    assert len(service.got) == 2
    assert Message.objects.filter(state="unsure").count() == 1


def test_a_failure_is_tried_again_with_patience_and_a_wrong_key_is_not(service: Service) -> None:
    town = build()
    area_id = str(town.areas[COMMUNITY].id)
    one = channel(town.actor("lead"), "wecom", TOKEN, area_id=area_id)
    call_helpers(town)
    moment = now()
    service.answers = [(502, {}), (200, {"errcode": 45009, "errmsg": "freq"})]
    delivering.run(moment)
    assert (Message.objects.get().state, Message.objects.get().fault) == ("ready", Fault.BROKEN)
    delivering.run(moment + timedelta(seconds=30))
    assert len(service.got) == 1
    delivering.run(moment + timedelta(minutes=2))
    assert Message.objects.get().fault == Fault.TOO_OFTEN
    delivering.run(moment + timedelta(minutes=10))
    assert Message.objects.get().state == "sent"
    assert len(service.got) == 3
    secrets.put(town.actor("lead"), one.id, "wecom", "wrong1234567", "")
    call_helpers(town, "发菜")
    delivering.run(moment + timedelta(hours=1))
    delivering.run(moment + timedelta(hours=9))
    assert Message.objects.latest("made_at").state == "failed"
    assert len(service.got) == 4


def test_no_credential_is_in_the_journal_or_plain_in_a_table() -> None:
    town = build()
    one = channel(
        town.actor("lead"), "dingtalk", TOKEN, SECRET, area_id=str(town.areas[COMMUNITY].id)
    )
    for row in Record.objects.all():
        assert TOKEN not in row.payload + row.sealed + row.result
    from lianfang.kernel.routing import current_connection

    table = ChannelSecret._meta.db_table
    with current_connection().cursor() as cursor:
        cursor.execute(f"SELECT address, key FROM {table}")
        address, key = cursor.fetchone()
    assert TOKEN not in address
    assert SECRET not in key
    assert secrets.of(one) == (TOKEN, SECRET)


def test_others_are_not_told_and_one_is_not_told_of_the_own_act() -> None:
    town = build()
    call_helpers(town)
    told = set(Notice.objects.exclude(account_id=None).values_list("account_id", flat=True))
    names = {a.username for a in town.accounts.values() if a.id in told}
    assert names == {"helper", "grid1", "grid2"}


@given(
    st.lists(st.tuples(st.sampled_from(["calls", "duties", "shifts"]), st.booleans()), max_size=200)
)
def test_every_notice_is_shown_or_counted(pairs: list[tuple[str, bool]]) -> None:
    lines = [Line(f"{n}", topic, urgent) for n, (topic, urgent) in enumerate(pairs)]
    folded = fold(lines)
    assert len(folded.lines) + sum(n for _, n in folded.more) == len(lines)
    assert len(folded.lines) <= 8


@given(st.times(), st.times(), st.times())
def test_quiet_hours_pass_midnight(start: time, end: time, moment: time) -> None:
    pace = Pace(quiet_from=start, quiet_until=end)
    turned = Pace(quiet_from=end, quiet_until=start)
    if start != end:
        assert is_quiet(pace, moment) is not is_quiet(turned, moment)


@given(st.lists(st.integers(0, 24 * 60), max_size=300), st.integers(1, 60), st.integers(1, 10))
def test_a_channel_never_speaks_more_often_than_it_may(
    minutes: list[int], interval: int, per_hour: int
) -> None:
    pace = Pace(interval=interval, per_hour=per_hour)
    sent: list[datetime] = []
    for minute in sorted(minutes):
        moment = NOON + timedelta(minutes=minute)
        if may_speak(pace, moment, sent, urgent=False, first=moment):
            assert not sent or moment - sent[-1] >= timedelta(minutes=interval)
            sent.append(moment)
            assert sum(s > moment - timedelta(hours=1) for s in sent) <= per_hour


@given(st.lists(st.sampled_from(list(MessageAction))))
def test_a_message_that_is_sent_stays_sent(actions: list[MessageAction]) -> None:
    state = MessageState.READY
    for action in actions:
        following = next_message(state, action)
        if state is MessageState.SENT:
            assert following is None
        state = following or state
