// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// A password that is written out as an argument of a program for databases.
enum WrittenPassword {
    private static let mysql: Set<String> = [
        "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mariadb", "mariadb-dump",
    ]

    /// The word that holds it, and what to write instead.
    static func word(of command: ShellCommand) -> (ShellWordText, advice: String)? {
        for word in command.assignments where word.text.hasPrefix("PGPASSWORD=") || word.text.hasPrefix("MYSQL_PWD=") {
            let name = String(word.text.prefix { $0 != "=" })
            if isWritten(word.text.dropFirst(name.count + 1)),
                ["psql", "pg_dump", "pg_restore", "mysql", "createdb"].contains(command.name)
            {
                return (word, "take it from a variable: \(name)=\"$DB_PASSWORD\"")
            }
        }
        let words = command.words
        guard !["echo", "printf"].contains(command.name),
            let place = words.firstIndex(where: {
                mysql.contains($0.text) || ["redis-cli", "sshpass"].contains($0.text)
            })
        else { return nil }
        let program = words[place].text
        for index in words.indices.dropFirst(place + 1) {
            let text = words[index].text
            let value: Substring? =
                if mysql.contains(program) {
                    text.hasPrefix("--password=") ? text.dropFirst(11) : text.hasPrefix("-p") ? text.dropFirst(2) : nil
                } else if words[index - 1].text == (program == "sshpass" ? "-p" : "-a"), index - 1 > place {
                    text[...]
                } else {
                    nil
                }
            if let value, isWritten(value) {
                return (
                    words[index],
                    mysql.contains(program) ? "give it as MYSQL_PWD=\"$DB_PASSWORD\"" : "take it from a variable"
                )
            }
        }
        return nil
    }

    /// Whether it is a value and no place for one.
    private static func isWritten(_ value: Substring) -> Bool {
        let lower = value.lowercased()
        return value.utf8.count >= 3 && !["$", "<", "{", "*", "..."].contains(where: value.contains)
            && !["your", "example", "xxx"].contains(where: lower.contains) && !lower.hasPrefix("rotocol")
    }
}
