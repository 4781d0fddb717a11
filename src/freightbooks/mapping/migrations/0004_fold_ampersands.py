"""Names are compared without the spaces around an ampersand from here on; what is kept folded is folded so."""

from django.db import migrations

_LISTED = r"""
UPDATE mapping_listedobject SET folded_name = regexp_replace(folded_name, '\s*&\s*', '&', 'g')
WHERE folded_name ~ '\s&|&\s'
"""
_LINKS = r"""
UPDATE mapping_partylink AS link SET folded_name = regexp_replace(folded_name, '\s*&\s*', '&', 'g')
WHERE folded_name ~ '\s&|&\s' AND NOT EXISTS (
    SELECT 1 FROM mapping_partylink AS other
    WHERE other.connection_id = link.connection_id AND other.id <> link.id
    AND regexp_replace(other.folded_name, '\s*&\s*', '&', 'g') = regexp_replace(link.folded_name, '\s*&\s*', '&', 'g')
)
"""


class Migration(migrations.Migration):
    dependencies = [("mapping", "0003_versions_tracking_and_likeness")]

    operations = [
        migrations.RunSQL(_LISTED, migrations.RunSQL.noop),
        migrations.RunSQL(_LINKS, migrations.RunSQL.noop),
    ]
