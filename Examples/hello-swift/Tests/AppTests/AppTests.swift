import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import Testing

@testable import App

struct AppTests {
    private func app(file: String? = nil) throws -> some ApplicationProtocol {
        buildApplication(settings: Settings(), store: try NoteStore(file: file), logger: Logger(label: "test"))
    }

    @Test func healthIsOK() async throws {
        try await app().test(.router) { client in
            try await client.execute(uri: "/health", method: .get) { response in
                #expect(response.status == .ok)
                #expect(String(buffer: response.body) == #"{"status":"ok"}"#)
            }
        }
    }

    @Test func aNoteIsAddedReadAndRemoved() async throws {
        try await app().test(.router) { client in
            let body = ByteBuffer(string: #"{"text": " milk "}"#)
            let note = try await client.execute(uri: "/notes", method: .post, body: body) { response in
                #expect(response.status == .created)
                let decoder = JSONDecoder()
                decoder.dateDecodingStrategy = .iso8601
                return try decoder.decode(Note.self, from: response.body)
            }
            #expect(note.text == "milk")
            for expected in [HTTPResponse.Status.noContent, .notFound] {
                try await client.execute(uri: "/notes/\(note.id)", method: .delete) { response in
                    #expect(response.status == expected)
                }
            }
        }
    }

    @Test(arguments: [("", 400), ("{}", 400), (#"{"text": " "}"#, 422)])
    func aBadNoteIsRefused(body: String, status: Int) async throws {
        try await app().test(.router) { client in
            try await client.execute(uri: "/notes", method: .post, body: ByteBuffer(string: body)) { response in
                #expect(response.status.code == status)
            }
        }
    }

    @Test func notesInAFileSurviveARestart() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("notes-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let added = try await NoteStore(file: file.path).add("milk")
        let kept = try await NoteStore(file: file.path).all()
        #expect(kept.map(\.text) == [added.text])
    }
}
