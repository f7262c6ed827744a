// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Development loads a file when somebody asks for its constant; production loads all.
    static let constantOfAnotherPath = Rule(
        "AP409", .error, "a file of Rails does not define the constant that its path demands",
        why:
            "In production Rails loads every file below app when it starts, and Zeitwerk ends the server with a NameError at "
            + "the first one whose constant is another. In development nobody notices until the constant is asked for.",
        catches: [
            [
                "config/application.rb":
                    "module Shop\n  class Application < Rails::Application\n    config.load_defaults 7.1\n  end\nend\n",
                "app/graphql/types/comment_payload.rb":
                    "module Types\n  class CommentPayloadType < Types::BaseObject\n  end\nend\n",
            ],
            [
                "config/application.rb": "config.load_defaults 8.0\n",
                "app/graphql/mutations/get_item.rb":
                    "module Queries\n  class GetItem < Queries::BaseQuery\n  end\nend\n",
            ],
        ],
        passes: [
            [
                "config/application.rb": "config.load_defaults 7.1\n",
                "app/graphql/types/comment_payload.rb":
                    "module Types\n  class CommentPayload < Types::BaseObject\n  end\nend\n",
                "app/models/concerns/priced.rb": "module Priced\n  extend ActiveSupport::Concern\nend\n",
                "app/controllers/api/v1/items_controller.rb":
                    "class Api::V1::ItemsController < ApplicationController\nend\n",
                "app/models/point.rb": "Point = Struct.new(:x, :y)\n",
            ],
            [
                "config/application.rb": "config.load_defaults 7.1\n",
                "config/initializers/inflections.rb":
                    "ActiveSupport::Inflector.inflections(:en) do |inflect|\n  inflect.acronym \"API\"\nend\n",
                "app/services/api_client.rb": "class APIClient\nend\n",
            ],
            ["app/models/a.rb": "class B\nend\n"],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        return repository.tree.files(named: "application.rb").flatMap { entry -> [Violation] in
            guard let app = RailsApplication(entry, in: repository.tree) else { return [] }
            return app.sources.compactMap { file in
                guard let wanted = app.constant(of: file.path), let text = repository.tree.text(file.path),
                    text.utf8.count < 200_000
                else { return nil }
                let defined = RubyConstants.all(in: CodeText(path: file.path, text: text))
                guard let first = defined.first, !defined.contains(where: { app.isSame($0.name, wanted) }) else {
                    return nil
                }
                let last = defined.first { $0.name.split(separator: ":").count == wanted.split(separator: ":").count }
                let name = (last ?? first).name
                return Violation(
                    file: file.path, line: (last ?? first).line,
                    "the path demands \(wanted), and the file defines \(name); rename one of them, or production does not start"
                )
            }
        }
    }

    /// 500, after the work is done.
    static let unknownStatus = Rule(
        "AP410", .warning, "a controller answers with a status that does not exist",
        why:
            "Rack knows statuses by fixed names: an unknown one raises ArgumentError, and the visitor gets 500 although "
            + "everything before it was done.",
        catches: [
            ["app/controllers/items_controller.rb": "def update\n  render json: item, status: :updated\nend\n"],
            ["app/controllers/items_controller.rb": "def destroy\n  head :deleted\nend\n"],
        ],
        passes: [
            [
                "app/controllers/items_controller.rb":
                    "def update\n  Order.create(status: :pending)\n  render json: item, status: :unprocessable_entity\n  head :no_content\nend\n"
            ]
        ]
    ) { repository in
        repository.programFiles.flatMap { entry -> [Violation] in
            guard entry.name.hasSuffix(".rb"), entry.path.contains("app/controllers/"),
                let text = repository.tree.text(entry.path), text.utf8.count < 200_000
            else { return [] }
            return CodeText(path: entry.path, text: text).lines.enumerated().compactMap { index, line in
                guard let name = RackStatus.name(in: line), !RackStatus.known.contains(name) else { return nil }
                let near = NearestWord.of(name, among: RackStatus.known) ?? "ok"
                return Violation(file: entry.path, line: index + 1, "Rack has no status :\(name); write: :\(near)")
            }
        }
    }
}

/// Names that Rack gives to statuses, those of older versions too.
private enum RackStatus {
    static let known: Set<String> = [
        "continue", "switching_protocols", "processing", "early_hints", "ok", "created", "accepted",
        "non_authoritative_information", "no_content", "reset_content", "partial_content", "multi_status",
        "already_reported", "im_used", "multiple_choices", "moved_permanently", "found", "see_other", "not_modified",
        "use_proxy", "temporary_redirect", "permanent_redirect", "bad_request", "unauthorized", "payment_required",
        "forbidden", "not_found", "method_not_allowed", "not_acceptable", "proxy_authentication_required",
        "request_timeout", "conflict", "gone", "length_required", "precondition_failed", "payload_too_large",
        "content_too_large", "request_entity_too_large", "uri_too_long", "request_uri_too_long",
        "unsupported_media_type", "range_not_satisfiable", "requested_range_not_satisfiable", "expectation_failed",
        "misdirected_request", "unprocessable_entity", "unprocessable_content", "locked", "failed_dependency",
        "too_early", "upgrade_required", "precondition_required", "too_many_requests",
        "request_header_fields_too_large", "unavailable_for_legal_reasons", "internal_server_error",
        "not_implemented", "bad_gateway", "service_unavailable", "gateway_timeout", "http_version_not_supported",
        "variant_also_negotiates", "insufficient_storage", "loop_detected", "bandwidth_limit_exceeded",
        "not_extended", "network_authentication_required", "success", "redirect", "error", "missing", "unused",
        "switch_proxy",
    ]

    /// Of `render ..., status: :name` and `head :name`.
    static func name(in line: Substring) -> String? {
        let body = line.trimmed
        var rest: Substring?
        if body.hasPrefix("head :") {
            rest = body.dropFirst("head :".count)
        } else if body.hasPrefix("render ") || body.hasPrefix("redirect_to "),
            let place = TextSearch.range(of: "status: :", in: body[...])
        {
            rest = body[place.upperBound...]
        }
        guard let rest else { return nil }
        let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return name.isEmpty ? nil : String(name)
    }
}

/// A Rails application as Zeitwerk loads it.
private struct RailsApplication {
    /// `app` in the application's folder.
    private let root: String
    private let tree: SourceTree
    /// Whether names are made by rules of the application's own.
    private let hasInflections: Bool
    /// Folders that are loaded in another way than the others.
    private let special: [String]

    init?(_ entry: SourceTree.Entry, in tree: SourceTree) {
        guard SourceTree.Entry(path: entry.directory).name == "config", let text = tree.text(entry.path) else {
            return nil
        }
        let code = CodeText(path: entry.path, text: text)
        let version = code.bare.lazy.compactMap { line -> Int? in
            guard let place = TextSearch.range(of: "load_defaults", in: line[...]) else { return nil }
            return Int(line[place.upperBound...].drop { !$0.isNumber }.prefix { $0.isNumber })
        }.first
        guard let version, version >= 6, !code.bare.contains(where: { $0.contains("autoloader=:classic") }) else {
            return nil
        }
        let folder = SourceTree.Entry(path: entry.directory).directory
        root = GoPath.clean(folder + "/app")
        self.tree = tree
        let initializers = tree.files(under: GoPath.clean(folder + "/config/initializers"))
        let settings =
            [code]
            + initializers.compactMap { file in
                tree.text(file.path).map { CodeText(path: file.path, text: $0) }
            }
        hasInflections = settings.contains { file in
            file.bare.contains { $0.contains("inflect.") || $0.contains("inflector.inflect") }
        }
        special = settings.flatMap { file in
            file.lines.flatMap { line -> [String] in
                let isLoading = ["autoload", "eager_load", "push_dir", "collapse", "ignore", "do_not_eager_load"]
                    .contains {
                        line.contains($0)
                    }
                return isLoading ? Self.folders(in: line) : []
            }
        }
    }

    /// `Rails.root.join("app/a")` and `"#{root}/app/a"`.
    private static func folders(in line: Substring) -> [String] {
        line.split { $0 == "\"" || $0 == "'" }.compactMap { piece in
            TextSearch.range(of: "app/", in: piece).map { String(piece[$0.lowerBound...].prefix { $0 != "*" }) }
        }
    }

    var sources: [SourceTree.Entry] {
        tree.files(under: root).filter { $0.name.hasSuffix(".rb") }
    }

    /// `Types::CommentPayload` of `app/graphql/types/comment_payload.rb`.
    func constant(of path: String) -> String? {
        let inner = path.dropFirst(root.utf8.count + 1)
        var parts = inner.dropLast(3).split(separator: "/").map(String.init)
        guard parts.count > 1, !["assets", "javascript", "views"].contains(parts[0]),
            !special.contains(where: { ("app/" + inner).hasPrefix($0) })
        else { return nil }
        parts.removeFirst()
        if parts.count > 1, parts[0] == "concerns" { parts.removeFirst() }
        guard parts.allSatisfy({ $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } }) else { return nil }
        return parts.map { part in
            part.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        }.joined(separator: "::")
    }

    func isSame(_ name: String, _ wanted: String) -> Bool {
        name == wanted || hasInflections && name.lowercased() == wanted.lowercased()
    }
}

/// The constants that a Ruby file defines, with the modules around them, which its indentation tells.
private enum RubyConstants {
    static func all(in code: CodeText) -> [(name: String, line: Int)] {
        var open: [(depth: Int, name: String)] = []
        var found: [(name: String, line: Int)] = []
        for (index, line) in code.lines.enumerated() {
            let body = line.drop { $0 == " " || $0 == "\t" }
            guard !body.isEmpty else { continue }
            let depth = line.utf8.count - body.utf8.count
            let isOpening = body.hasPrefix("class ") || body.hasPrefix("module ")
            let text = isOpening ? body.drop { $0 != " " }.drop { $0 == " " } : body
            var name = String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
            guard name.first?.isUppercase == true || name.hasPrefix("::") else { continue }
            let after = text.dropFirst(name.count).drop { $0 == " " }
            guard isOpening || after.hasPrefix("=") && !after.hasPrefix("==") && !after.hasPrefix("=~") else {
                continue
            }
            while let last = open.last, last.depth >= depth { open.removeLast() }
            if name.hasPrefix("::") {
                name = String(name.dropFirst(2))
            } else if let outer = open.last {
                name = outer.name + "::" + name
            }
            found.append((name, index + 1))
            if isOpening { open.append((depth, name)) }
        }
        return found
    }
}
