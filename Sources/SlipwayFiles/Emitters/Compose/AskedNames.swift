// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Names that a Compose file takes from the environment: referred to, or passed on without a value.
enum AskedNames {
    static func of(_ file: FileMap) -> Set<String> {
        var names: Set<String> = []
        for entry in file.entries { collect(entry.value, &names) }
        guard case .map(let services)? = file["services"] else { return names }
        for case .map(let service) in services.entries.map(\.value) {
            passedOn(service["environment"], &names)
            if case .map(let build)? = service["build"] { passedOn(build["args"], &names) }
        }
        return names
    }

    private static func passedOn(_ value: FileValue?, _ names: inout Set<String>) {
        guard case .map(let map)? = value else { return }
        names.formUnion(map.entries.filter { $0.value == .null }.map(\.key))
    }

    /// Values only: Compose interpolates no keys.
    private static func collect(_ value: FileValue, _ names: inout Set<String>) {
        switch value {
        case .string(let text): refer(text, &names)
        case .words(let texts): for text in texts { refer(text, &names) }
        case .list(let items): for item in items { collect(item, &names) }
        case .map(let map): for entry in map.entries { collect(entry.value, &names) }
        case .null, .boolean, .integer, .number: break
        }
    }

    private static func refer(_ text: String, _ names: inout Set<String>) {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return }
        names.formUnion(Interpolation.references(in: text).map(\.name))
    }
}
