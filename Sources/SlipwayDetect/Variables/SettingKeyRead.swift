// SPDX-License-Identifier: Apache-2.0

/// A place that asks the framework's configuration for a key; a variable stands behind it only where no settings file
/// of the repository has the key.
struct SettingKeyRead {
    enum Style { case spring, dotNet }

    let style: Style
    /// As written: `mail.api-key`, `Jwt:Key`.
    let key: String
    let line: Int
    let fallback: Literal

    /// The variable by which the environment sets the key.
    ///
    /// Spring: https://docs.spring.io/spring-boot/reference/features/external-config.html, Binding From Environment
    /// Variables. .NET: https://learn.microsoft.com/aspnet/core/fundamentals/configuration, Naming of environment
    /// variables.
    var name: String {
        switch style {
        case .spring: key.filter { $0 != "-" }.replacing(".", with: "_").uppercased()
        case .dotNet: key.replacing(":", with: "__")
        }
    }

    /// How keys compare: Spring is relaxed about case and hyphens, .NET about case.
    static func canonical(_ key: String) -> String { key.filter { $0 != "-" && $0 != "_" }.lowercased() }
}
