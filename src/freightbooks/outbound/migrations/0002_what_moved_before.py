"""What was posted before there was a feed is in it from the beginning."""

from django.db import migrations

FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO outbound_touched (posting_id, organization_id, tx, at)
SELECT posting.id, company.organization_id, pg_current_xact_id()::text::bigint, posting.changed_at
FROM posting_posting posting JOIN connections_connection company ON company.id = posting.connection_id
ON CONFLICT (posting_id) DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0001_initial")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
