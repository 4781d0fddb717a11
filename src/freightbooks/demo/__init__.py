"""The whole product on one machine, on example paperwork."""
