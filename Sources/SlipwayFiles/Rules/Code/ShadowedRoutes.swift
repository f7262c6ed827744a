// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The first route that fits answers.
    static let shadowedRoute = Rule(
        "AP408", .warning, "a route is never reached: one with a parameter stands before it",
        why:
            "FastAPI, Express, Nest and Django ask their routes in the order of the code: the parameter takes the fixed name "
            + "for a value, and the answer is 404, 422 or another object.",
        catches: [
            [
                "api/games.py":
                    "router = APIRouter()\n@router.get(\"/{code}\")\ndef game(code: str): ...\n\n@router.get(\"/leaderboard\")\ndef board(): ...\n"
            ],
            [
                "src/users.js":
                    "const router = express.Router()\nrouter.get('/:id', show)\nrouter.post('/:id', save)\nrouter.get('/me', me)\n"
            ],
            [
                "src/a.controller.ts":
                    "@Controller('rooms')\nexport class A {\n  @Get(':id')\n  one() {}\n\n  @Get('free')\n  free() {}\n}\n"
            ],
            [
                "shop/urls.py":
                    "urlpatterns = [\n    path('<slug:slug>/', views.item),\n    path('new/', views.new),\n]\n"
            ],
        ],
        passes: [
            [
                "api/games.py":
                    "router = APIRouter()\n@router.get(\"/leaderboard\")\ndef board(): ...\n\n@router.get(\"/{code}\")\ndef game(code: str): ...\n"
            ],
            [
                "api/games.py":
                    "@router.get(\"/{code:int}\")\ndef game(code: int): ...\n\n@router.post(\"/leaderboard\")\ndef board(): ...\n@router.get(\"/a/b\")\ndef b(): ...\n"
            ],
            [
                "src/users.js":
                    "const router = express.Router()\nrouter.get('/:id(\\\\d+)', show)\nrouter.get('/me', me)\n"
            ],
            [
                "src/a.controller.ts":
                    "@Controller('a')\nexport class A {\n  @Get(':id')\n  one() {}\n}\n@Controller('b')\nexport class B {\n  @Get('free')\n  free() {}\n}\n"
            ],
            ["shop/urls.py": "urlpatterns = [\n    path('<int:pk>/', views.item),\n    path('new/', views.new),\n]\n"],
        ]
    ) { repository in
        let python = repository.code(
            [".py"], with: ["fastapi", "FastAPI", "APIRouter", "@router.", "@app.", "urlpatterns"])
        let node = repository.code(
            [".js", ".ts", ".mjs", ".cjs"], with: ["express", "Router()", "@Controller(", "@nestjs/common"])
        // Fastify asks fixed names first.
        let isFastify = repository.tree.files(named: "package.json").contains { entry in
            repository.tree.text(entry.path)?.contains("platform-fastify") == true
        }
        return (python + node).flatMap { code -> [Violation] in
            if isFastify, code.bare.contains(where: { $0.hasPrefix("@Controller(") }) { return [] }
            // Views that are classes are asked in an order of their library's.
            if code.bare.contains(where: { $0.hasPrefix("@cbv(") || $0.hasPrefix("@controller(") }) { return [] }
            return OrderedRoutes(code).shadowed.map { later, earlier in
                Violation(
                    file: code.path, line: later.line,
                    "\(earlier.path) of line \(earlier.line) answers it; move this route above that one")
            }
        }
    }
}

/// The routes of a file in the order in which the framework asks them.
private struct OrderedRoutes {
    struct Route {
        let owner: String
        let method: String
        let path: String
        let line: Int
        var segments: [Substring] { path.split(separator: "/") }
    }

    private let routes: [Route]

    init(_ code: CodeText) {
        var routes: [Route] = []
        var owner = ""
        let isPython = code.path.hasSuffix(".py")
        let isDjango = isPython && code.bare.contains { $0.hasPrefix("urlpatterns") }
        let isFastAPI = isPython && !code.bare.contains { $0.contains("importFlask") || $0.contains("fromflask") }
        for (index, line) in code.bare.enumerated() where !line.isEmpty {
            // A path may stand on the line after the bracket.
            let text = line.hasSuffix("(") && index + 1 < code.bare.count ? line + code.bare[index + 1] : line
            if isDjango {
                if line.hasPrefix("urlpatterns") { owner = "\(index)" }
                if text.hasPrefix("path('"), let path = Self.quoted(text.dropFirst(6)) {
                    routes.append(Route(owner: owner, method: "", path: path, line: index + 1))
                }
            } else if isPython {
                if isFastAPI, text.hasPrefix("@"), let route = Self.call(text.dropFirst(), index + 1) {
                    routes.append(route)
                }
            } else if line.hasPrefix("@Controller(") {
                owner = "\(index)"
            } else if text.hasPrefix("@"), !owner.isEmpty {
                for method in ["Get", "Post", "Put", "Patch", "Delete"] where text.hasPrefix("@\(method)('") {
                    guard let path = Self.quoted(text.dropFirst(method.count + 3)) else { continue }
                    routes.append(Route(owner: owner, method: method, path: path, line: index + 1))
                }
            } else if let route = Self.call(text[...], index + 1), Self.isRouter(route.owner) {
                routes.append(route)
            }
        }
        self.routes = routes
    }

    /// `router.get('/path'`
    private static func call(_ text: Substring, _ line: Int) -> Route? {
        let owner = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        let rest = text.dropFirst(owner.count)
        guard !owner.isEmpty, rest.first == "." else { return nil }
        for method in ["get", "post", "put", "patch", "delete"] where rest.hasPrefix(".\(method)('") {
            guard let path = quoted(rest.dropFirst(method.count + 3)) else { return nil }
            return Route(owner: String(owner), method: method, path: path, line: line)
        }
        return nil
    }

    private static func isRouter(_ name: String) -> Bool {
        let lower = name.lowercased()
        return lower == "app" || lower.hasSuffix("router") || lower.hasSuffix("routes") || lower == "route"
    }

    private static func quoted(_ text: Substring) -> String? {
        guard let end = text.firstIndex(of: "'") else { return nil }
        let path = String(text[..<end])
        return path.contains("$") ? nil : path
    }

    /// Each route that an earlier one answers, with that one. Every path is looked at once, by what could hide it.
    var shadowed: [(later: Route, earlier: Route)] {
        var open: [String: [Route]] = [:]
        var found: [(later: Route, earlier: Route)] = []
        for route in routes {
            let segments = route.segments
            let key = "\(route.owner) \(route.method) \(segments.count) \(route.path.hasSuffix("/"))"
            if let earlier = open[key]?.first(where: { Self.hides($0.segments, segments) }) {
                found.append((route, earlier))
            }
            if segments.contains(where: Self.takesAnything), (open[key]?.count ?? 0) < 50 {
                open[key, default: []].append(route)
            }
        }
        return found
    }

    private static func hides(_ earlier: [Substring], _ later: [Substring]) -> Bool {
        var isWider = false
        for (mine, other) in zip(earlier, later) {
            if takesAnything(mine) {
                guard !isParameter(other) else { continue }
                isWider = true
            } else if mine != other {
                return false
            }
        }
        return isWider
    }

    private static func isParameter(_ segment: Substring) -> Bool {
        segment.contains { "{}<>:*()[]".contains($0) }
    }

    /// `{id}`, `:id`, `<slug:name>`, and nothing around it that a fixed name could lack.
    private static func takesAnything(_ segment: Substring) -> Bool {
        func isName(_ text: Substring) -> Bool {
            !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        if segment.hasPrefix("{"), segment.hasSuffix("}") { return isName(segment.dropFirst().dropLast()) }
        if segment.hasPrefix(":") { return isName(segment.dropFirst()) }
        guard segment.hasPrefix("<"), segment.hasSuffix(">") else { return false }
        let parts = segment.dropFirst().dropLast().split(separator: ":")
        return parts.count == 1 && isName(parts[0]) || parts.count == 2 && ["str", "slug"].contains(parts[0])
    }
}
