// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What platforms ask, with where and when it was published; a document that names a price names its source.
enum PriceTable {
    /// When the pages were last looked at.
    private static let flyDay = "2026"
    private static let renderDay = "May 2026"
    private static let day = "2025"
    static let flySource = "fly.io/docs/about/pricing, 2026, US dollars"
    /// shared-cpu-1x with 256 MB and with 512 MB, a machine and a month of 730 hours.
    private static let flySmall = 2.02
    private static let flyMachine = 3.32
    /// render.com/pricing: a starter instance; basic-256mb PostgreSQL; starter key-value store.
    private static let renderInstance = 7.0
    private static let renderDatabase = 6.0
    private static let renderStore = 10.0
    /// heroku.com/pricing: a basic dyno; PostgreSQL essential-0; Redis mini.
    private static let herokuDyno = 7.0
    private static let herokuDatabase = 5.0
    private static let herokuStore = 3.0
    /// railway.com/pricing: 10 a GB of memory and 20 a vCPU; a small service uses about a quarter GB and little CPU.
    private static let railwayService = 3.5
    /// hetzner.com/cloud: the smallest shared server, 2 vCPU and 4 GB.
    private static let server = 5.0

    static func flyMonthly(_ services: [Service]) -> String {
        money(services.reduce(0) { $0 + ($1.role.isServedFromFiles ? flySmall : flyMachine) })
    }

    static func table(processes: Int, sites: Int, databases: [Resource]) -> String {
        let postgres = Double(databases.count { $0.kind == .postgres })
        let stores = Double(databases.count { $0.kind == .redis || $0.kind == .valkey })
        var table = MarkdownTable(columns: ["where", "what runs", "about a month", "as of", "source"])
        let running = counted(processes, "process", "processes")
        let servers = counted(sites, "file server", "file servers")
        let all = counted(databases.count, "database", "databases")
        let hasFiles = sites > 0
        let onFly = [
            running, servers, counted(Int(postgres), "database", "databases"),
            databases.count > Int(postgres) ? "other databases from elsewhere" : nil,
        ]
        let onRender = [running, all, hasFiles ? "files for nothing" : nil]
        let onHeroku = [running, all, hasFiles ? "files beside a process" : nil]
        let atFly = Double(processes) * flyMachine + Double(sites) * flySmall + postgres * (flyMachine + 1.5)
        let atRender = Double(processes) * renderInstance + postgres * renderDatabase + stores * renderStore
        let atRailway = Double(processes + sites + databases.count) * railwayService
        let atHeroku = Double(processes) * herokuDyno + postgres * herokuDatabase + stores * herokuStore
        table.rows = [
            ["Fly.io", listed(onFly), money(atFly), Self.flyDay, "fly.io/docs/about/pricing"],
            ["Render", listed(onRender), money(atRender), Self.renderDay, "render.com/pricing"],
            [
                "Railway", listed([running, servers, all, "by use, at least $5.00"]), money(max(5, atRailway)),
                Self.day, "railway.com/pricing",
            ],
            ["Heroku", listed(onHeroku), money(atHeroku), Self.day, "heroku.com/pricing"],
            [
                "A server of your own", "everything, on one machine with 4 GB", money(server), Self.day,
                "hetzner.com/cloud",
            ],
            ["Kubernetes, Swarm", "on machines that you have", "look up", "–", "whoever has the machines"],
        ]
        return table.text
    }

    private static func listed(_ parts: [String?]) -> String { parts.compactMap(\.self).joined(separator: ", ") }

    private static func counted(_ count: Int, _ one: String, _ several: String) -> String? {
        count == 0 ? nil : "\(count) \(count == 1 ? one : several)"
    }

    /// Dollars with two digits.
    static func money(_ amount: Double) -> String {
        let cents = Int((amount * 100).rounded())
        let rest = cents % 100
        return "$\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
