// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Entity Framework's migrations as a program of their own: `dotnet ef` needs the SDK and the source, which no image
/// that runs has (learn.microsoft.com/ef/core/managing-schemas/migrations/applying, bundles).
struct EntityFrameworkBundle {
    static let program = "/usr/local/bin/migrate"

    /// Options of `dotnet ef database update` that a bundle is made with.
    let options: [String]
    let version: String

    init?(_ input: ImageInput) {
        guard let words = input.commands.flatMap(CommandBeginning.words).first(where: Self.isUpdate) else {
            return nil
        }
        options = Array(words.dropFirst(4))
        version = Self.version(input)
    }

    /// Puts `dotnet ef` where the shell finds it.
    /// - Parameter place: The option that says where.
    func installation(in place: String) -> String { "dotnet tool install \(place) dotnet-ef --version \(version)" }

    func build(to path: String) -> String {
        (["dotnet ef migrations bundle --configuration Release --output \(path)"] + options).joined(separator: " ")
    }

    static func command(_ text: String) -> String {
        CommandBeginning.changing(text) { words in isUpdate(words) ? (words.count, program) : nil }
    }

    private static func isUpdate(_ words: [String]) -> Bool {
        words.count >= 4 && Array(words.prefix(4)) == ["dotnet", "ef", "database", "update"]
    }

    /// The library's own version: the tool is published with each of them.
    private static func version(_ input: ImageInput) -> String {
        for entry in input.tree.files(under: input.image.context) {
            guard entry.name.hasSuffix(".csproj") || entry.name == "Directory.Packages.props",
                let text = input.tree.text(entry.path)
            else { continue }
            for line in text.split(separator: "\n") where line.contains("\"Microsoft.EntityFrameworkCore") {
                guard let range = line.firstRange(of: "Version=\"") else { continue }
                let version = line[range.upperBound...].prefix { $0 != "\"" }
                if version.split(separator: ".").count == 3, version.allSatisfy({ $0.isNumber || $0 == "." }) {
                    return String(version)
                }
            }
        }
        return input.version(1, default: "9") + ".0.0"
    }
}
