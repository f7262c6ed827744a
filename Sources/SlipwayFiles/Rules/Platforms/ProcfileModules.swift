// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<Procfile>> {
    /// What the server is to import must be there.
    static let procfileMissingModule = Rule(
        "PF074", .error, "a process names a Python module or a folder that does not exist",
        why: "The process ends at once: cd finds no folder, or the server cannot import the module.",
        catches: [
            ["Procfile": "web: gunicorn config.wsgi:application --bind 0.0.0.0:$PORT\n", "core/wsgi.py": "\n"],
            ["api/Procfile": "web: cd api && gunicorn old.wsgi --bind 0.0.0.0:$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: cd server && npm start\n", "backend/package.json": "{}"],
        ],
        passes: [
            ["Procfile": "web: gunicorn core.wsgi:application --bind 0.0.0.0:$PORT\n", "core/wsgi.py": "\n"],
            ["Procfile": "web: cd api && gunicorn core.wsgi --bind :$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: gunicorn --chdir api core.wsgi --bind :$PORT\n", "api/core/wsgi.py": "\n"],
            ["Procfile": "web: gunicorn app:app --bind :$PORT\n", "src/app/__init__.py": "\n"],
        ]
    ) { file in
        guard file.repository.isWhole else { return [] }
        return file.document.processes.compactMap { process in
            ProcfileCommand(process.command, in: file).fault.map { Violation(line: process.line, $0) }
        }
    }
}

/// A process's command, its `cd` followed.
private struct ProcfileCommand {
    /// What does not exist, and what to type; `nil` when all is there or cannot be known.
    private(set) var fault: String?

    init(_ command: String, in file: CheckedFile<Procfile>) {
        let tree = file.repository.tree
        // A platform can be told to start in the repository's root, too.
        var places = Array(Set([file.folder, "."])).sorted()
        for part in command.replacing("&&", with: ";").split(separator: ";") {
            let words = part.split(separator: " ").map(String.init)
            guard let first = words.first else { continue }
            if first == "cd", let path = words.dropFirst().first {
                guard ToldCommand.isPlain(path), !path.hasPrefix("/"), !path.contains("..") else { return }
                let next = places.map { GoPath.clean($0 + "/" + path) }.filter { $0 == "." || tree.hasDirectory($0) }
                guard !next.isEmpty else {
                    fault = "there is no folder \(path) to go to; write the folder that holds the application"
                    return
                }
                // Whoever starts in the folder already is not taken back out of it.
                places = next
                continue
            }
            guard ["gunicorn", "uvicorn", "daphne", "hypercorn"].contains(first),
                !words.contains(where: { $0.contains("dir") || $0.contains("pythonpath") || $0 == "-c" }),
                !words.contains(where: { $0.hasPrefix("--config") || $0 == "--factory" }),
                let target = words.dropFirst().first(where: { Self.isModule($0) })
            else { continue }
            let module = String(target.prefix { $0 != ":" }).replacing(".", with: "/")
            guard !places.contains(where: { Self.has(module, below: $0, in: tree) }) else { continue }
            let name = module.split(separator: "/").last.map(String.init) ?? module
            let near = tree.files(named: name + ".py").first { entry in
                places.contains { $0 == "." || entry.path.hasPrefix($0 + "/") }
            }
            fault =
                "there is no module \(target.prefix { $0 != ":" }); "
                + (near.map { "\($0.path) is there: write its module" } ?? "write the module that holds the application")
            return
        }
    }

    /// `core.wsgi:application`, and no option or its value.
    private static func isModule(_ word: String) -> Bool {
        guard word.first?.isLetter == true, word.contains(":") || word.contains(".") else { return false }
        return word.prefix { $0 != "(" }.allSatisfy { $0.isLetter || $0.isNumber || "_.:".contains($0) }
            && word.split(separator: ":").dropFirst().allSatisfy { $0.first?.isLetter == true }
            && word.first?.isNumber != true && !word.contains("0.0.0.0")
            && !["UvicornWorker"].contains { word.hasSuffix($0) }
    }

    private static func has(_ module: String, below folder: String, in tree: SourceTree) -> Bool {
        [folder, folder + "/src"].contains { base in
            let path = GoPath.clean(base + "/" + module)
            return tree.contains(path + ".py") || tree.hasDirectory(path)
        }
    }
}
