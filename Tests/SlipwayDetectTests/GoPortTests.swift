// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

struct GoPortTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var body: String
        var requires = ""
        var port: UInt16?
        var variable: String?

        init(_ body: String, requires: String = "", _ port: UInt16?, _ variable: String? = nil) {
            (self.body, self.requires, self.port, self.variable) = (body, requires, port, variable)
        }
        var testDescription: String { String(body.prefix(60)) }
    }

    static let cases = [
        Case(
            "PORT := os.Getenv(\"PORT\")\n\tif PORT == \"\" {\n\t\tPORT = \"5000\"\n\t}\n\tapp.Listen(\":\" + PORT)",
            5000, "PORT"),
        Case("port := cmp.Or(os.Getenv(\"PORT\"), \"4000\")\n\thttp.ListenAndServe(\":\"+port, nil)", 4000, "PORT"),
        Case(
            "db := os.Getenv(\"DB_PORT\")\n\tdbPort := \"5432\"\n\thttp.ListenAndServe(\":8088\", nil)", 8088),
        Case("r := gin.Default()\n\tr.Run()", requires: "github.com/gin-gonic/gin", 8080, "PORT"),
        Case("r := gin.New()\n\tr.Run(\":9000\")", requires: "github.com/gin-gonic/gin", 9000),
        Case("app := fiber.New()\n\tlog.Fatal(app.Listen(\":3000\"))", requires: "github.com/gofiber/fiber/v2", 3000),
        Case("e := echo.New()\n\te.Logger.Fatal(e.Start(\":1323\"))", requires: "github.com/labstack/echo/v4", 1323),
        Case(
            "port := flag.Int(\"port\", 4001, \"API port\")\n\thttp.ListenAndServe(fmt.Sprintf(\":%d\", *port), nil)",
            4001),
        Case("addr := flag.String(\"addr\", \":4002\", \"address\")\n\thttp.ListenAndServe(*addr, nil)", 4002),
        Case("const port = 7000\n\thttp.ListenAndServe(fmt.Sprintf(\":%d\", port), nil)", 7000),
        Case("viper.SetDefault(\"server.port\", 7001)\n\thttp.ListenAndServe(address(), nil)", 7001),
        Case("srv := &http.Server{Addr: \"0.0.0.0:6060\"}\n\tsrv.ListenAndServe()", 6060),
        Case("smtpPort := 587\n\thttp.ListenAndServe(address(), nil)", nil),
    ]

    @Test(arguments: cases)
    func `the port follows the code, whatever way it is written`(_ given: Case) {
        let requires = given.requires.isEmpty ? "" : "require \(given.requires) v1.0.0\n"
        let spec = Detection.detect(
            SourceTree(files: [
                "go.mod": "module example.com/shop\n\ngo 1.22\n\n\(requires)",
                "main.go": "package main\n\nfunc main() {\n\t\(given.body)\n}\n",
            ]))
        #expect(spec.services.count == 1)
        #expect(spec.services.first?.port == given.port)
        #expect(spec.services.first?.portVariable == given.variable)
    }
}
