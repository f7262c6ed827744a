// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

extension SourceTree {
    /// The files below a code base's folder without those of code bases inside it, in path order.
    /// - Parameters:
    ///   - inner: Folders that are code bases of their own; those outside of `directory` do not matter.
    ///   - asideToo: With folders of tests and examples.
    package func ownFiles(of directory: String, without inner: some Sequence<String>, asideToo: Bool) -> [Entry] {
        let all = files(under: directory)
        // The files of a folder stand side by side, so an inner code base is one range to jump over.
        let gaps = inner.map { files(under: $0) }.filter { !$0.isEmpty && $0.count < all.count }
            .map { $0.startIndex..<$0.endIndex }.sorted { $0.lowerBound < $1.lowerBound }
        var result: [Entry] = []
        var next = 0
        var position = all.startIndex
        var folder: String?
        var isWanted = true
        while position < all.endIndex {
            while next < gaps.count, gaps[next].upperBound <= position { next += 1 }
            if next < gaps.count, gaps[next].contains(position) {
                position = min(gaps[next].upperBound, all.endIndex)
                continue
            }
            let entry = all[position]
            position += 1
            if !asideToo {
                if folder.map(entry.stands(in:)) != true {
                    let here = entry.directory
                    folder = here
                    isWanted = !Candidate.isAside(here.relative(to: directory) ?? here)
                }
                guard isWanted else { continue }
            }
            result.append(entry)
        }
        return result
    }
}
