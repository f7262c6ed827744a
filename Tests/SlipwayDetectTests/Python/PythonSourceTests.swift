// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayDetect

@Suite struct PythonSourceTests {
    private func source(_ text: String) -> PythonSource { PythonSource(path: "a.py", text: text) }

    @Test func `imports say what a name stands for`() {
        let source = source(
            """
            import os, numpy as np
            import a.b
            from fastapi import (FastAPI, APIRouter as Router,
                                 Depends)  # comment
            from . import models
            from ..core.config import settings
            """)
        #expect(source.imports["np"] == "numpy")
        #expect(source.imports["a"] == "a")
        #expect(source.imports["Router"] == "fastapi.APIRouter")
        #expect(source.imports["Depends"] == "fastapi.Depends")
        #expect(source.imports["models"] == ".models")
        #expect(source.imports["settings"] == "..core.config.settings")
        #expect(source.qualified(.name("FastAPI")) == "fastapi.FastAPI")
    }

    @Test func `a call keeps its arguments, its line and its scope`() throws {
        let source = source(
            """
            def create(a: int = Query(3), *rest, b="x") -> App:
                app = FastAPI(
                    title="A \\"quoted\\" title" ' joined',
                    **options)  # (unbalanced
                return app
            """)
        let call = try #require(source.calls.first { $0.call.callee.dotted == "FastAPI" })
        #expect(call.call.line == 2)
        #expect(call.statement.scope == ["create"])
        #expect(call.call.argument("title")?.string == "A \"quoted\" title joined")
        #expect(call.call.arguments.last?.name == "**")
        #expect(source.calls.contains { $0.call.callee.dotted == "Query" })
    }

    @Test func `decorators belong to the function below them`() throws {
        let source = source(
            """
            @app.get("/health")
            @cached
            async def health(): return {"status": "ok"}
            x = 1
            """)
        guard case .function(let function) = source.statements[0].kind else {
            Issue.record("no function")
            return
        }
        #expect(function.name == "health")
        #expect(function.isAsync)
        #expect(function.decorators.first?.call?.argument(nil, at: 0)?.string == "/health")
        #expect(source.statements[1].scope == ["health"])
        #expect(source.statements[2].scope == [])
    }

    @Test func `fields of an f-string are expressions`() {
        let source = source(#"url = f"postgres://{os.environ['USER']}@{host!r:>3}/{{x}}""#)
        guard case .assignment(_, _, .formatted(let text, let fields)?)? = source.statements.first?.kind else {
            Issue.record("no f-string")
            return
        }
        #expect(text == "postgres://{}@{}/{x}")
        #expect(fields.count == 2)
        guard case .subscripted(let item) = fields[0] else {
            Issue.record("no subscript")
            return
        }
        #expect(item.base.dotted == "os.environ")
        #expect(item.index.string == "USER")
    }

    @Test func `class fields keep annotation and value`() {
        let source = source(
            """
            class Settings(BaseSettings):
                '''Docs = "no"'''
                port: int = Field(8000, alias="API_PORT")
                debug: bool
                class Config: env_file = ".env"
            after = os.getenv("A") or "b"
            """)
        let fields = source.body(of: ["Settings"]).compactMap { statement -> String? in
            guard case .assignment(let targets, _, _) = statement.kind else { return nil }
            return targets.first?.dotted
        }
        #expect(fields == ["port", "debug"])
        #expect(source.body(of: ["Settings", "Config"]).count == 1)
        #expect(source.moduleAssignments["after"]?.line == 6)
    }

    @Test(arguments: [
        "", "\\", "'", "\"\"\"open", "f\"{", "f'{{'", "((((((", "))))", "def", "class", "from", "import ,", "@",
        "x = = =",
        "lambda", "a.b.", "a[", "{:}", "{**", "*", "if :", "try: x\nexcept: y", "x: = 3", "\u{FEFF}\u{0}", "async",
    ])
    func `no text stops the reader`(_ text: String) {
        #expect(source(text + "\nlast = 1").statements.count >= 0)
    }

    @Test(arguments: [
        "(", "-", "a.", "a(", "f'{", "not ", "lambda: ", "a if b else ", "[", "{", "a[", "x = ", "@", "*",
    ])
    func `no depth overflows the reader`(_ fragment: String) {
        #expect(source("x = " + String(repeating: fragment, count: 4000)).statements.count >= 0)
    }
}
