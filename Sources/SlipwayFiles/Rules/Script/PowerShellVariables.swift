// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// PowerShell takes what nobody has set for nothing.
    static let unassignedPowerShell = Rule(
        "AP498", .warning, "a PowerShell script uses a variable that it never sets",
        why:
            "A variable without a value is empty text and no error: the secret is set to nothing, the path is the wrong "
            + "one, and the script says that it is done.",
        catches: [
            ["deploy.ps1": "$openaiKey = Get-Content key.txt\nfly secrets set \"GOOGLE_API_KEY=$googleKey\"\n"],
            ["scripts/release.ps1": "param([string]$App)\nfly deploy --app $Name\n"],
        ],
        passes: [
            ["deploy.ps1": "$googleKey = Get-Content key.txt\nfly secrets set \"GOOGLE_API_KEY=$GoogleKey\"\n"],
            [
                "deploy.ps1":
                    "param([string]$App)\nforeach ($line in Get-Content a) { Write-Host \"$App $line $($_.Name) $env:PATH\" }\n"
            ],
            ["deploy.ps1": ". ./common.ps1\nfly deploy --app $Name\n"],
            ["deploy.ps1": "Write-Host 'costs $price' # $other\n"],
        ]
    ) { repository in
        repository.tree.files(ending: "ps1").flatMap { entry -> [Violation] in
            guard !DevelopmentPath.isLikely(entry.path), !entry.path.contains("node_modules/"),
                let text = repository.tree.text(entry.path)
            else { return [] }
            return PowerShellScript(text).unassigned.map { name, line in
                Violation(file: entry.path, line: line, "nothing sets $\(name), so it is empty; write: $\(name) = ...")
            }
        }
    }
}

/// The variables of a script, as far as one line at a time tells.
private struct PowerShellScript {
    /// Names with the one-based line of their first use.
    private(set) var unassigned: [(name: String, line: Int)] = []

    private static let automatic: Set<String> = [
        "_", "args", "consolefilename", "error", "errorview", "event", "eventargs", "eventsubscriber",
        "executioncontext",
        "false", "foreach", "home", "host", "input", "iscoreclr", "islinux", "ismacos", "iswindows", "lastexitcode",
        "matches", "myinvocation", "nestedpromptlevel", "null", "pid", "profile", "psboundparameters", "pscmdlet",
        "pscommandpath", "psculture", "psdebugcontext", "psedition", "pshome", "psitem", "psscriptroot", "psuiculture",
        "psversiontable", "pwd", "sender", "shellid", "stacktrace", "switch", "this", "true", "erroractionpreference",
        "progresspreference", "verbosepreference", "warningpreference", "debugpreference", "informationpreference",
        "confirmpreference", "whatifpreference", "outputencoding", "ofs", "psdefaultparametervalues",
        "psnativecommanduseerroractionpreference", "maximumhistorycount", "formatenumerationlimit", "psstyle",
    ]

    init(_ text: String) {
        var assigned: Set<String> = []
        var used: [(String, String, Int)] = []
        var isHere: String?
        var isRemark = false
        var depth = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let body = line.trimmed
            if let end = isHere {
                if body.hasPrefix(end) { isHere = nil }
                if end == "'@" { continue }
            }
            if body.hasPrefix("<#") { isRemark = true }
            if isRemark {
                if body.contains("#>") { isRemark = false }
                continue
            }
            // What another file sets, or what is made up while it runs, is not seen here.
            let lower = body.lowercased()
            let hides = [
                ". ./", ". .\\", ". $", ". \"", "invoke-expression", "iex ", "set-variable", "new-variable",
                "import-module",
            ]
            if hides.contains(where: lower.hasPrefix) || lower.contains("set-variable") { return }
            // The parameters of a script or a function, until their parenthesis closes.
            if depth > 0 || lower.contains("param(") || lower.contains("param (") || lower.hasPrefix("function ") {
                depth = max(0, depth + line.count { $0 == "(" } - line.count { $0 == ")" })
                for mention in Self.mentions(in: line) { assigned.insert(mention.name.lowercased()) }
                if lower.hasPrefix("function ") { depth = 0 }
                continue
            }
            for mention in Self.mentions(in: line) {
                if mention.isAssigned {
                    assigned.insert(mention.name.lowercased())
                } else {
                    used.append((mention.name.lowercased(), mention.name, index + 1))
                }
            }
            if body.hasSuffix("@'") { isHere = "'@" }
            if body.hasSuffix("@\"") { isHere = "\"@" }
        }
        var seen: Set<String> = []
        for (key, name, line) in used
        where !assigned.contains(key) && !Self.automatic.contains(key) && seen.insert(key).inserted {
            unassigned.append((name, line))
        }
    }

    private static func mentions(in line: Substring) -> [(name: String, isAssigned: Bool)] {
        var found: [(String, Bool)] = []
        var isSingle = false
        var isDouble = false
        var index = line.startIndex
        let isTyped = line.trimmed.hasPrefix("[")
        while index < line.endIndex {
            let letter = line[index]
            let next = line.index(after: index)
            switch letter {
            case "`" where next < line.endIndex:
                index = line.index(after: next)
                continue
            case "'" where !isDouble: isSingle.toggle()
            case "\"" where !isSingle: isDouble.toggle()
            case "#" where !isSingle && !isDouble: return found
            case "$" where !isSingle:
                var rest = line[next...]
                let isBraced = rest.first == "{"
                if isBraced { rest = rest.dropFirst() }
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                let after = rest[name.endIndex...]
                index = name.endIndex
                let isScoped =
                    after.first == ":"
                    && !(isDouble && after.dropFirst().first.map { $0 == " " || $0 == "\"" || $0 == "/" } ?? true)
                if name.isEmpty || name.first?.isNumber == true { continue }
                // $env:PATH, $script:name
                if isScoped {
                    let inner = after.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                    found.append((String(inner), true))
                    index = inner.endIndex
                    continue
                }
                let tail = after.drop { $0 == " " || $0 == "}" }
                let isEqual = tail.first == "=" || tail.hasPrefix("+=") || tail.hasPrefix("??=")
                let isListed = tail.hasPrefix(",") && line[tail.startIndex...].contains("=")
                let isAssigned = isEqual || isListed || isTyped || tail.hasPrefix("in ")
                found.append((String(name), !isDouble && isAssigned))
                continue
            default: break
            }
            index = next
        }
        return found
    }
}
