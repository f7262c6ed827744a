// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What NestJS puts before every path (docs.nestjs.com/faq/global-prefix).
struct NestPrefix {
    private var prefix = ""
    /// Paths without it, as they are written: `health`, `cats/(.*)`.
    private var excluded: Set<String> = []

    /// `app.setGlobalPrefix(globalPrefix, { exclude: ["health"] })`
    mutating func read(_ arguments: [Range<Int>], _ code: Code, _ texts: NodeText) {
        guard let first = arguments.first, let text = texts.value(first, in: code) else { return }
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        prefix = NodeRoutes.slashed(trimmed)
        guard arguments.count > 1, code.isMark(arguments[1].lowerBound, "{"),
            let list = code.argument("exclude", in: code.arguments(arguments[1].lowerBound))
        else { return }
        excluded.formUnion(list.compactMap { code.string($0) }.map(NodeRoutes.slashed))
    }

    func path(_ path: String) -> String {
        let isExcluded = excluded.contains { written in
            path == written || written.hasSuffix("(.*)") && path.hasPrefix(written.dropLast(4))
        }
        return isExcluded ? path : NodeRoutes.join(prefix, path)
    }
}
