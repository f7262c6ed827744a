import Foundation
import Hummingbird

struct NoteRoutes {
    let store: NoteStore

    struct NewNote: Decodable {
        let text: String
    }

    func add(to group: RouterGroup<some RequestContext>) {
        group.get { _, _ in
            await store.all()
        }
        group.post { request, context in
            let text = try await request.decode(as: NewNote.self, context: context).text
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !text.isEmpty, text.count <= 2000 else {
                throw HTTPError(.unprocessableContent, message: "text has 1 to 2000 characters")
            }
            return EditedResponse(status: .created, response: try await store.add(text))
        }
        group.get(":id") { _, context in
            let id = try context.parameters.require("id", as: Int.self)
            guard let note = await store.note(id) else { throw missing(id) }
            return note
        }
        group.delete(":id") { _, context -> HTTPResponse.Status in
            let id = try context.parameters.require("id", as: Int.self)
            guard try await store.remove(id) else { throw missing(id) }
            return .noContent
        }
    }

    private func missing(_ id: Int) -> HTTPError {
        HTTPError(.notFound, message: "note \(id) does not exist")
    }
}
