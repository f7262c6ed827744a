// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A new thing costs one file, its test and one line of its catalog; a file that no catalog names is dead.
struct CatalogTests {
    struct Catalog: CustomTestStringConvertible, Sendable {
        let folder: String
        let list: String
        var testDescription: String { folder }
    }

    static let catalogs = [
        Catalog(folder: "Sources/SlipwayCLI/Commands", list: "Sources/SlipwayCLI"),
        Catalog(folder: "Sources/SlipwayDetect/Detectors", list: "Sources/SlipwayDetect/DetectorCatalog.swift"),
    ]

    @Test(arguments: catalogs)
    func `every file of an extension point is named in its catalog`(_ catalog: Catalog) throws {
        let lists = catalog.list.hasSuffix(".swift") ? [catalog.list] : Repository.files(under: catalog.list)
        let files = Repository.files(under: catalog.folder)
        #expect(!files.isEmpty)
        for path in files {
            let type = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            let isNamed = try lists.filter { $0 != path }.contains { list in
                try Repository.text(list).contains { $0.isNewline } && Repository.text(list).contains("\(type)")
            }
            #expect(isNamed, "\(path) is in no catalog")
        }
    }

    @Test func `every rule is named in a catalog`() throws {
        let catalogs = Repository.files(under: "Sources/SlipwayFiles/Rules").filter { $0.contains("/RuleCatalog") }
        let lists = try catalogs.map(Repository.text).joined(separator: "\n")
        let rules = Repository.files(under: "Sources/SlipwayFiles/Rules").filter { $0.split(separator: "/").count > 4 }
        for path in rules {
            for line in try Repository.text(path).split(separator: "\n") where line.contains(" = Rule(") {
                let name = line.split(separator: " ").drop { $0 != "let" && $0 != "var" }.dropFirst().first ?? ""
                #expect(lists.contains(".\(name.prefix { $0 != ":" })"), "\(path): \(name) is in no catalog")
            }
        }
        #expect(!rules.isEmpty)
    }

    @Test func `every emitter is named in its catalog`() throws {
        let catalog = try Repository.text("Sources/SlipwayFiles/Emitters/EmitterCatalog.swift")
        let types = Repository.files(under: "Sources/SlipwayFiles/Emitters").map { path in
            URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        }
        for type in types where type.hasSuffix("Emitter") && type != "Emitter" {
            #expect(catalog.contains("\(type)()"), "\(type) is not in the catalog")
        }
    }

    @Test func `every error code has a section in the documentation`() throws {
        let catalog = try Repository.text("Sources/SlipwayCore/ErrorCatalog.swift")
        let codes = catalog.split(separator: "\n").compactMap { line -> String? in
            guard line.contains("static let"), let quote = line.firstIndex(of: "\"") else { return nil }
            return String(line[line.index(after: quote)...].prefix { $0 != "\"" })
        }
        #expect(codes.count > 10)
        let documentation = try Repository.text("docs/errors.md")
        for code in codes { #expect(documentation.contains("## \(code)\n"), "docs/errors.md lacks \(code)") }
        let sections = documentation.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
            String($0.dropFirst(3))
        }
        #expect(Set(sections) == Set(codes))
    }
}
