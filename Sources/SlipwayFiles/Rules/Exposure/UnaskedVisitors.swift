// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// A public notebook, whether meant or not.
    static let nobodyIsAsked = Rule(
        "EN305", .warning, "everybody may change and delete what the deployed program keeps",
        why:
            "The program has addresses that write and delete, and not a word of a login, a token or a key; whoever reaches "
            + "its port reads, changes and deletes everything.",
        catches: [
            [
                "Procfile": "web: uvicorn main:app\n",
                "main.py":
                    "@app.post('/items')\ndef add(item: Item):\n    ...\n\n\n@app.delete('/items/{id}')\ndef remove(id: int):\n    ...\n",
            ],
            [
                "Dockerfile": "FROM eclipse-temurin:21\nCMD [\"java\", \"-jar\", \"a.jar\"]\n",
                "src/main/java/A.java":
                    "@RestController\nclass A {\n  @PostMapping\n  void add() {}\n  @DeleteMapping(\"/{id}\")\n  void remove() {}\n}\n",
            ],
        ],
        passes: [
            [
                "Procfile": "web: uvicorn main:app\n",
                "main.py":
                    "@app.post('/items')\ndef add(item: Item, user = Depends(get_current_user)):\n    ...\n\n\n@app.delete('/items/{id}')\ndef remove(id: int):\n    ...\n",
            ],
            [
                "main.py":
                    "@app.post('/items')\ndef add():\n    ...\n\n\n@app.delete('/items/{id}')\ndef remove():\n    ...\n"
            ],
            ["Procfile": "web: uvicorn main:app\n", "main.py": "@app.post('/convert')\ndef convert():\n    ...\n"],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.exist(in: repository) else { return [] }
        return WritingRoutes.first(in: repository).map { [$0] } ?? []
    }
}

private enum WritingRoutes {
    private static let endings = [".py", ".js", ".ts", ".mjs", ".go", ".java", ".kt", ".cs"]
    private static let removals = [
        "@app.delete(", "@router.delete(", "@DeleteMapping", "[HttpDelete", ".MapDelete(", "@Delete(", ".DELETE(",
        "app.delete('", "router.delete('", ".Delete('/",
    ]
    private static let additions = [
        "@app.post(", "@router.post(", "@PostMapping", "[HttpPost", ".MapPost(", "@Post(", ".POST(", "app.post('",
        "router.post('", ".Post('/",
    ]

    /// Files may have the other quotes.
    private static func unquoted(_ sign: String) -> String { String(sign.prefix { $0 != "'" }) }

    /// The route that deletes, when others write and nothing asks who calls.
    static func first(in repository: CheckedRepository) -> Violation? {
        var place: (path: String, line: Int)?
        for file in repository.code(endings, with: removals.map(unquoted)) where place == nil {
            if let line = file.line(withAny: removals) { place = (file.path, line) }
        }
        guard let place,
            repository.code(endings, with: additions.map(unquoted)).contains(where: { file in
                file.line(withAny: additions) != nil
            }), !EmptyingRoute.asksSomebody(repository)
        else { return nil }
        return Violation(
            file: place.path, line: place.line,
            "no code asks who calls; add a login, or let the proxy ask for one, before others reach the port")
    }
}
