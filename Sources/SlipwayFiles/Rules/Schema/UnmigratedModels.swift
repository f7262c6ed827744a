// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// UndefinedColumn, UndefinedTable
    static let modelWithoutMigration = Rule(
        "AP583", .error, "a model has a table or a column that no migration makes",
        why:
            "The developer's own database got it by hand, or from a migration that was never committed. A database that the "
            + "migrations make lacks it, and every query of the model ends with \"column does not exist\" or \"relation does "
            + "not exist\", because the whole model is asked for.",
        catches: [
            [
                "alembic/env.py": "from app.models import Base\ntarget_metadata = Base.metadata\n",
                "alembic/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table('recipes',\n    sa.Column('id', sa.Integer()),\n    sa.Column('name', sa.String()))\n",
                "app/models.py":
                    "class Recipe(Base):\n    __tablename__ = \"recipes\"\n\n    id = Column(Integer, primary_key=True)\n    name = Column(String)\n    embedding = Column(JSON)\n",
                "app/main.py": "from app.models import Recipe\n",
            ],
            [
                "alembic/env.py": "target_metadata = Base.metadata\n",
                "alembic/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table('users', sa.Column('id', sa.Integer()))\n",
                "app/models.py":
                    "class User(Base):\n    __tablename__ = 'users'\n    id: Mapped[int] = mapped_column(primary_key=True)\n\n\nclass History(Base):\n    __tablename__ = 'user_history'\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
                "app/main.py": "rows = session.query(History).all()\n",
            ],
            [
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/migrations/__init__.py": "",
                "orders/migrations/0001_initial.py":
                    "operations = [migrations.CreateModel(name='Order', fields=[('id', models.AutoField()), ('title', models.CharField())])]\n",
                "orders/models.py":
                    "from django.db import models\n\n\nclass Order(models.Model):\n    title = models.CharField(max_length=9)\n    paid_at = models.DateTimeField(null=True)\n",
            ],
        ],
        passes: [
            [
                "alembic/env.py": "target_metadata = Base.metadata\n",
                "alembic/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table('recipes', sa.Column('id', sa.Integer()))\n",
                "alembic/versions/2_b.py":
                    "revision = '2'\ndown_revision = '1'\n\n\ndef upgrade():\n    op.add_column('recipes', sa.Column('embedding', sa.JSON()))\n",
                "app/models.py":
                    "class Recipe(Base):\n    __tablename__ = \"recipes\"\n\n    id = Column(Integer, primary_key=True)\n    embedding = Column(JSON)\n    lines = relationship('Line')\n",
                "app/main.py": "from app.models import Recipe\n",
            ],
            [
                "alembic/env.py": "target_metadata = Base.metadata\n",
                "alembic/versions/1_a.py":
                    "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table('recipes', sa.Column('id', sa.Integer()))\n",
                "app/models.py":
                    "class Recipe(Base):\n    __tablename__ = \"recipes\"\n    id = Column(Integer, primary_key=True)\n    embedding = Column(JSON)\n",
                "app/main.py": "from app.models import Recipe\nBase.metadata.create_all(bind=engine)\n",
            ],
            [
                "manage.py": "", "shop/settings.py": "INSTALLED_APPS = ['orders']\n",
                "orders/migrations/__init__.py": "",
                "orders/migrations/0001_initial.py":
                    "operations = [migrations.CreateModel(name='Order', fields=[('title', models.CharField())])]\n",
                "orders/migrations/0002_b.py":
                    "operations = [migrations.RenameField(model_name='order', old_name='a', new_name='paid_at')]\n",
                "orders/models.py":
                    "from django.db import models\n\n\nclass Timed(models.Model):\n    made_at = models.DateTimeField()\n\n    class Meta:\n        abstract = True\n\n\nclass Order(models.Model):\n    title = models.CharField(max_length=9)\n    paid_at = models.DateTimeField(null=True)\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return AlembicTables.unmade(in: repository) + DjangoTables.unmade(in: repository)
    }
}

/// What the texts of an application's migrations name.
struct MigrationTexts {
    let texts: [[UInt8]]

    init(_ entries: [SourceTree.Entry], in tree: SourceTree) { texts = entries.compactMap { tree.bytes($0.path) } }

    /// Whether any of them has one of the words.
    func contain(_ words: [String]) -> Bool {
        texts.contains { text in words.contains { ByteSearch.contains($0.utf8, in: text) } }
    }

    func name(_ word: String) -> Bool { texts.contains { WholeWord.stands(Array(word.utf8), in: $0) } }

    /// Whether a file that names the table names the column too. That is more than what makes it, and errs on the quiet
    /// side: loops, helpers and texts of SQL are not read.
    func name(_ column: String, near table: String) -> Bool {
        texts.contains { text in
            WholeWord.stands(Array(column.utf8), in: text) && WholeWord.stands(Array(table.utf8), in: text)
        }
    }
}

/// A model as a file of Python writes it.
struct PythonModel {
    let name: String
    /// As SQL knows it.
    let table: String
    let file: String
    let line: Int
    let columns: [(name: String, line: Int)]

    /// `add recipes.embedding, recipes.updated_at`
    static func list(_ columns: [(name: String, line: Int)]) -> String {
        let names = columns.map(\.name)
        return names.count > 3
            ? names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
            : names.joined(separator: ", ")
    }
}
