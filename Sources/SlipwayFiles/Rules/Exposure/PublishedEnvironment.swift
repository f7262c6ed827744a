// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// One request, and every secret is known.
    static let publishedEnvironment = Rule(
        "EN470", .error, "a route hands out all variables of the process",
        why:
            "The environment holds the keys, the passwords and the address of the database; a route for looking into the "
            + "program gives them to everybody who asks.",
        catches: [
            ["app.py": "@app.route('/debug')\ndef debug():\n    return jsonify({'env': dict(os.environ)})\n"],
            ["shop/views.py": "def info(request):\n    return JsonResponse(dict(os.environ))\n"],
            ["server.js": "app.get('/debug', (req, res) => {\n  res.json({ env: process.env })\n})\n"],
        ],
        passes: [
            ["app.py": "@app.route('/')\ndef show():\n    return os.environ['GREETING']\n"],
            [
                "app.py":
                    "@app.route('/debug')\n@login_required\ndef debug():\n    return jsonify(dict(os.environ))\n"
            ],
            ["app.py": "def run():\n    return subprocess.run(a, env=dict(os.environ))\n"],
            ["server.js": "app.get('/', (req, res) => res.json({ name: process.env.NAME }))\n"],
        ]
    ) { repository in
        repository.code([".py", ".js", ".ts", ".mjs", ".cjs"], with: ["os.environ", "process.env"]).compactMap { code in
            let isPython = code.path.hasSuffix(".py")
            guard
                let line = code.bare.indices.first(where: { index in
                    isPython ? EnvironmentRoutes.python(index, in: code) : EnvironmentRoutes.node(index, in: code)
                })
            else { return nil }
            return Violation(
                file: code.path, line: line + 1,
                "everybody who asks gets every secret of the process; delete the route, or name the values that it shows"
            )
        }
    }
}

/// Lines that answer a request with the whole environment.
private enum EnvironmentRoutes {
    private static let guards = [
        "login_required", "admin", "permission", "Depends(", "requires", "auth", "staff", "DEBUG", "debug:", "token",
        "development",
    ]

    static func python(_ index: Int, in code: CodeText) -> Bool {
        let line = code.bare[index]
        let whole = [
            "dict(os.environ)", "os.environ)", "**os.environ", "os.environ.copy()", "':os.environ,", "os.environ}",
        ]
        let answers = ["return", "jsonify(", "JsonResponse(", "'env", "JSONResponse("]
        guard whole.contains(where: line.contains), answers.contains(where: line.contains), !line.contains("env="),
            let function = PythonBlocks.openers(of: index, in: code.lines).first(where: { place in
                ["def ", "async def "].contains(where: code.lines[place].trimmed.hasPrefix)
            })
        else { return false }
        let head = code.lines[max(0, function - 4)...function]
        let own = code.lines[function...index].joined()
        let routes = [".route(", ".get(", ".post(", "(request"]
        return head.contains { text in routes.contains(where: text.contains) }
            && !guards.contains(where: (head.joined() + own).contains)
    }

    static func node(_ index: Int, in code: CodeText) -> Bool {
        let line = code.bare[index]
        let answers = ["res.json(", "res.send(", "c.json(", "Response.json(", "reply.send("]
        let whole = ["process.env)", "process.env}", "process.env,", "...process.env"]
        guard answers.contains(where: line.contains), whole.contains(where: line.contains) else { return false }
        return !code.isGuarded(index + 1, by: guards + ["NODE_ENV"], before: 4)
    }
}
