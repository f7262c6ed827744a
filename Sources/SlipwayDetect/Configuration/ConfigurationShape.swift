// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// What may stand after a key of `slipway.yml`.
package indirect enum ConfigurationShape: Sendable {
    /// A string, or a number or boolean as it was written.
    case text
    case port
    case boolean
    /// A whole number from 1.
    case count
    /// A list of strings; a single string counts as a list of one.
    case texts
    /// A list of `/path=folder`.
    case folders
    case choice([String])
    /// `03:30`.
    case time

    /// What is wrong with a value, in words that follow "port "; `nil` when it fits. Null fits everything: it takes
    /// the detected value away.
    func complaint(about node: DataNode) -> String? {
        guard !node.isNull else { return nil }
        switch self {
        case .text: return node.text == nil ? "must be text, not \(node.kindInWords)" : nil
        case .port:
            guard let number = node.int, (1...65_535).contains(number) else {
                return "must be a port from 1 to 65535, not \(node.text ?? node.kindInWords)"
            }
            return nil
        case .count:
            guard let number = node.int, (1...1_000_000_000).contains(number) else {
                return "must be a whole number from 1, not \(node.text ?? node.kindInWords)"
            }
            return nil
        case .boolean: return node.bool == nil ? "must be true or false, not \(node.text ?? node.kindInWords)" : nil
        case .texts:
            if node.text != nil { return nil }
            guard let items = node.sequence else { return "must be a list, not \(node.kindInWords)" }
            return items.contains { $0.text == nil } ? "must be a list of texts" : nil
        case .folders:
            if let complaint = Self.texts.complaint(about: node) { return complaint }
            let wrong = (node.texts ?? []).first { PublicFolder($0) == nil }
            return wrong.map { "must name paths with folders of the service like /static=staticfiles, not \($0)" }
        case .time:
            guard BackupSchedule.minutes(node.text ?? "") == nil else { return nil }
            return "must be a time of day like \"03:30\", not \(node.text ?? node.kindInWords)"
        case .choice(let words):
            guard let text = node.text, words.contains(text) else {
                return "must be one of \(words.joined(separator: ", ")), not \(node.text ?? node.kindInWords)"
            }
            return nil
        }
    }

    /// For people: `text`, `port`, `list`.
    var inWords: String {
        switch self {
        case .text: "text"
        case .port: "port"
        case .boolean: "true or false"
        case .count: "whole number"
        case .texts: "list of texts"
        case .folders: "list of /path=folder"
        case .choice(let words): words.joined(separator: ", ")
        case .time: "time of day"
        }
    }

    /// For editors (json-schema.org, 2020-12).
    var schema: String {
        switch self {
        case .text: #"{ "type": ["string", "number", "boolean", "null"] }"#
        case .port: #"{ "type": ["integer", "null"], "minimum": 1, "maximum": 65535 }"#
        case .count: #"{ "type": ["integer", "null"], "minimum": 1 }"#
        case .boolean: #"{ "type": "boolean" }"#
        case .texts, .folders: #"{ "type": ["array", "string", "null"], "items": { "type": ["string", "number"] } }"#
        case .time: #"{ "type": ["string", "null"], "pattern": "^([01]?[0-9]|2[0-3]):[0-5][0-9]$" }"#
        case .choice(let words): "{ \"enum\": [\(words.map { "\"\($0)\"" }.joined(separator: ", "))] }"
        }
    }
}

extension DataNode {
    /// `a list`, `a mapping`, or the scalar itself.
    var kindInWords: String {
        switch value {
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .null: "nothing"
        default: text ?? "a value"
        }
    }
}
