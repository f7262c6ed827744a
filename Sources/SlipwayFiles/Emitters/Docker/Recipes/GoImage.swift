// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Go: one static binary, and an Alpine that has certificates, time zones and something to ask for health with.
struct GoImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "go" }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        let programs = GoPrograms(input: input)
        return isDevelopment ? programs.developmentCommand(text) : programs.command(text)
    }

    func tools(_ input: ImageInput) -> [InstalledTool] { GoPrograms(input: input).tools }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let tools = tools(input)
        let service = input.service
        let programs = GoPrograms(input: input)
        var dependencies = DockerStage(
            "golang:\(Self.version(input))-alpine", name: "dependencies",
            comment: "The modules of go.sum.")
        let needsC = !service.systemPackages.isEmpty || usesC(input)
        if needsC {
            dependencies.instruction("# hadolint ignore=DL3018")
            dependencies.run(["apk add --no-cache gcc musl-dev"])
        }
        dependencies.environment([("CGO_ENABLED", needsC ? "1" : "0")])
        dependencies.workdir(input.folder)
        let isModule = input.has("go.mod")
        let manifests = ["go.mod", "go.sum"].filter(input.has).map { input.relative(input.path($0)) }
        if isModule { dependencies.copy(manifests, to: "./") }
        let caches = ["type=cache,target=/go/pkg/mod", "type=cache,target=/root/.cache/go-build"]
        // Sums that are not in git are made from the imports, when the code is there.
        let lacksSums = !input.has("go.sum") && input.text("go.mod")?.contains("require") == true
        if isModule, !lacksSums { dependencies.run(["go mod download"], mounts: [caches[0]]) }

        var development = DockerStage("dependencies", name: "development", comment: "Runs the source as it is.")
        development.take(tools, from: "/go/bin")
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        var build = DockerStage("dependencies", name: "build")
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        let program = "/out/" + service.name
        let command = service.build ?? "go build -o bin/\(service.name) ."
        // Without go.mod the imports say what is needed, so it is fetched when the code is there.
        let preparation = isModule ? lacksSums ? ["go mod tidy"] : [] : [service.install].compactMap(\.self)
        build.run(
            preparation + [
                command.replacing("go build ", with: "go build -trimpath -ldflags='-s -w' "),
                "install -D \(ShellWord.quote(Self.output(of: command) ?? "bin/\(service.name)")) \(program)",
            ]
                + programs.builds.map {
                    "go build -trimpath -ldflags='-s -w' -o \(ShellWord.quote("/out/" + $0.name)) \(ShellWord.quote($0.package))"
                }, mounts: caches)

        var runtime = DockerStage("alpine:3.22", name: "runtime", comment: "The program and what it reads.")
        runtime.instruction("# hadolint ignore=DL3018")
        runtime.run(["apk add --no-cache ca-certificates tzdata", "adduser -D -u 1000 \(ImageInput.userName)"])
        runtime.workdir(input.folder)
        input.copyData(Self.data, to: &runtime)
        if tools.contains(where: { $0.program == "sql-migrate" }), input.has("dbconfig.yml") {
            runtime.copy([input.relative(input.path("dbconfig.yml"))], to: "./")
        }
        runtime.take(tools, from: "/go/bin")
        for other in programs.builds {
            runtime.copy(["/out/\(other.name)"], to: "/usr/local/bin/\(other.name)", from: "build")
        }
        runtime.copy([program], to: "/usr/local/bin/\(service.name)", from: "build")
        input.finishProgram(&runtime, program: "/usr/local/bin/\(service.name)", tool: .wget)
        return Self.stage(of: tools, caches) + [dependencies, development, build, runtime]
    }

    /// Built with the newest Go, because the tools may want a newer one than the code does.
    private static func stage(of tools: [InstalledTool], _ caches: [String]) -> [DockerStage] {
        guard !tools.isEmpty else { return [] }
        var stage = DockerStage(
            "golang:\(newest)-alpine", name: "tools", comment: "What the migrations are run with.")
        stage.environment([("CGO_ENABLED", "0")])
        stage.run(tools.map(\.command), mounts: caches)
        return [stage]
    }

    private static let newest = "1.25"

    /// What go.mod says is the oldest that will do. Before 1.21 nothing fetches a newer toolchain by itself, and nothing
    /// is fixed any more (go.dev/doc/devel/release), so the newest builds such a module.
    private static func version(_ input: ImageInput) -> String {
        let stated = input.version(2, default: newest)
        // What go.mod says is a minimum, and newer compilers of Go 1 take the same code (go.dev/doc/go1compat).
        return OldImages.isServed("golang", stated) ? stated : newest
    }

    /// Folders that programs read while they run.
    static let data = ["templates", "static", "public", "assets", "migrations", "views", "locales", "web/dist"]

    /// `bin/x` of `go build -o bin/x ./cmd/x`.
    static func output(of command: String) -> String? {
        let words = command.split(separator: " ").map(String.init)
        return words.firstIndex(of: "-o").flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
    }

    /// Drivers that need a C compiler.
    private func usesC(_ input: ImageInput) -> Bool {
        input.text("go.mod").map { $0.contains("mattn/go-sqlite3") || $0.contains("gorm.io/driver/sqlite ") } ?? false
    }
}

extension ImageInput {
    /// Copies folders that a compiled program reads while it runs, and those that its commands name.
    func copyData(_ folders: [String], to stage: inout DockerStage) {
        var copied: [String] = []
        let named = namedPaths.filter { tree.hasDirectory(path($0)) }
        for folder in folders.filter({ tree.hasDirectory(path($0)) }) + named
        where !copied.contains(where: { folder == $0 || folder.hasPrefix($0 + "/") }) {
            stage.copy([relative(path(folder))], to: "\(self.folder)/\(folder)")
            copied.append(folder)
        }
    }

    /// As ``finish(_:tool:startPeriod:)`` for one binary: the start command's program, whatever path it names, is the
    /// one that was built; its arguments stay.
    func finishProgram(_ stage: inout DockerStage, program: String, tool: HealthProbe.Tool) {
        var service = self.service
        let words = (service.start ?? "").split(separator: " ", omittingEmptySubsequences: true)
        let skipped = words.first == "exec" ? words.dropFirst() : words[...]
        service.start = ([program] + skipped.dropFirst().map(String.init)).joined(separator: " ")
        let image = Layout.Image(
            name: image.name, owner: service, services: image.services, context: image.context,
            dockerfile: image.dockerfile)
        ImageInput(layout: layout, image: image, tree: tree).finish(&stage, tool: tool, startPeriod: 10)
    }
}
