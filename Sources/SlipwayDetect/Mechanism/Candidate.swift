// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A subject for which some detector claimed a role, with everything that was claimed about it.
struct Candidate {
    let subject: Subject
    /// By field; the elements of a list field stand side by side in one contest.
    let contests: [String: Contest]

    init(_ subject: Subject, _ claims: [ScoredClaim]) {
        self.subject = subject
        contests = Dictionary(grouping: claims) { $0.claim.field }
            .reduce(into: [:]) { $0[$1.key] = Contest($1.key, $1.value) }
    }

    func claims(_ field: String) -> [ScoredClaim] { contests[field]?.claims ?? [] }

    var role: Role? {
        if case .role(let role)? = contests["role"]?.winner?.claim { role } else { nil }
    }
    var givenName: String? {
        if case .name(let name)? = contests["name"]?.winner?.claim { name } else { nil }
    }
    var needs: [Resource.Kind] {
        claims("uses").compactMap { if case .needs(let kind) = $0.claim { kind } else { nil } }
    }
    var paths: [String] {
        claims("routes").compactMap { if case .path(let path) = $0.claim { path } else { nil } }
    }
    var proxied: [(path: ProxiedPath, origin: Origin)] {
        claims("proxied").compactMap { if case .proxied(let path) = $0.claim { (path, $0.origin) } else { nil } }
    }

    /// Where it shows pages.
    var pages: [String] {
        claims("pages").compactMap { if case .page(let path) = $0.claim { path } else { nil } }
    }

    /// The manual of a product that stands beside it.
    var isManual: Bool {
        guard role == .static, case .framework(let name)? = contests["framework"]?.winner?.claim else { return false }
        return ["docusaurus", "vitepress", "vuepress", "rspress", "mkdocs", "mdbook", "sphinx"].contains(name)
    }

    /// Folders whose code shows or tests a product instead of being one.
    static let sideFolders: Set<String> = [
        "__tests__", "benchmark", "benchmarks", "cypress", "demo", "demos", "doc", "docs", "e2e", "example", "examples",
        "fixture", "fixtures", "integration-tests", "playground", "playwright", "sample", "samples", "spec", "specs",
        "storybook", "template", "templates", "test", "test-data", "testdata", "tests", "third_party", "thirdparty",
        "tutorial", "tutorials", "vendor",
    ]

    /// Whether the code is a test, an example or a copy of something else.
    var isAside: Bool { Self.isAside(subject.directory) }

    static func isAside(_ directory: String) -> Bool {
        directory != "."
            && directory.split(separator: "/").contains { part in
                part.hasPrefix(".") || sideFolders.contains(part.lowercased()) || part.hasSuffix("-examples")
                    || part.hasSuffix("-samples")
            }
    }
}
