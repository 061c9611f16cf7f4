from django.db import migrations

# A trigger is silent in a session with session_replication_role = replica, which our role may be allowed to set for
# enrolling long lists; one that is enabled "always" is not. Truncating passes the triggers of rows.
ALWAYS = """
ALTER TABLE audit_auditentry ENABLE ALWAYS TRIGGER audit_entry_append_only;
CREATE TRIGGER audit_entry_not_truncated BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_is_append_only();
ALTER TABLE audit_auditentry ENABLE ALWAYS TRIGGER audit_entry_not_truncated;
"""


def refuse_always(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ALWAYS)


def refuse_mostly(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER audit_entry_not_truncated ON audit_auditentry")
        schema_editor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER audit_entry_append_only")


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_append_only'),
    ]

    operations = [
        migrations.RunPython(refuse_always, refuse_mostly, elidable=False),
    ]
