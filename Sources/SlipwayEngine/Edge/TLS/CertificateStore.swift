// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import SlipwayCore
internal import SlipwayHost
internal import Synchronization

/// The certificates that handshakes use, read anew when their files change; connections that stand are not touched.
final class CertificateStore: Sendable {
    private struct Pair {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
        /// In lower case; `*.example.org` stands for one label.
        let names: [String]
    }

    private struct State {
        var context: NIOSSLContext
        /// What the files held: equal bytes need no new context.
        var contents: [[UInt8]]
    }

    private let certificates: [EdgeTLS.Certificate]
    private let state: Mutex<State>

    /// - Throws: ``SlipwayError`` `bad-configuration` when a file cannot be read or certificate and key do not fit.
    init(_ tls: EdgeTLS) throws {
        certificates = tls.certificates
        let contents = try Self.read(tls.certificates)
        state = Mutex(State(context: try Self.context(tls.certificates, contents), contents: contents))
    }

    /// For a new handshake.
    var context: NIOSSLContext { state.withLock { $0.context } }

    /// Reads the files again; blocks.
    /// - Returns: Whether they hold something new.
    /// - Throws: Like ``init(_:)``; the certificates at hand stay in use.
    func reload() throws -> Bool {
        let contents = try Self.read(certificates)
        guard contents != state.withLock({ $0.contents }) else { return false }
        let context = try Self.context(certificates, contents)
        state.withLock { $0 = State(context: context, contents: contents) }
        return true
    }

    // MARK: Reading

    private static func read(_ certificates: [EdgeTLS.Certificate]) throws -> [[UInt8]] {
        guard !certificates.isEmpty else {
            throw SlipwayError(.badConfiguration, "encryption without a certificate", hint: "slipway check")
        }
        return try certificates.flatMap { [$0.chain, $0.key] }.map { path in
            guard let contents = Descriptor.contents(of: path, limit: 1 << 20), !contents.isEmpty else {
                throw SlipwayError(
                    .badConfiguration, "\(path) cannot be read", hint: "ls -l \(ShellWord.quote(path))")
            }
            return contents
        }
    }

    private static func context(
        _ certificates: [EdgeTLS.Certificate], _ contents: [[UInt8]]
    ) throws -> NIOSSLContext {
        let pairs = try certificates.enumerated().map { index, certificate in
            try pair(certificate, chain: contents[2 * index], key: contents[2 * index + 1])
        }
        // Each pair is tried by itself, so that the error names the one that does not fit.
        let contexts = try zip(pairs, certificates).map { pair, certificate in
            try wrapping(certificate) { try NIOSSLContext(configuration: configuration(pair)) }
        }
        guard pairs.count > 1, let first = pairs.first else { return contexts[0] }
        var byName = configuration(first)
        byName.sslContextCallback = { values, promise in
            var override = NIOSSLContextConfigurationOverride.noChanges
            let name = values.serverHostname?.lowercased()
            if let name, let chosen = pairs.first(where: { $0.names.contains { matches($0, name) } }) {
                override.certificateChain = chosen.chain.map { .certificate($0) }
                override.privateKey = .privateKey(chosen.key)
            }
            promise.succeed(override)
        }
        return try NIOSSLContext(configuration: byName)
    }

    private static func configuration(_ pair: Pair) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key))
        // Older versions are deprecated (RFC 8996).
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2", "http/1.1"]
        return configuration
    }

    private static func pair(_ certificate: EdgeTLS.Certificate, chain: [UInt8], key: [UInt8]) throws -> Pair {
        try wrapping(certificate) {
            let chain = try NIOSSLCertificate.fromPEMBytes(chain)
            let names = chain.first.map(names) ?? []
            return Pair(chain: chain, key: try NIOSSLPrivateKey(bytes: key, format: .pem), names: names)
        }
    }

    private static func wrapping<Result>(
        _ certificate: EdgeTLS.Certificate, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch {
            throw SlipwayError(
                .badConfiguration,
                "\(certificate.chain) and \(certificate.key) are no certificate and its key in PEM format",
                hint: "openssl x509 -noout -text -in \(ShellWord.quote(certificate.chain))", cause: error)
        }
    }

    private static func names(of certificate: NIOSSLCertificate) -> [String] {
        certificate._subjectAlternativeNames().compactMap { name in
            guard name.nameType == .dnsName else { return nil }
            return String(decoding: name.contents, as: UTF8.self).lowercased()
        }
    }

    /// A star stands for the whole first label and nothing else (RFC 6125, section 6.4.3).
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        guard pattern.hasPrefix("*.") else { return pattern == name }
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return false }
        return name[dot...] == pattern.dropFirst()
    }
}
