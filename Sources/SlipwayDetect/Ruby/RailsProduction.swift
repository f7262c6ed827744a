// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a Rails application has in production besides its code: further databases, and files that people upload.
struct RailsProduction {
    let tree: SourceTree
    let directory: String

    private func text(_ name: String) -> String { tree.text(directory.appending(path: name)) ?? "" }

    /// `cache` and `queue` of the databases below `production:` in config/database.yml, `primary` left out. Active
    /// Record takes the address of each from its own variable (guides.rubyonrails.org/configuring.html).
    var furtherDatabases: [(name: String, line: Int)] {
        var found: [(name: String, line: Int)] = []
        var isInside = false
        var depth: Int?
        let lines = text("config/database.yml").split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let indentation = line.prefix { $0 == " " }.count
            let rest = line.dropFirst(indentation)
            guard let colon = rest.firstIndex(of: ":"), !rest.hasPrefix("#"), !rest.hasPrefix("<") else { continue }
            if indentation == 0 {
                isInside = rest[..<colon] == "production"
                depth = nil
            } else if isInside {
                depth = depth ?? indentation
                let value = rest[rest.index(after: colon)...].drop { $0 == " " }
                let name = String(rest[..<colon])
                guard indentation == depth, value.isEmpty || value.hasPrefix("&") || value.hasPrefix("#"),
                    name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
                else { continue }
                found.append((name, index + 1))
            }
        }
        return found.count > 1 ? found.filter { $0.name != "primary" } : []
    }

    /// Whether `db:prepare` must bring the tables: a further database has a schema and perhaps no migrations, and what
    /// the authors' own image starts with says so.
    var isPrepared: Bool {
        !furtherDatabases.isEmpty || text("bin/docker-entrypoint").contains("db:prepare")
    }

    /// The folder of Active Storage's files where production keeps them on the disk, and models have any.
    var uploads: (folder: String, file: String, line: Int)? {
        let file = "config/environments/production.rb"
        let lines = text(file).split(separator: "\n", omittingEmptySubsequences: false)
        guard
            let place = lines.firstIndex(where: {
                !$0.drop { $0 == " " }.hasPrefix("#") && $0.contains("active_storage.service")
            }), lines[place].contains("= :local"),
            tree.files(under: directory.appending(path: "app")).contains(where: { entry in
                guard entry.path.hasSuffix(".rb"), let text = tree.text(entry.path) else { return false }
                return ["has_one_attached", "has_many_attached", "has_rich_text"].contains(where: text.contains)
            })
        else { return nil }
        return (folder, directory.appending(path: file), place + 1)
    }

    /// `storage` of `root: <%= Rails.root.join("storage") %>` below `local:`.
    private var folder: String {
        let lines = text("config/storage.yml").split(separator: "\n")
        guard let start = lines.firstIndex(where: { $0.hasPrefix("local:") }),
            let root = lines[(start + 1)...].prefix(while: { $0.hasPrefix(" ") }).first(where: {
                $0.contains("root:") && $0.contains("Rails.root.join(")
            }), let call = root.range(ofText: "Rails.root.join("),
            let end = root[call.upperBound...].firstIndex(of: ")")
        else { return "storage" }
        let parts = root[call.upperBound..<end].split(separator: ",").map { $0.filter { !"\"' ".contains($0) } }
        return parts.isEmpty ? "storage" : parts.joined(separator: "/")
    }
}
