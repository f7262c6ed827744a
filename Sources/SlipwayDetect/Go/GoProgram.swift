// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// One `package main` with a `func main()`.
struct GoProgram: Sendable {
    /// The binary's name: the folder's, or the module's at its root.
    let name: String
    let directory: String
    let file: String
    /// Of `func main()`.
    let line: Int
    /// Whether its own folder opens a port.
    let listens: Bool

    private static let webNames: Set<String> = [
        "api", "app", "backend", "gateway", "http", "httpd", "serve", "server", "service", "web", "webserver",
    ]
    private static let workerNames: Set<String> = [
        "consumer", "cron", "processor", "queue", "scheduler", "subscriber", "worker", "workers",
    ]

    /// What it is in production; `nil` for tools that people run by hand.
    /// - Parameter module: The module's own name, which its main program often has.
    func role(among count: Int, moduleListens: Bool, module: String) -> Role? {
        let words = Set(name.lowercased().split { $0 == "-" || $0 == "_" }.map(String.init))
        if !words.isDisjoint(with: Self.workerNames) { return .worker }
        if listens { return .backend }
        guard moduleListens else { return nil }
        let isNamesake = name == ServiceNames.slug(module)
        return count == 1 || isNamesake || !words.isDisjoint(with: Self.webNames) || isLikelyMain(count)
            ? .backend : nil
    }

    /// A program at the module's root stands for the whole module.
    private func isLikelyMain(_ count: Int) -> Bool { !file.contains("/") && count <= 2 }
}
