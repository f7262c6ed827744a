// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Who may import whom; nothing points up.
struct LayerTests {
    static let allowed: [String: Set<String>] = [
        "SlipwayCore": [],
        "SlipwayFiles": ["SlipwayCore"],
        "SlipwayDetect": ["SlipwayCore", "SlipwayFiles"],
        "SlipwayHost": ["SlipwayCore", "CSlipwayHost"],
        "SlipwayEngine": ["SlipwayCore", "SlipwayHost"],
        "SlipwayDeploy": ["SlipwayCore", "SlipwayFiles", "SlipwayHost"],
        "SlipwayOperate": ["SlipwayCore", "SlipwayFiles", "SlipwayHost"],
        "SlipwayKit": [
            "SlipwayCore", "SlipwayFiles", "SlipwayDetect", "SlipwayHost", "SlipwayEngine", "SlipwayDeploy",
            "SlipwayOperate",
        ],
        "SlipwayCLI": ["SlipwayCore", "SlipwayHost", "SlipwayKit"],
    ]

    @Test(arguments: allowed.keys.sorted())
    func `a target imports only what stands below it`(_ target: String) throws {
        for path in Repository.files(under: "Sources/\(target)") {
            for line in try Repository.code(path) {
                let words = line.text.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index + 1 < words.endIndex else { continue }
                let module = String(words[index + 1])
                guard module.hasPrefix("Slipway") || module.hasPrefix("CSlipway") else { continue }
                #expect(Self.allowed[target]?.contains(module) == true, "\(path):\(line.number) imports \(module)")
            }
        }
    }

    @Test func `the package has exactly the targets of the architecture`() {
        let folders = Set(Repository.files(under: "Sources").map { $0.split(separator: "/")[1] }.map(String.init))
        #expect(folders == Set(Self.allowed.keys))
    }

    @Test func `every source and test file carries its licence`() throws {
        for path in Repository.files(under: "Sources") + Repository.files(under: "Tests") {
            let first = try Repository.text(path).prefix { $0 != "\n" }
            #expect(first == "// SPDX-License-Identifier: Apache-2.0", "\(path)")
        }
    }

    @Test func `no file is a placeholder or a drawer for everything`() {
        for path in Repository.files(under: "Sources") {
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            for word in ["Stub", "Manager", "Helper", "Util", "Misc", "Common"] {
                #expect(!name.contains(word), "\(path)")
            }
        }
    }
}
