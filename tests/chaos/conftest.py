"""The fixtures of the main job's tests, for the long ones."""

from main_job.conftest import brokerage, proxy

__all__ = ["brokerage", "proxy"]
