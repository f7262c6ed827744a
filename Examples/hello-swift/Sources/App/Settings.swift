import Hummingbird
import Logging

struct Settings {
    var host = "0.0.0.0"
    var port = 8080
    var logLevel = Logger.Level.info
    /// Where notes are kept; without it they are gone when the server stops.
    var notesFile: String?

    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    init() {}

    init(_ environment: Environment) throws {
        if let value = environment.get("HOST"), !value.isEmpty {
            host = value
        }
        if let value = environment.get("PORT"), !value.isEmpty {
            guard let number = UInt16(value) else { throw Invalid(description: "PORT is not a port: \(value)") }
            port = Int(number)
        }
        if let value = environment.get("LOG_LEVEL"), !value.isEmpty {
            guard let level = Logger.Level(rawValue: value.lowercased()) else {
                throw Invalid(description: "LOG_LEVEL is not a level: \(value)")
            }
            logLevel = level
        }
        notesFile = environment.get("NOTES_FILE")
    }
}
