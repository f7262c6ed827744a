// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import Testing

/// Which variable moves a database that is a file.
struct DatabaseFileVariableTests {
    private static func variable(of code: String) -> String? {
        let files = ["requirements.txt": "fastapi\nuvicorn\nsqlalchemy\n", "main.py": code]
        return Detection.detect(SourceTree(name: "app", files: files)).resources.first { $0.kind == .sqlite }?.variable
    }

    private static let server = "import os, sqlite3\nfrom fastapi import FastAPI\napp = FastAPI()\n"

    @Test(arguments: [
        "url = os.getenv(\"DATABASE_URL\", \"sqlite:///./sql_app.db\")\n",
        "url = os.environ.get(\"DATABASE_URL\", \"sqlite+aiosqlite:///data/app.db\")\n",
        "from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n"
            + "    DATABASE_URL: str = \"sqlite:///./sql_app.db\"\nsettings = Settings()\n",
    ])
    func `its default says so`(_ code: String) {
        #expect(Self.variable(of: Self.server + code) == "DATABASE_URL")
    }

    @Test func `a path alone is enough`() {
        let code = "path = os.getenv(\"DB_PATH\", \"shop.db\")\nsqlite3.connect(path)\n"
        #expect(Self.variable(of: Self.server + code) == "DB_PATH")
    }

    @Test(arguments: [
        "url = \"sqlite:///./sql_app.db\"\n",
        "a = os.getenv(\"A_DB\", \"sqlite:///a.db\")\nb = os.getenv(\"B_DB\", \"sqlite:///b.db\")\n",
    ])
    func `nothing else does`(_ code: String) { #expect(Self.variable(of: Self.server + code) == nil) }
}
