// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Where the GraphQL servers of a program answer: the path that its code gives them, or the one that each has by itself.
enum GraphQLRoutes {
    /// What all of them take without an option: docs.nestjs.com/graphql/quick-start,
    /// the-guild.dev/graphql/yoga-server/docs, mercurius.dev/#/docs/api/options.
    private static let usual = "/graphql"
    private static let search = ByteSearch([
        "graphqlmodule", "createyoga", "mercurius", "applymiddleware", "startstandaloneserver",
    ])

    /// - Parameter prefixed: A path behind the program's global prefix.
    static func find(
        _ project: NodeProject, _ tree: SourceTree, _ texts: NodeText, prefixed: (String) -> String
    ) -> [NodeRoutes.Route] {
        return project.scripts.flatMap { path -> [NodeRoutes.Route] in
            guard let bytes = tree.bytes(path), search.isFound(in: bytes) else { return [] }
            let code = Code(path: path, language: .javascript, bytes: bytes)
            return (0..<code.count).compactMap { index in
                guard let server = server(index, code) else { return nil }
                let options = server.open..<(code.partner(server.open) ?? server.open)
                let stated = server.key.flatMap { option($0, options, code) }.flatMap { texts.value($0, in: code) }
                var route = stated.map(NodeRoutes.slashed) ?? usual
                if let own = option("useGlobalPrefix", options, code), code.isWord(own.lowerBound, "true") {
                    route = prefixed(route)
                }
                return NodeRoutes.Route(path: route, file: path, line: code.line(index))
            }
        }
    }

    /// The bracket of a server's options, and the option that says its path.
    private static func server(_ index: Int, _ code: Code) -> (open: Int, key: String?)? {
        func open(_ after: Int) -> Int? {
            (after..<after + 12).first { code.isMark($0, "(") }.flatMap { code.partner($0) == nil ? nil : $0 }
        }
        // GraphQLModule.forRoot<ApolloDriverConfig>({ path: "/graphql" })
        if code.isWord(index, "GraphQLModule"), code.isMark(index + 1, "."),
            code.isWord(index + 2, of: ["forRoot", "forRootAsync"])
        {
            return open(index + 3).map { ($0, "path") }
        }
        if code.isWord(index, "createYoga"), code.isMark(index + 1, "(") || code.isMark(index + 1, "<") {
            return open(index + 1).map { ($0, "graphqlEndpoint") }
        }
        // server.applyMiddleware({ app, path: "/graphql" }) of Apollo
        if code.isWord(index, "applyMiddleware"), code.isMember(index), code.isMark(index + 1, "("),
            code.isMark(index + 2, "{")
        {
            return (index + 1, "path")
        }
        // Apollo's own server answers under every path.
        if code.isWord(index, "startStandaloneServer"), code.isMark(index + 1, "(") { return (index + 1, nil) }
        // app.register(mercurius, { path: "/graphql" })
        if code.isWord(index, "register"), code.isMember(index), code.isMark(index + 1, "("),
            code.isWord(index + 2, of: ["mercurius", "mercuriusPlugin"])
        {
            return (index + 1, "path")
        }
        return nil
    }

    private static func option(_ key: String, _ range: Range<Int>, _ code: Code) -> Range<Int>? {
        guard let index = range.first(where: { code.isWord($0, key) && code.isMark($0 + 1, ":") }),
            let open = code.parent(index)
        else { return nil }
        return code.argument(key, in: code.arguments(open))
    }
}
