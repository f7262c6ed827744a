// SPDX-License-Identifier: Apache-2.0

public import SlipwayCore

/// The variables that an application's code reads, found without running it.
public enum EnvironmentContract {
    /// Every variable that the code reads, with the services that run this code.
    /// - Returns: Sorted by name.
    public static func read(tree: SourceTree, services: [Service]) -> [Variable] {
        let scope = ServiceScope(tree: tree, services: services)
        return VariableMerge.variables(reads(tree: tree, scope: scope), scope: scope)
    }

    /// Every place that reads a variable, sorted by file, line and name.
    public static func reads(tree: SourceTree, services: [Service]) -> [VariableRead] {
        reads(tree: tree, scope: ServiceScope(tree: tree, services: services))
    }

    static func reads(tree: SourceTree, scope: ServiceScope) -> [VariableRead] {
        var found: [VariableRead] = []
        var wrappers: [EnvironmentWrapper] = []
        var classes: [SettingsClass] = []
        var instantiated: Set<String> = []
        let candidates = candidates(tree, scope)
        for (path, language) in candidates {
            guard let bytes = tree.bytes(path), bytes.count <= SourceFilter.largestInBytes,
                ByteSearch.byLanguage[language]?.isFound(in: bytes) == true, !SourceFilter.isMinified(bytes)
            else { continue }
            var file = FileReads(Code(path: path, language: language, bytes: bytes))
            for reader in VariableReaderCatalog.byLanguage[language] ?? [] { reader.read(file.code, into: &file) }
            for wrapper in file.wrappers { wrapper.read(file.code, into: &file) }
            found += file.effective
            wrappers += file.wrappers
            classes += file.settings
            instantiated.formUnion(file.instantiated)
        }
        if classes.contains(where: \.isSettings) {
            let resolver = SettingsResolver(classes, instantiated: instantiated)
            let emptyCode = { Code(path: $0, language: .yaml, bytes: []) }
            found += resolver.reads(in: emptyCode).flatMap(\.effective)
        }
        found += calls(of: wrappers.filter(\.isKnownElsewhere), tree, candidates)
        return sorted(found.filter { !PlatformVariables.contains($0.name) })
    }

    private static func candidates(_ tree: SourceTree, _ scope: ServiceScope) -> [(String, CodeLanguage)] {
        // The files of a folder stand side by side, so the folder is judged once.
        var folder: String?
        var isWanted = false
        return tree.entries.compactMap { entry in
            let name = entry.name
            guard let language = CodeLanguage(file: name) else { return nil }
            if entry.directory != folder {
                folder = entry.directory
                let directory = scope.directory(of: entry.path) ?? "."
                isWanted = SourceFilter.isApplication(
                    folder: entry.directory.relative(to: directory) ?? entry.directory)
            }
            guard isWanted, !SourceFilter.isTest(name) else { return nil }
            return (entry.path, language)
        }
    }

    /// The variables that other files ask the application's own functions for.
    private static func calls(
        of wrappers: [EnvironmentWrapper], _ tree: SourceTree, _ candidates: [(String, CodeLanguage)]
    ) -> [VariableRead] {
        guard !wrappers.isEmpty else { return [] }
        let byLanguage = Dictionary(grouping: wrappers, by: \.language)
        var searches: [String: ByteSearch] = [:]
        for wrapper in wrappers { searches[wrapper.function] = ByteSearch([wrapper.function.lowercased()]) }
        var found: [VariableRead] = []
        for (path, language) in candidates {
            let sources = byLanguage[language == .markup ? .javascript : language] ?? []
            let foreign = sources.filter { $0.file != path }
            guard !foreign.isEmpty, let bytes = tree.bytes(path) else { continue }
            let called = foreign.filter { searches[$0.function]?.isFound(in: bytes) == true }
            guard !called.isEmpty else { continue }
            var file = FileReads(Code(path: path, language: language, bytes: bytes))
            var seen: Set<String> = []
            // The same function in several places of the tree: the first one stands for all.
            for wrapper in called where seen.insert(wrapper.function).inserted { wrapper.read(file.code, into: &file) }
            found += file.effective
        }
        return found
    }

    private static func sorted(_ reads: [VariableRead]) -> [VariableRead] {
        var seen: Set<String> = []
        return reads.sorted {
            ($0.file, $0.line, $0.name, $0.required ? 0 : 1) < ($1.file, $1.line, $1.name, $1.required ? 0 : 1)
        }
        .filter { seen.insert("\($0.file):\($0.line):\($0.name)").inserted }
    }
}
