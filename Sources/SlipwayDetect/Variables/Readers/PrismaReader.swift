// SPDX-License-Identifier: Apache-2.0

/// `env("DATABASE_URL")` in a Prisma schema.
struct PrismaReader: VariableReader {
    let summary = "Prisma schemas: env(\"X\")"
    let languages: Set<CodeLanguage> = [.prisma]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count where code.isWord(index, "env") && code.isMark(index + 1, "(") {
            if let name = code.string(index + 2) { file.add(name, at: index, required: true) }
        }
    }
}
