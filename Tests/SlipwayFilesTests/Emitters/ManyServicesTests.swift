// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

/// What is looked up by an index says the same as a walk over everything.
@Suite struct ManyServicesTests {
    @Test(arguments: ExampleInput.names)
    func `the names that a Compose file asks for are those that its text asks for`(_ name: String) throws {
        let input = try ExampleInput.load(name)
        for kind in [ComposeStack.Kind.stack, .development, .production] {
            let stack = input.stack(kind)
            let file = ComposeFile(parsing: stack.text)
            var names = Set(file.references.map(\.reference.name))
            for service in file.services {
                let given = service.environment + (service.build?.arguments ?? [])
                names.formUnion(given.filter { $0.value == nil }.map(\.name))
            }
            #expect(AskedNames.of(stack.map) == names)
        }
    }

    @Test(arguments: [3, 16, 17, 40])
    func `a map keeps its order and one value a key, however long it is`(_ count: Int) {
        var map = FileMap((0..<count).map { .init("k\($0)", .integer($0)) })
        map.set("k1", "again")
        map.set("new", true)
        map.set("new", false)
        #expect(map.entries.map(\.key) == (0..<count).map { "k\($0)" } + ["new"])
        #expect(map["k1"] == "again" && map["k\(count - 1)"] != nil && map["new"] == false && map["none"] == nil)
    }

    @Test func `a template names its own folder's files, and all of them where it has none`() {
        let shared = Variable(
            name: "URL", services: ["a", "b"], phase: .run,
            origins: ["b/x.py:3", "a/main.py:1", "a/main.py:9", "a/z.py:2"])
        let readers = VariableReaders([shared])
        #expect(readers.text(of: shared, in: "b") == "; read in b/x.py")
        #expect(readers.text(of: shared, in: "a") == "; read in a/main.py and 1 more")
        #expect(readers.text(of: shared) == "; read in a/main.py and 2 more")
        #expect(readers.text(of: shared, in: "c") == "; read in a/main.py and 2 more")
        #expect(readers.text(of: Variable(name: "NONE", services: [], phase: .run)) == "")
    }

    @Test(arguments: [
        ("/api/v1", "/api", true), ("/api", "/apis", false), ("/api/v1/x", "/", false),
    ])
    func `a path below another service's is asked for by itself`(_ inner: String, _ outer: String, _ isNested: Bool) {
        let services = [("one", inner), ("two", outer)].map { name, route in
            Service(name: name, directory: name, role: .backend, port: 8000, routes: [route])
        }
        let app = AppSpec(name: "app", services: services)
        let site = Gateway(Layout(app)).map(\.configuration) ?? ""
        #expect(site.contains("^/(\(inner.dropFirst()))(/|$)"))
        let place = { (route: String) in site.firstRange(of: "^/(\(route.dropFirst()))")?.lowerBound }
        if isNested, let first = place(inner), let second = place(outer) { #expect(first < second) }
    }

    @Test func `a door whose services leave the first page to nobody does not greet with nginx's own`() {
        let services = ["one", "two"].map {
            Service(name: $0, directory: $0, role: .backend, port: 8000, routes: ["/" + $0])
        }
        let site = Gateway(Layout(AppSpec(name: "app", services: services)))?.configuration ?? ""
        #expect(site.contains("location / {\n            return 404;"))
    }
}
