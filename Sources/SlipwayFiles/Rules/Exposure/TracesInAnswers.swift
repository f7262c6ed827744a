// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Paths, queries and sometimes secrets, for whoever provokes an error.
    static let traceInAnswer = Rule(
        "EN299", .warning, "an answer to a visitor holds the trace of an error",
        why:
            "The trace shows files, queries and values of the program to whoever makes it fail, and no setting of "
            + "production leaves it out.",
        catches: [
            [
                "app/views.py":
                    "import traceback\ntry:\n    f()\nexcept Exception as e:\n    return Response(\n        {'error': str(e), 'traceback': traceback.format_exc()},\n        status=500)\n"
            ],
            [
                "src/server.js":
                    "app.use((err, req, res, next) => {\n  res.status(500).json({ error: err.message, stack: err.stack });\n});\n"
            ],
            [
                "app/Http/A.php":
                    "<?php\nreturn response()->json([\n  'message' => $e->getMessage(),\n  'trace' => $e->getTraceAsString(),\n], 500);\n"
            ],
        ],
        passes: [
            [
                "app/views.py":
                    "import traceback\nlogger.error(traceback.format_exc())\nreturn Response({'error': 'failed'})\n"
            ],
            [
                "src/server.js":
                    "res.status(500).json({ error: err.message, stack: process.env.NODE_ENV === 'production' ? null : err.stack });\n"
            ],
            [
                "src/server.js":
                    "const body = { error: err.message };\nif (isDev) {\n  res.json({ stack: err.stack });\n}\n"
            ],
            ["src/log.ts": "logger.error({ stack: err.stack });\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.code(
            [".py", ".js", ".ts", ".mjs", ".php"], with: ["format_exc", ".stack", "getTraceAsString"]
        )
        .compactMap { code in
            AnsweredTrace.line(in: code).map {
                Violation(
                    file: code.path, line: $0,
                    "whoever makes it fail reads the trace; write it to the log, and answer with a short text")
            }
        }
    }
}

private enum AnsweredTrace {
    private static let traces = [
        "traceback.format_exc()", "stack:err.stack", "stack:error.stack", "stack:e.stack", ".send(err.stack)",
        ".send(error.stack)", "getTraceAsString()",
    ]
    private static let answers = [
        "Response(", "jsonify(", "HTTPException(", ".json({", ".send({", "response()->json(", "json_encode(",
        ".send(err.stack", ".send(error.stack", "JsonResponse(",
    ]
    private static let others = ["log", "print(", "console.", "sentry", "capture", "stderr"]
    private static let conditions = ["dev", "debug", "prod", "node_env", "local"]

    static func line(in code: CodeText) -> Int? {
        for (index, line) in code.bare.enumerated() where traces.contains(where: line.contains) {
            let start = max(0, index - 6)
            let around = code.bare[start...index]
            guard !conditions.contains(where: around.joined(separator: "\n").lowercased().contains),
                let open = around.lastIndex(where: { line in answers.contains(where: line.contains) }),
                // The last call that is open before it is the answer, and not a line for the log.
                !code.bare[open...index].contains(where: { line in
                    others.contains(where: line.lowercased().contains)
                }), isOpen(code.bare[open...index])
            else { continue }
            return index + 1
        }
        return nil
    }

    /// Whether no bracket was closed before the trace.
    private static func isOpen(_ lines: ArraySlice<String>) -> Bool {
        guard lines.count > 1 else { return true }
        var depth = 0
        for character in lines.dropLast().joined() {
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
        }
        return depth > 0
    }
}
