"""Whatever comes in whatever lists: counters add up, a post takes nothing after its end."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.stations.helpers import build, post
from tests.town import COMMUNITY, entry

from lianfang.areas import tree
from lianfang.kernel import times
from lianfang.kernel.models import Tally
from lianfang.kernel.submit import submit
from lianfang.kernel.times import now
from lianfang.stations.models import Passage, PassageLine, PostHour, Traveller
from lianfang.stations.rules import hour_of

passages = st.fixed_dictionaries(
    {
        "minutes": st.integers(0, 300),
        "direction": st.sampled_from(["in", "out"]),
        "plate": st.sampled_from(["", "粤E00001", "粤E00002"]),
        "people": st.none() | st.integers(4, 9),
        "phones": st.lists(st.integers(0, 3), min_size=1, max_size=4),
        "tenths": st.integers(360, 379),
    }
)


class TestCounters(TestCase):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(passages, min_size=1, max_size=12), st.integers(1, 5))
    def test_they_add_up_however_the_list_is_cut(
        self, drawn: list[dict[str, Any]], size: int
    ) -> None:
        tree.clear()
        town = build()
        post_id = str(post(town))
        moment = now()
        entries = []
        wanted: Counter[str] = Counter()
        hours: Counter[datetime] = Counter()
        phones: Counter[str] = Counter()
        for one in drawn:
            at = moment - timedelta(minutes=one["minutes"])
            heat = f"{one['tenths'] / 10:.1f}"
            lines = [
                {"phone": f"1380000000{p}", "temperature": heat}
                for p in dict.fromkeys(one["phones"])
            ]
            payload = {
                "post_id": post_id,
                "plate": one["plate"],
                "direction": one["direction"],
                "travellers": lines,
            }
            if one["people"]:
                payload["people"] = one["people"]
            entries.append(entry("passage.record", payload, occurred_at=at))
            heads = one["people"] or len(lines)
            wanted["passages"] += 1
            wanted["passage_people"] += heads
            wanted["passage_fevers"] += len(lines) if one["tenths"] >= 373 else 0
            hours[hour_of(at)] += heads
            phones.update(line["phone"] for line in lines)
        for start in range(0, len(entries), size):
            receipts = submit(town.actor("staff"), entries[start : start + size])
            assert all(r.stands for r in receipts), receipts
        assert {h.hour: h.people_in + h.people_out for h in PostHour.objects.all()} == dict(hours)
        area = town.areas[COMMUNITY].id
        sums: Counter[str] = Counter()
        for metric, value in Tally.objects.filter(area_id=area).values_list("metric", "value"):
            sums[metric] += value if metric in wanted else 0
        assert +sums == +wanted
        assert {t.phone: t.passages for t in Traveller.objects.all()} == dict(phones)
        assert PassageLine.objects.count() == sum(phones.values())
        assert Passage.objects.count() == len(drawn)


class TestAPost(TestCase):
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.sampled_from(["correct", "close", "pass", "count"]), max_size=8))
    def test_it_takes_nothing_after_its_end_and_ends_once(self, acts: list[str]) -> None:
        tree.clear()
        town = build()
        post_id = str(post(town))
        payloads: dict[str, tuple[str, str, dict[str, Any]]] = {
            "correct": ("lead", "post.correct", {"kind": "gate", "name": "东门"}),
            "close": ("lead", "post.close", {}),
            "pass": ("staff", "passage.record", {"people": 2}),
            "count": ("staff", "post.count", {"entered": 3}),
        }
        closed = False
        people = 0
        moment = now()
        for number, act in enumerate(acts):
            who, command, payload = payloads[act]
            with times.at(moment + timedelta(seconds=number + 1)):
                receipt = submit(
                    town.actor(who), [entry(command, {"post_id": post_id, **payload})]
                )[0]
            assert receipt.stands is not closed, (act, receipt)
            if closed:
                assert receipt.refusal
                assert receipt.refusal.code == "post.closed"
            elif act == "close":
                closed = True
            elif act in ("pass", "count"):
                people += 2 if act == "pass" else 3
        counted = sum(h.people_in + h.crowd_in for h in PostHour.objects.all())
        assert counted == people
