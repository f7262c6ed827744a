// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The settings that a Django project takes where the environment names no others.
enum DjangoDefaultSettings {
    /// `shop.settings` of `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")`, and its line.
    static func chosen(in text: String) -> (module: String, line: Int)? {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.contains("setdefault"), line.contains("DJANGO_SETTINGS_MODULE"), !line.trimmed.hasPrefix("#")
            else { continue }
            let words = line.split { $0 == "\"" || $0 == "'" }
            guard let place = words.firstIndex(of: "DJANGO_SETTINGS_MODULE"), place + 2 < words.count else {
                return nil
            }
            return (String(words[place + 2]), index + 1)
        }
        return nil
    }

    /// The module's file below one of the folders.
    static func file(of module: String, below folders: [String], _ tree: SourceTree) -> String? {
        let path = module.replacing(".", with: "/")
        return folders.flatMap {
            [GoPath.clean($0 + "/" + path + ".py"), GoPath.clean($0 + "/" + path + "/__init__.py")]
        }
        .first(where: tree.contains)
    }

    /// The texts of the module and of those whose names it takes over; `nil` when it cannot be followed.
    static func texts(ofManager path: String, _ tree: SourceTree) -> [String]? {
        let root = SourceTree.Entry(path: path).directory
        guard let module = tree.text(path).flatMap({ chosen(in: $0)?.module }),
            let first = file(of: module, below: [root], tree)
        else { return nil }
        var found: [String] = []
        var rest = [first]
        while let path = rest.popLast() {
            guard found.count < 8, let text = tree.text(path) else { return nil }
            found.append(text)
            for line in text.split(separator: "\n") where line.trimmed.hasPrefix("from ") && line.contains("import *") {
                let name = line.trimmed.dropFirst(5).prefix { $0 != " " }
                let folder = SourceTree.Entry(path: path).directory
                let target =
                    name.hasPrefix(".")
                    ? file(of: String(name.drop { $0 == "." }), below: [folder], tree)
                    : file(of: String(name), below: [root], tree)
                guard let target else { return nil }
                rest.append(target)
            }
        }
        return found
    }
}
