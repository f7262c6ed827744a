// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayDetect

@Suite struct DetectorCatalogTests {
    @Test func `every file in the detectors' folder is in the catalog`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appending(path: "Sources/SlipwayDetect/Detectors")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".swift") }.map { String($0.dropLast(6)) }
        let types = DetectorCatalog.all.map { String(describing: type(of: $0)) }
        #expect(files.sorted() == types.sorted())
    }

    @Test func `names are unique and refinements name detectors`() {
        let names = DetectorCatalog.all.map(\.name)
        #expect(Set(names).count == names.count)
        for detector in DetectorCatalog.all {
            #expect(Set(detector.refines).isSubset(of: names), "\(detector.name)")
        }
    }
}
