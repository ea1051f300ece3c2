"""The Django app of this room."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps


class KernelConfig(AppConfig):
    name = "lianfang.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Load every room's commands, so that the registry is whole before the first entry."""
        from lianfang.kernel import clock, duties, held  # noqa: F401

        for config in apps.get_app_configs():
            name = f"{config.name}.commands"
            if config.name.startswith("lianfang.") and find_spec(name):
                import_module(name)
