// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Swift: built with the static standard library, run on the slim image, which has what Foundation reads.
struct SwiftImage: ImageRecipe {
    func accepts(_ service: Service) -> Bool { service.language == "swift" }

    func command(_ text: String, isDevelopment: Bool, _ input: ImageInput) -> String {
        CommandBeginning.changing(text) { words in
            Self.product(of: words).map { (1, isDevelopment ? "swift run \($0)" : "/usr/local/bin/\($0)") }
        }
    }

    func stages(_ input: ImageInput) -> [DockerStage] {
        let service = input.service
        let version = Self.version(input)
        let product = service.start?.split(separator: " ").first?.split(separator: "/").last.map(String.init) ?? "App"
        var dependencies = DockerStage(
            "swift:\(version)-jammy", name: "dependencies",
            comment: "The packages of Package.\(input.has("Package.resolved") ? "resolved" : "swift").")
        dependencies.install(service.buildPackages)
        dependencies.workdir(input.folder)
        dependencies.copy(
            ["Package.swift", "Package.resolved"].filter(input.has).map { input.relative(input.path($0)) }, to: "./")
        dependencies.run([
            "swift package resolve" + (input.has("Package.resolved") ? " --force-resolved-versions" : "")
        ])

        var development = DockerStage("dependencies", name: "development", comment: "Runs the source as it is.")
        development.copy(["."], to: Layout.workingDirectory)
        input.develop(&development)

        var build = DockerStage("dependencies", name: "build")
        build.copy(["."], to: Layout.workingDirectory)
        input.declareBuildVariables(in: &build)
        let command = (service.build ?? "swift build -c release") + " --static-swift-stdlib"
        build.run(
            [
                command,
                Self.installation(product),
            ]
                + Self.others(than: product, input).flatMap {
                    [
                        "swift build -c release --product \(ShellWord.quote($0)) --static-swift-stdlib",
                        Self.installation($0),
                    ]
                } + [
                    "find -L .build/release/ -maxdepth 1 -name '*.resources' -exec cp -a {} /out/ ';'"
                ], mounts: [input.compiled(in: ".build")])

        var runtime = DockerStage(
            "swift:\(version)-jammy-slim", name: "runtime", comment: "The program and what it reads.")
        runtime.install(Set(["ca-certificates", "tzdata"] + service.systemPackages).sorted())
        input.addUser(&runtime)
        runtime.workdir(input.folder)
        for folder in ["Public", "Resources", "public", "templates"] where input.tree.hasDirectory(input.path(folder)) {
            runtime.copy([input.relative(input.path(folder))], to: "\(input.folder)/\(folder)")
        }
        runtime.copy(["/out/."], to: "/usr/local/bin/", from: "build")
        input.finishProgram(&runtime, program: "/usr/local/bin/\(product)", tool: .bash)
        return [dependencies, development, build, runtime]
    }

    /// The newest that there was when this was written (swift.org/install).
    private static let newest = "6.1"

    /// The first line of Package.swift says what is needed at least, and what Package.resolved took may need more. Ubuntu
    /// 22.04 is there for every version from 5.7 on.
    private static func version(_ input: ImageInput) -> String {
        let stated = input.version(2, default: newest)
        let origin = input.layout.app.origins["services.\(input.service.name).languageVersion"]
        let isMinimum = origin?.file.map { $0.hasSuffix("Package.swift") } ?? false
        func isBefore(_ other: [Int]) -> Bool {
            stated.split(separator: ".").compactMap { Int($0) }.lexicographicallyPrecedes(other)
        }
        return isBefore([5, 7]) || isMinimum && isBefore([6, 1]) ? newest : stated
    }

    private static func installation(_ product: String) -> String {
        "install -D \(ShellWord.quote(".build/release/\(product)")) \(ShellWord.quote("/out/\(product)"))"
    }

    /// `App` of `.build/release/App migrate`.
    private static func product(of words: [String]) -> String? {
        words[0].contains(".build/release/") ? words[0].lastPathComponent : nil
    }

    /// Products that commands start besides the one that is built anyway.
    private static func others(than product: String, _ input: ImageInput) -> [String] {
        let names = input.commands.flatMap(CommandBeginning.words).compactMap(Self.product)
        return Set(names).subtracting([product]).sorted()
    }
}
