import django.utils.timezone
from django.db import migrations, models

KEEP = """
CREATE FUNCTION posting_keep_since() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    holder text;
BEGIN
    NEW.held_for := OLD.held_for;
    NEW.held_since := OLD.held_since;
    IF NEW.state IN ('waiting', 'failed') THEN
        holder := md5(NEW.gate || '|' || coalesce(NEW.problem_id::text, NEW.reason));
        IF holder <> OLD.held_for THEN
            NEW.held_for := holder;
            NEW.held_since := now();
        END IF;
        NEW.since := NEW.held_since;
    ELSIF NEW.state IN ('due', 'sending', 'uncertain') THEN
        -- What held it is kept: held by the same again, it has waited since the first time.
        NEW.since := CASE WHEN OLD.state = NEW.state THEN OLD.since ELSE now() END;
    ELSE
        NEW.held_for := '';
        NEW.held_since := NULL;
        NEW.since := CASE WHEN OLD.state = NEW.state THEN OLD.since ELSE now() END;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posting_keep_since BEFORE UPDATE ON posting_posting
    FOR EACH ROW WHEN (
        OLD.state IS DISTINCT FROM NEW.state OR OLD.gate IS DISTINCT FROM NEW.gate
        OR OLD.reason IS DISTINCT FROM NEW.reason OR OLD.problem_id IS DISTINCT FROM NEW.problem_id
        OR OLD.since IS DISTINCT FROM NEW.since
    )
    EXECUTE FUNCTION posting_keep_since();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("connections", "0003_consent_needed"),
        ("posting", "0003_changed_there"),
    ]

    operations = [
        migrations.AddField("posting", "since", models.DateTimeField(default=django.utils.timezone.now, help_text="Since when it stands as it does; a trigger keeps it")),
        migrations.AddField("posting", "held_for", models.CharField(blank=True, default="", help_text="What held it last, as the trigger tells it", max_length=32), preserve_default=False),
        migrations.AddField("posting", "held_since", models.DateTimeField(null=True, help_text="Since when that holds it, however often it was tried")),
        migrations.RunSQL(
            """
            SET CONSTRAINTS ALL IMMEDIATE; -- rows with deferred checks could not have their table changed
            UPDATE posting_posting SET since = changed_at;
            UPDATE posting_posting SET held_since = changed_at,
                held_for = md5(gate || '|' || coalesce(problem_id::text, reason)) WHERE state IN ('waiting', 'failed');
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex("posting", models.Index(condition=models.Q(("doc_number", ""), _negated=True), fields=["connection", "doc_number"], name="postings_by_number")),
        migrations.RunSQL(KEEP, "DROP TRIGGER posting_keep_since ON posting_posting; DROP FUNCTION posting_keep_since();"),
    ]
