"""Brings the report's lines and tallies up to date with what moved, in one statement: both or neither.

Triggers note every posting that moved; here its line is made anew from the posting, its document and its attempts, and
the tallies are changed by the difference between the line before and the line now. Folding the same posting twice, or
late, changes nothing. What is not folded in yet is counted by `left`, so a page can say so.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import connection as database
from django.db import transaction

from freightbooks.posting.gates import Gate
from freightbooks.reports.models import Moved
from freightbooks.reports.standing import (
    DAY_SHIFT,
    KIND_SHIFT,
    KINDS,
    OPENS_BY_ITSELF,
    STANDING_SHIFT,
    STANDINGS,
    WAITS,
    Standing,
)

AT_ONCE = 5000
BY_A_PAGE = 300
"""What a page folds in before it answers: a second or two of one company's posting, in some twenty milliseconds."""
_LOCK_CLASS = 0x46425250  # "FBRP": our folds among the advisory locks of the database


def fold(connection_id: int, *, most: int = AT_ONCE, wait: bool = True) -> int:
    """Fold in at most so many of a company's moved postings and return how many there were.

    One fold at a time for a company: without `wait`, one that finds another at work returns 0.
    """
    with transaction.atomic(), database.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, connection_id])
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_CLASS, connection_id])
            if not cursor.fetchone()[0]:
                return 0
        cursor.execute(_TAKE, [connection_id, most])
        taken = cursor.fetchall()
        if not taken:
            return 0
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(_FOLD, [[row[0] for row in taken], [row[1] for row in taken], settings.TIME_ZONE])
        cursor.execute("DELETE FROM reports_tally WHERE connection_id = %s AND documents = 0", [connection_id])
        return sum(row[2] for row in taken)


def fold_all() -> int:
    """Fold in everything that moved, company by company, and return how many movements there were."""
    folded = 0
    for connection_id in Moved.objects.order_by().values_list("connection_id", flat=True).distinct():
        while count := fold(connection_id):
            folded += count
    return folded


def keep_up(connection_id: int) -> int:
    """Fold in what a page can afford to, and return how many movements are left (at most 10,001 are counted)."""
    fold(connection_id, most=BY_A_PAGE, wait=False)
    return left(connection_id)


def left(connection_id: int) -> int:
    """Count the movements of a company that are not folded in yet, up to 10,001."""
    return Moved.objects.filter(connection_id=connection_id)[:10_001].count()


def make_anew(connection_ids: Sequence[int]) -> None:
    """Note every posting of these companies as moved: their lines are made anew by the next folds."""
    with database.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reports_moved (connection_id, posting_id) "
            "SELECT connection_id, id FROM posting_posting WHERE connection_id = ANY(%s)",
            [list(connection_ids)],
        )


_TAKE = """
WITH taken AS (
    DELETE FROM reports_moved WHERE id IN (
        SELECT id FROM reports_moved WHERE connection_id = %s ORDER BY id LIMIT %s
    ) RETURNING posting_id, approved_at
)
SELECT posting_id, max(approved_at), count(*) FROM taken GROUP BY posting_id
"""


def _quoted(words: Sequence[str]) -> str:
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def _ranks(column: str, words: Sequence[str]) -> str:
    whens = " ".join(f"WHEN '{word}' THEN {rank}" for rank, word in enumerate(words))
    return f"(CASE {column} {whens} END)::bigint"


def _steps(seconds: str) -> str:
    whens = " ".join(f"WHEN {seconds} < {end} THEN {step}" for step, (_, end) in enumerate(WAITS) if end)
    return f"(CASE WHEN {seconds} IS NULL THEN NULL {whens} ELSE {len(WAITS) - 1} END)::smallint"


_COLUMNS = (
    "posting_id", "connection_id", "kind", "standing", "cause", "problem_id", "day", "currency", "amount", "party_id",
    "shipment_id", "office", "number", "shipment", "first_seen", "last_try", "tries", "approved_at", "posted_at",
    "posted_on", "wait", "place",
)  # fmt: skip
_SORT = "connection_id, kind, standing, cause, problem_id, office, currency"
_S = Standing

# S608 below: the pieces are this module's own constants; what comes from outside is passed as parameters.
_FOLD = f"""
WITH asked AS (
    SELECT * FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (posting_id, approved_at)
), tried AS (
    SELECT a.posting_id,
           count(*)::int AS tries,
           max(a.at) AS last_try,
           min(a.at) FILTER (WHERE a.outcome = 'refused') AS first_refused,
           (array_agg(a.code ORDER BY a.at DESC) FILTER (WHERE a.outcome = 'refused'))[1] AS refused_code
    FROM posting_attempt a JOIN asked USING (posting_id) WHERE a.outcome <> 'by a person'
    GROUP BY a.posting_id
), document AS (
    SELECT p.id AS posting_id, p.connection_id, p.state, p.gate, coalesce(p.problem_id, 0) AS problem_id,
           coalesce(i.side, 'advance') AS kind,
           coalesce(i.invoice_date, d.date) AS day,
           coalesce(i.currency, d.currency) AS currency,
           coalesce(i.amount, d.amount) AS amount,
           coalesce(i.party_id, d.party_id) AS party_id,
           coalesce(i.shipment_id, d.shipment_id, 0) AS shipment_id,
           coalesce(s.office, '') AS office,
           coalesce(i.number, nullif(d.reference, ''), d.external_id) AS number,
           coalesce(nullif(s.custom_id, ''), s.external_id, '') AS shipment,
           coalesce(i.arrived_at, d.arrived_at) AS arrived_at,
           coalesce(t.tries, 0) AS tries, t.last_try, t.first_refused, coalesce(t.refused_code, '') AS refused_code,
           coalesce(b.code, '') AS problem_code,
           CASE WHEN i.id IS NULL OR i.status IN ('Approved', 'Partially paid', 'Paid')
                THEN coalesce(asked.approved_at, l.approved_at, i.arrived_at, d.arrived_at) END AS approved_at,
           p.posted_at, p.since, p.held_since,
           p.warnings <> '[]'::jsonb AS noted
    FROM asked
    JOIN posting_posting p ON p.id = asked.posting_id
    LEFT JOIN freight_invoice i ON i.id = p.invoice_id
    LEFT JOIN freight_advance d ON d.id = p.advance_id
    LEFT JOIN freight_shipment s ON s.id = coalesce(i.shipment_id, d.shipment_id)
    LEFT JOIN problems_problem b ON b.id = p.problem_id
    LEFT JOIN tried t ON t.posting_id = p.id
    LEFT JOIN reports_line l ON l.posting_id = p.id
), stood AS (
    SELECT *, CASE
        WHEN state = 'failed' THEN '{_S.FAILED}'
        WHEN state = 'uncertain' THEN '{_S.UNCERTAIN}'
        WHEN state = 'waiting' AND gate = '{Gate.ARCHIVED.value}' THEN '{_S.ARCHIVED}'
        WHEN state = 'waiting' AND gate IN ({_quoted([gate.value for gate in OPENS_BY_ITSELF])}) THEN '{_S.WAITING}'
        WHEN state = 'waiting' THEN '{_S.HELD}'
        WHEN state = 'posted' AND first_refused IS NOT NULL THEN '{_S.HEALED}'
        WHEN state = 'posted' AND noted THEN '{_S.NOTED}'
        WHEN state = 'posted' THEN '{_S.POSTED}'
        WHEN state = 'removed' THEN '{_S.REMOVED}'
        WHEN state = 'skipped' THEN '{_S.SKIPPED}'
        ELSE '{_S.QUEUE}' END AS standing
    FROM document
), fresh AS (
    SELECT posting_id, connection_id, kind, standing,
           CASE WHEN state = 'waiting' THEN gate
                WHEN standing = '{_S.FAILED}' THEN left(coalesce(nullif(problem_code, ''), refused_code), 100)
                WHEN standing = '{_S.HEALED}' THEN refused_code ELSE '' END AS cause,
           problem_id, day, currency, amount, party_id, shipment_id, office, number, shipment,
           CASE WHEN state IN ('failed', 'waiting') THEN coalesce(held_since, since)
                WHEN standing = '{_S.HEALED}' THEN first_refused ELSE arrived_at END AS first_seen,
           last_try, tries, approved_at, posted_at,
           (posted_at AT TIME ZONE %s)::date AS posted_on,
           {_steps("extract(epoch FROM posted_at - approved_at)")} AS wait,
           ({_ranks("kind", [kind.value for kind in KINDS])} << {KIND_SHIFT})
           + ({_ranks("standing", [each.value for each in STANDINGS])} << {STANDING_SHIFT})
           + (least(greatest(65535 - (day - DATE '1970-01-01'), 0), 65535)::bigint << {DAY_SHIFT})
           + ((1::bigint << {DAY_SHIFT}) - 1 - posting_id) AS place
    FROM stood
), before AS (
    SELECT l.* FROM reports_line l JOIN asked USING (posting_id)
), gone AS (
    DELETE FROM reports_line WHERE posting_id IN (
        SELECT posting_id FROM asked EXCEPT SELECT posting_id FROM fresh
    )
), put AS (
    INSERT INTO reports_line ({", ".join(_COLUMNS)})
    SELECT {", ".join(_COLUMNS)} FROM fresh
    ON CONFLICT (posting_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])}
    WHERE ({", ".join(f"reports_line.{name}" for name in _COLUMNS)})
          IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in _COLUMNS)})
), moves AS (
    SELECT 1 AS sign, {_SORT}, day, posted_on, coalesce(wait, -1)::smallint AS wait, amount FROM fresh
    UNION ALL
    SELECT -1, {_SORT}, day, posted_on, coalesce(wait, -1)::smallint, amount FROM before
), differences AS (
    SELECT {_SORT}, wait, span, spans.day, sum(sign) AS documents, sum(sign * amount) AS amount
    FROM moves CROSS JOIN LATERAL (
        VALUES ('d', moves.day), ('m', date_trunc('month', moves.day)::date), ('p', posted_on)
    ) AS spans (span, day)
    WHERE spans.day IS NOT NULL
    GROUP BY {_SORT}, wait, span, spans.day
    HAVING sum(sign) <> 0 OR sum(sign * amount) <> 0
)
INSERT INTO reports_tally AS tally ({_SORT}, wait, span, day, documents, amount)
SELECT {_SORT}, wait, span, day, documents, amount FROM differences
ON CONFLICT (connection_id, span, day, kind, standing, cause, problem_id, office, currency, wait)
DO UPDATE SET documents = tally.documents + excluded.documents, amount = tally.amount + excluded.amount
"""  # noqa: S608
