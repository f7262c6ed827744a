// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import SlipwayKit

#if canImport(FoundationXML)
import FoundationXML
#endif

struct RehearsalPictureTests {
    private static let slices = (0..<20).map { number in
        RehearsalReport.Slice(
            startSeconds: Double(number) / 2, requests: 50, lost: number == 7 ? 3 : 0, unexpected5xx: 0, p50: 2,
            p99: number == 7 ? 30_000 : 9)
    }
    private static let changes = [
        RehearsalReport.Change(command: "deploy", release: 2, startSeconds: 3, seconds: 2.04, phases: [:])
    ]

    @Test(arguments: [(slices, changes), ([], []), ([slices[7]], changes), (slices, [])])
    func `every rehearsal is a picture that is well formed`(
        _ slices: [RehearsalReport.Slice], _ changes: [RehearsalReport.Change]
    ) {
        let svg = RehearsalPicture(application: "a & <b>", slices: slices, changes: changes).svg
        #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(svg)")
        #expect(!svg.contains("nan") && !svg.contains("inf"))
        #expect(svg.contains("<rect class=\"bad\"") == slices.contains { $0.lost > 0 })
        #expect(svg.contains(">deploy 2.0 s<") == !changes.isEmpty)
    }

    @Test func `what is slower stands higher, also by powers of ten`() throws {
        func heights(_ values: [Double]) throws -> [Double] {
            let slices = values.enumerated().map { number, value in
                RehearsalReport.Slice(
                    startSeconds: Double(number) / 2, requests: 1, lost: 0, unexpected5xx: 0, p50: nil, p99: value)
            }
            let svg = RehearsalPicture(application: "a", slices: slices, changes: []).svg
            let points = try #require(svg.firstMatch(of: /class="slow" points="([^"]+)"/)).output.1
            return points.split(separator: " ").compactMap { Double($0.split(separator: ",")[1]) }
        }
        let all = try heights([0.01, 0.1, 0.5, 1, 9, 10, 11, 99, 1000, 10_000])
        #expect(all == all.sorted(by: >))
        #expect(all.first == 290 && all.last == 90)
    }
}
