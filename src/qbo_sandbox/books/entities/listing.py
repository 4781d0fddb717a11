"""What lists have in common: full names under a parent, deactivation instead of deletion, what can be filtered."""

from __future__ import annotations

from collections.abc import Callable

from qbo_sandbox.books.entity import Draft, Step
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import refuse, turned_off
from qbo_sandbox.books.store import Record

DELETED = " (deleted)"
_LEVELS = 5

FILTERS = {
    "Id": "id",
    "Name": "text",
    "FullyQualifiedName": "text",
    "Active": "flag",
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
}


def full_name(body: Body) -> str:
    """Return the name that must be unique in a list with parents."""
    return str(body["FullyQualifiedName"])


def plain_name(body: Body) -> str:
    """Return the name that must be unique in a list without parents."""
    return str(body["Name"])


def naming(name_field: str, *also: str) -> Step:
    """Return the step that marks an inactive object's name with ` (deleted)`, and takes the mark off again."""

    def mark(draft: Draft) -> None:
        body = draft.body
        body.setdefault("Active", True)
        for name in (name_field, *also):
            text = body.get(name)
            if text is None:
                continue
            if body["Active"]:
                if draft.before is not None and not draft.before.active:
                    body[name] = text.removesuffix(DELETED)
            elif not text.endswith(DELETED):
                body[name] = text + DELETED

    return mark


def under_parent(sub_flag: str, name_field: str = "Name", *, levels: bool = True) -> Step:
    """Return the step that works out FullyQualifiedName, the Level where there is one, and the flag of a parent."""

    def qualify(draft: Draft) -> None:
        body, company = draft.body, draft.company
        parent_ref = body.get("ParentRef")
        own = body[name_field]
        if draft.given.get(sub_flag) is True and parent_ref is None:
            text = f"ParentRef is required when {sub_flag} is true."
            raise refuse("6150", "ParentRef Required Validation Error", text)
        if parent_ref is None:
            body.pop("Level", None)
            body["FullyQualifiedName"] = own
            if sub_flag == "SubItem":  # recorded: an item at the top does not say so
                body.pop(sub_flag, None)
            elif sub_flag:
                body[sub_flag] = False
            return
        parent = company.find(draft.entity.name, parent_ref["value"])
        assert parent is not None  # references were held before the steps
        path = parent.body["FullyQualifiedName"]
        if draft.before is not None:
            _hold_not_below(draft, parent)
        if path.count(":") + 1 + _height(draft) > _LEVELS:
            raise refuse("6180", "Sub Level Limit", "Sub Level Limit : You can have up to 5 levels only.")
        if levels:
            body["Level"] = path.count(":") + 1
        body["FullyQualifiedName"] = f"{path}:{own}"
        if sub_flag:
            body[sub_flag] = True

    return qualify


def _hold_not_below(draft: Draft, parent: Record) -> None:
    """Refuse a parent that is the object itself, or below it (900)."""
    above: Record | None = parent
    while above is not None:
        if above.qbo_id == draft.qbo_id:
            raise refuse(
                "900", "Parent cannot be child", "Parent cannot be child : A parent cannot be below its child."
            )
        reference = above.body.get("ParentRef")
        above = draft.company.find(draft.entity.name, reference["value"]) if reference else None


def _height(draft: Draft) -> int:
    """Return how many levels the object takes up with what is below it."""
    if draft.before is None:
        return 1
    depths = [str(each.body["FullyQualifiedName"]).count(":") for each in draft.company.family_of(draft.before)]
    return 1 + max(depths) - depths[0]


def tracked(preference: Callable[[Draft], bool], feature: str) -> Step:
    """Return the step that refuses a list whose feature is turned off in the company (5020)."""

    def hold(draft: Draft) -> None:
        if not preference(draft):
            raise turned_off(feature)

    return hold
