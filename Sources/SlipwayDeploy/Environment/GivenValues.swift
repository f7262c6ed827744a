// SPDX-License-Identifier: Apache-2.0

/// The values that people gave, strongest source first.
package struct GivenValues: Equatable, Sendable {
    package enum Source: String, Equatable, Sendable, CaseIterable {
        case flag, process, secret, configuration, serviceFile, rootFile
    }

    /// From the command line.
    package var flags: [String: String]
    /// Of the process that runs Slipway, for names of the contract only: a shell's own variables are not meant.
    package var process: [String: String]
    /// Kept encrypted by `slipway secret set`.
    package var secrets: [String: String]
    /// From `slipway.yml`.
    package var configuration: [String: String]
    /// From the `.env` file in a service's folder, by service.
    package var serviceFiles: [String: [String: String]]
    /// From the `.env` file in the repository's root.
    package var rootFile: [String: String]

    package init(
        flags: [String: String] = [:], process: [String: String] = [:], secrets: [String: String] = [:],
        configuration: [String: String] = [:], serviceFiles: [String: [String: String]] = [:],
        rootFile: [String: String] = [:]
    ) {
        self.flags = flags
        self.process = process
        self.secrets = secrets
        self.configuration = configuration
        self.serviceFiles = serviceFiles
        self.rootFile = rootFile
    }

    /// The strongest value that is there; an empty one counts, because it may be meant.
    package func value(of name: String, for service: String) -> (value: String, source: Source)? {
        for source in Source.allCases {
            if let value = values(from: source, for: service)[name] { return (value, source) }
        }
        return nil
    }

    /// Every name that is meant for the service, whether its code is known to read it or not.
    package func names(for service: String) -> Set<String> {
        Set(Source.allCases.filter { $0 != .process }.flatMap { values(from: $0, for: service).keys })
    }

    private func values(from source: Source, for service: String) -> [String: String] {
        switch source {
        case .flag: flags
        case .process: process
        case .secret: secrets
        case .configuration: configuration
        case .serviceFile: serviceFiles[service] ?? [:]
        case .rootFile: rootFile
        }
    }
}
