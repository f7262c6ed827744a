// SPDX-License-Identifier: Apache-2.0

internal import NIOPosix
internal import NIOSSL
internal import SlipwayCore
internal import SlipwayHost

/// Obtains the edge's certificate when there is none yet, and again when a third of its time is left.
struct CertificateRenewal: Sendable {
    /// Between two looks whether it is time.
    private static let interval = Duration.seconds(3600)
    /// After a failure; doubled each time up to the longest, since authorities count failures.
    private static let firstPause = Duration.seconds(60)
    private static let longestPause = Duration.seconds(6 * 3600)

    let acme: EdgeACME
    let challenges: ACMEChallenges
    let group: MultiThreadedEventLoopGroup
    let note: @Sendable (String) -> Void

    /// Until the task is cancelled.
    /// - Parameter onNew: Called when the file holds a new certificate.
    func run(onNew: @Sendable () async -> Void) async {
        var pause = Self.firstPause
        while !Task.isCancelled {
            guard isDue(at: SystemClock.secondsSinceEpoch()) else {
                try? await SystemClock.steady.sleep(for: Self.interval)
                continue
            }
            let names = acme.domains.joined(separator: ", ")
            do {
                try await obtain()
                note("edge: a certificate for \(names) was obtained")
                pause = Self.firstPause
                await onNew()
            } catch {
                guard !Task.isCancelled else { return }
                let reason = (error as? SlipwayError)?.message ?? "\(error)"
                note("edge: no certificate for \(names): \(reason); next try in \(pause)")
                try? await SystemClock.steady.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// Whether there is a certificate for these names that can be used.
    /// - Parameter seconds: Since 1970.
    func isUsable(at seconds: Double) -> Bool {
        guard let certificate else { return false }
        return names(of: certificate) == Set(acme.domains) && seconds < Double(certificate.notValidAfter)
    }

    private func isDue(at seconds: Double) -> Bool {
        guard let certificate, isUsable(at: seconds) else { return true }
        let (begin, end) = (Double(certificate.notValidBefore), Double(certificate.notValidAfter))
        return end - seconds < (end - begin) / 3
    }

    private var certificate: NIOSSLCertificate? { try? NIOSSLCertificate.fromPEMFile(acme.certificate).first }

    private func names(of certificate: NIOSSLCertificate) -> Set<String> {
        Set(
            certificate._subjectAlternativeNames().filter { $0.nameType == .dnsName }
                .map { String(decoding: $0.contents, as: UTF8.self).lowercased() })
    }

    private func obtain() async throws {
        let files = FileStore(root: acme.folder)
        try files.makeDirectory(mode: 0o700)
        let accountFile = "account.pem"
        let account: SigningKey
        if files.exists(accountFile) {
            account = try SigningKey(pem: try files.text(accountFile))
        } else {
            account = SigningKey()
            try files.write(account.pem, to: accountFile, mode: 0o600)
        }
        var client = try await ACMEClient(
            directory: acme.directory, exchange: HTTPSExchange(group: group, authority: acme.authority),
            account: account, challenges: challenges)
        let key = SigningKey()
        let chain = try await client.certificate(for: acme.domains, email: acme.email, key: key)
        // One file, so that a certificate never stands beside another one's key.
        try files.write(key.pem + "\n" + chain, to: EdgeACME.certificateName, mode: 0o600)
    }
}
