// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import SlipwayFiles

/// Finds in what the repository says why a start failed, where the failure's own words lead people astray. Pure.
package struct StartFailure: Sendable {
    private let application: AppSpec
    private let tree: SourceTree

    package init(_ application: AppSpec, tree: SourceTree) {
        self.application = application
        self.tree = tree
    }

    /// What drivers say when they do not reach their server.
    private static let unreached = [
        "could not translate host name", "name or service not known", "name resolution", "getaddrinfo", "enotfound",
        "eai_again", "connection refused", "econnrefused", "can't connect to", "errno 111", "error 111", "error -2",
        "error -3", "authentication failed", "serverselectiontimeout", "no address associated",
    ]

    /// The same error with the likely cause and its mend; other errors as they are.
    package func explained(_ error: any Error) -> any Error {
        guard let failure = error as? SlipwayError, [.releaseFailed, .unhealthyService].contains(failure.code) else {
            return error
        }
        return missingModule(failure) ?? missingList(failure) ?? fixedAddress(failure) ?? failure
    }

    private func text(of failure: SlipwayError) -> String {
        ([failure.message] + failure.details).joined(separator: "\n")
    }

    /// `No module named 'celery'`: which file imports it, and which list does not name it.
    private func missingModule(_ failure: SlipwayError) -> SlipwayError? {
        let text = text(of: failure)
        guard let phrase = text.firstRange(of: "No module named '") else { return nil }
        let name = String(text[phrase.upperBound...].prefix { $0 != "'" })
        guard let missing = MissingModule(name, in: tree), let list = missing.list else { return nil }
        return SlipwayError(
            failure.code,
            "\(failure.message); \(missing.place) imports \(name), and \(list) does not name \(missing.distribution)",
            hint: "echo \(ShellWord.quote(missing.distribution)) >> \(ShellWord.quote(list)) && slipway up",
            details: failure.details, cause: failure.cause)
    }

    /// Nothing was installed, because no file says what: the server's own program is not there either.
    private func missingList(_ failure: SlipwayError) -> SlipwayError? {
        let text = text(of: failure)
        guard ["not found", "No module named"].contains(where: text.contains),
            let remark = application.diagnostics.first(where: { $0.code == NeededPackages.code }),
            let service = application.services.first(where: { $0.language == "python" && $0.install == nil })
        else { return nil }
        let needed = NeededPackages(of: service, in: tree)
        let place = [remark.file, remark.line.map { "\($0)" }].compactMap(\.self).joined(separator: ":")
        return SlipwayError(
            failure.code, "\(failure.message); most likely because \(needed.remark) (\(place))", hint: needed.command,
            details: failure.details, cause: failure.cause)
    }

    private func fixedAddress(_ failure: SlipwayError) -> SlipwayError? {
        let text = text(of: failure).lowercased()
        guard Self.unreached.contains(where: text.contains) else { return nil }
        let fixed = application.resources.filter { $0.fixedAddress != nil }
        let named = fixed.first { text.contains($0.fixedAddress?.host.lowercased() ?? "\n\n") }
        guard let resource = named ?? fixed.first, let address = resource.fixedAddress else { return nil }
        return SlipwayError(
            failure.code,
            "\(failure.message); most likely because \(address.place) looks for \(resource.kind.rawValue) at "
                + "\(address.host)",
            hint: "\(address.place): \(address.remedy)", details: failure.details, cause: failure.cause)
    }
}
