// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles
package import SlipwayHost

/// A Python of this machine.
package struct PythonInterpreter: Equatable, Sendable {
    /// The interpreter itself, not a shim that chooses one by the folder it is called in.
    package let executable: String
    package let version: RuntimeVersion

    package init(executable: String, version: RuntimeVersion) {
        self.executable = executable
        self.version = version
    }

    /// Prints what a shim would run; old interpreters understand it too.
    private static let question =
        "import sys; sys.stdout.write('%d.%d.%d %s' % (tuple(sys.version_info[:3]) + (sys.executable,)))"

    /// The first interpreter of the wanted version; where none is wanted, one of the version that images have, so that
    /// the code runs on the same Python in both. Else, when the project's own range allows it, the newest that is in it.
    /// - Throws: ``SlipwayError`` `noSuitableRuntime` with the versions that were found.
    package static func find(
        for input: BuildInput, runner: any CommandRunner, installed: [String] = PythonInstallations.all()
    ) async throws -> PythonInterpreter {
        let wanted = input.service.languageVersion.flatMap { RuntimeVersion($0) }
        let range = input.tree.text(input.service.path(of: "pyproject.toml")).flatMap(VersionRange.ofPython)
        let origin = input.application.origins["services.\(input.service.name).languageVersion"]
        var found: [PythonInterpreter] = []
        let first = wanted ?? RuntimeVersion(LanguageDefaults.python)
        for name in candidates(first) + installed {
            guard let interpreter = try await ask(name, path: input.path, runner: runner) else { continue }
            let isAllowed = wanted != nil || range?.contains(interpreter.version) ?? true
            if isAllowed, first.map(interpreter.version.isA) ?? true { return interpreter }
            if !found.contains(interpreter) { found.append(interpreter) }
        }
        if let wanted, let near = newestPatch(of: wanted, among: found) { return near }
        if wanted == nil, let usual = found.first(where: { range?.contains($0.version) ?? true }) { return usual }
        // A version that only a convention names is no wish of the repository.
        let isConvention = origin?.file == nil && (origin?.confidence ?? 1) < 1
        let allowed = found.filter { range?.contains($0.version) ?? isConvention }
        if let newest = allowed.max(by: { $0.version < $1.version }) { return newest }
        throw noSuitable(input, wanted: wanted, origin: origin, found: found)
    }

    /// Another patch of the wanted version: what stands in `runtime.txt` is the one of the day when it was written, and no
    /// patch takes away what code relies on (peps.python.org/pep-0440, devguide.python.org/versions).
    private static func newestPatch(of wanted: RuntimeVersion, among found: [Self]) -> Self? {
        guard wanted.numbers.count > 2 else { return nil }
        return found.filter { $0.version.numbers.prefix(2) == wanted.numbers.prefix(2) }
            .max { $0.version < $1.version }
    }

    private static func candidates(_ wanted: RuntimeVersion?) -> [String] {
        guard let wanted else { return ["python3", "python"] }
        let minor = wanted.numbers.prefix(2).map(String.init).joined(separator: ".")
        return ["python\(minor)", "python3", "python"]
    }

    private static func ask(_ name: String, path: String, runner: any CommandRunner) async throws -> Self? {
        guard let executable = ExecutableSearch.find(name, path: path) else { return nil }
        let command = Command(executable, ["-c", question], directory: "/", deadline: .seconds(30))
        let result = try await runner.run(command)
        let words = result.standardOutput.split(separator: " ", maxSplits: 1)
        guard result.succeeded, words.count == 2, let version = RuntimeVersion(words[0]) else { return nil }
        return PythonInterpreter(executable: String(words[1]), version: version)
    }

    private static func noSuitable(
        _ input: BuildInput, wanted: RuntimeVersion?, origin: Origin?, found: [PythonInterpreter]
    ) -> SlipwayError {
        let versions = found.map { "\($0.version)" }
        let have = versions.isEmpty ? "none" : versions.joined(separator: ", ")
        let wish = wanted.map { "Python \($0)" } ?? "a Python"
        var details = origin.map { ["wanted by \($0.location): \($0.why)"] } ?? []
        details += found.map { "found \($0.version) at \($0.executable)" }
        let package = wanted.map { $0.numbers.prefix(2).map(String.init).joined(separator: ".") } ?? "3"
        return SlipwayError(
            .noSuitableRuntime, "\(input.service.name) wants \(wish), and this machine has \(have)",
            hint: "apt-get install python\(package) python\(package)-venv   # or: uv python install \(package)",
            details: details)
    }
}
