// SPDX-License-Identifier: Apache-2.0

/// Lists of origins that a server compares each request with, where it ends what comes from others with an error:
/// `cors({ origin(origin, done) { if (list.includes(origin)) done(null, true); else done(new Error("no")) } })`.
///
/// Browsers name the origin of every POST, those to the page's own address too, so without the address of visitors in
/// the list nobody can log in (fetch.spec.whatwg.org, Origin header).
struct CrossOriginReader: VariableReader {
    let summary = "Lists of origins outside of which cors() ends a request with an error"
    let languages: Set<CodeLanguage> = [.javascript]

    func read(_ code: Code, into file: inout FileReads) {
        for index in 0..<code.count where code.isWord(index, "origin") {
            guard let object = code.parent(index), code.isMark(object, "{"), let body = function(code, index),
                (body.lowerBound..<body.upperBound).contains(where: { refuses(code, $0) })
            else { continue }
            var names = Self.variables(code, body)
            // The lists that the function looks into are declared elsewhere in the file.
            for place in body where code.isWord(place, of: ["includes", "indexOf", "has", "some"]) {
                guard code.isMember(place), let list = code.word(place - 2) else { continue }
                for start in 0..<code.count where code.isWord(start, list) && code.isMark(start + 1, "=") {
                    names.formUnion(Self.variables(code, start + 2..<end(of: start, code)))
                }
            }
            file.visitorLists.formUnion(names)
        }
    }

    /// The body of `origin: (origin, done) => …`, `origin: function (…) {…}` or `origin(origin, done) {…}`.
    private func function(_ code: Code, _ index: Int) -> Range<Int>? {
        var open = index + 1
        if code.isMark(open, ":") { open += 1 }
        while code.isWord(open, of: ["async", "function"]) { open += 1 }
        guard code.isMark(open, "("), let close = code.partner(open), code.arguments(open).count == 2 else {
            return nil
        }
        let start = (close + 1..<close + 6).first { code.isMark($0, "{") }
        if let start, let end = code.partner(start) { return start..<end }
        guard code.isMark(close + 1, "=>"), let object = code.parent(index), let end = code.partner(object) else {
            return nil
        }
        return close + 1..<end
    }

    /// `done(new Error(…))`, `throw …`
    private func refuses(_ code: Code, _ index: Int) -> Bool {
        code.isWord(index, "throw")
            || code.isWord(index, "new") && code.isMark(index - 1, "(")
                && code.word(index + 1)?.hasSuffix("Error") == true
    }

    private func end(of start: Int, _ code: Code) -> Int {
        let parent = code.parent(start)
        let last = min(code.count, start + 60)
        return (start + 2..<max(start + 2, last)).first { code.isMark($0, ";") && code.parent($0) == parent } ?? last
    }

    /// Members with the name of a variable, `process.env.ALLOWED_ORIGINS` and `env.CORS_ORIGINS`, that speak of origins.
    private static func variables(_ code: Code, _ range: Range<Int>) -> Set<String> {
        let words = ["ORIGIN", "CORS", "CLIENT", "FRONTEND", "WEB_URL", "APP_URL", "SITE"]
        return Set(
            range.compactMap { index in
                guard code.isMember(index), let name = code.word(index), EnvironmentName.isScreaming(name),
                    words.contains(where: name.contains)
                else { return nil }
                return name
            })
    }
}
