"""The daily summary by e-mail: once a day for an organization, to the people who want it, whatever dies between.

It is written into the outbox under one cause for the day, so a second try, or a second worker, finds it told already.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection as database
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Notice
from freightbooks.notifying.outbox import News, announce
from freightbooks.organizations.models import Membership, Organization
from freightbooks.problems.models import Problem
from freightbooks.reports import folding
from freightbooks.reports.charts import in_short
from freightbooks.reports.figures import Figures, figures
from freightbooks.reports.filters import Filters
from freightbooks.reports.models import DailyMail, Span, Tally
from freightbooks.reports.rows import cause_title
from freightbooks.reports.standing import AT_STAKE, Standing

MORNING = time(7, 0)
"""When the summary goes out, in the installation's time zone."""
CAUSES_TOLD = 5


def send_due(now: datetime) -> int:
    """Send today's summaries that are due and not sent yet; return how many there were."""
    local = timezone.localtime(now)
    morning = timezone.make_aware(datetime.combine(local.date(), MORNING))
    if now < morning:
        return 0
    sent = 0
    wanted = DailyMail.objects.filter(since__lt=morning).order_by("organization_id").distinct("organization_id")
    for organization in Organization.objects.filter(pk__in=wanted.values("organization_id")).order_by("pk"):
        cause = cause_of_day(organization, local.date())
        if Notice.objects.filter(event=Event.REPORT_DAILY, cause=cause).exists():
            continue
        addresses = _addresses(organization, morning)
        if addresses and announce(organization, summary(organization, local.date(), cause), to=addresses):
            sent += 1
    return sent


def cause_of_day(organization: Organization, day: date) -> str:
    """Return what makes the summary of a day the same one, whoever writes it."""
    return f"organization {organization.pk} {day.isoformat()}"


def summary(organization: Organization, day: date, cause: str) -> News:
    """Write the summary of a morning: what is held back now, what is new, what posted the day before."""
    parts = []
    held, amounts = 0, dict[str, Decimal]()
    for connection in Connection.objects.filter(organization=organization).order_by("pk"):
        while folding.fold(connection.pk):
            pass
        found = figures(connection, Filters())
        held += found.about.documents
        for currency, amount in found.about.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        parts.append(_part(connection, found, day))
    title = f"{_count(held)} worth {in_short(amounts)} held back" if held else "Nothing is held back"
    return News(
        Event.REPORT_DAILY,
        cause,
        f"{organization}, {day:%b %-d}: {title}",
        "\n\n".join(parts)
        + "\n\nYou get this because you asked for it on the report's page; it can be stopped there.\n",
        {"held_back": held, "amounts": {currency: str(amount) for currency, amount in amounts.items()}},
    )


def _part(connection: Connection, found: Figures, day: date) -> str:
    lines = [f"{connection}"]
    about = found.about
    if about.documents:
        lines.append(f"Held back now: {_count(about.documents)} worth {in_short(about.amounts)}.")
        new = _new_since(connection, day - timedelta(days=1))
        lines.append(f"New among them since yesterday morning: {new:,}.")
        titles = dict(Problem.objects.filter(connection=connection).values_list("pk", "title"))
        open_ones = [each for each in found.causes if each.standing != Standing.HEALED][:CAUSES_TOLD]
        lines += [
            f"- {titles.get(each.problem_id) or cause_title(each.code)}: {_count(each.sums.documents)}, "
            f"{in_short(each.sums.amounts)}"
            for each in open_ones
        ]
    else:
        lines.append("Nothing is held back.")
    count, amounts = _posted_on(connection, day - timedelta(days=1))
    lines.append(f"Posted yesterday: {_count(count)}{f', {in_short(amounts)}' if count else ''}.")
    lines.append(
        f"See them: {settings.PUBLIC_ADDRESS}{reverse('report-sync')}?company={connection.pk}&standing=at-stake"
    )
    return "\n".join(lines)


def _posted_on(connection: Connection, day: date) -> tuple[int, dict[str, Decimal]]:
    rows = Tally.objects.filter(connection=connection, span=Span.POSTED, day=day).order_by()
    sums = rows.values_list("currency").annotate(Sum("documents"), Sum("amount"))
    return sum(row[1] for row in sums), {row[0]: row[2] for row in sums if row[1]}


def _new_since(connection: Connection, day: date) -> int:
    morning = timezone.make_aware(datetime.combine(day, MORNING))
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM reports_line WHERE connection_id = %s AND standing = ANY(%s) AND first_seen >= %s",
            [connection.pk, [each.value for each in AT_STAKE], morning],
        )
        return int(cursor.fetchone()[0])


def _addresses(organization: Organization, morning: datetime) -> list[str]:
    wanting = DailyMail.objects.filter(organization=organization, since__lt=morning).values("user_id")
    people = Membership.objects.filter(organization=organization, user__in=wanting, user__is_active=True)
    return list(people.order_by("user_id").values_list("user__email", flat=True))


def _count(count: int) -> str:
    return f"{count:,} {'document' if count == 1 else 'documents'}"
