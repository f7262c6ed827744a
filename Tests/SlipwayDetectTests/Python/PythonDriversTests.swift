// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayCore
@testable import SlipwayDetect

/// Which driver the address of a database has to name.
struct PythonDriversTests {
    private static let settings = """
        import os
        from sqlalchemy import create_engine
        engine = create_engine(os.environ["DATABASE_URL"])
        """

    private static func scheme(_ requirements: String, _ code: String = settings) -> String? {
        let tree = SourceTree(files: [
            "requirements.txt": "fastapi\nuvicorn\n" + requirements, "db.py": code,
            "main.py": "from fastapi import FastAPI\nimport db\napp = FastAPI()\n",
        ])
        let variable = Detection.detect(tree).variables.first { $0.name == "DATABASE_URL" }
        return AddressForm(.postgres, like: variable?.addressExample, language: "python").scheme
    }

    @Test(arguments: [
        ("sqlalchemy\npsycopg2-binary\n", "postgresql+psycopg2"),
        ("sqlalchemy>=2.0\npsycopg2\n", "postgresql+psycopg2"),
        ("flask-sqlalchemy==3.1.1\npsycopg2-binary\n", "postgresql+psycopg2"),
        // Both take psycopg2 where nothing else is said.
        ("sqlalchemy==2.0.36\npsycopg2-binary\n", "postgresql"),
        ("sqlalchemy>=1.4,<2.1\npsycopg2-binary\n", "postgresql"),
        ("sqlalchemy~=2.0.30\npsycopg2-binary\n", "postgresql"),
        ("sqlalchemy~=2.0\npsycopg2-binary\n", "postgresql+psycopg2"),
        ("sqlalchemy\npsycopg[binary]\n", "postgresql+psycopg"),
        ("sqlalchemy\npsycopg[binary]\npsycopg2-binary\n", "postgresql"),
        ("sqlalchemy\npg8000\n", "postgresql+pg8000"),
        // Nobody reads a driver's name there.
        ("psycopg2-binary\n", "postgresql"),
    ])
    func `the installed driver is named where SQLAlchemy would take another one`(
        _ requirements: String, _ wanted: String
    ) {
        #expect(Self.scheme(requirements) == wanted)
    }

    @Test func `a default that names no driver is given one, too`() {
        let code = Self.settings.replacing(
            "os.environ[\"DATABASE_URL\"]", with: "os.getenv(\"DATABASE_URL\", \"postgresql://a:b@localhost/c\")")
        #expect(Self.scheme("sqlalchemy\npsycopg2-binary\n", code) == "postgresql+psycopg2")
        #expect(Self.scheme("sqlalchemy<2.1\npsycopg2-binary\n", code) == "postgresql")
    }

    @Test func `an asynchronous engine gets an asynchronous driver`() {
        let code = """
            import os
            from sqlalchemy.ext.asyncio import create_async_engine
            engine = create_async_engine(os.environ["DATABASE_URL"])
            """
        #expect(Self.scheme("sqlalchemy\nasyncpg\n", code) == "postgresql+asyncpg")
        #expect(Self.scheme("sqlalchemy\nasyncpg\npsycopg2-binary\n", code) == "postgresql+asyncpg")
        let both =
            code + "\nfrom sqlalchemy import create_engine\nother = create_engine(os.environ[\"DATABASE_URL\"])\n"
        #expect(Self.scheme("sqlalchemy\nasyncpg\npsycopg2-binary\n", both) == "postgresql")
    }

    @Test func `code that looks at the address itself gets the plain one`() {
        let code =
            Self.settings + "\nurl = os.environ['DATABASE_URL'].replace(\"postgresql://\", \"postgresql+asyncpg://\")\n"
        #expect(Self.scheme("sqlalchemy\npsycopg2-binary\n", code) == "postgresql")
        let direct = Self.settings + "\nimport psycopg2\nconnection = psycopg2.connect(os.environ[\"DATABASE_URL\"])\n"
        #expect(Self.scheme("sqlalchemy\npsycopg2-binary\n", direct) == "postgresql")
    }

    @Test func `the driver of a default with a password is kept, the password is not`() {
        let code = """
            import os
            from sqlalchemy.ext.asyncio import create_async_engine
            DATABASE_URL = os.getenv("DATABASE_URL", "postgresql+asyncpg://shop:swordfish@localhost/shop")
            engine = create_async_engine(DATABASE_URL)
            """
        let tree = SourceTree(files: [
            "requirements.txt": "fastapi\nuvicorn\nasyncpg\nsqlalchemy[asyncio]\n", "db.py": code,
            "main.py": "from fastapi import FastAPI\nimport db\napp = FastAPI()\n",
        ])
        let variable = Detection.detect(tree).variables.first { $0.name == "DATABASE_URL" }
        #expect(variable?.secret == true)
        #expect(variable?.default == nil)
        #expect(variable?.addressExample == "postgresql+asyncpg://")
        #expect(Self.scheme("asyncpg\nsqlalchemy[asyncio]\n", code) == "postgresql+asyncpg")
    }
}

extension AddressForm {
    fileprivate var scheme: String? {
        if case .url(let scheme) = self { return scheme }
        return nil
    }
}
