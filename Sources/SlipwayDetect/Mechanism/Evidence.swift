// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// What one detector saw: a claim, where, and how sure it is.
package enum Evidence: Sendable {
    case service(Subject, Claim, Origin)
    /// The major version of a resource, the variable through which services learn its address, or the image that it
    /// cannot do without.
    case resource(Resource.Kind, version: String?, variable: String?, image: String? = nil, Origin)
    case applicationName(String, Origin)
    /// Something a person should know, whatever is decided.
    case remark(Diagnostic)

    package static func claim(
        _ claim: Claim, for subject: Subject, file: String? = nil, line: Int? = nil, why: String,
        confidence: Double
    ) -> Self {
        .service(subject, claim, Origin(file: file, line: line, why: why, confidence: confidence))
    }
}

/// How sure a detector may be, so that claims of different detectors compare.
package enum Confidence {
    /// A person wrote exactly this for exactly this purpose: a Procfile, a version file.
    package static let stated = 0.95
    /// Read from the code that runs.
    package static let code = 0.9
    /// Another tool's file says so: a Dockerfile, Compose, a workflow.
    package static let toolFile = 0.8
    /// Follows from a dependency or a lock file.
    package static let dependency = 0.7
    /// What most projects of this kind do.
    package static let convention = 0.5
    /// A README, a name that looks like it.
    package static let hint = 0.3
    /// Below this the field stays empty and a diagnostic says what would fill it.
    package static let floor = 0.25
}
