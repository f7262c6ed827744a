// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A module that Python did not find when a program started, seen from the repository.
package struct MissingModule: Equatable, Sendable {
    /// What to write into the list.
    package let distribution: String
    /// Where the code imports it.
    package let place: String
    /// The list that is installed; `nil` where there is none.
    package let list: String?

    /// - Parameter name: As Python says it: `celery`, `rest_framework.views`.
    /// - Returns: `nil` when no code imports it at its margin, or a list names it.
    package init?(_ name: String, in tree: SourceTree) {
        let module = String(name.prefix { $0 != "." })
        guard let found = OutsideImports(tree).outside.first(where: { $0.module == module }) else { return nil }
        let pins = PythonPins.nearest(to: found.file, of: PythonPins.all(in: tree))
        guard !pins.contains(where: { $0.pins[found.distribution] != nil }) else { return nil }
        distribution = found.distribution
        place = "\(found.file):\(found.line)"
        list = pins.first?.place
    }
}
