// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The repository's own file or module that a command starts.
struct StartedProgram {
    private let words: [String]

    /// - Parameter text: A command line, or that of `sh -c "..."`.
    init(_ text: String) { words = ServerCommandLine.lastCommand(text) }

    /// What is nowhere in the repository: under whatever folder it may stand in the container.
    func missing(in repository: CheckedRepository) -> String? {
        guard let program = words.first?.split(separator: "/").last.map(String.init),
            words.allSatisfy({ ToldCommand.isPlain($0.filter { $0 != ":" && $0 != "=" && $0 != "%" }) })
        else { return nil }
        let rest = words.dropFirst()
        switch program {
        case "python", "python3":
            guard let script = rest.first(where: { !$0.hasPrefix("-") }), script.hasSuffix(".py"),
                !rest.contains("-m")
            else { return nil }
            return has(file: script, repository) ? nil : script
        case "node":
            guard let script = rest.first(where: { !$0.hasPrefix("-") }), script.hasSuffix(".js"),
                !MadeFolders.hold(String(SourceTree.Entry(path: script).directory.drop { $0 == "/" }))
            else { return nil }
            return has(file: script, repository) ? nil : script
        case _ where PythonServers.names.contains(program):
            guard let module = PythonServers.served(by: [program] + rest)?.module else { return nil }
            let path = module.replacing(".", with: "/")
            return has(file: path + ".py", repository) || has(file: path + "/__init__.py", repository) ? nil : module
        default: return nil
        }
    }

    /// Under its own path below any folder, or with the container's folders before it left out.
    private func has(file path: String, _ repository: CheckedRepository) -> Bool {
        guard path.hasPrefix("/") else { return ScriptPaths.exists(path, in: repository.tree) }
        let folders = path.split(separator: "/").dropLast()
        return repository.tree.files(named: SourceTree.Entry(path: path).name).contains { entry in
            let own = entry.directory.split(separator: "/")
            return folders.isEmpty || own.isEmpty || own.last == folders.last || folders.count == 1
        }
    }
}
