"""Postings held under lock, and the revision their documents have at that moment.

Whoever writes what was decided about a document asks this first: between reading the document and writing, the TMS may
have changed it, and the change found the posting in a state it leaves alone. The lock makes one of the two see the
other.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from freightbooks.posting.models import Posting


def locked(postings: QuerySet[Posting]) -> QuerySet[Posting]:
    """Return the rows locked until the transaction ends, in the order everybody locks them: by id."""
    return postings.select_for_update(of=("self",)).order_by("pk")


def revisions(posting_ids: Collection[int]) -> dict[int, int]:
    """Return the revision each posting's document has now. Asked after the lock, in a statement of its own."""
    rows = Posting.objects.filter(pk__in=posting_ids)
    return {
        pk: of_invoice if of_invoice is not None else of_advance
        for pk, of_invoice, of_advance in rows.values_list("pk", "invoice__revision", "advance__revision")
    }
