// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Packages without which a Python service ends when it starts, and which its requirements leave out: the server of its
/// start command, and what a framework looks for by itself. They are installed beside the list.
struct MissingPackages {
    private static let servers = [
        "gunicorn": "gunicorn", "uvicorn": "uvicorn", "waitress-serve": "waitress", "hypercorn": "hypercorn",
        "daphne": "daphne", "granian": "granian", "uwsgi": "uwsgi",
    ]
    private static let largestInBytes = 200_000

    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    func add(to spec: inout AppSpec) {
        for project in repository.python {
            let folders = Set(repository.folders(of: project))
            let places = spec.services.indices.filter {
                folders.contains(spec.services[$0].directory) && spec.services[$0].language == "python"
            }
            guard places.contains(where: { spec.services[$0].install != nil }) else { continue }
            let lock = PythonLock(project.manifest.directory, repository.tree)
            var packages = servers(of: places.map { spec.services[$0] }, project)
            for (package, remark) in implied(by: project) where !lock.holds(package) {
                packages.append(package)
                if !spec.diagnostics.contains(remark) { spec.diagnostics.append(remark) }
            }
            for place in places {
                guard let install = spec.services[place].install else { continue }
                let missing = packages.filter { !lock.holds($0) && !Self.installs(install, $0) }
                guard !missing.isEmpty else { continue }
                spec.services[place].install =
                    install
                    + Self.adding(
                        missing.joined(separator: " "), with: spec.services[place].packageManager ?? "pip")
            }
        }
    }

    // MARK: Servers

    private func servers(of services: [Service], _ project: PythonProject) -> [String] {
        let names = Set(project.dependencies.map(\.name))
        var found: [String] = []
        for start in services.compactMap(\.start) {
            for program in Self.programs(of: start) {
                guard let package = Self.servers[program], !names.contains(package), !found.contains(package),
                    !(package == "uvicorn" && PythonServer.hasUvicorn(names, project))
                else { continue }
                found.append(package)
            }
        }
        return found
    }

    /// What stands where a shell looks for a program.
    private static func programs(of start: String) -> [String] {
        var found: [String] = []
        var isProgram = true
        for word in start.split(separator: " ") {
            if ["&&", "||", ";", "exec", "-m", "run"].contains(word) {
                isProgram = true
            } else if isProgram, !word.contains("=") {
                found.append(String(word))
                isProgram = false
            }
            if word.hasPrefix("uvicorn.workers.") { found.append("uvicorn") }
        }
        return found
    }

    // MARK: What a framework looks for

    private func implied(by project: PythonProject) -> [(package: String, remark: Diagnostic)] {
        let listed = Set(
            project.dependencies.flatMap { own in [own.name] + own.extras.map { "\(own.name)[\($0)" } })
        guard let list = project.manifest.installations.first?.file else { return [] }
        let tree = repository.tree
        var found: [(package: String, remark: Diagnostic)] = []
        for entry in tree.files(
            ending: [".py"], holding: PythonImpliedPackages.marks, smallerThan: Self.largestInBytes)
        where entry.directory.relative(to: project.directory) != nil && SourceFilter.isApplication(entry.path) {
            for use in PythonImpliedPackages.uses(in: tree.text(entry.path) ?? "") {
                guard let package = PythonImpliedPackages.missing(use.module, from: listed),
                    !found.contains(where: { $0.package == package })
                else { continue }
                let remark = Diagnostic(
                    "DT011", .warning, file: entry.path, line: use.line,
                    "\(use.word) needs \(package), which \(list) does not name; it is installed beside it, and anybody else "
                        + "adds to it: \(package)")
                found.append((package, remark))
            }
        }
        return found
    }

    // MARK: Installing

    private static func installs(_ command: String, _ package: String) -> Bool {
        command.split { " '\"".contains($0) }.contains { $0 == package }
    }

    /// Lock files stay as they are.
    private static func adding(_ packages: String, with manager: String) -> String {
        switch manager {
        case "uv": " && uv pip install \(packages)"
        case "poetry", "pipenv": " && \(manager) run pip install \(packages)"
        case "pdm": " && pdm run python -m ensurepip && pdm run python -m pip install \(packages)"
        default: " && pip install \(packages)"
        }
    }
}

/// Whether a lock file pins a package, be it one that others bring.
private struct PythonLock {
    private let texts: [String]

    init(_ directory: String, _ tree: SourceTree) {
        texts = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"].compactMap {
            tree.text(directory.appending(path: $0))
        }
    }

    func holds(_ package: String) -> Bool {
        texts.contains { $0.contains("name = \"\(package)\"") || $0.contains("\"\(package)\": {") }
    }
}
