// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A source tree with the manifests that several detectors read, each parsed once. Immutable.
package struct Repository: Sendable {
    package let tree: SourceTree
    /// Python code bases, by folder.
    package let python: [PythonProject]

    package init(_ tree: SourceTree) {
        self.tree = tree
        python = PythonProject.all(in: tree)
    }
}
