// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// Every rule carries its own cases; here they are held against it.
struct RuleCatalogTests {
    @Test func `every rule finds what it says it catches and is quiet on what it says it passes`() {
        for group in RuleCatalog.groups {
            for rule in group.descriptions {
                for example in rule.catches {
                    #expect(Self.codes(example, group).contains(rule.code), "\(rule.code) misses \(example.files)")
                }
                for example in rule.passes {
                    #expect(!Self.codes(example, group).contains(rule.code), "\(rule.code) flags \(example.files)")
                }
                #expect(!rule.catches.isEmpty && !rule.passes.isEmpty, "\(rule.code) shows no example")
            }
        }
    }

    @Test func `codes are unique, well-formed and explained`() {
        let codes = RuleCatalog.descriptions.map(\.code)
        #expect(Set(codes).count == codes.count)
        for rule in RuleCatalog.descriptions {
            #expect(rule.code.wholeMatch(of: /[A-Z]{2}[0-9]{3}/) != nil, "\(rule.code)")
            #expect(!rule.title.isEmpty && !rule.why.isEmpty, "\(rule.code)")
        }
    }

    private static func codes(_ example: RuleExample, _ group: RuleGroup) -> Set<String> {
        let repository = example.repository(defaultPath: group.examplePath)
        return Set(Checker(groups: [group]).check(repository).map(\.code))
    }
}
