// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// The key of a Laravel application: 32 bytes in Base64 behind `base64:` (laravel.com/docs/encryption#configuration).
enum LaravelKey {
    /// How a person makes one.
    static let command = "echo \"base64:$(openssl rand -base64 32)\""
    /// A key of the right form that protects nothing, for tests and builds: 32 zero bytes.
    static let sample = "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

    static func isKey(_ variable: Variable, of service: Service) -> Bool {
        variable.name == "APP_KEY" && service.language == "php" && service.framework == "laravel"
    }

    static func isKey(_ variable: Variable, in app: AppSpec) -> Bool {
        variable.name == "APP_KEY"
            && app.services.contains { variable.services.contains($0.name) && isKey(variable, of: $0) }
    }
}
