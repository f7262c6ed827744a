// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// Kestrel reads a certificate before it listens.
    static let certificateMissing = Rule(
        "CO054", .error, "ASP.NET is told to serve HTTPS and gets no certificate",
        why: "Kestrel ends at the start: it was unable to configure an HTTPS endpoint, no certificate was specified.",
        catches: [
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_URLS=https://+:443;http://+:80\n",
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_HTTPS_PORTS=8081\n    volumes: ['${APPDATA}/ASP.NET/Https:/root/.aspnet/https:ro']\n",
        ],
        passes: [
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_HTTP_PORTS=8080\n",
            "services:\n  web:\n    build: .\n    environment:\n      - ASPNETCORE_URLS=https://+:443\n      - ASPNETCORE_Kestrel__Certificates__Default__Path=/https/a.pfx\n",
        ]
    ) { file in
        file.services.compactMap { service in
            let whole = file.running(service.name)
            let variables = whole.flatMap(\.environment)
            guard
                let https = service.environment.first(where: {
                    $0.name == "ASPNETCORE_HTTPS_PORTS" && $0.value?.isEmpty == false
                        || $0.name == "ASPNETCORE_URLS" && $0.value?.contains("https://") == true
                }), !variables.contains(where: { $0.name.contains("Kestrel__") || $0.name.contains("KESTREL__") }),
                whole.allSatisfy({ $0.environmentFiles.isEmpty })
            else { return nil }
            let certificates = whole.flatMap(\.mounts).filter { $0.target.contains(".aspnet/https") }
            let isOfWindows = !certificates.isEmpty && file.family.contains { $0.text.contains("${APPDATA}") }
            guard certificates.isEmpty || isOfWindows else { return nil }
            return Violation(
                line: https.line,
                (isOfWindows ? "the certificate stands on a developer's Windows alone" : "Kestrel has no certificate")
                    + "; delete \(https.name), and let a proxy serve HTTPS, or add ASPNETCORE_Kestrel__Certificates__Default__Path",
                severity: isOfWindows || file.isForDevelopment ? .warning : .error)
        }
    }
}
