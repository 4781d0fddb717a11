"""What notes, inside the transaction that moves it, every posting whose line in the report has to be made anew."""

from django.db import migrations

INDEXES = """
CREATE INDEX report_number ON reports_line (connection_id, upper(number) text_pattern_ops);
CREATE INDEX report_shipment ON reports_line (connection_id, upper(shipment) text_pattern_ops);
"""
NO_INDEXES = "DROP INDEX report_number; DROP INDEX report_shipment;"

# A posting under way is shown as in the queue, so the step from due to sending changes nothing here. Whoever writes
# an attempt also writes its posting, in the same transaction: attempts need no trigger of their own.
POSTINGS = """
CREATE FUNCTION reports_postings_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_moved (connection_id, posting_id)
    SELECT connection_id, id FROM moved WHERE state <> 'sending';
    RETURN NULL;
END $$;
CREATE FUNCTION reports_postings_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_moved (connection_id, posting_id) SELECT connection_id, id FROM moved;
    RETURN NULL;
END $$;
CREATE TRIGGER reports_inserted AFTER INSERT ON posting_posting
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION reports_postings_moved();
CREATE TRIGGER reports_updated AFTER UPDATE ON posting_posting
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION reports_postings_moved();
CREATE TRIGGER reports_deleted AFTER DELETE ON posting_posting
    REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION reports_postings_gone();
"""
NO_POSTINGS = """
DROP TRIGGER reports_inserted ON posting_posting;
DROP TRIGGER reports_updated ON posting_posting;
DROP TRIGGER reports_deleted ON posting_posting;
DROP FUNCTION reports_postings_moved();
DROP FUNCTION reports_postings_gone();
"""

# Documents: only what the report shows or counts. An approval is noted with its moment.
DOCUMENTS = """
CREATE FUNCTION reports_invoices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_moved (connection_id, posting_id, approved_at)
    SELECT p.connection_id, p.id,
           CASE WHEN f.status IN ('Approved', 'Partially paid', 'Paid')
                 AND b.status NOT IN ('Approved', 'Partially paid', 'Paid') THEN now() END
    FROM fresh f JOIN before b USING (id) JOIN posting_posting p ON p.invoice_id = f.id
    WHERE (f.amount, f.currency, f.invoice_date, f.party_id, f.shipment_id, f.number)
          IS DISTINCT FROM (b.amount, b.currency, b.invoice_date, b.party_id, b.shipment_id, b.number)
       OR (f.status IN ('Approved', 'Partially paid', 'Paid')) <> (b.status IN ('Approved', 'Partially paid', 'Paid'));
    RETURN NULL;
END $$;
CREATE FUNCTION reports_advances_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_moved (connection_id, posting_id)
    SELECT p.connection_id, p.id
    FROM fresh f JOIN before b USING (id) JOIN posting_posting p ON p.advance_id = f.id
    WHERE (f.amount, f.currency, f.date, f.party_id, f.shipment_id, f.reference)
          IS DISTINCT FROM (b.amount, b.currency, b.date, b.party_id, b.shipment_id, b.reference);
    RETURN NULL;
END $$;
CREATE FUNCTION reports_shipments_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_moved (connection_id, posting_id)
    SELECT p.connection_id, p.id
    FROM fresh f JOIN before b USING (id)
    JOIN (SELECT shipment_id, id AS invoice_id, NULL::bigint AS advance_id FROM freight_invoice
          UNION ALL SELECT shipment_id, NULL, id FROM freight_advance) d ON d.shipment_id = f.id
    JOIN posting_posting p ON p.invoice_id = d.invoice_id OR p.advance_id = d.advance_id
    WHERE (f.custom_id, f.external_id, f.office) IS DISTINCT FROM (b.custom_id, b.external_id, b.office);
    RETURN NULL;
END $$;
CREATE TRIGGER reports_updated AFTER UPDATE ON freight_invoice
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reports_invoices_changed();
CREATE TRIGGER reports_updated AFTER UPDATE ON freight_advance
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reports_advances_changed();
CREATE TRIGGER reports_updated AFTER UPDATE ON freight_shipment
    REFERENCING OLD TABLE AS before NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION reports_shipments_changed();
"""
NO_DOCUMENTS = """
DROP TRIGGER reports_updated ON freight_invoice;
DROP TRIGGER reports_updated ON freight_advance;
DROP TRIGGER reports_updated ON freight_shipment;
DROP FUNCTION reports_invoices_changed();
DROP FUNCTION reports_advances_changed();
DROP FUNCTION reports_shipments_changed();
"""

EVERYTHING = "INSERT INTO reports_moved (connection_id, posting_id) SELECT connection_id, id FROM posting_posting"


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_initial"),
        ("posting", "0004_keep_since"),
        ("freight", "0004_look_up_numbers"),
    ]

    operations = [
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunSQL(POSTINGS, NO_POSTINGS),
        migrations.RunSQL(DOCUMENTS, NO_DOCUMENTS),
        migrations.RunSQL(EVERYTHING, migrations.RunSQL.noop),
    ]
