"""Every entity of the accounting API that the sandbox has, by name."""

from qbo_sandbox.books.entities.registry import ENTITIES, entity_called, entity_named

__all__ = ["ENTITIES", "entity_called", "entity_named"]
