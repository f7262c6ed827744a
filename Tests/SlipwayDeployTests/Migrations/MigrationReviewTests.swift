// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDeploy

struct MigrationReviewTests {
    private func risks(_ path: String, _ text: String) -> [String] {
        let new = SourceTree(files: [path: text])
        return MigrationReview.findings(in: new, since: SourceTree(files: [:])).map {
            "\($0.line) \($0.risk.rawValue)"
        }
    }

    @Test(arguments: [
        ("CREATE INDEX i ON users (email);", "1 locks"),
        ("create unique index concurrently i on users (email)", ""),
        ("CREATE TABLE a (id int); CREATE INDEX i ON a (id);", ""),
        ("CREATE TABLE IF NOT EXISTS \"public\".\"a\" (id int); ALTER TABLE \"a\" ADD COLUMN b int NOT NULL;", ""),
        ("CREATE INDEX CONCURRENTLY i ON users (email); SELECT 1;", "1 fails"),
        ("-- DROP TABLE users;\n/* DROP TABLE users; */\nSELECT 'DROP TABLE users;'", ""),
        ("SELECT $$ DROP TABLE users; $$; SELECT $x$ ALTER TABLE t DROP c; $x$;", ""),
        ("\n\nDROP TABLE users;", "3 breaks"),
        ("ALTER TABLE users DROP COLUMN name", "1 breaks"),
        ("ALTER TABLE users RENAME COLUMN a TO b; ALTER TABLE users RENAME TO people;", "1 breaks,1 breaks"),
        ("ALTER TABLE users ADD COLUMN a int NOT NULL, ADD b numeric(3, 2) NOT NULL DEFAULT 0", "1 fails"),
        ("ALTER TABLE users ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()", "1 locks"),
        ("ALTER TABLE users ADD COLUMN a int", ""),
        ("ALTER TABLE ONLY users ALTER COLUMN a SET NOT NULL", "1 locks"),
        ("ALTER TABLE users ALTER a TYPE bigint", "1 locks"),
        ("ALTER TABLE users ALTER COLUMN a SET DEFAULT 3", ""),
        ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id)", "1 locks"),
        ("ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c (id) NOT VALID", ""),
        ("ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i; ALTER TABLE a VALIDATE CONSTRAINT f", ""),
        ("UPDATE users SET a = 1", "1 locks"),
        ("UPDATE users SET a = 1 WHERE id < 5", ""),
        ("TRUNCATE users", "1 locks"),
        ("ALTER TABLE", ""),
        ("'", ""), ("\"", ""), ("/*", ""), ("$x$", ""), ("$1 ; (((", ""),
        ("-- +goose Up\nSELECT 1;\n-- +goose Down\nDROP TABLE users;", ""),
    ])
    func `an SQL migration is judged by what it does to a table in use`(_ text: String, _ expected: String) {
        #expect(risks("db/migrations/1.sql", text).joined(separator: ",") == expected)
    }

    @Test func `only the way forward of an Alembic revision counts`() {
        let text = """
            def upgrade() -> None:
                op.create_table("notes", sa.Column("id", sa.Integer()))
                op.create_index("ix_notes", "notes", ["id"])  # a new table
                op.create_index(op.f("ix_users"), "users", ["email"], unique=True)
                op.create_index("ix", "users", ["a"], postgresql_concurrently=True)
                op.add_column("users", sa.Column("age", sa.Integer(), nullable=False))
                op.add_column("users", sa.Column("b", sa.Integer(), nullable=False, server_default="0"))
                op.execute("UPDATE users SET age = 1")
                op.execute(sa.text(\"\"\"DROP TABLE old\"\"\"))
                with op.batch_alter_table("posts") as batch_op:
                    batch_op.drop_column("title")
                    batch_op.alter_column("a", new_column_name="b")

            def downgrade() -> None:
                op.drop_table("notes")
            """
        #expect(
            risks("server/alembic/versions/1_x.py", text)
                == ["4 locks", "6 fails", "8 locks", "9 breaks", "11 breaks", "12 breaks"])
    }

    @Test func `Django's operations are judged by what they become`() {
        let text = """
            from django.db import migrations, models
            class Migration(migrations.Migration):
                operations = [
                    migrations.CreateModel(name="Note", fields=[("id", models.AutoField())]),
                    migrations.AddField(model_name="note", name="x", field=models.IntegerField()),
                    migrations.AddField(model_name="user", name="x", field=models.IntegerField(default=0)),
                    migrations.AddField("user", "y", models.TextField(null=True)),
                    migrations.RemoveField(model_name="user", name="z"),
                    migrations.AddIndex(model_name="user", index=models.Index(fields=["x"], name="i")),
                    migrations.RunSQL("ALTER TABLE a DROP COLUMN b"),
                ]
            """
        #expect(risks("app/migrations/0002_x.py", text) == ["6 breaks", "8 breaks", "9 locks", "10 breaks"])
    }

    @Test func `what the release before had already run is not looked at`() {
        let files = ["prisma/migrations/1/migration.sql": "DROP TABLE a;", "src/query.sql": "DROP TABLE b;"]
        let new = SourceTree(files: files.merging(["prisma/migrations/2/migration.sql": "DROP TABLE c;"]) { $1 })
        let findings = MigrationReview.findings(in: new, since: SourceTree(files: files))
        #expect(findings.map(\.file) == ["prisma/migrations/2/migration.sql"])
        #expect(findings.allSatisfy { $0.message.contains("table c") && !$0.advice.isEmpty })
    }
}
