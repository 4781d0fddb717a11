"""The control plane of a sandbox, under `/_sandbox/`: for tests and scripts."""

from qbo_sandbox.control.serving import control_routes

__all__ = ["control_routes"]
