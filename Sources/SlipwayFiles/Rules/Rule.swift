// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

/// A check with a stable code on one kind of subject: a file of a format, or the whole repository.
package struct Rule<Subject: RuleSubject>: Sendable {
    /// What people read about it.
    package let description: RuleDescription
    private let check: @Sendable (Subject) -> [Violation]

    /// - Parameters:
    ///   - code: Two letters and three digits.
    ///   - severity: What a repository gets that does not say otherwise.
    ///   - title: What is wrong, in a few words that fit after the code.
    ///   - alias: Names of the same check elsewhere: hadolint's code, BuildKit's check.
    ///   - why: What breaks, in one or two sentences.
    ///   - catches: Texts with a finding; the first one is shown in the reference.
    ///   - passes: Texts without; the first one shows how to mend it.
    package init(
        _ code: String, _ severity: Severity, _ title: String, alias: [String] = [], why: String,
        catches: [RuleExample], passes: [RuleExample], check: @escaping @Sendable (Subject) -> [Violation]
    ) {
        description = RuleDescription(
            code: code, severity: severity, title: title, aliases: alias, why: why, catches: catches, passes: passes)
        self.check = check
    }

    /// The findings in file order as the rule meets them.
    package func callAsFunction(_ subject: Subject) -> [Violation] { check(subject) }

    /// The findings as diagnostics.
    func diagnostics(of subject: Subject) -> [Diagnostic] {
        check(subject).map { violation in
            Diagnostic(
                description.code, violation.severity ?? description.severity, file: violation.file ?? subject.path,
                line: violation.line, column: violation.column, violation.message, fix: violation.fix)
        }
    }
}

/// What a rule looks at.
package protocol RuleSubject: Sendable {
    /// The file that findings belong to unless they name another; `nil` for a whole repository.
    var path: String? { get }
    /// What reading the file alone has found.
    var diagnostics: [Diagnostic] { get }
}

/// What a rule found, before it is known by code.
package struct Violation: Equatable, Sendable {
    /// Only when it is not the subject's own file.
    package var file: String?
    /// One-based.
    package var line: Int?
    /// One-based, in UTF-8 code units.
    package var column: Int?
    /// What is wrong and what to type.
    package var message: String
    /// The edit that mends it.
    package var fix: Fix?
    /// Only when it is not the rule's own.
    package var severity: Severity?

    package init(
        file: String? = nil, line: Int?, column: Int? = nil, _ message: String, fix: Fix? = nil,
        severity: Severity? = nil
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.fix = fix
        self.severity = severity
    }
}
