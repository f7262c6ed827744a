// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Joins the places that read one variable into one entry of the contract.
enum VariableMerge {
    static func variables(_ reads: [VariableRead], scope: ServiceScope) -> [Variable] {
        let byName = Dictionary(grouping: reads, by: \.name)
        let names = Set(byName.keys.map { $0.uppercased() })
        return byName.keys.sorted().compactMap { name in byName[name].map { variable(name, $0, names, scope) } }
    }

    private static func variable(
        _ name: String, _ reads: [VariableRead], _ names: Set<String>, _ scope: ServiceScope
    ) -> Variable {
        var services: Set<String> = []
        // Compose fills its own file in; a process never sees such a name unless code reads it too.
        let read = reads.filter { !ShellReader.isCompose(lastComponent(of: $0.file)) }
        let inCode = read.filter { !scope.isOfOtherProgram($0.file) }
        for file in Set(inCode.map(\.file)) {
            // Settings in JSON belong to whoever runs in the folder, as those in YAML do.
            let language = CodeLanguage(file: lastComponent(of: file)) ?? .yaml
            services.formUnion(scope.names(of: file, language))
        }
        // What only fills a new database with examples is no part of the program, unless each start does it.
        let counted = scope.runsSeeds ? inCode : inCode.filter { !SourceFilter.isSeed($0.file) }
        let isNeeded =
            !counted.isEmpty && counted.allSatisfy(\.isBare)
            && (counted.contains(where: \.isHanded) && !IndispensableName.isAside(name, among: names)
                || IndispensableName.isNeeded(name, among: names))
        let reason = reads.lazy.compactMap(\.reason).first
        let isSecret = reason != nil
        let origins = Set(reads.map { "\($0.file):\($0.line)" })
        var merged = Variable(
            name: name, services: services.sorted(), phase: phase(reads),
            // Images of Node programs set the mode themselves.
            required: name != "NODE_ENV"
                && (isNeeded
                    || reads.contains {
                        $0.required && (scope.runsSeeds || !SourceFilter.isSeed($0.file))
                            && !scope.isOfOtherProgram($0.file)
                    }),
            secret: isSecret, default: isSecret ? nil : reads.lazy.compactMap(\.default).first,
            kind: kind(reads), purpose: reason ?? PlatformVariables.platform(name).map { "set by \($0)" },
            origins: origins.sorted(by: isBefore))
        merged.hasPublicDefault = counted.contains(where: \.hasPublicDefault)
        merged.listsVisitors = counted.contains(where: \.listsVisitors)
        merged.scheme = reads.lazy.compactMap(\.scheme).first
        merged.query = reads.lazy.compactMap(\.query).first
        merged.furtherDatabase = reads.lazy.compactMap(\.database).first
        return merged
    }

    private static func lastComponent(of file: String) -> String {
        file.utf8.lastIndex(of: Byte.slash).map { String(file[file.utf8.index(after: $0)...]) } ?? file
    }

    private static func phase(_ reads: [VariableRead]) -> Variable.Phase {
        let phases = Set(reads.map(\.phase))
        return phases.count == 1 ? reads[0].phase : .both
    }

    /// The most telling type: one that a place states wins over a plain string.
    private static func kind(_ reads: [VariableRead]) -> Variable.Kind? {
        let kinds = reads.compactMap(\.kind)
        return kinds.first { $0 != .string } ?? kinds.first
    }

    /// By file, then by line as a number.
    private static func isBefore(_ left: String, _ right: String) -> Bool {
        func key(_ origin: String) -> (Substring, Int) {
            guard let colon = origin.lastIndex(of: ":") else { return (Substring(origin), 0) }
            return (origin[..<colon], Int(origin[origin.index(after: colon)...]) ?? 0)
        }
        return key(left) < key(right)
    }
}
