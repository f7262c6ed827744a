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

    /// More functions that read the environment than any one file has.
    private static let mostWrappers = 60

    static func reads(tree: SourceTree, scope: ServiceScope) -> [VariableRead] {
        var found: [VariableRead] = []
        var wrappers: [EnvironmentWrapper] = []
        var classes: [SettingsClass] = []
        var instantiated: Set<String> = []
        var exported: [String: String] = [:]
        var visitorLists: Set<String> = []
        var sections: [DotNetSection] = []
        var settingKeys: [SettingKeyRead.Style: SettingKeys] = [:]
        var constants = NamedConstants(tree)
        let candidates = SourceFile.all(in: tree, scope)
        let (telling, unread) = sorted(candidates, in: tree)
        for start in stride(from: 0, to: telling.count, by: batch) {
            let part = telling[start..<min(start + batch, telling.count)]
            for case let file? in tree.shared(part.count, { read(part[start + $0], in: tree) }) {
                found += file.effective + configured(file, tree, &settingKeys) + constants.reads(of: file)
                wrappers += file.wrappers
                classes += file.settings
                instantiated.formUnion(file.instantiated)
                sections += file.sections
                visitorLists.formUnion(file.visitorLists)
                exported.merge(file.exported) { first, _ in first }
            }
        }
        for file in DotNetSection.keys(sections, in: tree, candidates) { found += configured(file, tree, &settingKeys) }
        found += CustomVariableFile.reads(tree) + LibraryVariables.reads(tree)
        if classes.contains(where: \.isSettings) {
            let search = SettingsSearch(classes, instantiated: instantiated, in: unread, of: tree)
            let resolver = SettingsResolver(search.classes, instantiated: search.instantiated)
            let emptyCode = { Code(path: $0, language: .yaml, bytes: []) }
            found += resolver.reads(in: emptyCode).flatMap(\.effective)
        }
        found += calls(of: wrappers.filter(\.isKnownElsewhere), tree, candidates, &constants)
        found = SymfonyDefaults(tree).applied(to: found)
        found = ExportedConstants(exported, in: tree, candidates).applied(to: found)
        for index in found.indices where visitorLists.contains(found[index].name) { found[index].listsVisitors = true }
        found += MentionedVariables.reads(tree, in: candidates, known: Set(found.map(\.name)))
        return sorted(found.filter { !PlatformVariables.contains($0.name) })
    }

    /// Files that are read side by side before what they say is put together; each may hold its tokens until then.
    private static let batch = 256

    /// Files that are judged in one piece of work: enough that handing it out costs nothing.
    private static let judgedTogether = 256

    private enum Look: Sendable {
        case telling
        /// Python that says nothing of the environment; a class of settings may still stand there.
        case unread
        case silent
    }

    /// The files that can say something of the environment, and Python's others.
    private static func sorted(
        _ candidates: [SourceFile], in tree: SourceTree
    ) -> (telling: [SourceFile], unread: [String]) {
        let looks = tree.shared((candidates.count + judgedTogether - 1) / judgedTogether) { part in
            let start = part * judgedTogether
            return candidates[start..<min(start + judgedTogether, candidates.count)].map { look(at: $0, in: tree) }
        }
        var telling: [SourceFile] = []
        var unread: [String] = []
        for (candidate, look) in zip(candidates, looks.joined()) {
            switch look {
            case .telling: telling.append(candidate)
            case .unread: unread.append(candidate.path)
            case .silent: continue
            }
        }
        return (telling, unread)
    }

    private static func look(at candidate: SourceFile, in tree: SourceTree) -> Look {
        guard let bytes = tree.bytes(at: candidate.position) else { return .silent }
        guard bytes.count <= SourceFilter.largestInBytes,
            ByteSearch.byLanguage[candidate.language]?.isFound(in: bytes) == true, !SourceFilter.isMinified(bytes)
        else { return candidate.language == .python ? .unread : .silent }
        return .telling
    }

    private static func read(_ candidate: SourceFile, in tree: SourceTree) -> FileReads? {
        let language = candidate.language
        guard let bytes = tree.bytes(at: candidate.position) else { return nil }
        var file = FileReads(Code(path: candidate.path, language: language, bytes: bytes))
        for reader in VariableReaderCatalog.byLanguage[language] ?? [] { reader.read(file.code, into: &file) }
        // Functions around functions are found while reading.
        var next = 0
        while next < min(file.wrappers.count, mostWrappers) {
            file.wrappers[next].read(file.code, into: &file)
            next += 1
        }
        return file
    }

    /// The variables behind keys of a framework's configuration that no settings file has.
    private static func configured(
        _ file: FileReads, _ tree: SourceTree, _ known: inout [SettingKeyRead.Style: SettingKeys]
    ) -> [VariableRead] {
        guard !file.keys.isEmpty else { return [] }
        var reads = FileReads(file.code)
        for read in file.keys {
            let keys = known[read.style] ?? SettingKeys(tree, read.style)
            known[read.style] = keys
            let given = keys.value(of: read.key)
            let isConnection = read.style == .dotNet && read.key.hasPrefix("ConnectionStrings:")
            // A connection string of the repository is that of the developer's machine.
            guard given == nil || given == "" || isConnection else { continue }
            reads.add(
                read.name, line: read.line, required: read.fallback == .nothing && given?.isEmpty != false,
                default: read.fallback,
                secretBecause: isConnection ? "an address that can carry a password" : nil)
        }
        return reads.effective
    }

    /// The variables that other files ask the application's own functions for.
    private static func calls(
        of wrappers: [EnvironmentWrapper], _ tree: SourceTree, _ candidates: [SourceFile],
        _ constants: inout NamedConstants, isOuter: Bool = false
    ) -> [VariableRead] {
        guard !wrappers.isEmpty else { return [] }
        // The same function in several places of the tree: the first one stands for all, so that copies cost nothing.
        var byLanguage: [CodeLanguage: [String: EnvironmentWrapper]] = [:]
        for wrapper in wrappers where byLanguage[wrapper.language]?[wrapper.key] == nil {
            byLanguage[wrapper.language, default: [:]][wrapper.key] = wrapper
        }
        let searches = byLanguage.mapValues { ByteSearch($0.keys.map { $0.lowercased() }) }
        let homes = Set(wrappers.map { "\($0.file):\($0.function)" })
        var outer: [EnvironmentWrapper] = []
        var found: [VariableRead] = []
        for candidate in candidates {
            let family = candidate.language == .markup ? CodeLanguage.javascript : candidate.language
            guard let search = searches[family], let bytes = tree.bytes(at: candidate.position),
                search.isFound(in: bytes)
            else { continue }
            let path = candidate.path
            var file = FileReads(Code(path: path, language: candidate.language, bytes: bytes))
            for wrapper in (byLanguage[family] ?? [:]).values where !homes.contains("\(path):\(wrapper.function)") {
                wrapper.read(file.code, into: &file)
            }
            found += file.effective + constants.reads(of: file)
            outer += file.wrappers.filter(\.isKnownElsewhere)
        }
        // A layer of functions in a file of its own, around those of another one; deeper layers do not occur.
        return isOuter ? found : found + calls(of: outer, tree, candidates, &constants, isOuter: true)
    }

    private static func sorted(_ reads: [VariableRead]) -> [VariableRead] {
        var seen: Set<String> = []
        return reads.sorted {
            ($0.file, $0.line, $0.name, $0.required ? 0 : 1) < ($1.file, $1.line, $1.name, $1.required ? 0 : 1)
        }
        .filter { seen.insert("\($0.file):\($0.line):\($0.name)").inserted }
    }
}
