// SPDX-License-Identifier: Apache-2.0

import Testing

struct TreeTests {
    @Test(arguments: TreeCase.all)
    func `a tiny tree is understood`(_ tree: TreeCase) {
        #expect(tree.services.allSatisfy { $0.service.count == 4 }, "a service line has four words")
        let differences = tree.differences
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test func `there are at least a hundred and fifty trees`() {
        #expect(TreeCase.all.count >= 150)
    }
}
