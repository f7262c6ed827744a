// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

struct GoDetectorTests {
    private func detect(_ files: [String: String]) -> AppSpec { Detection.detect(SourceTree(files: files)) }
    private static let module = "module example.com/shop/v2\n\ngo 1.22.3\n\nrequire github.com/jackc/pgx/v5 v5.5.0\n"

    @Test func `a program at the root is the backend, its port moves by the variable it reads`() {
        let spec = detect([
            "go.mod": Self.module,
            "main.go": """
            package main

            func main() {
            	port := os.Getenv("PORT")
            	if port == "" {
            		port = "9090"
            	}
            	http.HandleFunc("GET /healthz", health)
            	http.ListenAndServe(":"+port, nil)
            }
            """,
        ])
        let service = spec.services.first
        #expect(spec.services.count == 1)
        #expect(service?.role == .backend)
        #expect(service?.languageVersion == "1.22")
        #expect(service?.port == 9090)
        #expect(service?.portVariable == "PORT")
        #expect(service?.healthPath == "/healthz")
        #expect(service?.build == "go build -o bin/shop .")
        #expect(service?.start == "./bin/shop")
        #expect(spec.resources.map(\.kind) == [.postgres])
    }

    @Test func `several programs give a server and a worker, not the tools beside them`() {
        let spec = detect([
            "api/go.mod": Self.module,
            "api/cmd/server/main.go": "package main\n\nfunc main() {\n\trouter.New().Run(\":8000\")\n}\n",
            "api/cmd/worker/main.go": "package main\n\nfunc main() {\n\tqueue.Run()\n}\n",
            "api/cmd/migrate/main.go": "package main\n\nfunc main() {\n\tmigrate.Up()\n}\n",
            "api/internal/router/router.go":
                "package router\n\nfunc New() *gin.Engine {\n\tr := gin.Default()\n\tapi := r.Group(\"/api\")\n\tapi.GET(\"/health\", ok)\n\treturn r\n}\n",
            "api/internal/router/router_test.go": "package router\n\nvar x = r.GET(\"/test-only\", ok)\n",
        ])
        #expect(spec.services.map(\.name).sorted() == ["api", "worker"])
        #expect(spec.service(named: "api")?.build == "go build -o bin/server ./cmd/server")
        #expect(spec.service(named: "api")?.healthPath == "/api/health")
        #expect(spec.service(named: "worker")?.role == .worker)
    }

    @Test(
        arguments: [
            ("r.Route(\"/v1\", func(r chi.Router) {\n\t\tr.Get(\"/ping\", p)\n\t})", "/v1/ping"),
            ("g := e.Group(\"/a\")\n\th := g.Group(\"/b\")\n\th.GET(\"/live\", p)", "/a/b/live"),
            ("mux.HandleFunc(\"/up\", p)", "/up"),
            ("// mux.HandleFunc(\"/health\", p)\n\tmux.Handle(\"/x\", p)", nil),
        ] as [(String, String?)])
    func `routes keep the prefixes of their groups`(_ body: String, _ health: String?) {
        let main = "package main\n\nfunc main() {\n\t\(body)\n\thttp.ListenAndServe(\":8080\", nil)\n}\n"
        let spec = detect(["go.mod": Self.module, "main.go": main])
        #expect(spec.services.first?.healthPath == health)
    }

    @Test func `a module without a server is no service`() {
        let library = [
            "go.mod": Self.module, "shop.go": "package shop\n", "cmd/tool/main.go": "package main\n\nfunc main() {}\n",
        ]
        #expect(detect(library).services.isEmpty)
    }
}
