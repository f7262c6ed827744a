// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Scripts that fill an empty database for development.
struct PythonSeedDetector: Detector {
    let name = "python-seed"
    let account = DetectorAccount(
        recognises:
            "Programs that fill an empty database.",
        reads: ["files named like it with a main block"],
        confidence: "50 to 70 %")

    /// `seed` alone is safe to run again in most projects; anything vaguer is left to people.
    private static let names: Set<String> = ["seed", "seeds", "seed_data", "seed_db", "seed_database", "initial_data"]

    func detect(in repository: Repository) -> [Evidence] {
        repository.python.flatMap { project -> [Evidence] in
            let service = repository.pythonServices[project.directory]
            let folder = service?.directory ?? project.directory
            let root = folder.appending(path: service?.importFolder ?? ".")
            return project.sources.flatMap { source -> [Evidence] in
                guard Self.names.contains(String(source.path.lastPathComponent.dropLast(3))),
                    let line = source.mainBlockLine,
                    let module = source.path.relative(to: root)?.dropLast(3).replacing("/", with: ".")
                else { return [] }
                let prefix = root == folder ? "" : "PYTHONPATH=\(ShellWord.quote(service?.importFolder ?? ".")) "
                return [
                    .claim(
                        .seed("\(prefix)python -m \(module)"), for: Subject(folder, nil), file: source.path, line: line,
                        why: "script named seed", confidence: 0.6)
                ]
            }
        }
    }
}
