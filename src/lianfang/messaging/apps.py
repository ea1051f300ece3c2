"""The Django app of this room."""

from __future__ import annotations

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "lianfang.messaging"
    label = "messaging"

    def ready(self) -> None:
        """Let the clock deliver, and fill the places of other rooms' pages."""
        from lianfang.kernel import clock
        from lianfang.messaging import channel_commands, delivering, panels

        for chore in (channel_commands.tell_plans, delivering.run):
            if chore not in clock.CHORES:
                clock.CHORES.append(chore)
        panels.register()
