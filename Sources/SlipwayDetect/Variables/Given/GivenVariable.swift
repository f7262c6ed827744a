// SPDX-License-Identifier: Apache-2.0

/// One place that gives a variable a value, or asks a person to.
public struct GivenVariable: Codable, Equatable, Sendable {
    /// What kind of file gives it.
    public enum Source: String, Codable, Sendable {
        case dotenv, compose, fly, workflow, dockerfile, render
    }

    /// As the environment spells it.
    public var name: String
    /// Relative to the source tree's root.
    public var file: String
    /// One-based.
    public var line: Int
    /// The kind of file.
    public var source: Source
    /// Whether it is meant for the application's own code and not for a foreign image or a CI step.
    public var isForApplication: Bool
    /// The value of a dotenv file where it is a number: such defaults can be compared, and none of them is a secret.
    public var number: String?

    package init(
        name: String, file: String, line: Int, source: Source, isForApplication: Bool = true, number: String? = nil
    ) {
        self.number = number
        self.name = name
        self.file = file
        self.line = line
        self.source = source
        self.isForApplication = isForApplication
    }
}
