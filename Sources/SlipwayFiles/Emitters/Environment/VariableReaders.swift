// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Which files read each variable, sorted once: a variable that a thousand services share is named in a thousand
/// templates.
struct VariableReaders {
    private let files: [String: [String]]

    init(_ variables: [Variable]) {
        files = Dictionary(variables.map { ($0.name, Self.files(of: $0)) }) { Set($0 + $1).sorted() }
    }

    /// Files without lines: a line moves with every edit.
    private static func files(of variable: Variable) -> [String] {
        Set(variable.origins.compactMap { $0.split(separator: ":").first.map(String.init) }).sorted()
    }

    /// `; read in server/main.py and 2 more`, or nothing.
    /// - Parameter folder: Its own files are what a reader of its template looks for; without any, all of them count.
    func text(of variable: Variable, in folder: String = ".") -> String {
        let all = files[variable.name] ?? []
        let own = folder == "." ? all[...] : Self.range(of: folder + "/", in: all)
        let named = own.isEmpty ? all[...] : own
        guard let first = named.first else { return "" }
        return "; read in \(first)" + (named.count > 1 ? " and \(named.count - 1) more" : "")
    }

    /// The sorted texts that begin with the prefix, found by halving.
    private static func range(of prefix: String, in sorted: [String]) -> ArraySlice<String> {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < prefix { low = middle + 1 } else { high = middle }
        }
        return sorted[low...].prefix { $0.hasPrefix(prefix) }
    }
}
