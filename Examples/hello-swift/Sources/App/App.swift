import Foundation
import Hummingbird
import Logging

@main
struct App {
    static func main() async throws {
        let settings: Settings
        do {
            settings = try Settings(Environment())
        } catch {
            print("hello-swift: \(error)")
            exit(1)
        }
        var logger = Logger(label: "hello-swift") { StreamLogHandler.standardOutput(label: $0) }
        logger.logLevel = settings.logLevel
        let store = try NoteStore(file: settings.notesFile)
        // Ends at SIGTERM or SIGINT, after the requests in flight are answered.
        try await buildApplication(settings: settings, store: store, logger: logger).runService()
    }
}

func buildApplication(
    settings: Settings,
    store: NoteStore,
    logger: Logger
) -> some ApplicationProtocol {
    let router = Router()
    router.middlewares.add(LogRequestsMiddleware(.info))
    router.get("/") { _, _ in Greeting(message: "Hello from Swift") }
    router.get("/health") { _, _ in Health(status: "ok") }
    router.get("/hello/:name") { _, context in
        Greeting(message: "Hello, \(try context.parameters.require("name"))")
    }
    NoteRoutes(store: store).add(to: router.group("/notes"))
    return Application(
        router: router,
        configuration: .init(
            address: .hostname(settings.host, port: settings.port),
            serverName: "hello-swift"
        ),
        logger: logger
    )
}

struct Greeting: ResponseEncodable {
    let message: String
}

struct Health: ResponseEncodable {
    let status: String
}
