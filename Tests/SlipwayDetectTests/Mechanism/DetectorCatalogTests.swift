// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayDetect

@Suite struct DetectorCatalogTests {
    @Test func `names are unique and refinements name detectors`() {
        let names = DetectorCatalog.all.map(\.name)
        #expect(Set(names).count == names.count)
        for detector in DetectorCatalog.all {
            #expect(Set(detector.refines).isSubset(of: names), "\(detector.name)")
        }
    }
}
