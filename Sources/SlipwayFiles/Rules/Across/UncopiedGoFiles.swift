// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// panic: html/template: pattern matches no files: `templates/*`
    static let goFilesLeftBehind = Rule(
        "AP664", .error, "a Go program opens files that its image leaves behind",
        why:
            "The last stage takes the compiled program alone; templates, pages and settings that it opens by a path beside "
            + "itself stay in the stage that compiles, so it panics at its start or answers 404.",
        catches: [
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /server .\nFROM alpine:3.21\nCOPY --from=build /server /server\nCMD [\"/server\"]\n",
                "go.mod": "module shop\n",
                "main.go": "func main() {\n\tr := gin.Default()\n\tr.LoadHTMLGlob(\"templates/*\")\n}\n",
                "templates/index.html": "<p>\n",
            ],
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /server ./cmd/server\nFROM alpine:3.21\nWORKDIR /app\nCOPY --from=build /server .\nCOPY web/static ./static\nCOPY settings-prod.yaml .\nCMD [\"./server\"]\n",
                "go.mod": "module shop\n", "settings-prod.yaml": "a: 1\n", "config/settings-prod.yaml": "a: 1\n",
                "core/conf.go":
                    "const path = \"config/settings-prod.yaml\"\nfunc init() {\n\tdata, err := os.ReadFile(path)\n\tif err != nil {\n\t\tpanic(err)\n\t}\n}\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /server .\nFROM alpine:3.21\nCOPY --from=build /server /server\nCOPY templates /templates\nCMD [\"/server\"]\n",
                "go.mod": "module shop\n",
                "main.go": "func main() {\n\tr.LoadHTMLGlob(\"templates/*\")\n}\n", "templates/index.html": "<p>\n",
            ],
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o server .\nFROM alpine:3.21\nCOPY --from=build /src /app\nCMD [\"/app/server\"]\n",
                "go.mod": "module shop\n",
                "main.go": "func main() {\n\tr.LoadHTMLGlob(\"templates/*\")\n}\n", "templates/index.html": "<p>\n",
            ],
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /server .\nFROM alpine:3.21\nCOPY --from=build /server /server\nCMD [\"/server\"]\n",
                "go.mod": "module shop\n",
                "main.go":
                    "//go:embed templates/*\nvar files embed.FS\nfunc main() {\n\tt, err := os.ReadFile(\"templates/a.html\")\n\t_ = err\n}\n",
                "templates/index.html": "<p>\n",
            ],
            [
                "Dockerfile":
                    "FROM golang:1.24 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /server .\nFROM alpine:3.21\nCOPY --from=build /server /server\nCMD [\"/server\"]\n",
                "compose.yml": "services:\n  web:\n    build: .\n    volumes: ['./templates:/templates:ro']\n",
                "go.mod": "module shop\n",
                "main.go": "func main() {\n\tr.LoadHTMLGlob(\"templates/*\")\n}\n", "templates/index.html": "<p>\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, !repository.tree.files(named: "go.mod").isEmpty else { return [] }
        var seen: Set<String> = []
        return repository.deployedUnits.compactMap { unit -> Violation? in
            guard !unit.isForDevelopment, !unit.mountsItsSource, let image = GoProgramImage(unit),
                let found = image.missing(in: repository), seen.insert(unit.dockerfile.location).inserted
            else { return nil }
            let top = found.path.split(separator: "/").first.map(String.init) ?? found.path
            let shown = repository.tree.hasDirectory(GoPath.clean(image.module + "/" + top)) ? top : found.path
            return Violation(
                file: unit.dockerfile.location, line: image.line,
                "\(found.file):\(found.line) opens \(found.path), which the last stage does not have; "
                    + "add: COPY --from=\(image.builder) \(image.source)/\(shown) ./\(shown)")
        }
    }
}

/// An image whose last stage takes a Go program from the stage that compiles it.
private struct GoProgramImage {
    /// The stage that compiles, and the folder that it works in.
    let builder: String
    let source: String
    /// Line of the COPY that takes the program.
    let line: Int
    /// The folder of go.mod.
    let module: String
    private let copies: [DockerfileInstruction]
    private let unit: DeployedUnit

    init?(_ unit: DeployedUnit) {
        let stages = unit.dockerfile.stages
        guard stages.count > 1, unit.stage.parent == nil, !unit.stage.base.contains("golang"),
            let build = stages.last(where: { stage in
                stage.index < unit.stage.index
                    && unit.dockerfile.lineage(of: stage).contains {
                        $0.keyword == "RUN" && $0.text.contains("go build")
                    }
            }),
            let context = BuildContexts.of(unit).first(where: { folder in
                unit.dockerfile.repository.tree.contains(GoPath.clean(folder + "/go.mod"))
            })
        else { return nil }
        let all = unit.instructions.filter { $0.keyword == "COPY" || $0.keyword == "ADD" }
        guard let taken = all.last(where: { $0.flag("from") != nil }) else { return nil }
        copies = all
        module = context
        line = taken.line
        builder = taken.flag("from")?.value ?? "build"
        source =
            unit.dockerfile.lineage(of: build).last { $0.keyword == "WORKDIR" }?.arguments.first.map(GoPath.clean)
            ?? "/"
        self.unit = unit
        // Where a whole folder is taken, what it holds is not told from here.
        let isWhole = all.contains { copy in
            copy.arguments.dropLast().contains { word in
                let path = GoPath.clean(word)
                return [".", "/", source].contains(path) || word.contains("*") || word.contains("$")
            }
        }
        let isMade = unit.instructions.contains { instruction in
            instruction.keyword == "RUN"
                && ["git clone", "wget", "curl", "unzip", "tar "].contains(where: instruction.text.contains)
        }
        guard !isWhole, !isMade else { return nil }
    }

    /// The first file or folder of the repository that the program opens and the stage lacks.
    func missing(in repository: CheckedRepository) -> (path: String, file: String, line: Int)? {
        let prefix = module == "." ? "" : module + "/"
        let words = Self.openers
        for code in repository.code([".go"], with: words) where code.path.hasPrefix(prefix) {
            guard !code.path.hasSuffix("_test.go"), !code.path.contains("/tools/"), !code.path.contains("/scripts/")
            else {
                continue
            }
            // What is embedded is part of the program.
            guard repository.tree.text(code.path)?.contains("go:embed") != true else { continue }
            for (index, line) in code.bare.enumerated() {
                guard let path = Self.opened(line, index, of: code), isKept(path, prefix, repository), !isBrought(path)
                else { continue }
                return (path, code.path, index + 1)
            }
        }
        return nil
    }

    private static let openers = [
        "LoadHTMLGlob(", "LoadHTMLFiles(", "ParseGlob(", "ParseFiles(", "ReadFile(", "os.Open(", ".Static(",
        "http.Dir(",
        "StaticFile(",
    ]

    /// The constant path that a line opens and without which the program fails.
    private static func opened(_ line: String, _ index: Int, of code: CodeText) -> String? {
        guard let opener = openers.first(where: line.contains),
            let range = TextSearch.range(of: opener, in: line[...])
        else { return nil }
        let arguments = line[range.upperBound...].prefix { $0 != ")" }.split(separator: ",")
        let isServed = opener == ".Static(" || opener == "StaticFile("
        guard let word = isServed ? arguments.dropFirst().first : arguments.first else { return nil }
        if opener == "ReadFile(" || opener == "os.Open(" {
            let below = code.bare[index...].prefix(4).joined()
            guard ["panic(", "log.Fatal", "os.Exit(", ".Fatal("].contains(where: below.contains),
                !line.contains("embed"), line.contains("os.") || line.contains("ioutil.")
            else { return nil }
        }
        if opener.hasPrefix("Parse"), !line.contains("Must(") { return nil }
        guard let path = text(String(word), in: code), !path.hasPrefix("/"), !path.hasPrefix(".."),
            path.allSatisfy({ $0.isLetter || $0.isNumber || "._-/*".contains($0) })
        else { return nil }
        let clean = GoPath.clean(path)
        let parts = clean.split(separator: "/").prefix { !$0.contains("*") }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    /// A quoted text, or that of a constant of the same file.
    private static func text(_ word: String, in code: CodeText) -> String? {
        if word.hasPrefix("'"), word.hasSuffix("'"), word.utf8.count > 2 { return String(word.dropFirst().dropLast()) }
        guard word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
        let signs = ["const\(word)='", "\(word)='", "const\(word)string='"]
        let found = code.bare.compactMap { line -> String? in
            guard let sign = signs.first(where: line.hasPrefix), line.hasSuffix("'") else { return nil }
            return String(line.dropFirst(sign.count).dropLast())
        }
        return found.count == 1 ? found[0] : nil
    }

    /// Whether the repository has it beside go.mod.
    private func isKept(_ path: String, _ prefix: String, _ repository: CheckedRepository) -> Bool {
        repository.tree.contains(prefix + path) || repository.tree.hasDirectory(prefix + path)
    }

    /// Whether a COPY, a command or a mount of the container gives it.
    private func isBrought(_ path: String) -> Bool {
        let workdir = GoPath.clean(unit.instructions.last { $0.keyword == "WORKDIR" }?.arguments.first ?? "/")
        let wanted = GoPath.clean(workdir + "/" + path)
        let copied = copies.contains { copy in
            guard let last = copy.arguments.last else { return false }
            let target = GoPath.clean(last.hasPrefix("/") ? last : workdir + "/" + last)
            return copy.arguments.dropLast().contains { word in
                let name = SourceTree.Entry(path: GoPath.clean(word)).name
                return target == wanted || wanted.hasPrefix(target + "/") && target != workdir && target != "/"
                    || GoPath.clean(target + "/" + name) == wanted
                    || wanted.hasPrefix(GoPath.clean(target + "/" + name) + "/")
                    || target.hasPrefix(wanted + "/")
            }
        }
        let mounts = (unit.service?.mounts ?? []).map { GoPath.clean($0.target) }
        let isMounted = mounts.contains { wanted == $0 || wanted.hasPrefix($0 + "/") || $0.hasPrefix(wanted + "/") }
        let isNamed = unit.instructions.contains { $0.keyword == "RUN" && $0.text.contains(path) }
        return copied || isMounted || isNamed
            || (unit.service?.node["configs"] != nil || unit.service?.node["working_dir"] != nil)
    }
}
