// SPDX-License-Identifier: Apache-2.0

extension ShellCommand {
    /// A flag and the index of the argument in which it stands.
    struct Flag: Equatable {
        /// `no-cache` of `--no-cache=x`, `y` of `-qy`.
        let name: String
        let argument: Int
    }

    /// Flags up to `--`: each letter behind one dash, or the name behind two.
    var flags: [Flag] {
        var found: [Flag] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            if argument.hasPrefix("--") {
                found.append(Flag(name: String(argument.dropFirst(2).prefix { $0 != "=" }), argument: index))
            } else if argument.hasPrefix("-") {
                for letter in argument.dropFirst() { found.append(Flag(name: String(letter), argument: index)) }
            }
        }
        return found
    }

    func hasFlag(_ names: String...) -> Bool { flags.contains { names.contains($0.name) } }

    func hasArgument(_ words: String...) -> Bool { arguments.contains { words.contains($0) } }

    /// Arguments that are neither flags nor, for flags of these names, their values.
    func operands(valuesOf names: Set<String> = []) -> [String] {
        let flags = flags
        let arguments = arguments
        var left: Set<Int> = []
        for flag in flags {
            left.insert(flag.argument)
            let isWhole = !arguments[flag.argument].contains("=")
            if isWhole, names.contains(flag.name) { left.insert(flag.argument + 1) }
        }
        return arguments.enumerated().filter { !left.contains($0.offset) }.map(\.element)
    }

    /// Whether the words stand in this order, one behind the other.
    func contains(_ words: [String]) -> Bool {
        guard words.count <= arguments.count else { return false }
        return (0...(arguments.count - words.count)).contains { arguments[$0..<$0 + words.count].elementsEqual(words) }
    }
}
