// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Servers of Python that are told the module to serve.
enum PythonServers {
    static let names = ["uvicorn", "gunicorn", "hypercorn", "daphne", "granian"]

    /// A module, and the folder below the present one that it is looked for in.
    struct Served: Equatable {
        let module: String
        let folder: String
    }

    /// Options without a value: the word after them may be the module.
    private static let flags: Set<String> = [
        "--reload", "--preload", "--factory", "--proxy-headers", "--no-access-log", "--access-log", "--daemon", "-R",
        "--use-colors", "--no-use-colors", "--capture-output", "--enable-stdio-inheritance", "--no-server-header",
    ]

    /// `app.main` of `python -m uvicorn app.main:app --reload`, `core.wsgi` of `gunicorn --chdir api core.wsgi`; `nil`
    /// when it is not told, or comes from a settings file or a factory.
    static func served(by words: [String]) -> Served? {
        guard let place = words.prefix(4).firstIndex(where: { names.contains($0) }),
            words[..<place].allSatisfy({ ["python", "python3", "-m", "poetry", "uv", "pipenv", "run"].contains($0) })
        else { return nil }
        var folder = "."
        var target: String?
        var option: String?
        for word in words[(place + 1)...] {
            if word.hasPrefix("-") {
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                if ["-c", "--config", "--pythonpath"].contains(parts[0]) { return nil }
                if parts.count == 2, isFolder(parts[0]) { folder = parts[1] }
                option = parts.count == 2 || flags.contains(word) ? nil : word
                continue
            }
            defer { option = nil }
            if let option {
                if isFolder(option) { folder = word }
            } else if target == nil {
                target = word
            }
        }
        guard let target, let module = module(of: target), ToldCommand.isPlain(folder) else { return nil }
        return Served(module: module, folder: folder)
    }

    private static func isFolder(_ option: String) -> Bool {
        ["--chdir", "--app-dir", "--working-dir"].contains(option)
    }

    /// `core.wsgi` of `core.wsgi:application`; names that guides make up are none.
    private static func module(of target: String) -> String? {
        let parts = target.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 2 || target.contains("."), let module = parts.first.map(String.init),
            module.first?.isLetter == true || module.first == "_",
            module.allSatisfy({ $0.isLetter || $0.isNumber || "_.".contains($0) }), ToldCommand.isPlain(module),
            parts.dropFirst().allSatisfy({ part in
                part.first?.isLetter == true && part.allSatisfy { $0.isLetter || $0.isNumber || "_().".contains($0) }
            })
        else { return nil }
        return ["myapp", "my_app", "mymodule", "module", "example", "project", "yourproject", "package"].contains {
            module == $0 || module.hasPrefix($0 + ".")
        } ? nil : module
    }

    /// Whether a file or a package of any folder answers to the name.
    static func has(_ module: String, in tree: SourceTree) -> Bool {
        let path = module.split(separator: ".").joined(separator: "/")
        return ScriptPaths.exists(path + ".py", in: tree) || ScriptPaths.exists(path + "/__init__.py", in: tree)
    }

    /// Whether the module, or a package of its name without `__init__.py`, stands below the folder or its `src`.
    static func has(_ module: String, below folder: String, in tree: SourceTree) -> Bool {
        [folder, folder + "/src"].contains { base in
            let path = GoPath.clean(base + "/" + module.replacing(".", with: "/"))
            return tree.contains(path + ".py") || tree.hasDirectory(path)
        }
    }
}
