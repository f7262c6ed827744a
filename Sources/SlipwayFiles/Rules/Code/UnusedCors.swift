// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Written, and never switched on.
    static let unusedCors = Rule(
        "AP384", .error, "the origins that may ask are written down and never used",
        why:
            "Without the middleware no answer carries Access-Control-Allow-Origin: the browser keeps every answer from the "
            + "page that stands at another address.",
        catches: [
            [
                "api/Program.cs":
                    "builder.Services.AddCors(o => o.AddPolicy(\"All\", p => p.AllowAnyOrigin()));\nvar app = builder.Build();\napp.MapControllers();\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19.0.0\"}}",
            ],
            [
                "server/index.js": "const cors = require('cors')\nconst app = express()\napp.listen(3000)\n",
                "web/package.json": "{\"dependencies\":{\"vue\":\"3.5.0\"}}",
            ],
            [
                "app.py": "from flask import Flask\nfrom flask_cors import CORS\n\napp = Flask(__name__)\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19.0.0\"}}",
            ],
        ],
        passes: [
            [
                "api/Program.cs":
                    "builder.Services.AddCors();\nvar app = builder.Build();\napp.UseCors(p => p.AllowAnyOrigin());\n",
                "web/package.json": "{\"dependencies\":{\"react\":\"19.0.0\"}}",
            ],
            [
                "server/index.js": "const cors = require('cors')\napp.use(cors())\n",
                "web/package.json": "{\"dependencies\":{\"vue\":\"3.5.0\"}}",
            ],
            ["api/Program.cs": "builder.Services.AddCors();\n"],
        ]
    ) { repository in
        guard repository.isWhole, hasPages(repository.tree) else { return [] }
        return dotNet(repository) + imports(repository)
    }

    /// A front end of its own, which another address can serve.
    private static func hasPages(_ tree: SourceTree) -> Bool {
        tree.files(named: "package.json").contains { entry in
            guard !entry.path.contains("node_modules/"), let bytes = tree.bytes(entry.path) else { return false }
            return ["\"react\"", "\"vue\"", "\"@angular/core\"", "\"svelte\"", "\"solid-js\""].contains {
                ByteSearch.contains($0.utf8, in: bytes)
            }
        }
    }

    private static func dotNet(_ repository: CheckedRepository) -> [Violation] {
        let files = repository.code([".cs"], with: ["Cors"])
        let uses = ["UseCors(", "RequireCors(", "EnableCors"]
        guard !files.contains(where: { code in code.bare.contains { line in uses.contains(where: line.contains) } })
        else {
            return []
        }
        return files.compactMap { code in
            code.line(with: ".AddCors(").map { line in
                Violation(
                    file: code.path, line: line,
                    "no answer carries these origins; write behind builder.Build(): app.UseCors(\"NAME\");")
            }
        }
    }

    /// The package is imported, and nothing else in the file names it.
    private static func imports(_ repository: CheckedRepository) -> [Violation] {
        let endings = [".js", ".ts", ".mjs", ".cjs", ".py"]
        let marks: [(opening: String, use: String, advice: String)] = [
            ("=require('cors')", "cors(", "app.use(cors({ origin: process.env.ORIGIN }))"),
            ("importcorsfrom'cors'", "cors(", "app.use(cors({ origin: process.env.ORIGIN }))"),
            ("fromflask_corsimportCORS", "CORS(", "CORS(app, origins=[os.environ[\"ORIGIN\"]])"),
            (
                "fromfastapi.middleware.corsimportCORSMiddleware", "CORSMiddleware",
                "app.add_middleware(CORSMiddleware, allow_origins=[...])"
            ),
        ]
        return repository.code(endings, with: ["cors"]).compactMap { code in
            for mark in marks {
                guard let index = code.bare.firstIndex(where: { $0.contains(mark.opening) }) else { continue }
                let name = mark.use.filter { $0 != "(" }
                // Exported, handed on or called: somebody uses it.
                let isUsed = code.bare.enumerated().contains { $0.offset != index && $0.element.contains(name) }
                guard !isUsed, !code.bare[index].contains("export") else { return nil }
                return Violation(
                    file: code.path, line: index + 1, "nothing uses it; write: \(mark.advice)", severity: .warning)
            }
            return nil
        }
    }
}
