// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Variables that a library or a framework reads by itself, so that no line of the application names them.
enum LibraryVariables {
    static func reads(_ tree: SourceTree) -> [VariableRead] {
        railsKey(tree) + railsDatabase(tree) + tokenKey(tree) + NodeLibraryVariables.reads(tree)
            + ClientLibraryVariables.reads(tree)
            + NginxTemplates.reads(tree)
    }

    /// Rails cannot open the encrypted credentials without the key
    /// (guides.rubyonrails.org/security.html#custom-credentials).
    private static func railsKey(_ tree: SourceTree) -> [VariableRead] {
        tree.files(named: "credentials.yml.enc").flatMap { entry -> [VariableRead] in
            guard entry.directory.lastPathComponent == "config", SourceFilter.isApplication(entry.path),
                !tree.contains(entry.directory.appending(path: "master.key"))
            else { return [] }
            return read("RAILS_MASTER_KEY", entry.path, required: true)
        }
    }

    /// Active Record takes this address before what config/database.yml says
    /// (guides.rubyonrails.org/configuring.html#configuring-a-database).
    private static func railsDatabase(_ tree: SourceTree) -> [VariableRead] {
        tree.files(named: "database.yml").flatMap { entry -> [VariableRead] in
            guard entry.directory.lastPathComponent == "config", SourceFilter.isApplication(entry.path),
                let text = tree.text(entry.path), !saysAddress(text),
                ["adapter: postgresql", "adapter: mysql2", "adapter: trilogy"].contains(where: text.contains)
            else { return [] }
            return read("DATABASE_URL", entry.path, required: false)
                + (text.contains("adapter: postgresql") ? furtherDatabases(entry, tree) : [])
        }
    }

    /// `CACHE_DATABASE_URL` of the database `cache` of production; DATABASE_URL is that of the first alone. PostgreSQL's
    /// account may make them, MySQL's may not.
    private static func furtherDatabases(_ entry: SourceTree.Entry, _ tree: SourceTree) -> [VariableRead] {
        RailsProduction(tree: tree, directory: entry.directory.parentDirectory).furtherDatabases.flatMap { database in
            read("\(database.name.uppercased())_DATABASE_URL", entry.path, line: database.line, required: false)
                .map { read in
                    var read = read
                    read.database = database.name
                    return read
                }
        }
    }

    /// Whether a line that counts, and no comment, takes the address from somewhere.
    private static func saysAddress(_ text: String) -> Bool {
        text.split(separator: "\n").contains { line in
            let line = line.drop { $0 == " " }
            return !line.hasPrefix("#") && line.hasPrefix("url:")
        }
    }

    /// jwt-auth signs with JWT_SECRET unless its configuration was copied into the application, which then reads it.
    private static func tokenKey(_ tree: SourceTree) -> [VariableRead] {
        tree.files(named: "composer.json").flatMap { entry -> [VariableRead] in
            guard SourceFilter.isApplication(entry.path), let text = tree.text(entry.path),
                text.contains("/jwt-auth\""),
                let required = JSONText.root(of: text)?["require"]?.mapping,
                required.entries.contains(where: { $0.key.hasSuffix("/jwt-auth") }),
                !tree.contains(entry.directory.appending(path: "config/jwt.php"))
            else { return [] }
            return read("JWT_SECRET", entry.path, required: true)
        }
    }

    private static func read(_ name: String, _ path: String, line: Int = 1, required: Bool) -> [VariableRead] {
        var file = FileReads(Code(path: path, language: .yaml, bytes: []))
        file.add(name, line: line, required: required)
        return file.effective
    }
}
