// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Applications that switch the protection of their forms off as a whole, while their logins are cookies.
enum ForgedForms {
    /// Switched off for all controllers.
    static func rails(_ repository: CheckedRepository) -> [Violation] {
        repository.tree.files(named: "application_controller.rb").compactMap { entry in
            guard !DevelopmentPath.isLikely(entry.path), let text = repository.tree.text(entry.path) else { return nil }
            let code = CodeText(path: entry.path, text: text)
            let signs = ["skip_forgery_protection", "skip_before_action:verify_authenticity_token"]
            guard code.line(with: "<ActionController::Base") != nil,
                let index = code.bare.firstIndex(where: { line in
                    signs.contains { line == $0 || line.hasPrefix($0 + ",raise:") }
                }), hasSessions(repository)
            else { return nil }
            return Violation(
                file: entry.path, line: index + 1,
                "sessions are cookies here; delete this line, and write it in the controllers that other programs call")
        }
    }

    /// Whether the application logs people in with a cookie, and not with a token alone.
    private static func hasSessions(_ repository: CheckedRepository) -> Bool {
        let uses = ["devise_for", "session[:", "cookies.signed[", "cookies.encrypted["]
        let logsIn = repository.tree.files(ending: "rb").contains { entry in
            guard entry.path.contains("app/") || entry.name == "routes.rb",
                let bytes = repository.tree.bytes(entry.path)
            else { return false }
            return uses.contains { ByteSearch.contains($0.utf8, in: bytes) }
        }
        let byToken = repository.tree.files(named: "Gemfile").contains { entry in
            repository.tree.bytes(entry.path).map { ByteSearch.contains("devise-jwt".utf8, in: $0) } == true
        }
        return logsIn && !byToken
    }

    /// Every path is an exception.
    static func laravel(_ repository: CheckedRepository) -> [Violation] {
        repository.code([".php"], with: ["VerifyCsrfToken", "validateCsrfTokens"]).compactMap { code in
            guard code.path.hasSuffix("VerifyCsrfToken.php") || code.path.hasSuffix("bootstrap/app.php"),
                let all = code.body(after: "validateCsrfTokens(except:[") ?? code.body(after: "$except=["),
                all.text.split(separator: ",").contains(where: { $0.trimmed == "'*'" || $0.trimmed == "'/*'" })
            else { return nil }
            return Violation(
                file: code.path, line: all.line,
                "no form is protected; name the paths that other programs call: 'webhooks/*'")
        }
    }
}
