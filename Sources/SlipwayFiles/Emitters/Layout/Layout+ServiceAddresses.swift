// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Addresses on a developer's machine that mean another service of the application.
extension Layout {
    /// `http://localhost:8000` in the code means another service, for what runs on a server: by its name.
    ///
    /// - Returns: `nil` where nothing, or what visitors type, is meant.
    func address(in variable: Variable, of service: Service) -> String? {
        guard let text = variable.default, !Self.isShownToVisitors(variable.name),
            let range = text.firstRange(of: "://localhost:") ?? text.firstRange(of: "://127.0.0.1:"),
            isAsked(variable, byServerOf: service)
        else { return nil }
        let rest = text[range.upperBound...]
        let port = UInt16(rest.prefix { $0.isNumber })
        guard
            let other = listeners.first(where: {
                $0.port == port && $0.name != service.name && !$0.role.isServedFromFiles
            }), !isForVisitors(other, rest.drop { $0.isNumber }, of: service)
        else { return nil }
        return text[..<range.lowerBound] + "://\(other.name):" + rest
    }

    /// Whether the name says that browsers send it, or are sent to it.
    private static func isShownToVisitors(_ name: String) -> Bool {
        let words = name.uppercased().split(separator: "_")
        return ["ORIGIN", "ORIGINS", "CORS", "CALLBACK", "REDIRECT"].contains { words.contains($0) }
    }

    /// Whether a process of the service reads it, not the pages that it sends: the server of a front end asks for itself
    /// what its own build wrote down, and browsers ask what the bundle says.
    private func isAsked(_ variable: Variable, byServerOf service: Service) -> Bool {
        if variable.phase == .run { return true }
        return service.role == .ssr && !BrowserVariables.contains(variable.name)
    }

    /// A back end that knows where pages come from compares it with what browsers say (CORS), or writes it into letters
    /// and redirects: it is the address that visitors type, and no container's name. An address with a path of an API is
    /// asked all the same.
    private func isForVisitors(_ other: Service, _ path: Substring, of service: Service) -> Bool {
        other.role == .ssr && service.role != .ssr && !path.hasPrefix("/api")
    }
}
